package org.everbearer.servlet;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.BasicHttpClientResponseHandler;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.everbearer.TokenSet;

/** Runs inside the web application that is deployed again and again, and uses all of the library there. */
public final class RedeployServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;
  private transient CloseableHttpClient http;
  private transient CloseableHttpAsyncClient async;

  @Override
  public void init() {
    BearerTokens tokens = BearerTokens.of(getServletContext());
    http = tokens.addTo(HttpClients.custom()).build();
    async = tokens.addTo(HttpAsyncClients.custom()).build();
    async.start();
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
    BearerTokens tokens = BearerTokens.of(getServletContext());
    tokens.storeTokens(request, "user-api", TokenSet.of("a.ann.1", "r.ann.1").expiresIn(Duration.ofHours(1)));
    if (request.getParameter("forgetful") != null) useOnAnotherThread(tokens);
    String chat = getInitParameter("chat") + "/api";
    try {
      response.getWriter().write(http.execute(new HttpGet(chat), new BasicHttpClientResponseHandler()) + ", "
          + async.execute(SimpleRequestBuilder.get(chat).build(), null).get().getBodyText() + ", "
          + http.execute(new HttpGet(getInitParameter("user") + "/api"), new BasicHttpClientResponseHandler()) + ", "
          + (BearerTokens.class.getClassLoader() == getServletContext().getClassLoader() ? "own library" : "shared"));
    } catch (ExecutionException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    request.getSession().invalidate();
  }

  /** The user does not follow there, for nobody says so. */
  private static void useOnAnotherThread(BearerTokens tokens) throws IOException {
    Thread other = new Thread(() -> {
      try {
        tokens.validAccessToken("user-api");
      } catch (IOException swallowed) {
        // as careless code does
      }
    });
    other.start();
    try {
      other.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void destroy() {
    try {
      http.close();
      async.close();
    } catch (IOException e) {
      log("closing", e);
    }
  }
}
