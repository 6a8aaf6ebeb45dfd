package org.everbearer.runner.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.everbearer.config.ClientConfig;
import org.everbearer.runner.UserError;
import org.xml.sax.SAXException;

/** What a WAR says and holds, apart from the values of its clients' parameters. */
final class WarCheck {
  private static final String PREFIX = "everbearer.";
  private static final String FILTER = "org.everbearer.servlet.BearerTokenFilter";
  private static final String JAKARTA = "jakarta/servlet/";
  private static final String JAVAX = "javax/servlet/";
  /** A class of each library that ours needs beside it. */
  private static final Map<String, String> NEEDED = new TreeMap<>(Map.of(
      "httpclient5", "org.apache.hc.client5.http.classic.HttpClient",
      "httpcore5", "org.apache.hc.core5.http.HttpRequest",
      "jose4j", "org.jose4j.jwt.JwtClaims",
      "gson", "com.google.gson.Gson",
      "slf4j-api", "org.slf4j.Logger"));

  private final WebArchive war;
  private final WebXml webXml;
  private final Findings findings;

  WarCheck(WebArchive war, Findings findings) throws UserError {
    this.war = war;
    this.findings = findings;
    try {
      byte[] bytes = war.webXml();
      this.webXml = bytes == null ? null : WebXml.parse(bytes);
    } catch (IOException e) {
      throw UserError.failure("WEB-INF/web.xml cannot be read: " + e.getMessage());
    } catch (SAXException e) {
      throw UserError.failure("WEB-INF/web.xml is no XML: " + e.getMessage());
    }
  }

  /** The clients that it declares, by filters or else by context parameters. */
  List<Declared> clients() {
    if (webXml == null) {
      findings.problem("there is no WEB-INF/web.xml, so no client that could be checked here; if code or the"
          + " container's own files declare one, check that with --config");
      return List.of();
    }
    Map<String, String> context = webXml.contextParams();
    List<Declared> clients = new ArrayList<>();
    for (WebXml.Filter filter : webXml.filters()) {
      clients.add(new Declared(filter.name(), filter.initParams(), context));
      look(filter);
    }
    if (!clients.isEmpty()) return clients;
    String name = context.getOrDefault(Declared.CLIENT, "default");
    boolean dropIn = context.keySet().stream().anyMatch(WarCheck::isOurs);
    if (dropIn && !name.equals("none")) return List.of(new Declared(name, Map.of(), context));
    Set<String> near = new TreeSet<>(context.keySet());
    near.removeIf(param -> !param.startsWith(PREFIX) || isOurs(param));
    findings.problem("web.xml declares no client: neither a filter with the class " + FILTER
        + " nor a context-param such as everbearer.baseUrl"
        + (near.isEmpty() ? "" : "; there is no parameter " + String.join(", ", near)));
    return List.of();
  }

  private static boolean isOurs(String param) {
    return param.equals(Declared.CLIENT)
        || param.startsWith(PREFIX) && ClientConfig.isParameter(param.substring(PREFIX.length()));
  }

  private void look(WebXml.Filter filter) {
    if (!filter.mapped()) {
      findings.warning("filter " + filter.name() + " has no filter-mapping: it takes part in no request, so nobody"
          + " turns a missing token into onUnavailable's answer; map it to /*");
    }
    if (!filter.asyncSupported()) {
      findings.warning("filter " + filter.name() + " lacks <async-supported>true</async-supported>: behind it no"
          + " servlet can be asynchronous, the live status page included");
    }
  }

  /** Whether the JARs fit each other and the container that the WAR is made for. */
  void libraries() {
    try {
      Map<String, byte[]> ours = war.jarsWith(FILTER);
      if (ours.isEmpty()) {
        findings.warning("WEB-INF/lib holds no everbearer-filter-core: unless the container has it, the deployment ends"
            + " with a ClassNotFoundException; add it");
      } else if (ours.size() > 1) {
        findings.problem("WEB-INF/lib holds the library more than once: " + String.join(", ", ours.keySet())
            + "; leave one");
      } else {
        flavour(ours.keySet().iterator().next(), ours.values().iterator().next());
        needed();
      }
    } catch (IOException e) {
      findings.problem("WEB-INF/lib cannot be read: " + e.getMessage());
    }
  }

  private void flavour(String jar, byte[] filterClass) throws IOException {
    boolean javaxJar = WebArchive.mentions(filterClass, JAVAX);
    boolean jakartaUsed = war.ownClassMentions(JAKARTA);
    boolean javaxUsed = war.ownClassMentions(JAVAX);
    boolean jakarta = jakartaUsed || !javaxUsed && webXml != null && webXml.isJakarta();
    String made = jar + " is made for " + (javaxJar ? "javax.servlet" : "jakarta.servlet");
    if (jakarta && javaxJar) {
      findings.problem(made + ", and the application uses jakarta.servlet: take the JAR without a classifier");
    } else if (!javaxJar && javaxUsed && !jakartaUsed) {
      findings.problem(made
          + ", and the application uses javax.servlet: take the JAR with <classifier>javax</classifier>");
    } else if (!jakarta && !javaxUsed) {
      findings.fact(made + "; whether the application is, its classes and its web.xml do not tell");
    } else {
      findings.good(made + ", as the application is");
    }
  }

  private void needed() throws IOException {
    for (Map.Entry<String, String> library : NEEDED.entrySet()) {
      if (war.jarsWith(library.getValue()).isEmpty()) {
        findings.warning("WEB-INF/lib holds no " + library.getKey() + ", which the library needs: unless the container"
            + " has it, the deployment ends with a NoClassDefFoundError; add it");
      }
    }
  }
}
