package org.everbearer.containers;

import java.util.List;
import java.util.Set;

/**
 * A row of the table: a container, and in Jetty 12 one of the environments that it runs beside each other.
 *
 * @param environment {@code ee8} to {@code ee11}; empty where there is but one
 */
record Row(Kind kind, String version, String environment) {
  private static final Set<String> JAVAX =
      Set.of("tomcat-8.5", "tomcat-9", "jetty-9.4", "jetty-10", "jetty-12.1/ee8", "wildfly-26");

  /** @param text as in {@code tomcat-9} or {@code jetty-12.1/ee8} */
  static Row parse(String text) {
    String[] parts = text.split("[-/]");
    return new Row(Kind.valueOf(parts[0].toUpperCase(java.util.Locale.ROOT)), parts[1], parts.length > 2 ? parts[2] : "");
  }

  /** The rows that this run is asked for. */
  static List<Row> wanted() {
    return List.of(System.getProperty("containers.rows").trim().split("\\s+")).stream().map(Row::parse).toList();
  }

  boolean isJavax() {
    return JAVAX.contains(toString());
  }

  /** What rows of one process have in common. */
  String container() {
    return kind.name().toLowerCase(java.util.Locale.ROOT) + "-" + version;
  }

  @Override
  public String toString() {
    return environment.isEmpty() ? container() : container() + "/" + environment;
  }
}
