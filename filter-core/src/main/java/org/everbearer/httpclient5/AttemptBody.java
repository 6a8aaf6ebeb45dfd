package org.everbearer.httpclient5;

import java.io.IOException;
import java.util.Set;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;

/**
 * The body of the first attempt. An HTTP/2 stream goes on sending after an early 401; once the body has been rewound
 * for the repetition, that stream must not take from it.
 */
final class AttemptBody implements AsyncEntityProducer {
  private final AsyncEntityProducer body;
  private volatile boolean ended;

  AttemptBody(AsyncEntityProducer body) {
    this.body = body;
  }

  /** Rewinds the body; from now on this attempt sends nothing more. */
  void end() {
    ended = true;
    body.releaseResources();
  }

  @Override
  public int available() {
    return ended ? 0 : body.available();
  }

  @Override
  public void produce(DataStreamChannel channel) throws IOException {
    if (ended) {
      channel.endStream();
    } else {
      body.produce(channel);
    }
  }

  @Override
  public void failed(Exception cause) {
    if (!ended) body.failed(cause);
  }

  @Override
  public void releaseResources() {
    if (!ended) body.releaseResources();
  }

  @Override
  public boolean isRepeatable() {
    return body.isRepeatable();
  }

  @Override
  public long getContentLength() {
    return body.getContentLength();
  }

  @Override
  public String getContentType() {
    return body.getContentType();
  }

  @Override
  public String getContentEncoding() {
    return body.getContentEncoding();
  }

  @Override
  public boolean isChunked() {
    return body.isChunked();
  }

  @Override
  public Set<String> getTrailerNames() {
    return body.getTrailerNames();
  }
}
