package org.everbearer.benchmarks.peers;

/** One way for an application to come by a valid access token. */
public interface Peer extends AutoCloseable {

  /** A valid token, refreshed first if need be. */
  String token() throws Exception;

  @Override
  default void close() {}
}
