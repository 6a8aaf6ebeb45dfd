package org.everbearer.config;

/** What somebody wrote for one parameter, and where. Immutable. */
final class Setting {

  /** Highest precedence first. */
  enum Place {
    SYSTEM_PROPERTY("system property"),
    ENVIRONMENT("environment variable"),
    INIT_PARAM("init-param"),
    CONTEXT_PARAM("context-param");

    private final String label;

    Place(String label) {
      this.label = label;
    }
  }

  private final Place place;
  private final String name;
  private final String raw;

  Setting(Place place, String name, String raw) {
    this.place = place;
    this.name = name;
    this.raw = raw.trim();
  }

  Place place() {
    return place;
  }

  /** Before references are replaced. */
  String raw() {
    return raw;
  }

  /** Whether it stands in a file that is packed and passed around with the application. */
  boolean inDescriptor() {
    return place == Place.INIT_PARAM || place == Place.CONTEXT_PARAM;
  }

  String where() {
    return place == Place.INIT_PARAM ? place.label : place.label + " " + name;
  }
}
