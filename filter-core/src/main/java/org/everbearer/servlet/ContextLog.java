package org.everbearer.servlet;

import jakarta.servlet.ServletContext;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.FormattingTuple;
import org.slf4j.helpers.MessageFormatter;

/**
 * The loggers of one web application. Where SLF4J has no provider, so that nobody would ever read a line, warnings and
 * errors go to the log that every container keeps for the application, and the first line there says what is missing.
 */
final class ContextLog implements ILoggerFactory {
  /** The same name in SLF4J 1.7 and 2. */
  private static final String NOTHING = "org.slf4j.helpers.NOPLoggerFactory";
  /** Whoever has one of these has chosen to log nothing. In 1.7 the second is any provider's, and one is in use. */
  private static final String CHOSEN_2 = "org/slf4j/nop/NOPServiceProvider.class";
  private static final String CHOSEN_1 = "org/slf4j/impl/StaticLoggerBinder.class";
  private static final String MARK_OF_2 = "org/slf4j/spi/SLF4JServiceProvider.class";

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
    if (mute == null) mute = isMute();
    if (!mute) return LoggerFactory.getLogger(name);
    if (told.compareAndSet(false, true)) context.log(MISSING);
    return (Logger) Proxy.newProxyInstance(
        ContextLog.class.getClassLoader(), new Class<?>[] {Logger.class}, new Lines(name));
  }

  private static boolean isMute() {
    return LoggerFactory.getILoggerFactory().getClass().getName().equals(NOTHING)
        && !has(CHOSEN_2) && (has(MARK_OF_2) || !has(CHOSEN_1));
  }

  private static boolean has(String resource) {
    ClassLoader loader = LoggerFactory.class.getClassLoader();
    return (loader == null ? ClassLoader.getSystemResource(resource) : loader.getResource(resource)) != null;
  }

  /** A logger of warnings and errors. Its methods are many, and all but a few of them do nothing. */
  private final class Lines implements InvocationHandler {
    private final String name;

    private Lines(String name) {
      this.name = name;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] args) {
      String called = method.getName();
      if (called.equals("warn") || called.equals("error")) {
        write(called.equals("warn") ? "WARN " : "ERROR ", (String) args[0], rest(args));
        return null;
      }
      if (called.equals("equals")) return proxy == args[0];
      if (called.equals("hashCode")) return System.identityHashCode(proxy);
      Class<?> type = method.getReturnType();
      if (type == boolean.class) return called.equals("isWarnEnabled") || called.equals("isErrorEnabled");
      return type == String.class ? name : null;
    }

    /** What comes after the format: one by one, or as an array. */
    private Object[] rest(Object[] args) {
      if (args.length == 2 && args[1] instanceof Object[]) return (Object[]) args[1];
      Object[] rest = new Object[args.length - 1];
      System.arraycopy(args, 1, rest, 0, rest.length);
      return rest;
    }

    private void write(String level, String format, Object[] args) {
      FormattingTuple line = MessageFormatter.arrayFormat(format, args);
      String text = level + name + ": " + line.getMessage();
      if (line.getThrowable() == null) context.log(text);
      else context.log(text, line.getThrowable());
    }
  }
}
