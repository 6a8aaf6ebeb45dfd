package org.everbearer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 of a secret: whole where two parties must agree on which token they mean, its first eight hexadecimal digits
 * where people read it.
 */
public final class Fingerprint {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private Fingerprint() {}

  /** The first eight hexadecimal digits of the hash; {@code "none"} for null. Safe to log. */
  public static String of(String secret) {
    return secret == null ? "none" : hash(secret).substring(0, 8);
  }

  /** All 64 hexadecimal digits of the hash of the UTF-8 form. */
  public static String hash(String secret) {
    byte[] digest;
    try {
      digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must have SHA-256", e);
    }
    char[] hex = new char[digest.length * 2];
    for (int i = 0; i < digest.length; i++) {
      hex[2 * i] = HEX[digest[i] >> 4 & 0xf];
      hex[2 * i + 1] = HEX[digest[i] & 0xf];
    }
    return new String(hex);
  }
}
