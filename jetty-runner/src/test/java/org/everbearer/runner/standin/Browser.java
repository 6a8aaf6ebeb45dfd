package org.everbearer.runner.standin;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Talks to a stand-in server in plain HTTP/1.1, following no redirect. */
final class Browser {
  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI base;

  Browser(StandIn standIn) {
    base = standIn.baseUri();
  }

  HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
    return http.send(request(path, headers).GET().build(), BodyHandlers.ofString());
  }

  HttpResponse<String> postJson(String path, String json, String... headers) throws IOException, InterruptedException {
    return http.send(request(path, headers).header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(json)).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> postForm(String path, Map<String, String> form, String... headers)
      throws IOException, InterruptedException {
    String body = form.entrySet().stream()
        .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
    return http.send(request(path, headers).header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> refresh(String refreshToken) throws IOException, InterruptedException {
    JsonObject body = new JsonObject();
    body.addProperty("refreshToken", refreshToken);
    return postJson("/auth/v2/refresh-session", body.toString());
  }

  HttpResponse<String> chat(String accessToken) throws IOException, InterruptedException {
    return postJson("/v1/chat", "{\"message\": \"hello\"}", "Authorization", "Bearer " + accessToken);
  }

  HttpClient http() {
    return http;
  }

  HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(30));
    if (headers.length > 0) request.headers(headers);
    return request;
  }

  static JsonObject json(HttpResponse<String> response) {
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  static String text(HttpResponse<String> response, String member) {
    return json(response).get(member).getAsString();
  }
}
