package org.everbearer.sample;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.io.CloseMode;
import org.everbearer.TokenSet;

/** The controls of the stand-in identity server. For the demo alone. */
final class DemoStandIn {
  private static final int MAX_REPLY = 64 * 1024;

  private final CloseableHttpClient http;
  private final URI baseUrl;

  /** @param http one that adds no tokens, and follows no redirects */
  DemoStandIn(CloseableHttpClient http, URI baseUrl) {
    this.http = http;
    this.baseUrl = baseUrl;
  }

  /** What the server has seen since it started: numbers and nothing else. */
  JsonObject stats() throws IOException {
    return numbers(call(new HttpGet(baseUrl + "/stand-in/stats")));
  }

  /** @param parameters names and numbers by turns; the numbers come back in the answer */
  JsonObject control(String name, Object... parameters) throws IOException {
    JsonObject body = new JsonObject();
    for (int i = 0; i < parameters.length; i += 2) {
      body.addProperty((String) parameters[i], (Integer) parameters[i + 1]);
    }
    JsonObject answer = numbers(post(name, body));
    body.asMap().forEach(answer::add);
    return answer;
  }

  /** Signs the application in anew. */
  TokenSet newFamily() throws IOException {
    JsonObject pair = post("new-family", new JsonObject());
    return TokenSet.of(Json.string(pair, "accessToken"), Json.string(pair, "refreshToken"));
  }

  void close() {
    http.close(CloseMode.IMMEDIATE);
  }

  private JsonObject post(String name, JsonObject body) throws IOException {
    HttpPost post = new HttpPost(baseUrl + "/stand-in/" + name);
    post.setEntity(new StringEntity(body.toString(), ContentType.APPLICATION_JSON));
    return call(post);
  }

  private JsonObject call(HttpUriRequestBase request) throws IOException {
    try {
      return http.execute(request, response -> {
        String reply = EntityUtils.toString(response.getEntity(), StandardCharsets.UTF_8, MAX_REPLY);
        if (response.getCode() != 200) throw ErrorAnswer.badGateway("The stand-in server refused.");
        return Json.parse(reply);
      });
    } catch (JsonParseException e) {
      throw ErrorAnswer.badGateway("The stand-in server sent an answer that cannot be read.");
    } catch (IOException e) {
      throw ErrorAnswer.badGateway("The stand-in server cannot be reached.", e);
    }
  }

  /** Only what the browser is meant to see, whatever else came. */
  private static JsonObject numbers(JsonObject reply) {
    JsonObject numbers = new JsonObject();
    for (Map.Entry<String, JsonElement> member : reply.entrySet()) {
      JsonElement value = member.getValue();
      if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()) numbers.add(member.getKey(), value);
    }
    return numbers;
  }
}
