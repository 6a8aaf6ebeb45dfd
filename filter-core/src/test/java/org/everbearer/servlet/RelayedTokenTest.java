package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.everbearer.AccessToken;
import org.junit.jupiter.api.Test;

class RelayedTokenTest {
  private final RelayedToken source = new RelayedToken("inbound");

  @Test
  void rejected_isNeverReplacedAndStaysTheOnlyOne() {
    assertFalse(source.invalidate("inbound"));
    assertNull(source.replacementFor("inbound").join());
    assertSame(source.accessToken(), source.accessTokenNow());
  }

  @Test
  void accepted_isRemembered() {
    AccessToken token = source.accessTokenNow();
    source.accepted(token);
    assertTrue(token.isAccepted());
  }
}
