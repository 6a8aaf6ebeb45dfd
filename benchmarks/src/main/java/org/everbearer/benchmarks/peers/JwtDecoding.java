package org.everbearer.benchmarks.peers;

import java.io.IOException;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;

/**
 * What most guides show: read {@code exp} out of the token at each request. By jose4j's own example of a consumer that
 * only reads ({@code setSkipSignatureVerification}); the consumer is made once.
 */
final class JwtDecoding implements Peer {
  private final JwtConsumer consumer = new JwtConsumerBuilder()
      .setSkipSignatureVerification()
      .setSkipDefaultAudienceValidation()
      .setRequireExpirationTime()
      .build();
  private final StandInEndpoint endpoint;
  private volatile String token;

  JwtDecoding(StandInEndpoint endpoint) throws IOException {
    this.endpoint = endpoint;
    token = endpoint.issue().accessToken();
  }

  @Override
  public String token() throws IOException {
    String current = token;
    if (isValid(current)) return current;
    synchronized (this) {
      if (token.equals(current)) token = endpoint.issue().accessToken();
      return token;
    }
  }

  private boolean isValid(String jwt) {
    try {
      consumer.processToClaims(jwt);
      return true;
    } catch (InvalidJwtException expired) {
      return false;
    }
  }
}
