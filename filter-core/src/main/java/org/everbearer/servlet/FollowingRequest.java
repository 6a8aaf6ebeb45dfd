package org.everbearer.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/** A request whose asynchronous work and listeners run on behalf of the request's user. */
final class FollowingRequest extends HttpServletRequestWrapper {
  private final IdentityBinding binding;
  // Written when asynchronous processing begins, which is before any other thread can be given the request.
  private Identity started;

  FollowingRequest(HttpServletRequest request, IdentityBinding binding) {
    super(request);
    this.binding = binding;
  }

  @Override
  public AsyncContext startAsync() {
    started = binding.current();
    return new FollowingAsync(super.startAsync(), binding, started);
  }

  @Override
  public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
    started = binding.current();
    return new FollowingAsync(super.startAsync(request, response), binding, started);
  }

  @Override
  public AsyncContext getAsyncContext() {
    return new FollowingAsync(super.getAsyncContext(), binding, started != null ? started : binding.current());
  }
}
