package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class IdentityTest {
  private final Identity user =
      new Identity(new String[] {"chat-api", "mail-api"}, new String[] {null, "family-of-mail"}, "inbound-secret");

  @Test
  void family_isThatOfTheClient() {
    assertEquals("family-of-mail", user.family("mail-api"));
    assertNull(user.family("chat-api"), "not signed in there");
    assertNull(user.family("unknown"));
    assertNull(Identity.ANONYMOUS.family("chat-api"));
  }

  @Test
  void toString_namesTheClientsAndNoSecret() {
    String shown = user.toString();
    assertTrue(shown.contains("[mail-api]"), shown);
    assertFalse(shown.contains("family-of-mail") || shown.contains("inbound-secret"), shown);
  }
}
