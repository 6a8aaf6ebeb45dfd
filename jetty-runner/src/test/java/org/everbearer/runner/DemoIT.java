package org.everbearer.runner;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The demo as a visitor sees it. Screenshots of it stay in target/screenshots. */
@Timeout(300)
class DemoIT {
  private static final Path SCREENSHOTS = Path.of(System.getProperty("screenshots"));
  private static final String REJECTED = "The resource server rejected the token (401)";

  private static RunnerProcess runner;
  private static URI demo;
  private static Chromium page;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    page = Chromium.start(directory.resolve("profile"), SCREENSHOTS);
    runner = RunnerProcess.start(directory, "--port", "0", "--access-token-lifetime", "8s");
    demo = runner.awaitUri();
  }

  @BeforeEach
  void open() throws Exception {
    page.prefer("light", "no-preference");
    page.desktop();
    page.open(demo);
    page.await("a valid token and the controls", () -> badge().equals("valid") && isShown("#controls"));
  }

  @AfterEach
  void nothingIsComplainedOf() {
    // Without a token /health says 503, and the browser reports that.
    assertEquals(List.of(), page.complaints().stream()
        .filter(line -> !(line.contains("/health - Failed to load resource") && line.contains("503"))).toList());
  }

  @AfterAll
  static void stop() {
    if (page != null) page.close();
    if (runner != null) runner.close();
  }

  @Test
  void everyButton_changesTheTimelineAsItSays() throws Exception {
    page.screenshots("1-start");
    page.type("#message", "Hello", Keys.ENTER);
    page.await("an answer", () -> page.text("#messages").contains("the token that came with it was valid."));

    List<String> before = pressUntil("burst", "200 answers, all 200 OK. [1-9].* met a 401 first; 1 refresh.*");
    awaitEvents(before, REJECTED, "Refreshed in");
    assertEquals(1, since(before).filter(event -> event.contains(REJECTED)).count());
    page.await("its mark", () -> marks().contains("401"));

    before = events();
    page.click("#lose button");
    assertResult("lose", "The reply was lost, the tokens were not");
    awaitEvents(before, "The last refresh was not answered: presented it again", "Refreshed in");
    page.await("its mark", () -> marks().contains("replay"));
    page.screenshots("2-replayed");

    before = revoke();
    awaitEvents(before, REJECTED, "Refreshed in");

    before = events();
    page.click("#slow button");
    awaitEvents(before, "Refreshed in 2.");

    before = events();
    page.click("#down button");
    awaitEvents(before, "Refreshing failed after");
    page.await("the wait for the next try", () -> page.holds(
        "document.querySelector('#timeline .evb-failed') && document.querySelector('#timeline .evb-wait')"));
    page.await("words for it", () -> List.of("refresh fails", "no token").contains(badge()));
    page.screenshots("3-down");
    assertResult("slow", "Over: ");
    assertResult("down", "Refreshing has resumed by itself.");
    page.await("a valid token", () -> badge().equals("valid"));

    before = events();
    page.click("#kill-button");
    awaitEvents(before, "The refresh token was rejected. Only new tokens help.");
    page.await("words for it", () -> badge().equals("needs new tokens")
        && page.text("#sentence").startsWith("The refresh token was rejected; sign in again"));
    assertResult("kill", "Dead:");
    page.await("its mark", () -> marks().contains("dead"));
    page.screenshots("4-dead");

    before = events();
    page.click("#renew-button");
    page.await("words for it", () -> page.text("#kill-result").startsWith("New tokens are in use"));
    awaitEvents(before, "The application handed over new tokens");
    page.await("a valid token", () -> badge().equals("valid"));
    page.screenshots("5-signed-in-again");

    assertFalse(page.evaluate("return document.documentElement.outerHTML").toString().contains("eyJ"), "a JWT");
    assertFalse((runner.out() + runner.err()).contains("eyJ"), "a JWT");
  }

  @Test
  void page_fitsAPhone_andItsButtonsHaveNames() throws Exception {
    page.phone();
    assertTrue(page.holds("document.documentElement.scrollWidth <= innerWidth"), "something is wider than the screen");
    assertEquals("", page.evaluate("""
        return [...document.querySelectorAll('body *')]
          .filter(each => each.checkVisibility() && !each.closest('svg, .hidden'))
          .filter(each => { const box = each.getBoundingClientRect(); return box.left < 0 || box.right > innerWidth; })
          .map(each => each.outerHTML.slice(0, 80)).join()"""));
    assertEquals(List.of(), page.buttonsWithoutName());
    revoke();
    page.await("the timeline stays in sight", () -> page.holds("(box => box.top >= 0 && box.bottom <= innerHeight)"
        + "(document.querySelector('#timeline svg').getBoundingClientRect())"));
    page.screenshot("6-phone-buttons");
  }

  @Test
  void marks_areExplained_toPointerAndKeyboard() throws Exception {
    revoke();
    page.await("its mark", () -> marks().contains("401"));
    page.await("words", () -> {
      page.hover("#timeline .evb-pill"); // it moves on with the time
      return page.text("#timeline .evb-readout").contains("(401)");
    });
    page.screenshot("7-hover");
    page.hover("#message");
    page.await("the legend", () -> page.text("#timeline .evb-readout").startsWith("valid"));
    page.type("#timeline svg", Keys.END);
    page.await("words", () -> page.text("#timeline .evb-readout").contains("Refreshed in"));
    page.await("words", () -> {
      page.type("#timeline svg", Keys.ARROW_LEFT);
      return page.text("#timeline .evb-readout").contains("(401)");
    });
    page.screenshot("8-keyboard");
    page.type("#timeline svg", Keys.ESCAPE);
    page.await("the legend", () -> page.text("#timeline .evb-readout").startsWith("valid"));
  }

  @Test
  void timeline_goesOnWithoutEventSourceAndWithoutMotion() throws Exception {
    page.prefer("light", "reduce");
    Runnable undo = page.beforeEachPage("delete window.EventSource");
    page.open(demo);
    undo.run();
    page.await("a valid token", () -> badge().equals("valid"));
    awaitEvents(revoke(), REJECTED);
    Object here = page.evaluate("return document.querySelector('#timeline svg g g').getAttribute('transform')");
    page.await("it moves on", () -> page.holds(
        "document.querySelector('#timeline svg g g').getAttribute('transform') !== '" + here + "'"));
  }

  private List<String> revoke() throws InterruptedException {
    return pressUntil("revoke", "401, refreshed, repeated: the caller got 200 OK .*");
  }

  /**
   * Once more where the token was replaced on its own at that moment, or the 401 is passed on, as it is when tokens are
   * rejected one right after the other. The events before the last time.
   */
  private List<String> pressUntil(String card, String wanted) throws InterruptedException {
    List<String> before;
    int tries = 0;
    do {
      before = events();
      page.click("#" + card + " button");
      assertResult(card, "");
    } while (!page.text("#" + card + " .result").matches(wanted) && ++tries < 50);
    assertTrue(tries < 50, page.text("#" + card + " .result"));
    return before;
  }

  private void assertResult(String card, String part) throws InterruptedException {
    page.await("the end of " + card, () -> !List.of("running", "").contains(
        (String) page.evaluate("return document.getElementById(arguments[0]).dataset.state || ''", card)));
    String result = page.text("#" + card + " .result");
    assertTrue(result.contains(part), result);
  }

  private String badge() {
    return page.text("#badge");
  }

  private boolean isShown(String selector) {
    return page.holds("document.querySelector('" + selector + "').checkVisibility()");
  }

  /** The words on the timeline; "401 ×2" stands for two of a kind. */
  private List<String> marks() {
    return page.texts("#timeline .evb-pill text").stream().map(text -> text.replaceFirst(" ×.*", "")).toList();
  }

  /** What the timeline says of each of its events, as one reads it with the arrow keys. */
  private List<String> events() {
    return List.of(((String) page.evaluate("""
        const svg = document.querySelector('#timeline svg');
        const press = key => {
          svg.dispatchEvent(new KeyboardEvent('keydown', { key }));
          return svg.getAttribute('aria-valuetext');
        };
        const said = [press('Home')];
        for (let left = svg.getAttribute('aria-valuemax'); left > 0; left--) said.push(press('ArrowRight'));
        press('Escape');
        return said.join('\\n')""")).split("\n"));
  }

  private Stream<String> since(List<String> before) {
    return events().stream().filter(event -> !before.contains(event));
  }

  /** Waits until the timeline tells of all that, and none of it was there before. */
  private void awaitEvents(List<String> before, String... parts) throws InterruptedException {
    for (String part : parts) {
      page.await(part, () -> since(before).anyMatch(event -> event.contains(part)));
    }
  }
}
