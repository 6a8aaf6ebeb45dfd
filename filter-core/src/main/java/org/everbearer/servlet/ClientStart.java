package org.everbearer.servlet;

import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.everbearer.TokenException;
import org.everbearer.config.ConfigException;
import org.everbearer.config.TokenClients;
import org.slf4j.Logger;

/** Brings up a filter's client, or says everything that stands against it. */
final class ClientStart {
  private ClientStart() {}

  static DeclaredClient of(Clients clients, FilterConfig filter) throws ServletException {
    Logger log = clients.log().getLogger(Declarations.FILTER);
    String name = filter.getFilterName();
    Map<String, String> params = new LinkedHashMap<>();
    for (String param : Collections.list(filter.getInitParameterNames())) {
      params.put(param, filter.getInitParameter(param));
    }
    DeclaredClient client = clients.enter(name, Declarations.source(filter.getServletContext(), name, params));
    boolean started = false;
    try {
      Set<String> problems = new LinkedHashSet<>();
      collect(problems, client::config);
      collect(problems, () -> TokenClients.checkTogether(clients.routes().configs().values()));
      if (problems.isEmpty()) collect(problems, client::start);
      if (!problems.isEmpty()) throw refusal(name, problems, log);
      started = true;
      if (clients.all().get(0) == client) warn(clients, log); // once for the application
      return client;
    } catch (TokenException e) {
      throw new ServletException("Filter " + name + " cannot start: " + e.getMessage(), e);
    } finally {
      if (!started) clients.refuse(client);
    }
  }

  private static void warn(Clients clients, Logger log) {
    for (String stray : TokenClients.nearlyOverridden(clients.routes().configs().values())) {
      log.warn("{}. If it is meant for another application of this JVM, all is well", stray);
    }
  }

  private interface Step {
    void run() throws ConfigException, TokenException;
  }

  private static void collect(Set<String> problems, Step step) throws TokenException {
    try {
      step.run();
    } catch (ConfigException e) {
      problems.addAll(e.problems());
    }
  }

  private static ServletException refusal(String name, Set<String> problems, Logger log) {
    StringBuilder text = new StringBuilder("Filter ").append(name).append(" is not configured correctly (")
        .append(problems.size()).append(problems.size() == 1 ? " problem):" : " problems):");
    for (String problem : problems) text.append("\n  - ").append(problem);
    // Logged here as well, since a container may show no more of it than "filter failed to start".
    log.error("{}", text);
    return new ServletException(text.toString());
  }
}
