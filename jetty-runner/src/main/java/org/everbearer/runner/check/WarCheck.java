package org.everbearer.runner.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.everbearer.config.ClientConfig;
import org.everbearer.runner.Spelling;

/** Which clients a WAR declares, apart from the values of their parameters. */
final class WarCheck {
  private static final String PREFIX = "everbearer.";

  private final Descriptors descriptors;
  private final Findings findings;

  WarCheck(Descriptors descriptors, Findings findings) {
    this.descriptors = descriptors;
    this.findings = findings;
  }

  /** The clients that it declares, by filters or else by context parameters. */
  List<Declared> clients() {
    Map<String, String> context = descriptors.contextParams();
    List<Declared> clients = new ArrayList<>();
    for (WebXml.Filter filter : descriptors.clients()) {
      clients.add(new Declared(filter.name(), filter.initParams(), context, followsAsync(filter)));
    }
    if (!clients.isEmpty()) return clients;
    String name = context.getOrDefault(Declared.CLIENT, "default");
    boolean dropIn = context.keySet().stream().anyMatch(WarCheck::isOurs);
    if (dropIn && !name.equals("none")) return List.of(new Declared(name, Map.of(), context, true));
    if (!descriptors.hasWebXml()) {
      findings.problem("there is no WEB-INF/web.xml, and no web-fragment.xml that declares a client, so none that could"
          + " be checked here; if code or the container's own files declare one, check that with --config");
      return List.of();
    }
    Set<String> near = new TreeSet<>(context.keySet());
    near.removeIf(param -> !param.startsWith(PREFIX) || isOurs(param));
    findings.problem("web.xml declares no client: neither a filter with the class " + Descriptors.OURS
        + " nor a context-param such as everbearer.baseUrl" + nearlyOurs()
        + (near.isEmpty() ? "" : "; there is no parameter " + String.join(", ", near)));
    return List.of();
  }

  private String nearlyOurs() {
    for (WebXml.Filter filter : descriptors.filters()) {
      String simpleName = filter.className().substring(filter.className().lastIndexOf('.') + 1);
      if (Spelling.nearest(simpleName, List.of("BearerTokenFilter")).isPresent()) {
        return "; filter " + filter.name() + " has the class " + filter.className() + ", did you mean "
            + Descriptors.OURS + "?";
      }
    }
    return "";
  }

  private static boolean isOurs(String param) {
    return param.equals(Declared.CLIENT)
        || param.startsWith(PREFIX) && ClientConfig.isParameter(param.substring(PREFIX.length()));
  }

  /** Whether the user of a request is known after an asynchronous dispatch too. */
  private boolean followsAsync(WebXml.Filter filter) {
    List<Set<String>> mappings = descriptors.mappings(filter.name());
    if (mappings.isEmpty()) {
      findings.warning("filter " + filter.name() + " has no filter-mapping: it takes part in no request, so nobody"
          + " turns a missing token into onUnavailable's answer; map it to /*");
    }
    if (!Boolean.TRUE.equals(filter.asyncSupported())) {
      findings.warning("filter " + filter.name() + " lacks <async-supported>true</async-supported>: behind it no"
          + " servlet can be asynchronous, the live status page included");
    }
    return mappings.isEmpty() || mappings.stream().anyMatch(dispatchers -> dispatchers.contains("ASYNC"));
  }
}
