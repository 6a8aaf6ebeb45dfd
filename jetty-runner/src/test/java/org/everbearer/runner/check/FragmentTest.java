package org.everbearer.runner.check;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that a JAR declares. */
class FragmentTest {
  private static final String FILE = "META-INF/web-fragment.xml";
  private static final String ASYNC = "<dispatcher>REQUEST</dispatcher><dispatcher>ASYNC</dispatcher>";
  private static final String COMPLETE =
      "<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"5.0\" metadata-complete=\"true\">";

  @TempDir
  Path directory;

  private static Map<String, String> params(String... more) {
    Map<String, String> params = new LinkedHashMap<>();
    params.put("protocol", "relay");
    params.put("allowedOrigins", "https://a.example");
    for (int i = 0; i < more.length; i += 2) params.put(more[i], more[i + 1]);
    return params;
  }

  private static String fragment(String content) {
    return "<web-fragment xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"5.0\">" + content + "</web-fragment>";
  }

  private Checked check(TestWar war) throws Exception {
    return Checked.run("--war", war.write(directory.resolve("app.war")).toString());
  }

  private static TestWar withFragment(String content) throws Exception {
    return TestWar.withLibrary().jar("rooms.jar", FILE, fragment(content));
  }

  @Test
  void filterInAFragment_isAClient() throws Exception {
    check(withFragment(TestWar.filterXml("rooms", params(), ASYNC))).isFine()
        .says("rooms.jar declares client rooms, in its META-INF/web-fragment.xml", "\nclient rooms\n",
            "allowedOrigins=https://a.example (init-param)").never("warning");
    check(withFragment(TestWar.filterXml("rooms", params("preflight", "soon"), ASYNC))).hasProblems(1)
        .says("preflight = \"soon\"");
  }

  @Test
  void fragment_isEnough_withoutAnyWebXml() throws Exception {
    check(withFragment(TestWar.filterXml("rooms", params(), ASYNC)).descriptor(null)).isFine().says("\nclient rooms\n");
    check(TestWar.withLibrary().descriptor(null)).hasProblems(1)
        .says("there is no WEB-INF/web.xml, and no web-fragment");
  }

  @Test
  void webXml_goesBeforeTheFragment_andCompletesIt() throws Exception {
    check(withFragment(TestWar.filterXml("rooms", params("onUnavailable", "401"), "")).xml("<filter>"
        + "<filter-name>rooms</filter-name><init-param><param-name>onUnavailable</param-name>"
        + "<param-value>pass</param-value></init-param></filter><filter-mapping><filter-name>rooms</filter-name><url-pattern>/x</url-pattern>" + ASYNC
        + "</filter-mapping>")).isFine().says("onUnavailable=pass (init-param)", "allowedOrigins=https://a.example")
        .never("warning");
  }

  @Test
  void contextParamsOfAFragment_count() throws Exception {
    check(withFragment("<context-param><param-name>everbearer.protocol</param-name><param-value>relay</param-value>"
        + "</context-param>").contextParam("everbearer.allowedOrigins", "https://a.example")).isFine()
        .says("client default", "protocol=relay (context-param everbearer.protocol)");
  }

  @Test
  void fragmentsThatDoNotCount_declareNothing() throws Exception {
    check(withFragment(TestWar.filterXml("rooms", params(), ASYNC)).descriptor(COMPLETE)).hasProblems(1)
        .says("rooms.jar declares rooms in its META-INF/web-fragment.xml, which does not count: WEB-INF/web.xml says"
            + " metadata-complete", "web.xml declares no client");
    String named = "<name>rooms</name>" + TestWar.filterXml("rooms", params(), ASYNC);
    check(withFragment(named).xml("<absolute-ordering><name>other</name></absolute-ordering>")).hasProblems(1)
        .says("absolute-ordering without this one");
    check(withFragment(named).xml("<absolute-ordering><name>rooms</name></absolute-ordering>")).isFine();
    check(withFragment(named).xml("<absolute-ordering><name>other</name><others/></absolute-ordering>")).isFine();
  }

  @Test
  void brokenFragment_isAProblem_andTheRestIsLookedAt() throws Exception {
    check(TestWar.withLibrary().jar("rooms.jar", FILE, "<web-fragment>").filter("chat-api", params(), ASYNC))
        .hasProblems(1).says("PROBLEM  rooms.jar: its META-INF/web-fragment.xml cannot be read: ", "\nclient chat-api\n");
  }

  @Test
  void usersTokens_needTheAsyncDispatch() throws Exception {
    Map<String, String> session = Map.of("baseUrl", "https://a.example", "allowedOrigins", "https://a.example",
        "identity", "session");
    String warning = "warning  its tokens are those of each request's user, and the filter-mapping lacks"
        + " <dispatcher>ASYNC</dispatcher>";
    check(TestWar.withLibrary().filter("chat-api", session)).isFine().says(warning);
    check(TestWar.withLibrary().filter("chat-api", params())).isFine().says(warning);
    check(TestWar.withLibrary().filter("chat-api", session, ASYNC)).isFine().never("warning");
    check(TestWar.withLibrary().filter("chat-api", Map.of("baseUrl", "https://a.example", "allowedOrigins",
        "https://a.example", "store", "jdbc:jdbc/tokens"))).isFine().never("ASYNC");
  }
}
