package org.everbearer.sample;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.everbearer.TokenSet;

/** The identity server's login page, and the exchange of the code that it sends back for a first pair of tokens. */
final class SignIn {
  private static final int MAX_REPLY = 64 * 1024;

  private final CloseableHttpClient http;
  private final URI baseUrl;

  /** @param http one that adds no tokens: at login there are none yet */
  SignIn(CloseableHttpClient http, URI baseUrl) {
    this.http = http;
    this.baseUrl = baseUrl;
  }

  /** Null if this application has one token for all, and nobody signs in. */
  static SignIn of(ServletContext context) {
    return (SignIn) context.getAttribute(SignIn.class.getName());
  }

  String page(String redirectUri, String state) {
    return baseUrl + "/login?redirect_uri=" + encoded(redirectUri) + "&state=" + encoded(state);
  }

  /** @throws ErrorAnswer if the identity server does not take the code */
  TokenSet redeem(String code) throws IOException {
    JsonObject body = new JsonObject();
    body.addProperty("code", code);
    HttpPost post = new HttpPost(baseUrl + "/auth/v2/authenticate");
    post.setEntity(new StringEntity(body.toString(), ContentType.APPLICATION_JSON));
    return http.execute(post, response -> {
      String reply = EntityUtils.toString(response.getEntity(), StandardCharsets.UTF_8, MAX_REPLY);
      if (response.getCode() != 200) throw ErrorAnswer.badGateway("The identity server did not take the code.");
      try {
        JsonObject tokens = Json.parse(reply);
        return TokenSet.of(Json.string(tokens, "accessToken"), Json.string(tokens, "refreshToken"));
      } catch (JsonParseException | IllegalArgumentException e) {
        // Without the cause, whose message may quote the reply.
        throw ErrorAnswer.badGateway("The identity server sent no tokens that can be read.");
      }
    });
  }

  /** Whose tokens these are, to show it. Not verified: they come from the identity server itself. */
  static String user(TokenSet tokens) {
    try {
      String[] parts = tokens.accessToken().split("\\.");
      byte[] claims = Base64.getUrlDecoder().decode(parts[1]);
      return Json.string(Json.parse(new String(claims, StandardCharsets.UTF_8)), "sub");
    } catch (RuntimeException notAJwt) {
      return null;
    }
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
