package org.everbearer.refresh;

import java.time.Duration;
import org.everbearer.TokenException;

/** Refreshes once at each of the given endpoints, in a JVM whose TLS properties it takes as they are. */
final class TlsProbe {
  private TlsProbe() {}

  public static void main(String[] urls) {
    for (String url : urls) System.out.println(outcome(url));
    System.out.flush();
    // Whatever the endpoints' threads do.
    System.exit(0);
  }

  private static String outcome(String url) {
    TokenEndpoint endpoint = TokenEndpoint.builder("probe").uri(url).requestTimeout(Duration.ofSeconds(50)).build();
    try (Closing r = new Closing(RefreshTokenGrant.builder(endpoint).build())) {
      return "OK " + r.refresh(TokenRefresherContract.current()).refreshToken();
    } catch (TokenException e) {
      TokenRefresherContract.assertTellsNoSecret(e);
      return e.reason() + " " + e.getMessage().replace('\n', ' ');
    }
  }
}
