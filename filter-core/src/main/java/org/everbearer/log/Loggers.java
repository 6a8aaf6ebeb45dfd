package org.everbearer.log;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.FormattingTuple;
import org.slf4j.helpers.MessageFormatter;

/**
 * SLF4J's loggers, or a substitute where SLF4J has no provider, so that nobody would ever read a line. Safe for use by any
 * number of threads.
 */
public final class Loggers {
  /** The same name in SLF4J 1.7 and 2. */
  private static final String NOTHING = "org.slf4j.helpers.NOPLoggerFactory";
  /** Whoever has one of these has chosen to log nothing. In 1.7 the second is any provider's, and one is in use. */
  private static final String CHOSEN_2 = "org/slf4j/nop/NOPServiceProvider.class";
  private static final String CHOSEN_1 = "org/slf4j/impl/StaticLoggerBinder.class";
  private static final String MARK_OF_2 = "org/slf4j/spi/SLF4JServiceProvider.class";

  private Loggers() {}

  /** Where warnings and errors go. */
  public interface Sink {
    /** @param failure may be null */
    void write(boolean isError, String message, Throwable failure);
  }

  /**
   * For what knows no web application: without a provider, warnings and errors go to {@code java.util.logging}, which every
   * container writes somewhere.
   */
  public static Logger of(Class<?> type) {
    if (!isMute()) return LoggerFactory.getLogger(type);
    java.util.logging.Logger substitute = java.util.logging.Logger.getLogger(type.getName());
    return warningsTo((isError, message, failure) -> substitute.logp(isError ? Level.SEVERE : Level.WARNING,
        type.getName(), null, message, failure), type.getName());
  }

  /** A logger of warnings and errors only. */
  public static Logger warningsTo(Sink sink, String name) {
    // Not our own loader: in OSGi it sees less than the interface refers to.
    return (Logger) Proxy.newProxyInstance(
        Logger.class.getClassLoader(), new Class<?>[] {Logger.class}, new Warnings(sink, name));
  }

  /** Whether SLF4J has no provider, and nobody has chosen that. SLF4J may look for its provider for this. */
  public static boolean isMute() {
    return LoggerFactory.getILoggerFactory().getClass().getName().equals(NOTHING)
        && !has(CHOSEN_2) && (has(MARK_OF_2) || !has(CHOSEN_1));
  }

  private static boolean has(String resource) {
    ClassLoader loader = LoggerFactory.class.getClassLoader();
    return (loader == null ? ClassLoader.getSystemResource(resource) : loader.getResource(resource)) != null;
  }

  /** A logger's methods are many, and all but a few of them do nothing here. */
  private static final class Warnings implements InvocationHandler {
    private final Sink sink;
    private final String name;

    private Warnings(Sink sink, String name) {
      this.sink = sink;
      this.name = name;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] args) {
      String called = method.getName();
      if (called.equals("warn") || called.equals("error")) {
        FormattingTuple line = MessageFormatter.arrayFormat((String) args[0], rest(args));
        sink.write(called.equals("error"), line.getMessage(), line.getThrowable());
        return null;
      }
      if (called.equals("equals")) return proxy == args[0];
      if (called.equals("hashCode")) return System.identityHashCode(proxy);
      Class<?> type = method.getReturnType();
      if (type == boolean.class) return called.equals("isWarnEnabled") || called.equals("isErrorEnabled");
      return type == String.class ? name : null;
    }

    /** What comes after the format: one by one, or as an array. */
    private static Object[] rest(Object[] args) {
      if (args.length == 2 && args[1] instanceof Object[]) return (Object[]) args[1];
      Object[] rest = new Object[args.length - 1];
      System.arraycopy(args, 1, rest, 0, rest.length);
      return rest;
    }
  }
}
