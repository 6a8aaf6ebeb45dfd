package org.everbearer.observe;

import java.util.Locale;

/** Names of constants as words. */
final class Words {
  private Words() {}

  static String lower(Enum<?> constant) {
    return constant == null ? "none" : constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
