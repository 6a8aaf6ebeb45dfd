package org.everbearer.httpclient5;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.everbearer.AccessToken;

/**
 * A 401 that the caller has not heard of, because another token may cure it. Its body is read at once, up to a limit,
 * so that the connection is free; what is small is kept, and goes to the caller if there is no other token.
 */
final class HeldRejection implements AsyncDataConsumer {
  /** What may come instead. */
  final CompletableFuture<AccessToken> replacement;
  private final HttpResponse response;
  /** Null if the 401 has no body. */
  private final EntityDetails details;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private long total;
  private boolean ended;
  private List<? extends Header> trailers;

  HeldRejection(HttpResponse response, EntityDetails details, CompletableFuture<AccessToken> replacement) {
    this.replacement = replacement;
    this.response = response;
    this.details = details;
    this.ended = details == null;
  }

  /** Over HTTP/2 an exchange may count as completed, with its request, before this body is. */
  boolean isRead() {
    return ended;
  }

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    channel.update(Integer.MAX_VALUE);
  }

  @Override
  public void consume(ByteBuffer source) throws IOException {
    byte[] bytes = new byte[source.remaining()];
    source.get(bytes);
    total += bytes.length;
    // Closes the connection, as every failed exchange does; over HTTP/2 it may have carried others.
    if (total > BearerTokenExecHandler.REJECTION_LIMIT) throw new IOException("the body of the 401 is too large");
    if (total <= KeptBody.LIMIT) kept.write(bytes, 0, bytes.length);
  }

  @Override
  public void streamEnd(List<? extends Header> last) {
    trailers = last;
    ended = true;
  }

  @Override
  public void releaseResources() {}

  /** Lets the caller have it after all; without its body if that was too large or did not come to its end. */
  void handTo(AsyncExecCallback callback) throws HttpException, IOException {
    boolean hasBody = details != null && ended && total <= KeptBody.LIMIT;
    AsyncDataConsumer consumer = callback.handleResponse(response, hasBody ? details : null);
    if (hasBody && consumer != null) feed(consumer);
    callback.completed();
  }

  private void feed(AsyncDataConsumer consumer) throws HttpException, IOException {
    try {
      consumer.updateCapacity(increment -> {});
      // All at once: no more than HttpClient sends, too, before a consumer has said what it can take.
      if (kept.size() > 0) consumer.consume(ByteBuffer.wrap(kept.toByteArray()));
      consumer.streamEnd(trailers);
    } catch (HttpException | IOException | RuntimeException e) {
      consumer.releaseResources();
      throw e;
    }
  }
}
