package org.everbearer.runner.standin;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.util.Fields;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A page where one of two demo users signs in: {@code GET /login?redirect_uri=…&state=…} shows it, and the browser goes
 * back to {@code redirect_uri} with {@code code} and {@code state}. A code is good once, for a minute.
 */
final class SignIn {
  private static final Map<String, String> USERS = Map.of("ada", "Ada Lovelace", "grace", "Grace Hopper");
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

  private record Code(String user, Instant expiry) {
  }

  private final Clock clock;
  private final TokenFamilies families;
  private final Map<String, Code> codes = new ConcurrentHashMap<>();

  SignIn(Clock clock, TokenFamilies families) {
    this.clock = clock;
    this.families = families;
  }

  void addTo(Routes routes) {
    routes.on("GET", "/login", this::page);
    routes.on("POST", "/login", this::signIn);
  }

  /** The first pair of a new family for the user whom the code stands for, or null if it is not good. */
  TokenPair redeem(String code) {
    Code redeemed = code == null ? null : codes.remove(code);
    if (redeemed == null || !clock.instant().isBefore(redeemed.expiry)) return null;
    return families.create("user_" + redeemed.user, "org_demo");
  }

  String code(String user) {
    String code = UUID.randomUUID().toString();
    Instant now = clock.instant();
    codes.values().removeIf(old -> !now.isBefore(old.expiry));
    codes.put(code, new Code(user, now.plusSeconds(60)));
    return code;
  }

  private void page(Exchange exchange) throws IOException {
    String back = loopback(exchange.query("redirect_uri"));
    String state = exchange.query("state");
    StringBuilder buttons = new StringBuilder();
    USERS.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(user -> buttons
        .append("<p><button name=\"user\" value=\"").append(user.getKey()).append("\">Sign in as ")
        .append(user.getValue()).append("</button></p>\n"));
    exchange.header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    exchange.reply(200, "text/html; charset=utf-8", """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in</title></head>
        <body><main>
        <h1>Stand-in identity server</h1>
        <form method="post" action="/login">
        <input type="hidden" name="redirect_uri" value="%s">
        <input type="hidden" name="state" value="%s">
        %s</form>
        </main></body>
        </html>
        """.formatted(escaped(back), escaped(state == null ? "" : state), buttons));
  }

  private void signIn(Exchange exchange) throws IOException {
    Fields form = exchange.form();
    String back = loopback(form.getValue("redirect_uri"));
    String user = form.getValue("user");
    if (user == null || !USERS.containsKey(user)) throw new BadRequest("user must be one of ada and grace");
    String state = form.getValue("state");
    String query = "code=" + code(user) + (state == null || state.isEmpty() ? "" : "&state=" + encoded(state));
    exchange.redirect(back + (back.contains("?") ? "&" : "?") + query);
  }

  /** A demo's codes stay on this machine. */
  private static String loopback(String redirectUri) throws BadRequest {
    try {
      URI uri = new URI(redirectUri == null ? "" : redirectUri);
      if (uri.getHost() != null && LOOPBACK.contains(uri.getHost()) && uri.getScheme().matches("https?")) {
        return uri.toASCIIString();
      }
    } catch (URISyntaxException notAUri) {
      // falls through to the same answer
    }
    throw new BadRequest("redirect_uri must be an http or https URL on this machine");
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, UTF_8);
  }

  private static String escaped(String value) {
    return value.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
