package org.everbearer.servlet;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the library logs, from DEBUG on, whatever the level of the other tests. */
final class LogAtDebug implements AutoCloseable {
  private static final String LEVEL = "org.slf4j.simpleLogger.log.org.everbearer";
  private static final int DEBUG = 10;

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream err = System.err;
  private final Map<Logger, Integer> before = new LinkedHashMap<>();
  private final Field level;

  LogAtDebug() throws ReflectiveOperationException {
    System.setProperty(LEVEL, "debug"); // for the loggers to come; those that exist have read their level
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    level = factory.getLogger("org.everbearer").getClass().getDeclaredField("currentLogLevel");
    level.setAccessible(true);
    Field loggers = factory.getClass().getDeclaredField("loggerMap");
    loggers.setAccessible(true);
    for (Map.Entry<?, ?> logger : ((Map<?, ?>) loggers.get(factory)).entrySet()) {
      if (!logger.getKey().toString().startsWith("org.everbearer")) continue;
      before.put((Logger) logger.getValue(), level.getInt(logger.getValue()));
      level.setInt(logger.getValue(), DEBUG);
    }
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
  }

  /** The lines of the library. */
  List<String> lines() {
    return written.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("org.everbearer")).toList();
  }

  @Override
  public void close() throws IllegalAccessException {
    System.setErr(err);
    System.clearProperty(LEVEL);
    for (Map.Entry<Logger, Integer> each : before.entrySet()) level.setInt(each.getKey(), each.getValue());
  }
}
