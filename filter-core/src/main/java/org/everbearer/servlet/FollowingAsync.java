package org.everbearer.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * An asynchronous context that hands its request's identity on: to work, as it is when the work is handed over, as with
 * {@link BearerTokens#propagate(Runnable)}; to listeners, as it is when they are called.
 */
final class FollowingAsync implements AsyncContext {
  private final AsyncContext context;
  private final IdentityBinding binding;
  private final RequestIdentity identity;

  FollowingAsync(AsyncContext context, IdentityBinding binding, RequestIdentity identity) {
    this.context = context;
    this.binding = binding;
    this.identity = identity;
  }

  @Override
  public void start(Runnable task) {
    context.start(binding.carry(identity.now(), task));
  }

  @Override
  public void addListener(AsyncListener listener) {
    context.addListener(new Following(listener));
  }

  @Override
  public void addListener(AsyncListener listener, ServletRequest request, ServletResponse response) {
    context.addListener(new Following(listener), request, response);
  }

  @Override
  public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
    return context.createListener(type);
  }

  @Override
  public ServletRequest getRequest() {
    return context.getRequest();
  }

  @Override
  public ServletResponse getResponse() {
    return context.getResponse();
  }

  @Override
  public boolean hasOriginalRequestAndResponse() {
    return context.hasOriginalRequestAndResponse();
  }

  @Override
  public void dispatch() {
    context.dispatch();
  }

  @Override
  public void dispatch(String path) {
    context.dispatch(path);
  }

  @Override
  public void dispatch(ServletContext target, String path) {
    context.dispatch(target, path);
  }

  @Override
  public void complete() {
    context.complete();
  }

  @Override
  public void setTimeout(long millis) {
    context.setTimeout(millis);
  }

  @Override
  public long getTimeout() {
    return context.getTimeout();
  }

  private interface Call {
    void on(AsyncEvent event) throws IOException;
  }

  private final class Following implements AsyncListener {
    private final AsyncListener listener;

    Following(AsyncListener listener) {
      this.listener = listener;
    }

    private void call(Call call, AsyncEvent event) throws IOException {
      Supplier<Identity> previous = binding.bind(identity::now);
      try {
        call.on(event);
      } finally {
        binding.restore(previous);
      }
    }

    @Override
    public void onComplete(AsyncEvent event) throws IOException {
      call(listener::onComplete, event);
    }

    @Override
    public void onTimeout(AsyncEvent event) throws IOException {
      call(listener::onTimeout, event);
    }

    @Override
    public void onError(AsyncEvent event) throws IOException {
      call(listener::onError, event);
    }

    @Override
    public void onStartAsync(AsyncEvent event) throws IOException {
      call(listener::onStartAsync, event);
    }
  }
}
