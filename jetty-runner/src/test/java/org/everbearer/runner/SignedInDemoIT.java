package org.everbearer.runner;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The demo as one of several users sees it who have signed in. Screenshots of it stay in target/screenshots. */
@Timeout(180)
class SignedInDemoIT {
  private static RunnerProcess runner;
  private static URI demo;
  private static Chromium page;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    page = Chromium.start(directory.resolve("profile"), Path.of(System.getProperty("screenshots")));
    runner = RunnerProcess.start(directory, "--signed-in", "--port", "0", "--access-token-lifetime", "6s");
    demo = runner.awaitUri();
  }

  @AfterAll
  static void stop() {
    if (page != null) page.close();
    if (runner != null) runner.close();
  }

  @Test
  void theTimeline_hasARowForEachUser() throws Exception {
    page.open(demo);
    page.await("the way in", () -> page.holds("document.querySelector('#sign-in').checkVisibility()"));
    page.click("#sign-in a");
    page.click("button[value=ada]");
    page.await("the name", () -> page.text("#user-name").equals("Ada"));

    Visitor grace = new Visitor(demo);
    grace.signInAs("grace");
    for (int i = 0; i < 3; i++) {
      page.type("#message", "Hello", Keys.ENTER);
      int answers = i + 1;
      page.await("an answer", () -> page.text("#messages").split("that of user_ada", -1).length > answers);
      assertEquals(200, grace.post("api/chat", "{\"message\":\"hi\"}").statusCode());
      page.await("a row for each of the two", () -> names().size() == 2 && rows() == 2);
    }
    page.screenshots("9-two-users");

    for (int i = 0; i < 3; i++) new Visitor(demo).signInAs("grace");
    page.await("no more rows than there is room for", () -> page.texts("#timeline svg text").contains("and 1 more")
        && names().size() == 4 && rows() == 4);
    page.screenshots("9-more-users");
    assertEquals(List.of(), page.complaints().stream().filter(line -> !line.contains("401")).toList());
  }

  /** The rows' names: fingerprints of the users' identities. */
  private static List<String> names() {
    return page.texts("#timeline svg > g:last-child .evb-mono").stream().filter(name -> name.matches("[0-9a-f]{8}")).toList();
  }

  private static long rows() {
    return (long) page.evaluate("return new Set([...document.querySelectorAll('#timeline .evb-bar')]"
        + ".filter(bar => !bar.closest('.evb-readout')).map(bar => bar.getAttribute('y'))).size");
  }
}
