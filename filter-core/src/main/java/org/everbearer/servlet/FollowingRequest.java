package org.everbearer.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/** A request whose asynchronous work and listeners run on behalf of the request's user. */
final class FollowingRequest extends HttpServletRequestWrapper {
  private final IdentityBinding binding;
  private final RequestIdentity identity;

  FollowingRequest(HttpServletRequest request, IdentityBinding binding) {
    super(request);
    this.binding = binding;
    this.identity = RequestIdentity.of(request, binding);
  }

  RequestIdentity identity() {
    return identity;
  }

  @Override
  public AsyncContext startAsync() {
    return following(super.startAsync());
  }

  @Override
  public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
    return following(super.startAsync(request, response));
  }

  private AsyncContext following(AsyncContext begun) {
    identity.begin(getRequest());
    return new FollowingAsync(begun, binding, identity);
  }

  @Override
  public AsyncContext getAsyncContext() {
    return new FollowingAsync(super.getAsyncContext(), binding, identity);
  }
}
