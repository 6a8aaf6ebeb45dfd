package org.everbearer.sample;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import java.net.URI;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.util.Timeout;
import org.everbearer.servlet.BearerTokens;

/** Makes the HTTP clients of this application when it starts, and closes them when it stops. */
public final class ChatApplication implements ServletContextListener {
  /** The filter-name of this application's client in web.xml. */
  static final String CLIENT = "sample-chat-proxy";

  private static final String BASE_URL = "CHAT_API_BASE_URL";
  private static final String TIMEOUT = "CHAT_API_TIMEOUT_SECONDS";

  /** {@code session}: each user signs in, and chats with a token of their own. */
  private static final String IDENTITY = "CHAT_IDENTITY";
  private static final String AUTH_BASE_URL = "AUTH_BASE_URL";

  private CloseableHttpClient http;
  private CloseableHttpClient identityServer;

  @Override
  public void contextInitialized(ServletContextEvent event) {
    ServletContext context = event.getServletContext();
    URI baseUrl = baseUrl(BASE_URL, setting(BASE_URL, null));
    Timeout silence = timeout(setting(TIMEOUT, "30"));
    boolean signIn = setting(IDENTITY, "").equals("session");
    URI authBaseUrl = signIn ? baseUrl(AUTH_BASE_URL, setting(AUTH_BASE_URL, null)) : null;
    // All settings are right: from here on there is something to be closed.
    http = BearerTokens.of(context).addTo(ChatApi.configure(HttpClients.custom(), silence)).build();
    context.setAttribute(ChatApi.class.getName(), new ChatApi(http, baseUrl));
    if (!signIn) return;
    identityServer = ChatApi.configure(HttpClients.custom(), silence).disableRedirectHandling().build();
    context.setAttribute(SignIn.class.getName(), new SignIn(identityServer, authBaseUrl));
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    close(http, event.getServletContext());
    close(identityServer, event.getServletContext());
  }

  private static void close(CloseableHttpClient client, ServletContext context) {
    if (client == null) return;
    try {
      client.close();
    } catch (IOException e) {
      context.log("An HTTP client did not close cleanly", e);
    }
  }

  /** An environment variable or, where that is silent, the system property of the same name. */
  static String setting(String name, String fallback) {
    String value = System.getenv(name);
    return value != null ? value : System.getProperty(name, fallback);
  }

  static URI baseUrl(String name, String value) {
    if (value == null || value.isBlank()) {
      throw new IllegalStateException(name + " is not set: give the server's address, for example"
          + " https://chat.example.com, as an environment variable or a system property");
    }
    String trimmed = value.strip().replaceAll("/+$", "");
    if (!trimmed.matches("https?://[^/?#\\s]+(/[^?#\\s]*)?")) {
      throw new IllegalStateException(name + " is '" + value + "': it must be an http or https address without"
          + " query or fragment, for example https://chat.example.com");
    }
    return URI.create(trimmed);
  }

  static Timeout timeout(String value) {
    if (!value.matches("[1-9][0-9]{0,4}")) {
      throw new IllegalStateException(TIMEOUT + " is '" + value + "': it must be a whole number of seconds, from 1 on");
    }
    return Timeout.ofSeconds(Long.parseLong(value));
  }
}
