package org.everbearer.runner.standin;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.everbearer.runner.standin.Counters.Event;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The chat API: answers only to a bearer token that is valid now (RFC 6750). */
final class ChatEndpoints {
  private final AccessTokens accessTokens;
  private final Counters counters;
  private final Duration wordDelay;
  private final Clock clock;

  ChatEndpoints(AccessTokens accessTokens, Counters counters, Duration wordDelay, Clock clock) {
    this.accessTokens = accessTokens;
    this.counters = counters;
    this.wordDelay = wordDelay;
    this.clock = clock;
  }

  void addTo(Routes routes) {
    routes.on("POST", "/v1/sessions", authorized(this::openSession));
    routes.on("POST", "/v1/chat", authorized(this::chat));
  }

  private Routes.Endpoint authorized(Routes.Endpoint endpoint) {
    return exchange -> {
      String challenge = challenge(exchange.header("Authorization"));
      if (challenge == null) {
        counters.count(Event.CHAT_OK);
        endpoint.answer(exchange);
        return;
      }
      counters.count(Event.CHAT_UNAUTHORIZED);
      exchange.header("WWW-Authenticate", challenge);
      exchange.error(401, "invalid_token", "a valid bearer token is needed");
    };
  }

  /** The challenge of RFC 6750 §3, or null if the request may pass. */
  private String challenge(String authorization) {
    // No error code when there was no attempt: RFC 6750 §3.1.
    if (authorization == null || !authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return "Bearer realm=\"chat\"";
    }
    String problem = accessTokens.problemWith(authorization.substring(7).trim());
    if (problem == null) return null;
    return "Bearer realm=\"chat\", error=\"invalid_token\", error_description=\"" + problem + "\"";
  }

  private void openSession(Exchange exchange) throws IOException {
    JsonObject session = new JsonObject();
    session.addProperty("sessionId", "chat_" + UUID.randomUUID());
    session.addProperty("createdAt", clock.instant().toString());
    exchange.reply(201, session);
  }

  private void chat(Exchange exchange) throws IOException {
    JsonObject body = exchange.json();
    String message = Exchange.string(body, "message");
    if (message == null || message.isBlank()) throw new BadRequest("message is missing");
    String session = Exchange.string(body, "sessionId");
    String reply = "You said: " + message.strip() + " — and the token that came with it was valid"
        + whose(AccessTokens.subject(exchange.header("Authorization").substring(7).trim())) + ".";
    String accept = exchange.header("Accept");
    if (accept != null && accept.contains("text/event-stream")) {
      stream(exchange, reply);
      return;
    }
    JsonObject answer = new JsonObject();
    if (session != null) answer.addProperty("sessionId", session);
    answer.addProperty("reply", reply);
    exchange.reply(200, answer);
  }

  /** Names the user where users sign in. */
  private static String whose(String subject) {
    return subject.equals("user_demo") ? "" : ", and that of " + subject;
  }

  private void stream(Exchange exchange, String reply) throws IOException {
    try (OutputStream out = exchange.stream("text/event-stream")) {
      for (String word : reply.split("(?<=\\s)(?=\\S)")) {
        JsonObject delta = new JsonObject();
        delta.addProperty("delta", word);
        send(out, "data: " + delta + "\n\n");
        pause();
      }
      send(out, "event: done\ndata: {}\n\n");
    }
  }

  private static void send(OutputStream out, String event) throws IOException {
    out.write(event.getBytes(UTF_8));
    out.flush();
  }

  private void pause() throws IOException {
    try {
      Thread.sleep(wordDelay.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server stops", e);
    }
  }
}
