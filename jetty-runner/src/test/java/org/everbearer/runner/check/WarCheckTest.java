package org.everbearer.runner.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.everbearer.TokenException;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.runner.UserError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is said of WARs; without {@code --refresh}, so no server is there. */
class WarCheckTest {
  private static final String TOKEN_PROPERTY = "test.first.refresh.token";
  private static final String SECRET = "rt-5b1e7c0a-not-to-be-shown";
  private static final String OLD_ROOT = "<web-app xmlns=\"http://xmlns.jcp.org/xml/ns/javaee\" version=\"4.0\">";

  @TempDir
  Path directory;

  /** Of the kinds that a WAR's own code is compiled against. */
  public static final class OwnRefresher implements TokenRefresher {
    @Override
    public TokenSet refresh(TokenSet current) throws TokenException {
      throw new TokenException(TokenException.Reason.CONFIGURATION, "not asked here");
    }
  }

  @AfterEach
  void forget() {
    System.clearProperty(TOKEN_PROPERTY);
    System.clearProperty("everbearer.chat-api.refreshMargin");
  }

  private static Map<String, String> params() {
    System.setProperty(TOKEN_PROPERTY, SECRET);
    return new LinkedHashMap<>(Map.of("baseUrl", "https://api.example.com",
        "allowedOrigins", "https://chat.example.com", "refreshToken", "#{sys:" + TOKEN_PROPERTY + "}"));
  }

  private Checked check(TestWar war, String... more) throws Exception {
    String[] arguments = new String[more.length + 2];
    arguments[0] = "--war";
    arguments[1] = war.write(directory.resolve("app.war")).toString();
    System.arraycopy(more, 0, arguments, 2, more.length);
    return Checked.run(arguments).never(SECRET);
  }

  @Test
  void rightConfiguration_isShownWithItsOrigins_andIsFine() throws Exception {
    System.setProperty("everbearer.chat-api.refreshMargin", "1m");
    Map<String, String> params = params();
    params.put("store", "file:" + directory.resolve("tokens"));
    check(TestWar.withLibrary().filter("chat-api", params).contextParam("everbearer.waitTimeout", "7s")).isFine()
        .says("client chat-api", "baseUrl=https://api.example.com (init-param)",
            "waitTimeout=7s (context-param everbearer.waitTimeout)",
            "refreshMargin=1m (system property everbearer.chat-api.refreshMargin)",
            "everbearer.jar is made for jakarta.servlet, as the application is", "no problems.")
        .never("warning");
  }

  @Test
  void everyProblem_isToldAtOnce_withTheNearestSpelling() throws Exception {
    Map<String, String> params = params();
    params.put("refreshMargn", "5m");
    params.put("waitTimeout", "soon");
    params.remove("allowedOrigins");
    check(TestWar.withLibrary().filter("chat-api", params)).hasProblems(3)
        .says("init-param refreshMargn: there is no parameter of this name; did you mean refreshMargin?",
            "waitTimeout = \"soon\" (init-param)", "allowedOrigins: is required", "3 problems");
  }

  @Test
  void literalSecret_isAWarning_andNotShown() throws Exception {
    Map<String, String> params = params();
    params.put("refreshToken", SECRET);
    check(TestWar.withLibrary().filter("chat-api", params)).isFine()
        .says("warning  refreshToken (value not shown, init-param): a secret stands in the deployment descriptor");
  }

  @Test
  void referenceThatResolvesToNothing_isAProblem() throws Exception {
    Map<String, String> params = params();
    System.clearProperty(TOKEN_PROPERTY);
    check(TestWar.withLibrary().filter("chat-api", params)).hasProblems(1)
        .says("#{sys:" + TOKEN_PROPERTY + "} resolves to nothing: no system property " + TOKEN_PROPERTY);
  }

  @Test
  void whatJndiHolds_isOpen_andNothingIsConcludedFromIt() throws Exception {
    Map<String, String> params = params();
    params.put("refreshToken", "#{jndi:chat/token:-none}");
    params.put("allowedOrigins", "https://#{jndi:chat/host}");
    params.put("store", "jdbc:jdbc/tokens");
    check(TestWar.withLibrary().filter("chat-api", params), "--refresh").hasProblems(1)
        .says("open     refreshToken (value not shown, init-param): #{jndi:chat/token} can only be resolved in",
            "open     allowedOrigins = \"https://#{jndi:chat/host}\" (init-param): #{jndi:chat/host} can only be",
            "open     store = \"jdbc:jdbc/tokens\" (init-param): the data source",
            "PROBLEM  --refresh: cannot be done here, because of what is open above");
    check(TestWar.withLibrary().filter("chat-api", params)).isFine().says("3 open until it runs in the container");
  }

  @Test
  void twoClients_mayNotClaimOneOrigin() throws Exception {
    check(TestWar.withLibrary().filter("one", params()).filter("two", params())).hasProblems(1)
        .says("between the clients", "the clients one and two both claim https://chat.example.com");
    check(TestWar.withLibrary().filter("one", params()).filter("two", params()), "--client", "one").hasProblems(1)
        .says("both claim").never("\nclient two");
  }

  @Test
  void contextParamsAlone_declareAClient() throws Exception {
    params();
    TestWar war = TestWar.withLibrary().contextParam("everbearer.baseUrl", "https://api.example.com")
        .contextParam("everbearer.allowedOrigins", "https://chat.example.com")
        .contextParam("everbearer.refreshToken", "#{sys:" + TOKEN_PROPERTY + "}");
    check(war).isFine().says("client default", "baseUrl=https://api.example.com (context-param everbearer.baseUrl)");
    check(war.contextParam("everbearer.client", "rooms")).isFine().says("client rooms");
    check(war.contextParam("everbearer.baseUlr", "x")).hasProblems(1).says("did you mean everbearer.baseUrl?");
  }

  @Test
  void noClientAtAll_isAProblem() throws Exception {
    check(TestWar.withLibrary().contextParam("everbearer.baseUlr", "x")).hasProblems(1)
        .says("web.xml declares no client", "there is no parameter everbearer.baseUlr").never("has the class");
    check(TestWar.withLibrary().xml("<filter><filter-name>encoding</filter-name><filter-class>"
        + "org.example.CharacterEncodingFilter</filter-class></filter><filter><filter-name>chat-api</filter-name>"
        + "<filter-class>org.everbearer.servlet.BearerTokensFilter</filter-class></filter>")).hasProblems(1)
        .says("; filter chat-api has the class org.everbearer.servlet.BearerTokensFilter, did you mean "
            + "org.everbearer.servlet.BearerTokenFilter?");
  }

  @Test
  void theJarsFlavour_mustBeTheApplications() throws Exception {
    check(TestWar.withJavaxLibrary().filter("chat-api", params())).hasProblems(1)
        .says("everbearer.jar is made for javax.servlet, and the application uses jakarta.servlet: take the JAR");
    byte[] javaxClass = "\u00ca\u00fe\u00ba\u00be javax/servlet/http/HttpServlet".getBytes("ISO-8859-1");
    check(TestWar.withLibrary().descriptor(OLD_ROOT).filter("chat-api", params())
        .entry("WEB-INF/classes/Own.class", javaxClass)).hasProblems(1)
        .says("is made for jakarta.servlet, and the application uses javax.servlet: take the JAR with <classifier>");
    check(TestWar.withJavaxLibrary().descriptor(OLD_ROOT).filter("chat-api", params())
        .entry("WEB-INF/classes/Own.class", javaxClass)).isFine().says("made for javax.servlet, as the application is");
    check(TestWar.withLibrary().descriptor(OLD_ROOT).filter("chat-api", params())).isFine()
        .says("whether the application is, its classes and its web.xml do not tell");
  }

  @Test
  void missingLibraries_areNamed() throws Exception {
    check(TestWar.withLibrary().without("WEB-INF/lib/others.jar").filter("chat-api", params())).isFine()
        .says("holds no gson", "holds no httpclient5", "holds no httpcore5", "holds no jose4j", "holds no slf4j-api");
    check(TestWar.withLibrary().without("WEB-INF/lib/everbearer.jar").filter("chat-api", params())).isFine()
        .says("warning  WEB-INF/lib holds no everbearer-filter-core");
  }

  @Test
  void filterWithoutMapping_isAWarning() throws Exception {
    check(TestWar.withLibrary().xml("<filter><filter-name>f</filter-name>"
        + "<filter-class>org.everbearer.servlet.BearerTokenFilter</filter-class>"
        + "<init-param><param-name>protocol</param-name><param-value>relay</param-value></init-param>"
        + "<init-param><param-name>allowedOrigins</param-name><param-value>https://a.example</param-value></init-param>"
        + "</filter>")).isFine().says("f has no filter-mapping", "f lacks <async-supported>");
  }

  @Test
  void protocolOfTheApplicationsOwn_isFoundInTheWar() throws Exception {
    Map<String, String> params = params();
    params.remove("baseUrl");
    params.put("protocol", "org.example.own.Refresher");
    check(TestWar.withLibrary().filter("chat-api", params)).hasProblems(1)
        .says("names a class that the web application does not have");
    params.put("protocol", OwnRefresher.class.getName());
    check(TestWar.withLibrary().ownClass(OwnRefresher.class).filter("chat-api", params)).isFine();
  }

  @Test
  void oldDescriptorWithADoctype_isReadWithoutFetchingTheDtd() throws Exception {
    TestWar war = TestWar.withJavaxLibrary().descriptor("<!DOCTYPE web-app PUBLIC"
        + " \"-//Sun Microsystems, Inc.//DTD Web Application 2.3//EN\" \"http://127.0.0.1:1/web-app.dtd\">\n<web-app>");
    check(war.filter("chat-api", params())).isFine().says("client chat-api");
  }

  @Test
  void unpackedWar_isReadToo() throws Exception {
    Files.createDirectories(directory.resolve("app/WEB-INF"));
    Files.writeString(directory.resolve("app/WEB-INF/web.xml"), "<web-app><context-param>"
        + "<param-name>everbearer.protocol</param-name><param-value>oauth</param-value></context-param></web-app>");
    Checked.run("--war", directory.resolve("app").toString()).hasProblems(2)
        .says("must be refresh-session", "did you mean oauth2?", "allowedOrigins: is required");
  }

  @Test
  void brokenDescriptor_isTold() throws Exception {
    Path war = TestWar.withLibrary().xml("<filter>").write(directory.resolve("app.war"));
    UserError error = assertThrows(UserError.class, () -> Checked.run("--war", war.toString()));
    assertEquals(1, error.exitCode());
    assertTrue(error.getMessage().startsWith("WEB-INF/web.xml is no XML: "), error.getMessage());
  }
}
