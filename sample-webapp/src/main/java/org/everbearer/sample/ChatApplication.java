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

/** Makes the one HTTP client of this application when it starts, and closes it when it stops. */
public final class ChatApplication implements ServletContextListener {
  private static final String BASE_URL = "CHAT_API_BASE_URL";
  private static final String TIMEOUT = "CHAT_API_TIMEOUT_SECONDS";

  private CloseableHttpClient http;

  @Override
  public void contextInitialized(ServletContextEvent event) {
    ServletContext context = event.getServletContext();
    URI baseUrl = baseUrl(setting(BASE_URL, null));
    Timeout silence = timeout(setting(TIMEOUT, "30"));
    http = BearerTokens.of(context).addTo(ChatApi.configure(HttpClients.custom(), silence)).build();
    context.setAttribute(ChatApi.class.getName(), new ChatApi(http, baseUrl));
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    if (http == null) return;
    try {
      http.close();
    } catch (IOException e) {
      event.getServletContext().log("The HTTP client did not close cleanly", e);
    }
  }

  /** An environment variable or, where that is silent, the system property of the same name. */
  private static String setting(String name, String fallback) {
    String value = System.getenv(name);
    return value != null ? value : System.getProperty(name, fallback);
  }

  static URI baseUrl(String value) {
    if (value == null || value.isBlank()) {
      throw new IllegalStateException(BASE_URL + " is not set: give the chat API's address, for example"
          + " https://chat.example.com, as an environment variable or a system property");
    }
    String trimmed = value.strip().replaceAll("/+$", "");
    if (!trimmed.matches("https?://[^/?#\\s]+(/[^?#\\s]*)?")) {
      throw new IllegalStateException(BASE_URL + " is '" + value + "': it must be an http or https address without"
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
