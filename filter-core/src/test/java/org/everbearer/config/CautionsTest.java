package org.everbearer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is hardly meant: told at start, and by the check; and nothing else is. */
class CautionsTest {
  private static final String ACCESS = jwt("{\"exp\":4000000000}");
  private static final String REFRESH = jwt("{\"exp\":4100000000}");

  @TempDir
  Path directory;

  private static String jwt(String claims) {
    return base64("{\"alg\":\"none\"}") + "." + base64(claims) + ".";
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** In which nothing is to be said of a client. */
  private static Map<String, String> valid(Protocol protocol, String... changes) {
    Map<String, String> params = new LinkedHashMap<>(Given.valid(protocol));
    if (protocol == Protocol.OAUTH2) params.put("clientId", "web");
    for (int i = 0; i < changes.length; i += 2) {
      if (changes[i + 1] == null) params.remove(changes[i]);
      else params.put(changes[i], changes[i + 1]);
    }
    return params;
  }

  /** In a durable store, of which nothing is to be said. */
  private Map<String, String> durable(Map<String, String> params) {
    Map<String, String> durable = new LinkedHashMap<>(params);
    durable.put("store", "file:" + directory.resolve("tokens"));
    return durable;
  }

  private static void warns(Map<String, String> params, String... parts) throws ConfigException {
    List<String> warnings = Given.config(params).warnings();
    assertEquals(1, warnings.size(), warnings.toString());
    for (String part : parts) assertTrue(warnings.get(0).contains(part), warnings.get(0));
  }

  @ParameterizedTest
  @CsvSource({"file:tokens", "dotenv:.env", "file:./target/../tokens"})
  void relativeStore_isWhereTheServerWasStarted(String store) throws Exception {
    warns(valid(Protocol.REFRESH_SESSION, "store", store), "store", "is relative to the working directory",
        Path.of(store.substring(store.indexOf(':') + 1)).toAbsolutePath().normalize() + " now. Write the whole path");
  }

  private static void isSilentOn(Map<String, String> params) throws ConfigException {
    assertEquals(List.of(), Given.config(params).warnings());
  }

  private void warnsOfPair(Protocol protocol, String access, String refresh, String... parts) throws ConfigException {
    ConfigSource source = Given.source(durable(valid(protocol, "accessToken", "#{env:A}", "refreshToken",
        "#{env:R}"))).environment(Given.environment("A", access, "R", refresh)).build();
    List<String> warnings = ClientConfig.read(source).warnings();
    assertEquals(parts.length == 0 ? 0 : 1, warnings.size(), warnings.toString());
    for (String part : parts) assertTrue(warnings.get(0).contains(part), warnings.get(0));
    for (String token : List.of(access, refresh)) assertFalse(warnings.toString().contains(token), "a token");
  }

  @ParameterizedTest
  @EnumSource(value = Protocol.class, names = {"REFRESH_SESSION", "OAUTH2", "WORKOS"})
  void memory_forgetsTheSuccessorOfASingleUseToken(Protocol protocol) throws ConfigException {
    warns(valid(protocol), "store = memory, the default: a refresh may bring a new refresh token",
        "the next restart or redeploy begins with that, and it is rejected",
        "file:PATH, dotenv:PATH or jdbc:JNDI-NAME");
    warns(valid(protocol, "store", "memory"), "store = \"memory\" (init-param): a refresh may bring");
    isSilentOn(durable(valid(protocol)));
  }

  @Test
  void memory_isRight_whereNoRefreshTokenIsConfigured() throws ConfigException {
    isSilentOn(valid(Protocol.CLIENT_CREDENTIALS));
    isSilentOn(Given.valid("identity", "session", "refreshToken", null));
  }

  @ParameterizedTest
  @CsvSource({
    "refresh-session, https://a.example/auth/v2/refresh-session,     /auth/v2/refresh-session",
    "refresh-session, https://a.example/x/auth/v2/refresh-session/,  /auth/v2/refresh-session",
    "refresh-session, https://a.example/auth/v2,                     /auth/v2/refresh-session",
    "workos,          https://a.example/user_management/authenticate, /user_management/authenticate",
    "workos,          https://a.example/user_management/,             /user_management/authenticate"})
  void baseUrl_thatHoldsTheProtocolsPath(String protocol, String url, String path) throws ConfigException {
    Protocol chosen = protocol.equals("workos") ? Protocol.WORKOS : Protocol.REFRESH_SESSION;
    warns(durable(valid(chosen, "baseUrl", url)), "baseUrl = \"" + url + "\" (init-param): protocol=" + protocol
        + " adds " + path + " to it; cut the end off, or give the whole address as tokenEndpoint");
  }

  @Test
  void baseUrl_withAnotherPath_isFine_andSoIsTheWholeAddressAsTokenEndpoint() throws ConfigException {
    isSilentOn(durable(Given.valid("baseUrl", "https://a.example/auth")));
    isSilentOn(durable(Given.valid("baseUrl", "https://a.example/oauth/v2")));
    isSilentOn(durable(Given.valid("baseUrl", null, "tokenEndpoint", "https://a.example/auth/v2/refresh-session")));
    isSilentOn(durable(valid(Protocol.WORKOS)));
  }

  @Test
  void issuer_thatIsTheDocumentsAddress() throws ConfigException {
    String url = "https://id.example.com/.well-known/openid-configuration";
    warns(durable(valid(Protocol.OAUTH2, "tokenEndpoint", null, "issuer", url)),
        "issuer = \"" + url + "\" (init-param): is the address of a metadata document");
    isSilentOn(durable(valid(Protocol.OAUTH2, "tokenEndpoint", null, "issuer", "https://id.example.com/realms/a")));
  }

  @Test
  void oauth2_withoutAClient() throws ConfigException {
    warns(durable(valid(Protocol.OAUTH2, "clientId", null)), "clientId is not configured", "invalid_client");
  }

  @ParameterizedTest
  @EnumSource(value = Protocol.class, names = {"REFRESH_SESSION", "OAUTH2", "WORKOS"})
  void exchangedTokens(Protocol protocol) throws ConfigException {
    warnsOfPair(protocol, "tok-5678", ACCESS,
        "refreshToken (value not shown, init-param): looks like the access token");
    warnsOfPair(protocol, REFRESH, ACCESS, "looks like the access token");
    warnsOfPair(protocol, "tok-1234", "tok-1234", "is the same as accessToken");
    warnsOfPair(protocol, ACCESS, REFRESH);
    warnsOfPair(protocol, ACCESS, "tok-5678");
  }

  @Test
  void opaqueAccessToken_whereExpIsNeeded() throws ConfigException {
    warnsOfPair(Protocol.REFRESH_SESSION, "tok-5678", "tok-9012",
        "accessToken (value not shown, init-param): has no exp that", "expiresInPath");
    warnsOfPair(Protocol.REFRESH_SESSION, jwt("{\"sub\":\"u\"}"), "tok-9012", "has no exp that can be read");
    warnsOfPair(Protocol.OAUTH2, "tok-5678", "tok-9012");
    isSilentOn(durable(Given.valid("accessToken", "#{env:AT}", "expiresInPath", "expiresIn")));
  }

  @ParameterizedTest
  @CsvSource(quoteCharacter = '`', value = {"Bearer abc, begins with \"Bearer \"",
    "bearer abc, begins with \"Bearer \"",
    "\"abc\", stands in quotes", "'abc', stands in quotes"})
  void refreshToken_copiedWithWhatIsAroundIt(String token, String caution) throws ConfigException {
    warnsOfPair(Protocol.OAUTH2, ACCESS, token, "refreshToken (value not shown, init-param): " + caution);
  }

  @Test
  void accessToken_copiedWithItsScheme_canNeverWork() {
    assertEquals(1, Given.problems(Given.source(Given.valid("accessToken", "#{env:A}"))
        .environment(Given.environment("A", "Bearer " + ACCESS))).size());
  }
}
