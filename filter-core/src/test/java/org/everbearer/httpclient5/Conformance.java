package org.everbearer.httpclient5;

import org.everbearer.Origin;

/** What every contract needs: the client that is tested, and the shortest names for what all of them use. */
interface Conformance {
  TestClient client(Setup setup) throws Exception;

  default TestClient client(ScriptedTokenSource source, ResourceServer server) throws Exception {
    return client(Setup.with(tokens(source, server)));
  }

  static OutboundTokens tokens(ScriptedTokenSource source, ResourceServer server) {
    return OutboundTokens.of(source, origin(server));
  }

  static Origin origin(ResourceServer server) {
    return Origin.parse(server.uri("/").toString());
  }

  /** Answers with the token that came, and rejects the first one of each name. */
  static void rejectFirst(ResourceServer.Exchange exchange) throws Exception {
    if (exchange.token() != null && exchange.token().endsWith("-1")) {
      exchange.reject();
    } else {
      echoToken(exchange);
    }
  }

  static void echoToken(ResourceServer.Exchange exchange) throws Exception {
    exchange.reply(200, String.valueOf(exchange.token()));
  }
}
