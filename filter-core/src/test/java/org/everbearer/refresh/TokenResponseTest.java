package org.everbearer.refresh;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class TokenResponseTest {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private static String base64(String text) {
    return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "[]", "null", "\"x\"", "{\"alg\":7}", "{\"alg\":\"none\",\"crit\":7}", "{\"exp\":\"x\"}",
      "{\"exp\":1e300,\"iat\":-1e300}", "{\"exp\":9223372036854775807}", "{\"iat\":[],\"exp\":{}}",
      "{\"cty\":\"JWT\",\"alg\":\"none\"}", "{\"alg\":\"dir\",\"enc\":7}"})
  void oddJwt_isATokenLikeAnyOther(String part) throws Exception {
    for (String token : new String[] {base64("{\"alg\":\"none\"}") + "." + base64(part) + ".", base64(part) + "..",
        base64(part) + "." + base64(part) + ".AA", base64(part) + "...AA.AA"}) {
      String body = OAuthBody.of(token, "next");
      try (RawServer server = new RawServer((socket, out) -> RawServer.write(out, "HTTP/1.1 200 OK\r\n"
          + "Date: Mon, 01 Jan 2001 00:00:00 GMT\r\nContent-Length: " + body.length() + "\r\n\r\n" + body));
          Closing r = new Closing(RefreshTokenGrant.builder(
              TokenEndpoint.builder("odd").uri(server.url()).build()).build())) {
        assertEquals(token, r.refresh(TokenRefresherContract.current()).accessToken());
      }
    }
  }
}
