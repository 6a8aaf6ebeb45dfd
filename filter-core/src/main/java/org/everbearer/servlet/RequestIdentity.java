package org.everbearer.servlet;

import jakarta.servlet.ServletRequest;
import java.util.function.Supplier;

/**
 * Whom an asynchronous request works for, at the moment when somebody asks. The thread that serves the request asks the
 * request itself. Any other thread must not: by then the container may have given the request object to another user.
 * It is told what was known when it last was asked, or when tokens were last stored or cleared with the request.
 */
final class RequestIdentity {
  private static final String ATTRIBUTE = RequestIdentity.class.getName();

  private final IdentityBinding owner;
  // Written by the thread that begins and ends to serve the request, read by anybody.
  private volatile Supplier<Identity> request;
  private volatile Thread serving;
  // Also written by whoever signs in or out with the request.
  private volatile Identity latest;

  private RequestIdentity(IdentityBinding owner) {
    this.owner = owner;
  }

  /** The one of this request, whoever has wrapped it since; null before asynchronous processing has begun. */
  static RequestIdentity present(ServletRequest request, IdentityBinding owner) {
    Object present = request.getAttribute(ATTRIBUTE);
    boolean ours = present instanceof RequestIdentity && ((RequestIdentity) present).owner == owner;
    return ours ? (RequestIdentity) present : null;
  }

  static RequestIdentity of(ServletRequest request, IdentityBinding owner) {
    RequestIdentity present = present(request, owner);
    return present != null ? present : new RequestIdentity(owner);
  }

  /** Asynchronous processing begins: from now on other threads may ask. */
  void begin(ServletRequest wrapped) {
    now();
    wrapped.setAttribute(ATTRIBUTE, this);
  }

  /** This thread serves the request until {@link #leave()}; false if it does so already. */
  boolean enter(Supplier<Identity> asked) {
    if (serving == Thread.currentThread()) return false;
    request = asked;
    serving = Thread.currentThread();
    return true;
  }

  void leave() {
    serving = null;
    request = null;
  }

  void renew(Identity identity) {
    latest = identity;
  }

  Identity now() {
    if (serving == Thread.currentThread()) latest = request.get();
    return latest;
  }
}
