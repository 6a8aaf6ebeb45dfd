package org.everbearer.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a warning in an application that has slf4j-api and perhaps a provider: its libraries in a loader of their own. */
class LoggersTest {
  private final Logger fallback = Logger.getLogger(Redaction.class.getName());
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final Handler handler = new Handler() {
    @Override
    public void publish(LogRecord line) {
      heard.add(line.getLevel() + " " + line.getMessage() + (line.getThrown() == null ? "" : " " + line.getThrown()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  };

  @TempDir Path classes;

  @BeforeEach
  void listen() {
    fallback.setUseParentHandlers(false);
    fallback.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    fallback.removeHandler(handler);
    fallback.setUseParentHandlers(true);
  }

  private void say(String... jars) throws Exception {
    List<URL> path = new ArrayList<>(List.of(classes.toUri().toURL(),
        Loggers.class.getProtectionDomain().getCodeSource().getLocation()));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      String name = Path.of(entry).getFileName().toString();
      for (String jar : jars) if (name.matches(jar + "-[\\d.]+\\.jar")) path.add(Path.of(entry).toUri().toURL());
    }
    try (URLClassLoader application = new URLClassLoader(path.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      Class<?> loggers = application.loadClass(Loggers.class.getName());
      Class<?> whose = application.loadClass(Redaction.class.getName());
      Object logger = loggers.getMethod("of", Class.class).invoke(null, whose);
      Class<?> type = application.loadClass("org.slf4j.Logger");
      type.getMethod("info", String.class).invoke(logger, "nobody hears this");
      type.getMethod("warn", String.class).invoke(logger, "plain {}");
      type.getMethod("warn", String.class, Object.class).invoke(logger, "one: {}", "{}");
      type.getMethod("error", String.class, Object[].class).invoke(logger, "two: {} {}",
          new Object[] {1, "b", new IllegalStateException("why")});
      type.getMethod("warn", String.class, Throwable.class).invoke(logger, "thrown", new IllegalStateException("why"));
    }
  }

  @Test
  void withoutAProvider_warningsAndErrorsGoToTheLogOfThePlatform() throws Exception {
    say("slf4j-api");
    assertEquals(List.of("WARNING plain {}", "WARNING one: {}", "SEVERE two: 1 b java.lang.IllegalStateException: why",
        "WARNING thrown java.lang.IllegalStateException: why"), heard);
  }

  @Test
  void withAProvider_itWrites() throws Exception {
    say("slf4j-api", "slf4j-simple");
    assertEquals(List.of(), heard);
  }

  @Test
  void whoHasChosenSilence_getsIt() throws Exception {
    Path mark = classes.resolve("org/slf4j/nop/NOPServiceProvider.class");
    Files.createDirectories(mark.getParent());
    Files.createFile(mark);
    say("slf4j-api");
    assertEquals(List.of(), heard);
  }
}
