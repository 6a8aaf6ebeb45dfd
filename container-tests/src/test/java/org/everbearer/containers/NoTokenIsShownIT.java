package org.everbearer.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.session.StandardManager;
import org.apache.catalina.startup.Tomcat;
import org.everbearer.runner.standin.StandIn;
import org.everbearer.runner.standin.StandInOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The built WAR through good and bad times: one token for all in the runner's Jetty, a token for each user in Tomcat.
 * What both log at their finest, answer, show, export and serialise holds none of the tokens that went over the wire.
 */
class NoTokenIsShownIT {
  // All but HttpClient's logger whose purpose is to print what goes over the wire; that of headers masks credentials.
  private static final Map<String, String> LOGGING = Map.of("org.slf4j.simpleLogger.log.org.everbearer", "trace",
      "org.slf4j.simpleLogger.log.org.apache.hc", "trace",
      "org.slf4j.simpleLogger.log.org.apache.hc.client5.http.wire", "warn");

  private final Seen seen = new Seen(HttpClient.newBuilder().cookieHandler(new CookieManager()).build());
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @Test
  void nothingThatCanBeSeen_holdsAToken(@TempDir Path directory) throws Exception {
    List<String> options = new ArrayList<>();
    LOGGING.forEach((name, level) -> options.add("-D" + name + "=" + level));
    options.add("-Deverbearer.sample-chat-proxy.refreshMargin=500ms");
    StandInOptions server = StandInOptions.defaults().withAccessTokenLifetime(Duration.ofSeconds(2));
    try (TokenTap tap = TokenTap.start(); StandIn standIn = StandIn.start(server)) {
      tap.passTo(standIn.baseUri());
      try (Runner runner = Runner.startBeside(standIn, tap.uri(), options)) {
        live(runner, tap, directory);
        String said = runner.output();
        assertEquals(2, said.split("client sample-chat-proxy: protocol=", -1).length,
            "the effective configuration, once");
        seen.add(said);
      }
      seen.add(log.toString(StandardCharsets.UTF_8));
      String sessions = Files.readString(directory.resolve("sessions"), StandardCharsets.ISO_8859_1);
      seen.add(sessions.replace("org.everbearer", "session org.everbearer"));
      search(tap);
    }
  }

  private void live(Runner runner, TokenTap tap, Path directory) throws Exception {
    URI jetty = runner.sample();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    Tomcat tomcat = startTomcat(directory, tap);
    try {
      URI other = URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/");
      signIn(other);
      List<URI> both = List.of(jetty, other);
      for (URI each : both) {
        seen.watch(each);
        assertEquals(200, chat(each, "application/json"));
        assertEquals(200, chat(each, "text/event-stream"));
        seen.ask(HttpRequest.newBuilder(each.resolve("no/such/page")));
        seen.ask(HttpRequest.newBuilder(each.resolve("api/chat")).header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"mess")));
      }
      runner.control("revoke-access-tokens", "{}");
      for (URI each : both) assertEquals(200, chat(each, "application/json"), "replaced after the 401");
      runner.control("lose-next-reply", "{}");
      until(() -> chat(other, "application/json") == 200 && runner.stats().get("replays").getAsLong() > 0);
      runner.control("fail-next", "{\"status\":500}");
      until(() -> runner.output().contains("works again after"));
      look(runner, both);
      runner.control("kill-family", "{}");
      until(() -> status(jetty).contains("\"type\":\"dead\"") && chat(jetty, "text/event-stream") == 503);
      until(() -> chat(other, "application/json") == 401);
      look(runner, both);
    } finally {
      tomcat.stop();
      tomcat.destroy();
      System.setErr(err);
      LOGGING.keySet().forEach(System::clearProperty);
    }
  }

  private void look(Runner runner, List<URI> both) throws Exception {
    for (URI each : both) seen.status(each);
    seen.jmxOf(runner.pid());
    seen.jmx(ManagementFactory.getPlatformMBeanServer());
  }

  private int chat(URI base, String accept) throws Exception {
    return seen.ask(HttpRequest.newBuilder(base.resolve("api/chat")).header("Content-Type", "application/json")
        .header("Accept", accept).POST(BodyPublishers.ofString("{\"message\":\"hi\"}"))).statusCode();
  }

  private String status(URI base) throws Exception {
    return seen.ask(HttpRequest.newBuilder(base.resolve("tokens")).header("Accept", "application/json")).body();
  }

  private void signIn(URI base) throws Exception {
    HttpResponse<String> begun = seen.ask(HttpRequest.newBuilder(base.resolve("login")));
    URI page = URI.create(begun.headers().firstValue("Location").orElseThrow());
    String form = seen.ask(HttpRequest.newBuilder(page)).body();
    String choice = "user=ada&redirect_uri=" + field(form, "redirect_uri") + "&state=" + field(form, "state");
    HttpResponse<String> picked = seen.ask(HttpRequest.newBuilder(page.resolve("/login"))
        .header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(choice)));
    seen.ask(HttpRequest.newBuilder(URI.create(picked.headers().firstValue("Location").orElseThrow())));
  }

  private static String field(String form, String name) {
    Matcher value = Pattern.compile("name=\"" + name + "\" value=\"([^\"]*)\"").matcher(form);
    assertTrue(value.find(), form);
    return URLEncoder.encode(value.group(1), StandardCharsets.UTF_8);
  }

  private static Tomcat startTomcat(Path directory, TokenTap tap) throws Exception {
    Map<String, String> settings = Map.of("CHAT_API_BASE_URL", tap.uri().toString(), "AUTH_BASE_URL",
        tap.uri().toString(), "CHAT_IDENTITY", "session");
    LOGGING.forEach(System::setProperty);
    StandardManager manager = new StandardManager();
    manager.setPathname(directory.resolve("sessions").toString());
    return WarInTomcat.start(directory, settings, context -> context.setManager(manager));
  }

  private void search(TokenTap tap) {
    String all = seen.all();
    List<String> proofs = List.of("refreshed: token", "the refresh token was rejected", "works again after",
        "\"type\":\"dead\"", "\"type\":\"replayed\"", "everbearer_refreshes_seconds_count", "# EOF", "<!doctype html>",
        "live data: {", "jmx org.everbearer:type=TokenSource", "LastFailure=", "no-store", "session org.everbearer");
    for (String proof : proofs) assertTrue(all.contains(proof), "seen was not all that should have been: no " + proof);
    assertTrue(tap.tokens().size() >= 12, "tokens on the wire: " + tap.tokens().size());
    List<String> leaks = new ArrayList<>();
    for (String token : tap.tokens()) {
      String encoded = Base64.getEncoder().withoutPadding().encodeToString(token.getBytes(StandardCharsets.UTF_8));
      for (String form : List.of(token, encoded)) {
        int at = all.indexOf(form);
        if (at >= 0) leaks.add(all.substring(Math.max(0, at - 200), Math.min(all.length(), at + 40)));
      }
    }
    assertEquals(List.of(), leaks);
    assertFalse(all.contains("eyJ"), "a JWT");
  }

  private static void until(Callable<Boolean> condition) throws Exception {
    for (long end = System.nanoTime() + 60_000_000_000L; !condition.call(); LockSupport.parkNanos(50_000_000)) {
      if (System.nanoTime() > end) throw new AssertionError("it does not come true");
    }
  }
}
