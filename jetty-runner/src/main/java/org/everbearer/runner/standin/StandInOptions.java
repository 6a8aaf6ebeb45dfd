package org.everbearer.runner.standin;

import java.time.Duration;

/**
 * How a stand-in server behaves. Immutable; begin with {@link #defaults()} and change what matters:
 *
 * <pre>{@code
 * StandInOptions.defaults().withAccessTokenLifetime(Duration.ofSeconds(3)).withReuseGrace(Duration.ZERO)
 * }</pre>
 *
 * @param port the loopback port to listen on, 0 for a free one
 * @param accessTokenLifetime how long an access token lives, at least; rounded up to a whole second of the clock
 * @param reuseGrace how long a spent refresh token is answered with its successor pair; zero for never
 * @param refreshLatency how long every refresh takes, before anything is committed
 * @param clockOffset how far this server's clock is ahead of the machine's
 * @param rotate whether a refresh spends the refresh token; if not, it stays valid and replies omit it
 * @param wordDelay the pause between two streamed words of a chat reply
 * @param algorithm how access tokens are signed: {@code RS256} or {@code ES256}
 */
public record StandInOptions(
    int port,
    Duration accessTokenLifetime,
    Duration reuseGrace,
    Duration refreshLatency,
    Duration clockOffset,
    boolean rotate,
    Duration wordDelay,
    String algorithm) {

  public StandInOptions {
    if (port < 0 || port > 65535) throw new IllegalArgumentException("port " + port + ": must be 0 to 65535");
    if (accessTokenLifetime.isNegative() || accessTokenLifetime.isZero()) {
      throw new IllegalArgumentException("accessTokenLifetime " + accessTokenLifetime + ": must be positive");
    }
    requireNotNegative("reuseGrace", reuseGrace);
    requireNotNegative("refreshLatency", refreshLatency);
    requireNotNegative("wordDelay", wordDelay);
    if (!algorithm.equals("RS256") && !algorithm.equals("ES256")) {
      throw new IllegalArgumentException("algorithm " + algorithm + ": must be RS256 or ES256");
    }
  }

  /** A free port, five-minute tokens, ten seconds of grace, no latency, the right time, rotation, RS256. */
  public static StandInOptions defaults() {
    return new StandInOptions(0, Duration.ofMinutes(5), Duration.ofSeconds(10), Duration.ZERO, Duration.ZERO, true,
        Duration.ofMillis(40), "RS256");
  }

  public StandInOptions withPort(int value) {
    return new StandInOptions(value, accessTokenLifetime, reuseGrace, refreshLatency, clockOffset, rotate, wordDelay,
        algorithm);
  }

  public StandInOptions withAccessTokenLifetime(Duration value) {
    return new StandInOptions(port, value, reuseGrace, refreshLatency, clockOffset, rotate, wordDelay, algorithm);
  }

  public StandInOptions withReuseGrace(Duration value) {
    return new StandInOptions(port, accessTokenLifetime, value, refreshLatency, clockOffset, rotate, wordDelay,
        algorithm);
  }

  public StandInOptions withRefreshLatency(Duration value) {
    return new StandInOptions(port, accessTokenLifetime, reuseGrace, value, clockOffset, rotate, wordDelay, algorithm);
  }

  public StandInOptions withClockOffset(Duration value) {
    return new StandInOptions(port, accessTokenLifetime, reuseGrace, refreshLatency, value, rotate, wordDelay,
        algorithm);
  }

  public StandInOptions withRotate(boolean value) {
    return new StandInOptions(port, accessTokenLifetime, reuseGrace, refreshLatency, clockOffset, value, wordDelay,
        algorithm);
  }

  public StandInOptions withWordDelay(Duration value) {
    return new StandInOptions(port, accessTokenLifetime, reuseGrace, refreshLatency, clockOffset, rotate, value,
        algorithm);
  }

  public StandInOptions withAlgorithm(String value) {
    return new StandInOptions(port, accessTokenLifetime, reuseGrace, refreshLatency, clockOffset, rotate, wordDelay,
        value);
  }

  private static void requireNotNegative(String name, Duration value) {
    if (value.isNegative()) throw new IllegalArgumentException(name + " " + value + ": must not be negative");
  }
}
