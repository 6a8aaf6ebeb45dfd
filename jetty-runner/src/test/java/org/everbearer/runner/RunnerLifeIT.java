package org.everbearer.runner;

import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.everbearer.runner.fixture.FarewellListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RunnerLifeIT {
  private static final Pattern STAND_IN = Pattern.compile("counters +(http://\\S+)");

  @TempDir
  Path directory;

  @Test
  void sample_isServedBesideTheStandInServer() throws Exception {
    try (RunnerProcess runner = RunnerProcess.start(directory, "--port", "0", "--context-path", "/demo")) {
      URI uri = runner.awaitUri();
      assertEquals("/demo/", uri.getPath());
      assertEquals("127.0.0.1", uri.getHost());
      assertTrue(RunnerProcess.get(uri).statusCode() < 500);
      Matcher counters = STAND_IN.matcher(runner.out());
      assertTrue(counters.find(), runner.out());
      assertTrue(RunnerProcess.get(URI.create(counters.group(1))).body().contains("\"reuses\":0"));
    }
  }

  @Test
  void runner_addsNoWarningOfItsOwn() throws Exception {
    Path war = WarFile.write(directory.resolve("app.war"), "");
    try (RunnerProcess runner = RunnerProcess.start(directory, "--port", "0", "--war", war.toString())) {
      runner.awaitUri();
      assertEquals("", runner.err());
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
  void sigterm_takesTheWebApplicationDownAndLeavesNothing() throws Exception {
    Path war = WarFile.write(directory.resolve("app.war"), "", FarewellListener.class);
    try (RunnerProcess runner = RunnerProcess.start(directory, "--port", "0", "--war", war.toString())) {
      URI uri = runner.awaitUri();
      assertFalse(runner.temporaryFiles().isEmpty());
      runner.terminate();
      assertEquals(143, runner.awaitExit());
      assertTrue(runner.out().endsWith("context destroyed\n"), runner.out());
      assertEquals(List.of(), runner.temporaryFiles());
      assertEquals("", runner.err());
      assertThrows(ConnectException.class, () -> RunnerProcess.get(uri));
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
  void sigterm_whileBrowsersWatchAndAnAnswerIsWritten_endsInPeace() throws Exception {
    try (RunnerProcess runner = RunnerProcess.start(directory, "--port", "0", "--access-token-lifetime", "3s")) {
      URI uri = runner.awaitUri();
      HttpClient browser = HttpClient.newHttpClient();
      HttpRequest watch = HttpRequest.newBuilder(uri.resolve("tokens")).header("Accept", "text/event-stream").build();
      HttpRequest chat = HttpRequest.newBuilder(uri.resolve("api/chat")).header("Accept", "text/event-stream")
          .header("Content-Type", "application/json").POST(BodyPublishers.ofString("{\"message\":\"hello\"}")).build();
      try (InputStream events = browser.send(watch, BodyHandlers.ofInputStream()).body();
          InputStream words = browser.send(chat, BodyHandlers.ofInputStream()).body()) {
        assertTrue(events.read() >= 0 && words.read() >= 0, "both are under way");
        runner.terminate();
        assertEquals(143, runner.awaitExit());
      }
      assertFalse(runner.err().contains("\tat "), runner.err());
      assertEquals(List.of(), runner.temporaryFiles());
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no sh")
  void exitWithParent_followsAParentThatWasKilled() throws Exception {
    Path war = WarFile.write(directory.resolve("app.war"), "");
    List<String> inner = RunnerProcess.command(directory, "--port", "0", "--exit-with-parent", "--war", war.toString());
    String line = "'" + String.join("' '", inner) + "' & wait";
    try (RunnerProcess parent = RunnerProcess.start(directory, Map.of(), List.of("sh", "-c", line))) {
      parent.awaitUri();
      ProcessHandle runner = parent.process().children().findFirst().orElseThrow();
      parent.process().destroyForcibly();
      runner.onExit().get(60, TimeUnit.SECONDS);
      assertFalse(runner.isAlive());
      assertEquals(List.of(), parent.temporaryFiles());
    }
  }
}
