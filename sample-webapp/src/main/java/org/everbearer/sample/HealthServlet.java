package org.everbearer.sample;

import com.google.gson.JsonObject;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.everbearer.TokenSource;
import org.everbearer.servlet.BearerTokens;

/**
 * {@code GET /health}: UP when a valid token can be had now, whatever the chat API does, or when there is none because
 * nobody has signed in. Asking often does no harm: all who wait share one refresh, and while the library backs off the
 * answer is immediate.
 */
public final class HealthServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;
  private static final int PATIENCE_SECONDS = 2;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
    TokenSource source = BearerTokens.of(getServletContext()).source(ChatApplication.CLIENT);
    TokenException failure = failure(source);
    boolean nobody = failure != null && failure.reason() == TokenException.Reason.NO_TOKENS
        && SignIn.of(getServletContext()) != null;
    boolean up = failure == null || nobody;
    JsonObject health = new JsonObject();
    health.addProperty("status", up ? "UP" : "DOWN");
    health.addProperty("tokenExpired", source.isExpired());
    if (failure != null) {
      health.addProperty("reason", failure.reason().name());
      if (failure.nextTry() != null) health.addProperty("nextTry", failure.nextTry().toString());
    }
    Json.write(response, up ? 200 : 503, health);
  }

  /** Why no token can be had now, or null if one can. */
  private static TokenException failure(TokenSource source) {
    CompletableFuture<AccessToken> token = source.accessTokenAsync();
    try {
      token.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return null;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TokenException failure) return failure;
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      token.cancel(false); // only this wait: the refresh goes on
      return new TokenException(TokenException.Reason.TIMEOUT, "still refreshing");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new TokenException(TokenException.Reason.INTERRUPTED, "the server stops");
    }
  }
}
