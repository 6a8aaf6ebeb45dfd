package org.everbearer.runner.standin;

import com.google.gson.JsonObject;
import java.io.IOException;
import org.everbearer.runner.standin.Counters.Event;

/** What every way to refresh has in common: faults, counting, and JSON like {@code {accessToken, refreshToken}}. */
final class IdentityEndpoints {
  static final String SESSION_PATH = "/auth/v2/refresh-session";
  // A server in the wild answers a dead token like this, with status 500.
  private static final String DEAD =
      "Shim error: rpc error: code = Unauthenticated desc = invalid or expired refresh token";

  private final TokenFamilies families;
  private final Faults faults;
  private final Counters counters;
  private final SignIn signIn;

  IdentityEndpoints(TokenFamilies families, Faults faults, Counters counters, SignIn signIn) {
    this.families = families;
    this.faults = faults;
    this.counters = counters;
    this.signIn = signIn;
  }

  void addTo(Routes routes) {
    routes.on("POST", SESSION_PATH, guarded(this::refreshSession));
    routes.on("POST", "/auth/v2/authenticate", guarded(this::authenticate));
  }

  /** An endpoint that an outage takes down. */
  Routes.Endpoint guarded(Routes.Endpoint endpoint) {
    return exchange -> {
      if (!faults.isDown()) {
        endpoint.answer(exchange);
        return;
      }
      counters.count(Event.OUTAGE);
      faults.turnAway(exchange);
    };
  }

  /** One refresh with the faults that were asked for; null if the exchange is answered already. */
  Refresh refresh(Exchange exchange, String token, String organization) throws IOException {
    counters.count(Event.REFRESH);
    faults.delay();
    Integer failure = faults.nextFailure();
    if (failure != null) {
      counters.count(Event.FAILURE);
      exchange.error(failure, "server_error", "a failure on request");
      return null;
    }
    Refresh refresh = families.refresh(token, organization);
    count(refresh.outcome());
    if (refresh.pair() != null && faults.losesReply()) {
      counters.count(Event.REPLY_LOST);
      throw new ConnectionDrop();
    }
    return refresh;
  }

  private void refreshSession(Exchange exchange) throws IOException {
    JsonObject body = exchange.json();
    String token = Exchange.string(body, "refreshToken");
    if (token == null) throw new BadRequest("refreshToken is missing");
    Refresh refresh = refresh(exchange, token, Exchange.string(body, "organizationId"));
    if (refresh == null) return;
    if (refresh.pair() != null) {
      replyPair(exchange, refresh.pair());
      return;
    }
    JsonObject dead = new JsonObject();
    dead.addProperty("error", DEAD);
    exchange.reply(500, dead);
  }

  private void authenticate(Exchange exchange) throws IOException {
    TokenPair pair = signIn.redeem(Exchange.string(exchange.json(), "code"));
    if (pair == null) {
      exchange.error(400, "invalid_grant", "the code is unknown, used or older than a minute");
      return;
    }
    counters.count(Event.SIGN_IN);
    replyPair(exchange, pair);
  }

  private void count(Refresh.Outcome outcome) {
    switch (outcome) {
      case ROTATED -> counters.count(Event.ROTATION);
      case REPLAYED -> counters.count(Event.REPLAY);
      case REUSED -> {
        counters.count(Event.REUSE);
        counters.count(Event.FAMILY_REVOKED);
      }
      case REVOKED, UNKNOWN -> counters.count(Event.DEAD_TOKEN);
    }
  }

  static void replyPair(Exchange exchange, TokenPair pair) throws IOException {
    JsonObject body = new JsonObject();
    body.addProperty("accessToken", pair.accessToken());
    if (pair.refreshToken() != null) body.addProperty("refreshToken", pair.refreshToken());
    exchange.header("Cache-Control", "no-store");
    exchange.reply(200, body);
  }
}
