package org.everbearer.httpclient5;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * The body of a 401, read before its connection was given back; its type, encoding and trailers are the original's. It
 * is what the caller gets if there is no other token.
 */
final class KeptBody extends HttpEntityWrapper {
  /** Bytes of a 401's body that are kept while another token is sought. */
  static final int LIMIT = 1 << 16;

  private final byte[] content;

  private KeptBody(HttpEntity original, byte[] content) {
    super(original);
    this.content = content;
  }

  /**
   * Gives back the connection of a rejection. Its body stays readable unless it is larger than {@link #LIMIT} or does
   * not come to its end: then the rejection has none any more.
   */
  static void detach(ClassicHttpResponse rejection, ExecRuntime runtime) {
    HttpEntity original = rejection.getEntity();
    byte[] content = null;
    try {
      ByteArrayOutputStream kept = new ByteArrayOutputStream();
      if (isDrained(original, kept)) {
        runtime.releaseEndpoint();
        if (kept.size() <= LIMIT) content = kept.toByteArray();
      } else {
        runtime.discardEndpoint();
      }
    } catch (IOException e) {
      runtime.discardEndpoint();
    }
    try {
      rejection.close();
    } catch (IOException e) {
      // The connection was given back or closed above; there is nothing else to close.
    }
    rejection.setEntity(original == null || content == null ? null : new KeptBody(original, content));
  }

  /** Stops keeping soon after the limit, so that an overflow shows. */
  private static boolean isDrained(HttpEntity body, ByteArrayOutputStream kept) throws IOException {
    InputStream content = body == null ? null : body.getContent();
    if (content == null) return true;
    byte[] buffer = new byte[8192];
    long total = 0;
    for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
      total += n;
      if (total > BearerTokenExecHandler.REJECTION_LIMIT) return false;
      if (kept.size() <= LIMIT) kept.write(buffer, 0, n);
    }
    content.close();
    return true;
  }

  @Override
  public InputStream getContent() {
    return new ByteArrayInputStream(content);
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    out.write(content);
  }

  @Override
  public long getContentLength() {
    return content.length;
  }

  @Override
  public boolean isRepeatable() {
    return true;
  }

  @Override
  public boolean isStreaming() {
    return false;
  }

  @Override
  public void close() {}
}
