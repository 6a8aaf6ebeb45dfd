package org.everbearer.refresh;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * Undoes what somebody on the way has done to a body (RFC 9110 §8.4.1), although nobody asked for it. The bytes decide
 * rather than the label: a proxy may take away the one and leave the other.
 */
final class ContentCodings {
  // A body that is compressed more often is a trap.
  private static final int MOST_LAYERS = 3;

  private ContentCodings() {}

  /**
   * @param label the value of Content-Encoding, or empty
   * @param bound the longest result that is wanted
   * @return what can be decoded, which of a truncated body is its beginning; null if that is longer than the bound
   */
  static byte[] decoded(byte[] body, String label, int bound) {
    byte[] bytes = body;
    boolean deflated = label.toLowerCase(Locale.ROOT).contains("deflate");
    for (int layer = 0; layer < MOST_LAYERS; layer++) {
      byte[] inner;
      if (isGzip(bytes)) {
        inner = inflated(in -> new GZIPInputStream(in), bytes, bound);
      } else if (deflated && isZlib(bytes)) {
        deflated = false;
        inner = inflated(in -> new InflaterInputStream(in), bytes, bound);
      } else {
        break;
      }
      if (inner == null) return null;
      bytes = inner;
    }
    // Half of the world means by "deflate" the bare format of RFC 1951, which has no mark to know it by.
    return deflated && !isText(bytes) ? bare(bytes, bound) : bytes;
  }

  private static byte[] bare(byte[] bytes, int bound) {
    Inflater inflater = new Inflater(true);
    try {
      return inflated(in -> new InflaterInputStream(in, inflater), bytes, bound);
    } finally {
      inflater.end();
    }
  }

  static boolean isGzip(byte[] b) {
    return b.length > 2 && b[0] == 0x1f && b[1] == (byte) 0x8b && b[2] == 8;
  }

  private static boolean isZlib(byte[] b) {
    return b.length > 2 && (b[0] & 0x0f) == 8 && ((b[0] & 0xff) << 8 | b[1] & 0xff) % 31 == 0;
  }

  private static boolean isText(byte[] b) {
    return b.length == 0 || b[0] == '{' || b[0] == '<' || b[0] == '[' || Character.isWhitespace(b[0]);
  }

  private interface Decoder {
    InputStream over(InputStream in) throws IOException;
  }

  private static byte[] inflated(Decoder decoder, byte[] bytes, int bound) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    try (InputStream in = decoder.over(new ByteArrayInputStream(bytes))) {
      for (int n; (n = in.read(buffer)) >= 0;) {
        out.write(buffer, 0, n);
        if (out.size() > bound) return null;
      }
    } catch (IOException endsEarly) {
      // Cut off, or its checksum is wrong: what came before is there, and shows by itself whether it is complete.
    }
    return out.toByteArray();
  }
}
