package org.everbearer.runner.standin;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** What {@link StandIn} can do as a Java object, over HTTP: {@code GET /stand-in/stats}, the rest by POST. */
final class ControlEndpoints {
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

  /** Does what the request's JSON asks for and says what came of it. */
  private interface Control {
    void run(JsonObject parameters, JsonObject result) throws IOException;
  }

  private final StandIn standIn;

  ControlEndpoints(StandIn standIn) {
    this.standIn = standIn;
  }

  void addTo(Routes routes) {
    routes.on("GET", "/stand-in/stats",
        exchange -> exchange.reply(200, new Gson().toJsonTree(standIn.stats()).getAsJsonObject()));
    add(routes, "revoke-access-tokens", (in, out) -> out.addProperty("revoked", standIn.revokeAccessTokens()));
    add(routes, "outage", (in, out) ->
        standIn.outage(Duration.ofSeconds(count(in, "seconds", 20)), kind(Exchange.string(in, "as"))));
    add(routes, "slow", (in, out) -> {
      Duration latency = Duration.ofMillis(count(in, "millis", 2000));
      if (in.has("seconds")) standIn.slow(latency, Duration.ofSeconds(count(in, "seconds", 20)));
      else standIn.slow(latency);
    });
    add(routes, "lose-next-reply", (in, out) -> standIn.loseNextReply());
    add(routes, "lose-replies", (in, out) -> standIn.loseReplies(count(in, "percent", 10) / 100.0));
    add(routes, "fail-next", (in, out) -> standIn.failNext(status(in)));
    add(routes, "kill-family", (in, out) -> {
      String token = Exchange.string(in, "refreshToken");
      out.addProperty("revoked", token == null ? standIn.killFamilies() : standIn.killFamily(token) ? 1 : 0);
    });
    routes.on("POST", "/stand-in/new-family", local(exchange -> {
      JsonObject in = exchange.json();
      String subject = Exchange.string(in, "subject");
      IdentityEndpoints.replyPair(exchange,
          standIn.newFamily(subject == null ? "user_demo" : subject, Exchange.string(in, "organizationId")));
    }));
  }

  private static void add(Routes routes, String name, Control control) {
    routes.on("POST", "/stand-in/" + name, local(exchange -> {
      JsonObject result = new JsonObject();
      result.addProperty("done", name);
      control.run(exchange.json(), result);
      exchange.reply(200, result);
    }));
  }

  /** A web page from elsewhere has no business here, though the visitor's browser can reach it. */
  private static Routes.Endpoint local(Routes.Endpoint endpoint) {
    return exchange -> {
      String origin = exchange.header("Origin");
      if (origin == null || isLoopback(origin)) {
        endpoint.answer(exchange);
      } else {
        exchange.error(403, "access_denied", "only pages of this machine may control the stand-in server");
      }
    };
  }

  private static boolean isLoopback(String origin) {
    try {
      String host = URI.create(origin).getHost();
      return host != null && LOOPBACK.contains(host);
    } catch (IllegalArgumentException notAUri) {
      return false;
    }
  }

  private static long count(JsonObject in, String name, long otherwise) throws BadRequest {
    long value = Exchange.number(in, name, otherwise);
    if (value < 0 || value > 86_400_000) throw new BadRequest(name + " must be 0 to 86400000");
    return value;
  }

  private static int status(JsonObject in) throws BadRequest {
    long status = Exchange.number(in, "status", 500);
    if (status < 300 || status > 599) throw new BadRequest("status must be 300 to 599");
    return (int) status;
  }

  private static Outage kind(String name) throws BadRequest {
    if (name == null) return Outage.RETRY_AFTER;
    try {
      return Outage.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException unknown) {
      throw new BadRequest("as must be one of " + Arrays.toString(Outage.values()).toLowerCase(Locale.ROOT)
          .replace('_', '-'));
    }
  }
}
