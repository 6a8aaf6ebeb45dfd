package org.everbearer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.everbearer.Fingerprint;
import org.everbearer.Origin;
import org.everbearer.TokenException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ClientConfigTest {
  private static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

  @TempDir Path directory;

  @Test
  void defaults_areThoseOfTheDocumentation() throws ConfigException {
    ClientConfig config = Given.config(Given.valid());
    assertEquals("chat-api", config.name());
    assertEquals(Protocol.REFRESH_SESSION, config.protocol());
    assertEquals(List.of(Origin.parse("https://api.example.com")), config.allowedOrigins());
    assertEquals(IdentityKind.APPLICATION, config.identity());
    assertTrue(config.background());
    assertFalse(config.preflight());
    assertEquals("503", config.onUnavailable().toString());
    assertEquals(Duration.ofMinutes(5), config.get(Parameters.REFRESH_MARGIN));
    assertEquals(Duration.ofSeconds(30), config.get(Parameters.EXPIRATION_MARGIN));
    assertEquals(Duration.ofSeconds(15), config.waitTimeout());
    assertEquals(Duration.ofSeconds(10), config.requestTimeout());
    assertEquals(Duration.ofSeconds(5), config.get(Parameters.CONNECT_TIMEOUT));
    assertEquals("memory", config.get(Parameters.STORE).toString());
    assertEquals("chat-api", config.get(Parameters.STORE_KEY));
    assertEquals(OnStoreFailure.FAIL, config.get(Parameters.ON_STORE_FAILURE));
    assertNull(config.get(Parameters.REUSE_GRACE));
    assertEquals(32, config.get(Parameters.MAX_CONCURRENT_REFRESHES));
    assertEquals(100_000, config.maxCachedTokens());
    assertEquals("AUTH_ACCESS_TOKEN", config.get(Parameters.DOTENV_ACCESS_TOKEN_KEY));
    assertEquals("AUTH_REFRESH_TOKEN", config.get(Parameters.DOTENV_REFRESH_TOKEN_KEY));
    assertEquals(Given.REFRESH_TOKEN, config.get(Parameters.REFRESH_TOKEN));
  }

  @Test
  void nothingRefreshesItself_withoutATimerOrAMargin() throws ConfigException {
    assertTrue(Given.config(Given.valid()).refreshesItself());
    assertFalse(Given.config(Given.valid("background", "false")).refreshesItself());
    assertFalse(Given.config(Given.valid("refreshMargin", "0")).refreshesItself());
    assertFalse(Given.config(Given.valid("identity", "session", "refreshToken", null)).refreshesItself());
    assertFalse(Given.config(Given.valid(Protocol.STATIC)).refreshesItself());
    assertFalse(Given.config(Given.valid(Protocol.RELAY)).refreshesItself());
  }

  @Test
  void sessionIdentity_hasItsOwnDefaults() throws ConfigException {
    ClientConfig config = Given.config(Given.valid("identity", "session", "refreshToken", null));
    assertEquals(IdentityKind.SESSION, config.identity());
    assertFalse(config.background());
    assertEquals(Unavailable.Answer.UNAUTHORIZED, config.onUnavailable().answerTo(Reason.TRANSIENT));
  }

  @ParameterizedTest
  @EnumSource(value = Protocol.class, names = {"RELAY", "TOKEN_EXCHANGE"})
  void whereTheInboundTokenIsUsed_itsSenderIsAskedForAnotherIfThatHelps(Protocol protocol) throws ConfigException {
    Unavailable byDefault = Given.config(Given.valid(protocol)).onUnavailable();
    assertEquals(Unavailable.Answer.UNAUTHORIZED, byDefault.answerTo(Reason.NO_TOKENS));
    assertEquals(Unavailable.Answer.UNAUTHORIZED, byDefault.answerTo(Reason.REJECTED));
    assertEquals(Unavailable.Answer.SERVICE_UNAVAILABLE, byDefault.answerTo(Reason.TRANSIENT));
    Unavailable given = Given.config(Given.valid(protocol, "onUnavailable", "401")).onUnavailable();
    assertEquals(Unavailable.Answer.UNAUTHORIZED, given.answerTo(Reason.TRANSIENT));
  }

  @Test
  void workos_hasItsOwnDefaults() throws ConfigException {
    ClientConfig config = Given.config(Given.valid(Protocol.WORKOS));
    assertEquals("https://api.workos.com", config.get(Parameters.BASE_URL).toString());
    assertEquals(Duration.ofSeconds(30), config.get(Parameters.REUSE_GRACE));
  }

  @ParameterizedTest
  @EnumSource(value = Protocol.class, mode = EnumSource.Mode.EXCLUDE, names = "CUSTOM")
  void everyProtocol_hasAConfigurationWithoutProblems(Protocol protocol) throws ConfigException {
    ClientConfig config = Given.config(Given.valid(protocol));
    assertEquals(protocol, config.protocol());
    assertNotNull(config.onUnavailable());
    assertNotNull(config.identity());
    assertEquals(List.of(), warnings(config).stream()
        .filter(warning -> !warning.startsWith("clientId is not configured")).toList());
  }

  /** One problem, which begins with the parameter and says the rule. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "protocol|refresh_session|did you mean refresh-session?",
      "protocol|OAuth2|did you mean oauth2?",
      "protocol|kerberos|must be refresh-session, oauth2, client-credentials, workos, static, relay or token-ex",
      "protocol|com.example.NoSuchClass|names a class that the web application does not have",
      "protocol|java.lang.String|does not implement org.everbearer.TokenRefresher",
      "baseUrl|auth.example.com|did you mean https://auth.example.com?",
      "baseUrl|ftp://auth.example.com|its scheme must be http or https",
      "baseUrl|https://auth.example.com/?a=b|must have no query",
      "baseUrl|https://auth.example.com/#x|must have no fragment",
      "baseUrl|https://auth.exa mple.com|Illegal character",
      "baseUrl|http://auth.example.com|unless allowInsecure=true",
      "baseUrl|https://my_service|no valid host name",
      "baseUrl|https://m\u00fcller.example:8443|the host must be ASCII: write xn--mller-kva.example",
      "baseUrl|https://auth.example.com:65536|must have a port from 1 to 65535",
      "baseUrl|https://auth.example.com:0|must have a port from 1 to 65535",
      "allowedOrigins|https://ap\u0131.example.com|the host must be ASCII: write xn--ap-ipa.example.com",
      "allowedOrigins|https://api.example.com:99999|the port must be from 1 to 65535",
      "allowedOrigins|api.example.com|did you mean https://api.example.com?",
      "allowedOrigins|https://*.example.com|list each origin",
      "allowedOrigins|https://api.example.com/v1|write https://api.example.com",
      "allowedOrigins|http://api.example.com|unless allowInsecure=true",
      "allowedOrigins|, ,|must list at least one origin",
      "identity|sesion|did you mean session?",
      "identity|user|must be application or session",
      "store|files:/x|must be memory, file:PATH, dotenv:PATH, jdbc:JNDI-NAME",
      "store|memry|did you mean memory?",
      "store|file:|the path is missing",
      "store|file:/no/such/directory/tokens|there is none at /no/such/directory",
      "store|dotenv:/tmp|is a directory",
      "store|jdbc:|the JNDI name is missing",
      "store|jdbc:postgresql://h/db|this is the URL of a database",
      "store|com.example.NoSuchStore|names a class that the web application does not have",
      "fileMode|grup|must be owner or group; did you mean group?",
      "createTable|yes|must be true or false; did you mean true?",
      "onStoreFailure|retry|must be fail or rotate",
      "refreshMargin|5min|did you mean 5m?",
      "refreshMargin|400h|",
      "refreshMargin|9000h|must not be longer than 365 days",
      "expirationMargin|-1s|must be a duration",
      "background|1|did you mean true?",
      "preflight|maybe|must be true or false",
      "onUnavailable|500|must be 503, 401, redirect:URL or pass",
      "onUnavailable|redirect:|the URL is missing",
      "onUnavailable|redirect://evil.example|must redirect to an http or https URL, or to a path",
      "onUnavailable|redirect:javascript:alert(1)|must redirect to an http or https URL",
      "onUnavailable|PASS|did you mean pass?",
      "reuseGrace|30|did you mean 30s?",
      "refreshTokenField|a b|",
      "accessTokenPath|data..token|names with dots between them",
      "expiresInPath|.x|names with dots between them",
      "deadTokenPattern|(unclosed|must be a regular expression of Java: Unclosed group",
      "connectTimeout|0|must be at least 1ms",
      "requestTimeout|2h|must not be longer than 1h",
      "waitTimeout|soon|must be a duration",
      "allowInsecure|si|must be true or false",
      "maxConcurrentRefreshes|0|must be a whole number from 1 to 10000",
      "maxCachedTokens|many|must be a whole number",
      "dotenvAccessTokenKey|A-1 B|must be the name of a variable",
      "jwksUri|not a url|must be a URL",
      "jwksUri|id.example.com/jwks|did you mean https://id.example.com/jwks?",
      "jwksUri|127.0.0.1:19001|did you mean https://127.0.0.1:19001? Or http://, with allowInsecure=true?",
      "jwksUri|localhost:8080/jwks|did you mean https://localhost:8080/jwks? Or http://",
      "jwksUri|[::1]:8080|did you mean https://[::1]:8080? Or http://",
      "jwksUri|http://id.example.com/jwks|unless allowInsecure=true",
      "expectedIssuer|https://id.example.com|needs jwksUri",
      "expectedAudience|chat|needs jwksUri",
      "encryptionKeysOld|MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=|needs encryptionKey",
      "organizationId|${ORG}|holds ${",
      "organizationId|#{env:NO_ORG}|resolves to nothing",
      "issuer|https://id.example.com|has no meaning with protocol=refresh-session",
      "clientId|web|has no meaning with protocol=refresh-session",
      "scope|read|has no meaning with protocol=refresh-session"})
  void value_isCheckedAgainstItsRule(String parameter, String value, String rule) {
    List<String> problems = Given.problems(Given.valid(parameter, value));
    if (rule == null) {
      assertEquals(List.of(), problems);
      return;
    }
    assertEquals(1, problems.size(), problems.toString());
    assertTrue(problems.get(0).startsWith(parameter), problems.get(0));
    assertTrue(problems.get(0).contains("(init-param)") || problems.get(0).contains(", init-param)"), problems.get(0));
    assertTrue(problems.get(0).contains(rule), problems.get(0));
  }

  /** The value is a secret: the problem names the parameter and the rule, and shows no part of the value. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "accessToken|Bearer S3CRET|without \"Bearer \" before it",
      "accessToken|S3CRETä|forbids",
      "refreshToken|S3CRETé|forbids",
      "encryptionKey|S3CRET|must be a key of 256 bits in Base64",
      "encryptionKey|UzNDUkVUUzNDUkVU|must be a key of 256 bits in Base64",
      "requestHeaders|S3CRET|must be one Name: value a line; line 1 is not",
      "requestHeaders|Authorization: S3CRET|must not set Authorization",
      "requestHeaders|host: S3CRET|must not set host",
      "requestHeaders|Content-Length: 3|must not set Content-Length",
      "requestHeaders|X-Key: S3CRETé|must have values of printable ASCII",
      "clientSecret|S3CRET|has no meaning with protocol=refresh-session",
      "refreshToken|${S3CRET}|holds ${",
      "refreshToken|#{none:A:-S3CRET}|is no reference"})
  void secret_isCheckedWithoutBeingShown(String parameter, String value, String rule) {
    List<String> problems = Given.problems(Given.valid(parameter, value));
    assertEquals(1, problems.size(), problems.toString());
    assertTrue(problems.get(0).startsWith(parameter + " (value not shown, init-param)"), problems.get(0));
    assertTrue(problems.get(0).contains(rule), problems.get(0));
    assertFalse(problems.get(0).contains("S3CRET") || problems.get(0).contains("UzND"), problems.get(0));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "OAUTH2|tokenEndpoint||exactly one of tokenEndpoint or issuer is needed with protocol=oauth2; there is none",
      "OAUTH2|issuer|https://id.example.com|exactly one of tokenEndpoint or issuer is needed",
      "OAUTH2|clientSecret|x|clientId: is required with clientAuthentication=basic",
      "OAUTH2|clientAuthentication|basic|2 problems",
      "OAUTH2|clientAuthentication|private-key-jwt|did you mean private_key_jwt?",
      "OAUTH2|refreshToken||refreshToken: is required: the protocol starts from a first pair",
      "OAUTH2|refreshTokenField|x|has no meaning with protocol=oauth2",
      "OAUTH2|resource|chat|must be an absolute URI without a fragment",
      "OAUTH2|tokenEndpoint|http://id.example.com/token|unless allowInsecure=true",
      "CLIENT_CREDENTIALS|organizationId|o|has no meaning with protocol=client-credentials",
      "CLIENT_CREDENTIALS|accessToken|x|has no meaning with protocol=client-credentials",
      "CLIENT_CREDENTIALS|clientId||clientId: is required with protocol=client-credentials",
      "CLIENT_CREDENTIALS|clientKey|/no/such.pem|2 problems",
      "CLIENT_CREDENTIALS|clientAuthentication|none|has no meaning with clientAuthentication=none",
      "CLIENT_CREDENTIALS|clientAuthentication|private_key_jwt|2 problems",
      "CLIENT_CREDENTIALS|identity|session|which has one token for the whole application",
      "WORKOS|clientId||clientId: is required with protocol=workos",
      "WORKOS|clientAuthentication|post|has no meaning with protocol=workos",
      "WORKOS|tokenEndpoint|https://x.example.com/t|",
      "STATIC|accessToken||accessToken: is required with protocol=static",
      "STATIC|refreshToken|x|has no meaning with protocol=static",
      "STATIC|baseUrl|https://x.example.com|has no meaning with protocol=static",
      "STATIC|store|memory|has no meaning with protocol=static",
      "STATIC|identity|session|2 problems",
      "RELAY|store|memory|has no meaning with protocol=relay",
      "RELAY|refreshMargin|1m|has no meaning with protocol=relay",
      "RELAY|identity|session|has no meaning with protocol=relay",
      "RELAY|accessToken|x|has no meaning with protocol=relay",
      "TOKEN_EXCHANGE|store|memory|has no meaning with protocol=token-exchange",
      "TOKEN_EXCHANGE|maxCachedTokens|10|"})
  void parameter_isCheckedAgainstTheProtocol(Protocol protocol, String parameter, String value, String expected) {
    List<String> problems = Given.problems(Given.valid(protocol, parameter, value));
    if (expected == null) {
      assertEquals(List.of(), problems);
    } else if (expected.endsWith(" problems")) {
      assertEquals(expected, problems.size() + " problems", problems.toString());
    } else {
      assertEquals(1, problems.size(), problems.toString());
      assertTrue(problems.get(0).contains(expected), problems.get(0));
    }
  }

  @Test
  void endpointParameters_excludeEachOther() {
    List<String> problems = Given.problems(Given.valid("tokenEndpoint", "https://x.example.com/t"));
    assertEquals(1, problems.size(), problems.toString());
    assertTrue(problems.get(0).contains("exactly one of baseUrl or tokenEndpoint is needed"), problems.get(0));
    assertTrue(problems.get(0).contains("tokenEndpoint = \"https://x.example.com/t\" (init-param)"), problems.get(0));
  }

  @Test
  void allowedOrigins_areRequired() {
    List<String> problems = Given.problems(Given.valid("allowedOrigins", null));
    assertEquals(1, problems.size());
    assertTrue(problems.get(0).startsWith("allowedOrigins: is required"), problems.get(0));
  }

  @Test
  void allowedOrigins_mayBeSeparatedBySpacesAndCommas() throws ConfigException {
    ClientConfig config = Given.config(Given.valid("allowedOrigins",
        "https://a.example.com, https://b.example.com:8443\n http://localhost:1 http://127.0.0.1:2"
            + " https://A.example.com"));
    assertEquals("[https://a.example.com, https://b.example.com:8443, http://localhost:1, http://127.0.0.1:2]",
        config.allowedOrigins().toString());
  }

  @Test
  void eachBadOrigin_isNamed() {
    List<String> problems = Given.problems(Given.valid("allowedOrigins", "a.example.com https://b.example.com c:1"));
    assertTrue(problems.get(0).contains("\"a.example.com\": ") && problems.get(0).contains("\"c:1\": "),
        problems.get(0));
  }

  @Test
  void plainHttp_isAllowedToLoopbackAndWhenSaidSo() {
    assertEquals(List.of(), Given.problems(Given.valid("baseUrl", "http://localhost:8080", "allowedOrigins",
        "http://[::1]:1")));
    assertEquals(List.of(), Given.problems(Given.valid("baseUrl", "http://auth.internal", "allowInsecure", "true",
        "allowedOrigins", "http://api.internal")));
    assertEquals(2, Given.problems(Given.valid("baseUrl", "http://auth.internal", "allowInsecure", "false",
        "allowedOrigins", "http://api.internal")).size());
  }

  @Test
  void firstPair_isNeededWhenTheStoreIsEmptyForCertain() {
    assertEquals(1, Given.problems(Given.valid("refreshToken", null)).size());
    assertEquals(List.of(), Given.problems(Given.valid("refreshToken", null, "store", "file:/var/lib/x")));
    assertEquals(List.of(), Given.problems(Given.valid("refreshToken", null, "identity", "session")));
  }

  @Test
  void sessionIdentity_takesNoFirstPairAndNoFile() {
    List<String> problems = Given.problems(Given.valid("identity", "session", "accessToken", "#{env:AT}", "store",
        "file:x"));
    assertEquals(3, problems.size(), problems.toString());
    assertTrue(problems.get(0).startsWith("accessToken (value not shown, init-param): cannot be used with identity"));
    assertTrue(problems.get(1).startsWith("refreshToken (value not shown"));
    assertTrue(problems.get(2).startsWith("store = \"file:x\" (init-param): cannot be a file with identity=session"));
  }

  @Test
  void encryption_isRefusedWhereItCannotBeDone() {
    assertEquals(List.of(), Given.problems(Given.valid("store", "file:/x", "encryptionKey", KEY, "encryptionKeysOld",
        KEY + " " + KEY)));
    assertTrue(Given.problems(Given.valid("store", "dotenv:/x", "encryptionKey", KEY)).get(0)
        .contains("cannot encrypt a dotenv store"));
  }

  @Test
  void claims_mayBeExpectedWithAnIssuerOrKeys() {
    assertEquals(List.of(), Given.problems(Given.valid(Protocol.OAUTH2, "tokenEndpoint", null,
        "issuer", "https://id.example.com", "expectedAudience", "chat")));
    assertEquals(List.of(), Given.problems(Given.valid("jwksUri", "https://id.example.com/jwks", "expectedIssuer",
        "x")));
  }

  @Test
  void clientAuthentication_followsFromWhatIsGiven() throws Exception {
    Path key = Files.write(directory.resolve("key.pem"), new byte[] {1});
    assertEquals(Authentication.BASIC,
        Given.config(Given.valid(Protocol.CLIENT_CREDENTIALS)).get(Parameters.CLIENT_AUTHENTICATION));
    assertEquals(Authentication.NONE, Given.config(Given.valid(Protocol.OAUTH2, "clientId",
        "x")).get(Parameters.CLIENT_AUTHENTICATION));
    assertEquals(Authentication.PRIVATE_KEY_JWT, Given.config(Given.valid(Protocol.CLIENT_CREDENTIALS,
        "clientSecret", null, "clientKey", key.toString())).get(Parameters.CLIENT_AUTHENTICATION));
    assertTrue(Given.problems(Given.valid(Protocol.CLIENT_CREDENTIALS, "clientKey", key.toString())).get(0)
        .startsWith("clientAuthentication: is required when there are both"));
  }

  @Test
  void clientKeyGivenAsTextInsteadOfFile_isNotShown() {
    List<String> problems = Given.problems(Given.valid(Protocol.CLIENT_CREDENTIALS, "clientSecret", null,
        "clientKey", "-----BEGIN PRIVATE KEY-----\nS3CRET"));
    assertTrue(problems.get(0).contains("not the key itself"), problems.get(0));
    assertFalse(problems.get(0).contains("S3CRET"), problems.get(0));
  }

  @Test
  void allProblems_areReportedAtOnce() {
    ConfigException e = assertThrows(ConfigException.class, () -> Given.config(Given.params(
        "refreshMargn", "1m", "protocol", "oauth2", "clientSecret", "#{env:NO_SECRET}", "waitTimeout", "soon",
        "allowedOrigins", "*", "identity", "me", "refreshTokenField", "x")));
    assertEquals(9, e.problems().size(), e.getMessage());
    assertTrue(e.getMessage().startsWith("Everbearer client chat-api: 9 problems in the configuration\n  - "));
    for (String name : List.of("refreshMargn", "clientSecret", "waitTimeout", "allowedOrigins", "identity",
        "refreshTokenField",
        "tokenEndpoint or issuer", "clientId", "refreshToken:")) {
      assertEquals(1, e.problems().stream().filter(p -> p.contains(name)).count(), name + " in " + e.getMessage());
    }
  }

  @Test
  void wrongProtocol_makesNoFurtherProblemsUp() {
    assertEquals(1, Given.problems(Given.valid("protocol", "oauth3", "clientId", "x", "baseUrl", null)).size());
  }

  @Test
  void dollarBrace_isExplained() {
    String problem = Given.problems(Given.valid("organizationId", "${env:ORG:-x}")).get(0);
    assertTrue(problem.contains("a container or a build") && problem.contains("#{env:NAME}"), problem);
  }

  @Test
  void secretWithReferenceSyntaxInIt_staysAsItIs() throws ConfigException {
    ClientConfig config = ClientConfig.read(Given.source(Given.valid())
        .environment(Given.environment("RT", "a#{env:AT}${x}b")).build());
    assertEquals("a#{env:AT}${x}b", config.get(Parameters.REFRESH_TOKEN));
  }

  @Test
  void emptyValue_countsAsNotSet() throws ConfigException {
    ClientConfig config = Given.config(Given.valid("organizationId", "#{env:NONE:-}", "scope", "", "store", " "));
    assertNull(config.get(Parameters.ORGANIZATION_ID));
    assertEquals("memory", config.get(Parameters.STORE).toString());
  }

  @Test
  void requestHeaders_areOneALine() throws ConfigException {
    Map<String, String> headers = Given.config(Given.valid("requestHeaders",
        "\n   X-Api-Key: #{env:CS}\r\n   X-Other:a:b \n")).get(Parameters.REQUEST_HEADERS);
    assertEquals(Map.of("X-Api-Key", "cs-0123456789", "X-Other", "a:b"), headers);
  }

  @Test
  void requestHeader_cannotBeInjectedThroughAValue() {
    List<String> problems = Given.problems(Given.source(Given.valid("requestHeaders", "X-Api-Key: #{env:K}"))
        .environment(Given.environment("K", "k\nX-Admin: true")));
    assertEquals(1, problems.size(), problems.toString());
    assertTrue(problems.get(0).contains("line break within a line"), problems.get(0));
    assertEquals(1, Given.problems(Given.valid("requestHeaders", "X-A: b\rX-B: c")).size());
    assertEquals(1, Given.problems(Given.valid("requestHeaders", "X-A: b\nx-a: c")).size());
  }

  @Test
  void lineBreakInAPlainValue_isAProblem() {
    List<String> problems = Given.problems(Given.source(Given.valid("organizationId", "#{env:ORG}"))
        .environment(Given.environment("ORG", "a\nb")));
    assertTrue(problems.get(0).contains("must not hold control characters"), problems.toString());
    assertFalse(problems.get(0).contains("\n"), "one problem is one line");
  }

  @Test
  void describe_showsValuesAndWhereTheyComeFrom() throws ConfigException {
    String text = ClientConfig.read(Given.source(Given.valid("waitTimeout", "#{env:WAIT}"))
        .environment(Given.environment("WAIT", "20s", "EVERBEARER_CHAT_API_PREFLIGHT", "true"))
        .contextParams(Given.params("everbearer.store", "file:/var/lib/tokens"))
        .build()).describe();
    assertTrue(text.startsWith("client chat-api: protocol=refresh-session, baseUrl=https://auth.example.com "), text);
    assertTrue(text.contains("waitTimeout=20s (init-param)"), text);
    assertTrue(text.contains("preflight=true (environment variable EVERBEARER_CHAT_API_PREFLIGHT)"), text);
    assertTrue(text.contains("store=file:/var/lib/tokens (context-param everbearer.store)"), text);
    assertTrue(text.contains("refreshMargin=5m, "), text);
    assertFalse(text.contains("reuseGrace") || text.contains("clientId") || text.contains("dotenv"), text);
    assertTrue(text.contains("refreshToken=[" + Fingerprint.of(Given.REFRESH_TOKEN) + "] (init-param)"), text);
    assertFalse(text.contains("\n"));
  }

  @Test
  void secret_isNowhereInWhatCanBePrinted() throws ConfigException {
    ClientConfig config = ClientConfig.read(Given.source(Given.valid(Protocol.OAUTH2, "clientId", "web",
            "clientSecret", "S3CRET-1", "accessToken", "S3CRET-2", "refreshToken", "S3CRET-3", "store", "file:/x",
            "requestHeaders", "X-Key: S3CRET-4", "encryptionKey", KEY, "encryptionKeysOld", KEY,
            "tokenEndpoint", "https://id.example.com/token?api_key=S3CRET-5")).build());
    String printed = config + config.describe() + config.warnings();
    assertFalse(printed.contains("S3CRET") || printed.contains(KEY), printed);
    assertTrue(printed.contains("tokenEndpoint=https://id.example.com/token?… (init-param)"), printed);
  }

  @Test
  void credentialsInUrls_areNotShown() {
    for (String url : List.of("https://user:S3CRET@auth.example.com", "https://S3CRET@auth example.com",
        "https://u:S3/S3CRET@h", "https://u:S3CRET@S3CRET@h", "ftp://h/?k=S3CRET")) {
      String problem = Given.problems(Given.valid("baseUrl", url)).get(0);
      assertFalse(problem.contains("S3CRET"), problem);
    }
    for (String url : List.of("jdbc:postgresql://u:S3CRET@h/db", "jdbc:sqlserver://h;password=S3CRET",
        "jdbc:oracle:thin:u/S3CRET@h")) {
      String problem = Given.problems(Given.valid("store", url)).get(0);
      assertFalse(problem.contains("S3CRET"), problem);
    }
  }

  /** Without the one of the memory store, in which most of these tests keep a refresh token. */
  private static List<String> warnings(ClientConfig config) {
    return config.warnings().stream().filter(warning -> !warning.contains("durable store")).toList();
  }

  @Test
  void literalSecretInTheDescriptor_isWarnedOf() throws ConfigException {
    List<String> warnings = warnings(Given.config(Given.valid("refreshToken", "literal-token")));
    assertEquals(1, warnings.size());
    assertTrue(warnings.get(0).startsWith("refreshToken (value not shown, init-param): a secret stands in the"));
    assertEquals(List.of(), warnings(ClientConfig.read(Given.source(Given.valid("refreshToken", null))
        .systemProperties(Given.params("everbearer.chat-api.refreshToken", "literal-token")).build())));
    assertEquals(1, warnings(Given.config(Given.valid("refreshToken", "#{env:NONE:-literal-token}"))).size());
  }

  @Test
  void parameterWithoutEffect_isWarnedOf() throws ConfigException {
    List<String> warnings = warnings(Given.config(Given.valid("createTable", "true", "storeKey", "k",
        "maxCachedTokens", "5", "dotenvAccessTokenKey", "A", "accessToken", null)));
    assertEquals(4, warnings.size(), warnings.toString());
    assertTrue(warnings.contains("createTable = \"true\" (init-param): has no effect with store=memory"),
        warnings.toString());
    assertEquals(List.of(), warnings(ClientConfig.read(Given.source(Given.valid())
        .contextParams(Given.params("everbearer.createTable", "true")).build())));
  }

  @Test
  void halfAPair_isWarnedOf() throws ConfigException {
    List<String> warnings = Given.config(Given.valid("accessToken", "#{env:AT}", "refreshToken", null)).warnings();
    assertEquals(1, warnings.size());
    assertTrue(warnings.get(0).contains("it cannot be refreshed"), warnings.get(0));
  }

  @Test
  void onUnavailable_isParsed() throws ConfigException {
    Unavailable redirect = Given.config(Given.valid("onUnavailable", "redirect:/login?from=x")).onUnavailable();
    assertEquals(Unavailable.Answer.REDIRECT, redirect.answerTo(Reason.TRANSIENT));
    assertEquals("/login?from=x", redirect.redirectUrl());
    assertEquals(Unavailable.Answer.PASS, Given.config(Given.valid("onUnavailable", "pass")).onUnavailable()
        .answerTo(Reason.TRANSIENT));
    assertEquals(Unavailable.Answer.UNAUTHORIZED, Given.config(Given.valid("onUnavailable",
        "401")).onUnavailable().answerTo(Reason.TRANSIENT));
  }

  @Test
  void whitespaceAroundAValue_isNoPartOfIt() throws ConfigException {
    assertEquals("https://auth.example.com",
        Given.config(Given.valid("baseUrl", "\n    https://auth.example.com\n  ")).get(Parameters.BASE_URL).toString());
  }
}
