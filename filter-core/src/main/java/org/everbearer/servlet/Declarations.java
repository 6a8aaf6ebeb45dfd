package org.everbearer.servlet;

import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.everbearer.config.ConfigSource;

/** What the web application declares: our filters, and the parameters that concern them. */
final class Declarations {
  /** The filter's class, by name, for the filter itself is built on what is declared. */
  static final String FILTER = "org.everbearer.servlet.BearerTokenFilter";

  static final String REMEDY = "declare the client in web.xml:\n"
      + "  <filter>\n"
      + "    <filter-name>chat-api</filter-name>\n"
      + "    <filter-class>" + FILTER + "</filter-class>\n"
      + "    <async-supported>true</async-supported>\n"
      + "    <init-param><param-name>baseUrl</param-name>"
      + "<param-value>https://api.example.com</param-value></init-param>\n"
      + "    <init-param><param-name>allowedOrigins</param-name>"
      + "<param-value>https://chat.example.com</param-value></init-param>\n"
      + "    <init-param><param-name>refreshToken</param-name>"
      + "<param-value>#{env:AUTH_REFRESH_TOKEN}</param-value></init-param>\n"
      + "  </filter>\n"
      + "  <filter-mapping>\n"
      + "    <filter-name>chat-api</filter-name>\n"
      + "    <url-pattern>/*</url-pattern>\n"
      + "    <dispatcher>REQUEST</dispatcher>\n"
      + "    <dispatcher>ASYNC</dispatcher>\n"
      + "  </filter-mapping>\n"
      + "or give its parameters as context-params, everbearer.baseUrl and so on";

  private Declarations() {}

  /**
   * The filters that are declared by now, by name; null if this context may not be asked, which is so for a listener
   * that was itself added by code.
   */
  static Map<String, ConfigSource> of(ServletContext context) {
    Map<String, ? extends FilterRegistration> registrations;
    try {
      registrations = context.getFilterRegistrations();
    } catch (UnsupportedOperationException forbidden) {
      return null;
    }
    Map<String, ConfigSource> declared = new LinkedHashMap<>();
    for (FilterRegistration filter : registrations.values()) {
      if (!FILTER.equals(filter.getClassName())) continue;
      declared.put(filter.getName(), source(context, filter.getName(), filter.getInitParameters()));
    }
    return declared;
  }

  static ConfigSource source(ServletContext context, String filterName, Map<String, String> initParams) {
    return ConfigSource.inThisJvm(filterName).initParams(initParams).contextParams(contextParams(context))
        .otherContextParams(Collections.singleton(ContextParamClient.NAME)).build();
  }

  static Map<String, String> contextParams(ServletContext context) {
    Map<String, String> params = new LinkedHashMap<>();
    Enumeration<String> names = context.getInitParameterNames();
    for (String name : names == null ? Collections.<String>emptyList() : Collections.list(names)) {
      params.put(name, context.getInitParameter(name));
    }
    return params;
  }
}
