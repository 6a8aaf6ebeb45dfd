package org.everbearer;

/** Makes access tokens for tests of other packages, with no coordinator behind them. */
public final class TestAccessTokens {
  private TestAccessTokens() {}

  public static AccessToken of(String value) {
    return new AccessToken(value);
  }
}
