package org.everbearer.runner;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A person with a browser, at the sample in its signed-in mode. */
final class Visitor {
  private final URI sample;
  private final CookieManager cookies = new CookieManager();
  private final HttpClient http = HttpClient.newBuilder().cookieHandler(cookies).build();

  Visitor(URI sample) {
    this.sample = sample;
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(sample.resolve(path)).build());
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(sample.resolve(path)).header("Content-Type", "application/json")
        .header("Accept", "application/json").POST(BodyPublishers.ofString(json)).build());
  }

  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(request, (name, value) -> true).timeout(Duration.ofSeconds(60)).build(),
        BodyHandlers.ofString());
  }

  /** Goes to the login page and picks a user there; where that page sends the browser. */
  String callbackFor(String user) throws IOException, InterruptedException {
    URI page = URI.create(get("login").headers().firstValue("Location").orElseThrow());
    String form = send(HttpRequest.newBuilder(page).build()).body();
    String body = "user=" + user + "&redirect_uri=" + field(form, "redirect_uri") + "&state=" + field(form, "state");
    HttpResponse<String> picked = send(HttpRequest.newBuilder(page.resolve("/login"))
        .header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(body)).build());
    return picked.headers().firstValue("Location").orElseThrow();
  }

  void signInAs(String user) throws IOException, InterruptedException {
    HttpResponse<String> done = send(HttpRequest.newBuilder(URI.create(callbackFor(user))).build());
    assertEquals(302, done.statusCode(), done.body());
    assertEquals(sample.getPath(), URI.create(done.headers().firstValue("Location").orElseThrow()).getPath());
    assertFalse(done.headers().firstValue("Location").orElseThrow().contains("failed"));
  }

  String cookies() {
    return cookies.getCookieStore().getCookies().toString();
  }

  private static String field(String form, String name) {
    Matcher value = Pattern.compile("name=\"" + name + "\" value=\"([^\"]*)\"").matcher(form);
    assertTrue(value.find(), form);
    return URLEncoder.encode(value.group(1), UTF_8);
  }
}
