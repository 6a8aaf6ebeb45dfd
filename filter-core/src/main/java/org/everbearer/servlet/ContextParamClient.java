package org.everbearer.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.everbearer.config.ClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Declares the client of a web application that has context-params {@code everbearer.<parameter>} and no {@link
 * BearerTokenFilter} in its descriptor: for all paths, in front of the filters that it declares.
 *
 * <p>The client is named by the context-param {@code everbearer.client}, {@code default} if there is none. {@code
 * none} keeps this class from declaring one, for an application whose own code adds the filter.
 */
public final class ContextParamClient implements ServletContainerInitializer {
  /** The context-param that names the client. */
  static final String NAME = "everbearer.client";
  private static final String PREFIX = "everbearer.";
  private static final Logger log = LoggerFactory.getLogger(ContextParamClient.class);

  /** For the container. */
  public ContextParamClient() {}

  @Override
  public void onStartup(Set<Class<?>> ignored, ServletContext context) throws ServletException {
    Map<String, String> params = Declarations.contextParams(context);
    String name = params.getOrDefault(NAME, "default").trim();
    if (name.equals("none") || params.keySet().stream().noneMatch(ContextParamClient::isOurs)) return;
    Map<String, ?> declared = Declarations.of(context);
    if (declared == null || !declared.isEmpty()) {
      log.debug("The application declares its clients itself: {}", declared.keySet());
      return;
    }
    declare(context, name);
  }

  private static boolean isOurs(String param) {
    return param.equals(NAME) || param.startsWith(PREFIX) && ClientConfig.isParameter(param.substring(PREFIX.length()));
  }

  private static void declare(ServletContext context, String name) throws ServletException {
    if (name.isEmpty()) throw new ServletException("context-param " + NAME + " is empty: it names the client");
    FilterRegistration.Dynamic filter = context.addFilter(name, Declarations.FILTER);
    if (filter == null) {
      throw new ServletException("context-param " + NAME + " = " + name + ": the application has another filter of this"
          + " name; choose another");
    }
    filter.setAsyncSupported(true);
    filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), false, "/*");
    log.debug("Client {} is declared by context-params", name);
  }
}
