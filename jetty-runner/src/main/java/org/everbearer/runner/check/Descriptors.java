package org.everbearer.runner.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.everbearer.runner.UserError;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** {@code web.xml} and the fragments in the JARs, put together as a container does it: web.xml goes before them. */
final class Descriptors {
  static final String OURS = "org.everbearer.servlet.BearerTokenFilter";
  private static final String FRAGMENT = "META-INF/web-fragment.xml";

  private final WebXml webXml;
  private final Map<String, String> contextParams = new LinkedHashMap<>();
  private final Map<String, WebXml.Filter> filters = new LinkedHashMap<>();
  private final Map<String, List<Set<String>>> mappings = new LinkedHashMap<>();

  /** @throws UserError if web.xml cannot be read; a fragment that cannot is a finding */
  Descriptors(WebArchive war, Findings findings) throws UserError {
    webXml = webXml(war);
    if (webXml != null) add(webXml);
    for (Map.Entry<String, Archive> jar : war.jars().entrySet()) {
      WebXml fragment = fragment(war, jar.getKey(), jar.getValue(), findings);
      if (fragment == null) continue;
      List<String> clients = fragment.filters().stream().filter(filter -> filter.className().equals(OURS))
          .map(WebXml.Filter::name).toList();
      if (counts(fragment)) {
        add(fragment);
        for (String client : clients) {
          findings.fact(jar.getKey() + " declares client " + client + ", in its " + FRAGMENT);
        }
      } else if (!clients.isEmpty()) {
        findings.warning(jar.getKey() + " declares " + String.join(", ", clients) + " in its " + FRAGMENT
            + ", which does not count: WEB-INF/web.xml says "
            + (webXml.isComplete() ? "metadata-complete" : "absolute-ordering without this one"));
      }
    }
  }

  private static WebXml webXml(WebArchive war) throws UserError {
    try {
      byte[] bytes = war.webXml();
      return bytes == null ? null : WebXml.parse(bytes, "web-app");
    } catch (IOException e) {
      throw UserError.failure("WEB-INF/web.xml cannot be read: " + Findings.line(e.getMessage()));
    } catch (SAXParseException e) {
      throw UserError.failure("WEB-INF/web.xml is no XML: " + Findings.line(e.getMessage()) + " (line "
          + e.getLineNumber() + ")");
    } catch (SAXException e) {
      throw UserError.failure("WEB-INF/web.xml is no deployment descriptor: " + e.getMessage());
    }
  }

  private static WebXml fragment(WebArchive war, String jar, Archive archive, Findings findings) {
    try {
      byte[] bytes = war.read(archive, FRAGMENT);
      return bytes == null ? null : WebXml.parse(bytes, "web-fragment");
    } catch (IOException | SAXException e) {
      findings.problem(jar + ": its " + FRAGMENT + " cannot be read: " + e.getMessage());
      return null;
    }
  }

  private boolean counts(WebXml fragment) {
    if (webXml == null) return true;
    Set<String> only = webXml.onlyFragments();
    return !webXml.isComplete() && (only == null || only.contains(fragment.name()));
  }

  private void add(WebXml xml) {
    xml.contextParams().forEach(contextParams::putIfAbsent);
    for (WebXml.Filter filter : xml.filters()) {
      filters.merge(filter.name(), filter, Descriptors::completed);
    }
    for (String name : filters.keySet()) {
      mappings.computeIfAbsent(name, each -> new ArrayList<>()).addAll(xml.mappings(name));
    }
  }

  private static WebXml.Filter completed(WebXml.Filter first, WebXml.Filter second) {
    Map<String, String> params = new LinkedHashMap<>(second.initParams());
    params.putAll(first.initParams());
    return new WebXml.Filter(first.name(), first.className().isEmpty() ? second.className() : first.className(), params,
        first.asyncSupported() == null ? second.asyncSupported() : first.asyncSupported());
  }

  boolean hasWebXml() {
    return webXml != null;
  }

  boolean isJakarta() {
    return webXml != null && webXml.isJakarta();
  }

  Map<String, String> contextParams() {
    return contextParams;
  }

  Collection<WebXml.Filter> filters() {
    return filters.values();
  }

  /** Those of the library. */
  List<WebXml.Filter> clients() {
    return filters.values().stream().filter(filter -> filter.className().equals(OURS)).toList();
  }

  /** Of each mapping of this filter the kinds of dispatch that it is for. */
  List<Set<String>> mappings(String filter) {
    return mappings.getOrDefault(filter, List.of());
  }
}
