package org.everbearer.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which versions are compared: read off the jars that are on the class path. */
final class Versions {
  private static final Map<String, String> SHOWN = Map.of(
      "google-auth-library-oauth2-http", "google-auth-library", "utils", "AWS SDK", "azure-core", "azure-core",
      "spring-security-oauth2-client", "Spring Security", "msal4j", "MSAL4J", "caffeine", "Caffeine",
      "jose4j", "jose4j", "httpclient5", "HttpClient", "jmh-core", "JMH");
  private static final Pattern JAR = Pattern.compile("(.+?)-(\\d[\\w.-]*)\\.jar");

  private Versions() {}

  static String text() {
    Path jar = Path.of(System.getProperty("java.class.path")).toAbsolutePath();
    TreeMap<String, String> found = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    try (Stream<Path> jars = Files.list(jar.resolveSibling("lib"))) {
      jars.forEach(file -> {
        Matcher name = JAR.matcher(file.getFileName().toString());
        if (name.matches() && SHOWN.containsKey(name.group(1))) found.put(SHOWN.get(name.group(1)), name.group(2));
      });
    } catch (IOException e) {
      return "Versions unknown: not run from the jar.";
    }
    StringBuilder text = new StringBuilder();
    found.forEach((title, version) ->
        text.append(text.length() == 0 ? "" : ", ").append(title).append(' ').append(version));
    return text.append('.').toString();
  }
}
