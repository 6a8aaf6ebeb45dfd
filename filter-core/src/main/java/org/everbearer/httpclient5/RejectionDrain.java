package org.everbearer.httpclient5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;

/** Throws away the body of a 401 that will be answered by a repetition, up to a limit. */
final class RejectionDrain implements AsyncDataConsumer {
  private long total;

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    channel.update(Integer.MAX_VALUE);
  }

  @Override
  public void consume(ByteBuffer source) throws IOException {
    total += source.remaining();
    source.position(source.limit());
    // Closes the connection, as every failed exchange does; over HTTP/2 it may have carried others.
    if (total > BearerTokenExecHandler.REJECTION_LIMIT) throw new IOException("the body of the 401 is too large");
  }

  @Override
  public void streamEnd(List<? extends Header> trailers) {}

  @Override
  public void releaseResources() {}
}
