package org.everbearer.config;

import java.util.Collection;
import java.util.Locale;

/** Finds what somebody probably meant. */
final class Spelling {
  private Spelling() {}

  /** The candidate that differs least, or null if none is near. */
  static String nearest(String text, Collection<String> candidates) {
    String wanted = bare(text);
    String best = null;
    int bestDistance = Math.min(3, wanted.length() / 3) + 1;
    for (String candidate : candidates) {
      int distance = distance(wanted, bare(candidate));
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best;
  }

  /** A suggestion to append to a message; empty if there is none. */
  static String didYouMean(String text, Collection<String> candidates) {
    String nearest = nearest(text, candidates);
    return nearest == null ? "" : "; did you mean " + nearest + "?";
  }

  /** {@code refreshMargin} becomes {@code REFRESH_MARGIN}, {@code chat-api} becomes {@code CHAT_API}. */
  static String upperSnake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replaceAll("[^A-Za-z0-9]+", "_").toUpperCase(Locale.ROOT);
  }

  // Case and separators are what people get wrong first: refresh_margin and refresh-margin are refreshMargin.
  private static String bare(String text) {
    return text.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
  }

  /** Levenshtein's, with the swap of two neighbours as one step. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) d[i][0] = i;
    for (int j = 0; j <= b.length(); j++) d[0][j] = j;
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
    return d[a.length()][b.length()];
  }
}
