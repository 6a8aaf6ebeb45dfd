package org.everbearer.log;

import java.io.UnsupportedEncodingException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Makes a server's words fit to be shown: one line, not long, and free of the secrets that it may be echoing. Immutable.
 */
public final class Redaction {
  public static final Redaction NOTHING_SECRET = new Redaction(Collections.emptyList());
  private static final int MAX_LENGTH = 200;
  private static final int SEARCHED = 10 * MAX_LENGTH;
  private static final int LONGEST = 20_000;
  private static final String REDACTED = "[redacted]";
  // So many characters of a secret in a row are taken for an echo of a part of it.
  private static final int WINDOW = 10;

  private final List<String> secrets = new ArrayList<>();

  public Redaction(List<String> secrets) {
    for (String secret : secrets) {
      if (secret.isEmpty()) continue;
      this.secrets.add(secret);
      String encoded = formEncoded(secret);
      if (!encoded.equals(secret)) this.secrets.add(encoded);
    }
  }

  /** As {@code application/x-www-form-urlencoded} writes it, in UTF-8. */
  public static String formEncoded(String text) {
    try {
      return URLEncoder.encode(text, "UTF-8");
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("every Java has UTF-8", e);
    }
  }

  /** Whether it holds one of the secrets, or a part of one; a text that is too long to be searched counts as such. */
  public boolean isIn(String text) {
    if (text.length() > LONGEST) return true;
    for (boolean secret : marks(text)) {
      if (secret) return true;
    }
    return false;
  }

  /** All of it, with its lines, and without the secrets. */
  public String whole(String text) {
    String words = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    boolean[] secret = marks(words);
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < words.length(); i++) {
      if (!secret[i]) shown.append(words.charAt(i));
      else if (i == 0 || !secret[i - 1]) shown.append(REDACTED);
    }
    return shown.toString();
  }

  private boolean[] marks(String words) {
    boolean[] secret = new boolean[words.length()];
    for (String s : secrets) mark(words, s, secret);
    return secret;
  }

  public String of(String text) {
    // Cut generously first, as the search below is slow; cut finally afterwards, so that no secret is left in half.
    String words = text.length() > SEARCHED ? text.substring(0, SEARCHED) : text;
    boolean[] secret = marks(words);
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < words.length() && shown.length() < MAX_LENGTH; i++) {
      char c = words.charAt(i);
      if (!secret[i]) {
        shown.append(c < 0x20 || c >= 0x7f && c < 0xa0 || Character.getType(c) == Character.FORMAT
            || c == '\u2028' || c == '\u2029' ? ' ' : c);
      } else if (i == 0 || !secret[i - 1]) {
        shown.append(REDACTED);
      }
    }
    return shown.length() < MAX_LENGTH ? shown.toString() : shown.append('…').toString();
  }

  private static void mark(String words, String s, boolean[] secret) {
    int window = Math.min(WINDOW, s.length());
    for (int i = 0; i + window <= words.length(); i++) {
      if (s.contains(words.substring(i, i + window))) {
        for (int k = i; k < i + window; k++) secret[k] = true;
      }
    }
  }
}
