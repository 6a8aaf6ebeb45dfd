package org.everbearer.sample;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;
import org.everbearer.TokenException;

/**
 * The chat API behind this application. Nothing here knows of tokens: the HTTP client adds a valid one to each call.
 * An {@link ErrorAnswer} says what went wrong at the chat API; a {@link TokenException} that no token can be had.
 */
final class ChatApi {
  private static final int MAX_REPLY = 1 << 20;

  private final CloseableHttpClient http;
  private final URI baseUrl;

  ChatApi(CloseableHttpClient http, URI baseUrl) {
    this.http = http;
    this.baseUrl = baseUrl;
  }

  static ChatApi of(ServletContext context) {
    return (ChatApi) context.getAttribute(ChatApi.class.getName());
  }

  /** @param silence how long the chat API may say nothing: before its answer, and between two words of it */
  static HttpClientBuilder configure(HttpClientBuilder builder, Timeout silence) {
    return builder
        .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
            .setMaxConnPerRoute(200)
            .setMaxConnTotal(200)
            .setDefaultConnectionConfig(ConnectionConfig.custom().setConnectTimeout(Timeout.ofSeconds(5)).build())
            .build())
        .setDefaultRequestConfig(RequestConfig.custom()
            .setConnectionRequestTimeout(Timeout.ofSeconds(5))
            .setResponseTimeout(silence)
            .build())
        .disableAutomaticRetries() // a message must not be said twice
        .disableContentCompression() // a compressor would hold words back
        .disableCookieManagement(); // one client serves all browsers
  }

  String createSession() throws IOException {
    JsonObject session = call(post("/v1/sessions", "application/json", new JsonObject()), ChatApi::json);
    return required(session, "sessionId");
  }

  JsonObject chat(ChatRequest chat) throws IOException {
    JsonObject answer = call(post("/v1/chat", "application/json", chat.toJson()), ChatApi::json);
    JsonObject reply = new JsonObject(); // only what the browser is meant to see, whatever else came
    reply.addProperty("reply", required(answer, "reply"));
    if (Json.string(answer, "sessionId") != null) reply.add("sessionId", answer.get("sessionId"));
    return reply;
  }

  /** Hands each event to {@code browser} the moment it arrives. What {@code browser} throws ends the call at once. */
  void stream(ChatRequest chat, Consumer<ServerSentEvent> browser) throws IOException {
    call(post("/v1/chat", "text/event-stream", chat.toJson()), response -> {
      requireType(response, ContentType.TEXT_EVENT_STREAM);
      EventReader events = new EventReader(response.getEntity().getContent());
      for (ServerSentEvent event; (event = events.next()) != null; ) {
        browser.accept(event);
        if (event.isDone()) return null;
      }
      throw ErrorAnswer.badGateway("The chat service stopped in the middle of its answer.");
    });
  }

  private HttpPost post(String path, String accept, JsonObject body) {
    HttpPost post = new HttpPost(baseUrl + path);
    post.setHeader("Accept", accept);
    post.setEntity(new StringEntity(body.toString(), ContentType.APPLICATION_JSON));
    return post;
  }

  private <T> T call(HttpPost post, HttpClientResponseHandler<T> handler) throws IOException {
    try {
      return http.execute(post, response -> {
        try {
          requireSuccess(response);
          return handler.handleResponse(response);
        } catch (HttpException | IOException | RuntimeException e) {
          post.cancel(); // closing alone would first read the rest of an answer that may go on for minutes
          throw e;
        }
      });
    } catch (SocketTimeoutException e) {
      throw ErrorAnswer.gatewayTimeout(e);
    } catch (IOException e) {
      if (noToken(e)) throw e; // answered by the filter
      throw ErrorAnswer.badGateway("The chat service cannot be reached.", e);
    }
  }

  private static boolean noToken(Throwable thrown) {
    return thrown instanceof TokenException || thrown.getCause() != null && noToken(thrown.getCause());
  }

  private static void requireSuccess(ClassicHttpResponse response) {
    int status = response.getCode();
    if (status == 404) throw new ErrorAnswer(404, "unknown_session", "This conversation is not known any more.");
    if (status == 429) throw new ErrorAnswer(429, "too_many_requests", "The chat service asks for a short pause.");
    if (status / 100 != 2) throw ErrorAnswer.badGateway("The chat service answered with status " + status + ".");
  }

  private static JsonObject json(ClassicHttpResponse response) throws IOException {
    requireType(response, ContentType.APPLICATION_JSON);
    try {
      return Json.parse(new String(EntityUtils.toByteArray(response.getEntity(), MAX_REPLY), StandardCharsets.UTF_8));
    } catch (JsonParseException e) {
      throw ErrorAnswer.badGateway("The chat service sent an answer that cannot be read.", e);
    }
  }

  private static void requireType(ClassicHttpResponse response, ContentType expected) {
    String type = response.getEntity() == null ? null : response.getEntity().getContentType();
    if (type == null || !expected.isSameMimeType(ContentType.parseLenient(type))) {
      throw ErrorAnswer.badGateway("The chat service sent something other than " + expected.getMimeType() + ".");
    }
  }

  private static String required(JsonObject answer, String name) {
    String value = Json.string(answer, name);
    if (value == null) throw ErrorAnswer.badGateway("The chat service sent an answer without " + name + ".");
    return value;
  }
}
