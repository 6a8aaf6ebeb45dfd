package org.everbearer.servlet;

import java.util.Locale;

/** Which of several media types a client likes best (RFC 9110 §12.5.1). */
final class Preference {
  private Preference() {}

  /**
   * @param accept the header, or null
   * @param offers in the server's order, which decides between equals
   * @return null if none is acceptable
   */
  static String among(String accept, String... offers) {
    if (accept == null || accept.trim().isEmpty()) return offers[0];
    String best = null;
    double highest = 0;
    for (String offer : offers) {
      double quality = quality(accept.toLowerCase(Locale.ROOT), offer);
      if (quality > highest) {
        highest = quality;
        best = offer;
      }
    }
    return best;
  }

  /** That of the most specific range that fits. */
  private static double quality(String accept, String offer) {
    double quality = 0;
    int closest = -1;
    for (String range : accept.split(",")) {
      String[] parts = range.split(";");
      int fit = fit(parts[0].trim(), offer);
      if (fit <= closest) continue;
      closest = fit;
      quality = 1;
      for (int i = 1; i < parts.length; i++) {
        String parameter = parts[i].trim();
        if (parameter.matches("q=[01](\\.\\d{0,3})?")) quality = Double.parseDouble(parameter.substring(2));
      }
    }
    return quality;
  }

  private static int fit(String range, String offer) {
    if (range.equals(offer)) return 2;
    if (range.endsWith("/*") && offer.startsWith(range.substring(0, range.length() - 1))) return 1;
    return range.equals("*/*") ? 0 : -1;
  }
}
