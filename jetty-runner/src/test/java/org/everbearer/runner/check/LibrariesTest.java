package org.everbearer.runner.check;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JARs that are missing, doubled, or of different lines. */
class LibrariesTest {
  private static final String BINDING = "org/slf4j/impl/StaticLoggerBinder.class";
  private static final Map<String, String> RELAY = Map.of("protocol", "relay", "allowedOrigins", "https://a.example");

  @TempDir
  Path directory;

  private Checked check(TestWar war) throws Exception {
    return Checked.run("--war", war.filter("chat-api", RELAY, "<dispatcher>ASYNC</dispatcher>")
        .write(directory.resolve("app.war")).toString());
  }

  @Test
  void libraryAndProvider_onceEach_isFine() throws Exception {
    check(TestWar.withLibrary()).isFine().says("ok       provider.jar is the SLF4J provider").never("warning");
  }

  @ParameterizedTest
  @CsvSource({"httpclient5, org/apache/hc/client5/http/classic/HttpClient",
    "httpcore5, org/apache/hc/core5/http/HttpRequest",
    "jose4j, org/jose4j/jwt/JwtClaims", "gson, com/google/gson/Gson", "slf4j-api, org/slf4j/Logger"})
  void twoVersionsOfOneLibrary_areNamed(String library, String type) throws Exception {
    check(TestWar.withLibrary().jar("second-1.0.jar", type + ".class", "")).isFine()
        .says("warning  WEB-INF/lib holds " + library + " more than once: others.jar, second-1.0.jar; which one is used");
  }

  @Test
  void bothFlavoursOfTheLibrary_canNeverWork() throws Exception {
    check(TestWar.withLibrary().entry("WEB-INF/lib/everbearer-javax.jar",
        TestWar.withJavaxLibrary().bytes("WEB-INF/lib/everbearer.jar"))).hasProblems(1)
        .says("holds the library more than once: everbearer-javax.jar (javax.servlet), everbearer.jar (jakarta.servlet)");
  }

  @Test
  void noProvider_leavesWarningsOnly_andThatIsSaid() throws Exception {
    check(TestWar.withLibrary().without("WEB-INF/lib/provider.jar")).isFine().says(
        "warning  WEB-INF/lib holds no SLF4J provider: unless the container has one, only warnings"
            + " and errors are written, to the container's own log");
    check(TestWar.withLibrary().without("WEB-INF/lib/provider.jar")
        .entry("WEB-INF/classes/" + TestWar.PROVIDER, new byte[0])).isFine()
        .says("ok       WEB-INF/classes is the SLF4J provider: what happens is logged").never("no SLF4J provider");
  }

  @Test
  void providerOfTheOlderLine_isNone_butForAnOlderApi() throws Exception {
    check(TestWar.withLibrary().without("WEB-INF/lib/provider.jar").jar("slf4j-simple-1.7.36.jar", BINDING, ""))
        .isFine().says("no SLF4J provider for its slf4j-api (slf4j-simple-1.7.36.jar is for SLF4J 1.7)");
    check(TestWar.withLibrary().without("WEB-INF/lib/provider.jar").without("WEB-INF/lib/others.jar")
        .jar("slf4j-api-1.7.36.jar", "org/slf4j/Logger.class", "").jar("slf4j-simple-1.7.36.jar", BINDING, ""))
        .isFine().says("slf4j-simple-1.7.36.jar is the SLF4J provider").never("no SLF4J provider");
  }

  @Test
  void severalProviders_areNamed() throws Exception {
    check(TestWar.withLibrary().jar("logback.jar", TestWar.PROVIDER, "")).isFine()
        .says("holds several SLF4J providers: logback.jar, provider.jar");
  }

  @Test
  void libraryInsideAnotherJar_doesNotCount() throws Exception {
    check(TestWar.withLibrary().without("WEB-INF/lib/everbearer.jar")
        .jar("fat.jar", "BOOT-INF/lib/everbearer-filter-core-1.0.jar", "x")).isFine()
        .says("holds no everbearer-filter-core", "The one inside fat.jar does not count: no container looks there");
  }

  @Test
  void damagedJar_isNamed_andTheOthersAreLookedAt() throws Exception {
    check(TestWar.withLibrary().entry("WEB-INF/lib/broken.jar", "no ZIP".getBytes("US-ASCII"))
        .entry("WEB-INF/lib/empty.jar", new byte[0])).hasProblems(2)
        .says("WEB-INF/lib/broken.jar cannot be read (", "WEB-INF/lib/empty.jar cannot be read (",
            "everbearer.jar is made for jakarta.servlet, as the application is", "client chat-api");
  }
}
