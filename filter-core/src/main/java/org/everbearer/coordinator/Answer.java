package org.everbearer.coordinator;

import org.everbearer.AccessToken;
import org.everbearer.TokenException;

/** What a caller who wants a token is told: here it is, wait for that flight, or why there is none. Immutable. */
final class Answer {
  /** Exactly one of the three is not null. */
  final AccessToken token;
  final Flight flight;
  final TokenException failure;

  private Answer(AccessToken token, Flight flight, TokenException failure) {
    this.token = token;
    this.flight = flight;
    this.failure = failure;
  }

  static Answer serve(Held held) {
    return new Answer(held.token, null, null);
  }

  static Answer await(Flight flight) {
    return new Answer(null, flight, null);
  }

  static Answer fail(TokenException why) {
    return new Answer(null, null, why);
  }
}
