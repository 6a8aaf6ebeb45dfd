package org.everbearer.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A headless Chromium, driven by scripts in its page; it keeps what the page complained about, and screenshots. */
final class Chromium implements AutoCloseable {
  private static final Path BROWSER = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int DESKTOP = 1280;
  private static final int PHONE = 390;

  private final ChromeDriver driver;
  private final Path screenshots;

  private Chromium(ChromeDriver driver, Path screenshots) {
    this.driver = driver;
    this.screenshots = screenshots;
  }

  /** Skips the test where there is none. */
  static Chromium start(Path profile, Path screenshots) throws IOException {
    for (Path needed : List.of(BROWSER, DRIVER)) {
      assumeTrue(Files.isExecutable(needed),
          needed + " is missing; on Debian: apt-get install chromium chromium-driver");
    }
    Files.createDirectories(screenshots);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(BROWSER.toFile());
    options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars",
        "--disable-background-networking", "--user-data-dir=" + profile);
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    ChromeDriverService service = new ChromeDriverService.Builder()
        .usingDriverExecutable(DRIVER.toFile()).usingAnyFreePort().build();
    Chromium chromium = new Chromium(new ChromeDriver(service, options), screenshots);
    chromium.desktop();
    return chromium;
  }

  void open(URI uri) {
    driver.get(uri.toString());
  }

  /** What the function body returns in the page. */
  Object evaluate(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  String text(String selector) {
    return (String) evaluate("return document.querySelector(arguments[0]).textContent", selector);
  }

  /** As a person does: scrolls there and clicks what is on top at that place. */
  void click(String selector) {
    evaluate("document.querySelector(arguments[0]).scrollIntoView({ block: 'center', behavior: 'instant' })", selector);
    driver.findElement(By.cssSelector(selector)).click();
  }

  void type(String selector, CharSequence... keys) {
    driver.findElement(By.cssSelector(selector)).sendKeys(keys);
  }

  @SuppressWarnings("unchecked")
  List<String> texts(String selector) {
    return (List<String>) evaluate(
        "return [...document.querySelectorAll(arguments[0])].map(each => each.textContent)", selector);
  }

  boolean holds(String expression) {
    return (boolean) evaluate("return Boolean(" + expression + ")");
  }

  void hover(String selector) {
    List<?> middle = (List<?>) evaluate("""
        const box = document.querySelector(arguments[0]).getBoundingClientRect();
        return [box.left + box.width / 2, box.top + box.height / 2]""", selector);
    driver.executeCdpCommand("Input.dispatchMouseEvent",
        Map.of("type", "mouseMoved", "x", middle.get(0), "y", middle.get(1)));
  }

  /** A script that runs before those of each page that is opened, until what is returned is run. */
  Runnable beforeEachPage(String script) {
    Map<String, Object> added =
        driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script));
    return () -> driver.executeCdpCommand("Page.removeScriptToEvaluateOnNewDocument", added);
  }

  /** By the browser's own computation of names. */
  List<String> buttonsWithoutName() {
    return driver.findElements(By.cssSelector("button, a, textarea, [role=slider]")).stream()
        .filter(each -> each.isDisplayed() && each.getAccessibleName().isBlank())
        .map(each -> each.getDomProperty("outerHTML")).toList();
  }

  void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        screenshot("failed");
        throw new AssertionError("in vain: " + what + "; the page says: " + text("main"));
      }
      Thread.sleep(50);
    }
  }

  void desktop() {
    size(DESKTOP, 900, false);
  }

  void phone() {
    size(PHONE, 844, true);
  }

  private void size(int width, int height, boolean mobile) {
    driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", mobile ? 2 : 1, "mobile", mobile));
  }

  void prefer(String scheme, String motion) {
    driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(
        Map.of("name", "prefers-color-scheme", "value", scheme),
        Map.of("name", "prefers-reduced-motion", "value", motion))));
  }

  /** Of what is to be seen now, in both colour schemes, on a desktop and on a phone. */
  void screenshots(String state) {
    for (String scheme : List.of("light", "dark")) {
      prefer(scheme, "no-preference");
      screenshot(state + "-desktop-" + scheme);
    }
    phone();
    for (String scheme : List.of("dark", "light")) {
      prefer(scheme, "no-preference");
      screenshot(state + "-phone-" + scheme);
    }
    desktop();
  }

  void screenshot(String name) {
    // Two frames, so that what is drawn on the next one is there.
    driver.executeAsyncScript("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))");
    Object data = driver.executeCdpCommand("Page.captureScreenshot", Map.of("format", "png")).get("data");
    try {
      Files.write(screenshots.resolve(name + ".png"), Base64.getDecoder().decode((String) data));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Errors of scripts and network, violations of the Content-Security-Policy. */
  List<String> complaints() {
    Stream<LogEntry> entries = driver.manage().logs().get(LogType.BROWSER).getAll().stream();
    return entries.filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage).toList();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
