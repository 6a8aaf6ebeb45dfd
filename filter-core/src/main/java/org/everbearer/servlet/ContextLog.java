package org.everbearer.servlet;

import jakarta.servlet.ServletContext;
import java.util.concurrent.atomic.AtomicBoolean;
import org.everbearer.log.Loggers;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loggers of one web application. Where SLF4J has no provider, so that nobody would ever read a line, warnings and
 * errors go to the log that every container keeps for the application, and the first line there says what is missing.
 */
final class ContextLog implements ILoggerFactory {
  private static final String MISSING = "Everbearer: SLF4J has no provider in this web application, so what the"
      + " library logs is lost; only warnings and errors of its clients are written here. Remedy: add a provider to the"
      + " application, for instance the dependency org.slf4j:slf4j-jdk14, in the version of its slf4j-api";

  private final ServletContext context;
  /** Found out at first use, for SLF4J may have to look for its provider first. Null until then. */
  private volatile Boolean mute;
  private final AtomicBoolean told = new AtomicBoolean();

  ContextLog(ServletContext context) {
    this.context = context;
  }

  @Override
  public Logger getLogger(String name) {
    if (mute == null) mute = Loggers.isMute();
    if (!mute) return LoggerFactory.getLogger(name);
    if (told.compareAndSet(false, true)) context.log(MISSING);
    return Loggers.warningsTo((isError, message, failure) -> write((isError ? "ERROR " : "WARN ") + name + ": " + message,
        failure), name);
  }

  private void write(String line, Throwable failure) {
    if (failure == null) context.log(line);
    else context.log(line, failure);
  }
}
