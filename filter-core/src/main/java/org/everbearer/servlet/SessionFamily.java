package org.everbearer.servlet;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.everbearer.Fingerprint;

/**
 * All that a HttpSession knows of its user's tokens: the opaque name of a token family.
 *
 * <p>It listens to its own binding because that needs no registration. An HttpSessionListener would have to be declared
 * by the application or found by discovery, and a filter may not add one: it is initialised too late.
 */
final class SessionFamily implements HttpSessionBindingListener, Serializable {
  private static final long serialVersionUID = 1L;
  private static final Duration USUAL_TIMEOUT = Duration.ofMinutes(30);
  private static final String PREFIX = "org.everbearer.family.";

  private final String id;
  // Not saved with the session: it only spares the second clearing when clearTokens has done it already.
  private transient volatile boolean released;
  // By System.nanoTime(); zero in a copy that was saved or has moved, until its session makes a request.
  private transient volatile long used;

  SessionFamily(String id) {
    this.id = Objects.requireNonNull(id, "id");
    this.used = System.nanoTime();
  }

  static String attribute(String client) {
    return PREFIX + client;
  }

  /** Null if the session has none for this client, or has ended meanwhile. */
  static SessionFamily of(HttpSession session, String attribute) {
    try {
      Object value = session.getAttribute(attribute);
      return value instanceof SessionFamily ? (SessionFamily) value : null;
    } catch (IllegalStateException ended) {
      return null;
    }
  }

  String id() {
    return id;
  }

  /** A request of this session asks for its tokens. */
  String use() {
    used = System.nanoTime();
    return id;
  }

  void release() {
    released = true;
  }

  @Override
  public void valueBound(HttpSessionBindingEvent event) {}

  /**
   * The session has ended, or another family has taken the place of this one. A session that is passivated or moves to
   * another node is not unbound. One that is replicated may be: its attribute is replaced by a copy of itself.
   *
   * <p>A session that was invalidated, or got another family, was signed out here. One that has timed out has perhaps
   * moved on to another node, and only the copy that it left behind has timed out: that is no decision about its tokens.
   */
  @Override
  public void valueUnbound(HttpSessionBindingEvent event) {
    if (released || !event.getName().startsWith(PREFIX)) return;
    SessionFamily now = of(event.getSession(), event.getName());
    if (now != null && now.id.equals(id)) return;
    BearerTokens tokens = Registry.present(event.getSession().getServletContext());
    if (tokens == null) return;
    Duration idle = now != null ? null : timedOutAfter(event.getSession());
    tokens.clients().familyEnded(event.getName().substring(PREFIX.length()), new FamilyEnds.End(id, idle));
  }

  /** How long the session was left alone before it timed out; null if it was ended on purpose. */
  private Duration timedOutAfter(HttpSession session) {
    int seconds;
    long rested;
    try {
      seconds = session.getMaxInactiveInterval();
      rested = rested(session);
    } catch (IllegalStateException untold) {
      return USUAL_TIMEOUT;
    }
    // Containers look for timed-out sessions by the clock that says when they were used; a second is for its grain.
    boolean timedOut = seconds > 0 && rested >= TimeUnit.SECONDS.toMillis(seconds) - 1000;
    return timedOut ? Duration.ofSeconds(seconds) : null;
  }

  private long rested(HttpSession session) {
    try {
      return System.currentTimeMillis() - session.getLastAccessedTime();
    } catch (IllegalStateException ended) {
      // Tomcat does not tell when attributes are unbound, for the session is over then.
      return used == 0 ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - used);
    }
  }

  @Override
  public String toString() {
    return "SessionFamily[" + Fingerprint.of(id) + "]";
  }
}
