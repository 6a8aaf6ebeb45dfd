package org.everbearer.runner.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Whether the JARs of a WAR fit each other, and the container that it is made for. */
final class Libraries {
  private static final String FILTER = WebArchive.classFile("org.everbearer.servlet.BearerTokenFilter");
  private static final String JAKARTA = "jakarta/servlet/";
  private static final String JAVAX = "javax/servlet/";
  private static final String SLF4J = "slf4j-api";
  /** A class of each library that ours needs beside it. */
  private static final Map<String, String> NEEDED = new TreeMap<>(Map.of(
      "httpclient5", "org.apache.hc.client5.http.classic.HttpClient",
      "httpcore5", "org.apache.hc.core5.http.HttpRequest",
      "jose4j", "org.jose4j.jwt.JwtClaims",
      "gson", "com.google.gson.Gson",
      SLF4J, "org.slf4j.Logger"));
  private static final String PROVIDER_TYPE = "org.slf4j.spi.SLF4JServiceProvider";
  private static final String PROVIDER = "META-INF/services/" + PROVIDER_TYPE;
  /** What stood for it up to SLF4J 1.7. */
  private static final String BINDING = WebArchive.classFile("org.slf4j.impl.StaticLoggerBinder");

  private final WebArchive war;
  private final Descriptors descriptors;
  private final Findings findings;

  Libraries(WebArchive war, Descriptors descriptors, Findings findings) {
    this.war = war;
    this.descriptors = descriptors;
    this.findings = findings;
  }

  void check() {
    war.unreadableJars().forEach((jar, why) ->
        findings.problem("WEB-INF/lib/" + jar + " cannot be read (" + why + "); put a good copy there"));
    try {
      List<String> ours = war.jarsWith(FILTER);
      if (ours.isEmpty()) {
        findings.warning("WEB-INF/lib holds no everbearer-filter-core: unless the container has it, the deployment ends"
            + " with a ClassNotFoundException; add it" + nested("everbearer-filter-core"));
        return;
      }
      if (ours.size() == 1) flavour(ours.get(0));
      else several(ours);
    } catch (IOException e) {
      findings.problem("the WAR cannot be looked into: " + e.getMessage());
    }
    NEEDED.forEach(this::needed);
    providers();
  }

  private void several(List<String> ours) throws IOException {
    List<String> shown = new ArrayList<>();
    for (String jar : ours) shown.add(jar + " (" + api(jar) + ")");
    findings.problem("WEB-INF/lib holds the library more than once: " + String.join(", ", shown) + "; leave one");
  }

  private String api(String jar) throws IOException {
    byte[] filterClass = war.read(war.jars().get(jar), FILTER);
    return WebArchive.mentions(filterClass, JAVAX) ? "javax.servlet" : "jakarta.servlet";
  }

  private void flavour(String jar) throws IOException {
    String api = api(jar);
    boolean javaxJar = api.startsWith("javax");
    boolean jakartaUsed = war.ownClassMentions(JAKARTA);
    boolean javaxUsed = war.ownClassMentions(JAVAX);
    boolean jakarta = jakartaUsed || !javaxUsed && descriptors.isJakarta();
    String made = jar + " is made for " + api;
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

  private void needed(String library, String className) {
    List<String> jars = war.jarsWith(WebArchive.classFile(className));
    if (jars.isEmpty()) {
      findings.warning("WEB-INF/lib holds no " + library + ", which the library needs: unless the container has it, the"
          + " deployment ends with a NoClassDefFoundError; add it" + nested(library));
    } else if (jars.size() > 1) {
      findings.warning("WEB-INF/lib holds " + library + " more than once: " + String.join(", ", jars)
          + "; which one is used differs from container to container, and a mixture fails at run time; leave one");
    }
  }

  /** A JAR in a JAR is for some launchers; no container looks into one. */
  private String nested(String library) {
    for (Map.Entry<String, Archive> jar : war.jars().entrySet()) {
      try {
        for (String name : jar.getValue().names("")) {
          boolean inside = name.endsWith(".jar") && name.substring(name.lastIndexOf('/') + 1).startsWith(library);
          if (inside) return ". The one inside " + jar.getKey() + " does not count: no container looks there";
        }
      } catch (IOException e) {
        // It has been opened, so it is told elsewhere.
      }
    }
    return "";
  }

  /** Without one only warnings and errors are written, to the container's log. */
  private void providers() {
    if (war.jarsWith(WebArchive.classFile(NEEDED.get(SLF4J))).isEmpty()) return; // the container's, with its provider
    List<String> services = new ArrayList<>(war.jarsWith(PROVIDER));
    if (war.hasAmongClasses(PROVIDER)) services.add("WEB-INF/classes");
    List<String> bindings = war.jarsWith(BINDING);
    boolean second = !war.jarsWith(WebArchive.classFile(PROVIDER_TYPE)).isEmpty();
    List<String> providers = second ? services : bindings;
    if (providers.size() > 1) {
      findings.warning("WEB-INF/lib holds several SLF4J providers: " + String.join(", ", providers)
          + "; which one logs is a matter of chance; leave one");
    } else if (providers.isEmpty()) {
      List<String> others = second ? bindings : services;
      findings.warning("WEB-INF/lib holds no SLF4J provider"
          + (others.isEmpty() ? "" : " for its slf4j-api (" + String.join(", ", others) + " is for "
              + (second ? "SLF4J 1.7" : "SLF4J 2") + ")")
          + ": unless the container has one, only warnings and errors are written, to the container's own log for the"
          + " application; add one, such as slf4j-jdk14, slf4j-simple or logback-classic");
    } else {
      findings.good(providers.get(0) + " is the SLF4J provider: what happens is logged");
    }
  }
}
