package org.everbearer.refresh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;

/**
 * A reply's body as it came. Whatever becomes of its framing, the bytes are kept: tokens that the server has handed out
 * must not be lost for a missing last chunk. A JSON object shows by itself that it is complete; anything else is whole
 * only if the framing says so.
 */
final class ReplyBody {
  private static final int MAX = 1 << 20;
  // How often it is tried whether an unfinished body is complete already; a body that drips must not cost much.
  private static final int TRIALS = 32;

  private final String coding;
  private final int declared;
  private final boolean chunked;
  private final Runnable onComplete;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int trials;
  private boolean hurried;

  private String text;
  private Exception trouble;
  private boolean atEnd;

  private ReplyBody(ClassicHttpResponse response, Runnable onComplete) {
    this.coding = HttpReply.header(response, HttpHeaders.CONTENT_ENCODING);
    this.chunked = LenientFraming.isChunked(response);
    this.declared = chunked ? -1 : length(response);
    this.onComplete = onComplete;
  }

  /** @param onComplete called at most once, when the JSON is complete and only the end of the framing is missing */
  static ReplyBody read(ClassicHttpResponse response, Runnable onComplete) {
    ReplyBody body = new ReplyBody(response, onComplete);
    body.read(response.getEntity());
    return body;
  }

  /** The text; null if there is too much of it. */
  String text() {
    return text;
  }

  /** Why the body may be incomplete, or null. */
  Exception trouble() {
    return trouble;
  }

  /** Whether nothing is left in the connection that could be waited for. */
  boolean isAtEnd() {
    return atEnd;
  }

  /** Whether nothing but the connection's end tells where the body ends. */
  boolean endsWithConnection() {
    return declared < 0 && !chunked;
  }

  private void read(HttpEntity entity) {
    atEnd = entity == null;
    try {
      // Not closed here: closing reads what is left.
      if (entity != null && declared != 0) collect(entity.getContent());
    } catch (IOException | RuntimeException e) {
      trouble = e;
    }
    int size = bytes.size();
    if (size > MAX) {
      trouble = null;
      return;
    }
    if (declared < 0 || size < declared) {
      if (trouble == null && size < declared) trouble = new ConnectionClosedException("the body is too short");
      text = decoded(size);
      return;
    }
    // The declared length came. What came beyond it counts only if the length was wrong: if the object ends there.
    trouble = null;
    text = decoded(declared);
    if (size > declared && opensObject(text) && !isObject(text) && isObject(decoded(size))) text = decoded(size);
  }

  private void collect(InputStream content) throws IOException {
    byte[] buffer = new byte[8192];
    for (int n; (n = content.read(buffer)) >= 0;) {
      bytes.write(buffer, 0, n);
      if (bytes.size() > MAX) return;
      if (declared < 0 || bytes.size() < declared) {
        if (mayBeComplete() && isObject(decoded(bytes.size()))) hurry();
        continue;
      }
      String framed = decoded(declared);
      if (!opensObject(framed) || isObject(framed) || isObject(decoded(bytes.size()))) return;
      // Perhaps the length counts characters, not bytes: what is missing would follow at once.
      hurry();
    }
    atEnd = true;
  }

  private boolean mayBeComplete() {
    if (hurried || trials >= TRIALS) return false;
    byte[] b = bytes.toByteArray();
    boolean may = !coding.isEmpty() || ContentCodings.isGzip(b) || endsInBrace(b);
    if (may) trials++;
    return may;
  }

  private static boolean endsInBrace(byte[] b) {
    int end = b.length;
    while (end > 0 && b[end - 1] >= 0 && b[end - 1] <= ' ') end--;
    return end > 0 && b[end - 1] == '}';
  }

  private void hurry() {
    if (!hurried) onComplete.run();
    hurried = true;
  }

  /** JSON is UTF-8, whatever the charset parameter says (RFC 8259 section 8.1). */
  private String decoded(int length) {
    byte[] plain = ContentCodings.decoded(Arrays.copyOf(bytes.toByteArray(), length), coding, MAX);
    return plain == null ? null : new String(plain, StandardCharsets.UTF_8);
  }

  private static boolean opensObject(String text) {
    return text != null && Json.trimmed(text).startsWith("{");
  }

  private static boolean isObject(String text) {
    return text != null && Json.object(text) != null;
  }

  private static int length(ClassicHttpResponse response) {
    String value = HttpReply.header(response, HttpHeaders.CONTENT_LENGTH).trim();
    if (response.getHeaders(HttpHeaders.CONTENT_LENGTH).length > 1 || !value.matches("\\d{1,18}")) return -1;
    return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(value));
  }
}
