package org.everbearer.httpclient5;

import java.io.IOException;
import java.util.function.Consumer;

/** What the conformance suite needs of a client, classic or asynchronous. */
interface TestClient extends AutoCloseable {
  record Answer(int status, String body) {}

  /** A call on its way. */
  interface Pending {
    /** Throws what the caller of this client would see, the wrapper of a future taken off. */
    Answer await() throws Exception;

    void cancel();
  }

  /** Begins the exchange; an asynchronous client does so on the calling thread. */
  Pending begin(Call call);

  /** The whole exchange, entered on the calling thread. */
  Answer send(Call call) throws Exception;

  /** Hands on the body piece by piece, as it arrives. */
  void stream(Call call, Consumer<String> piece) throws Exception;

  @Override
  void close() throws IOException;
}
