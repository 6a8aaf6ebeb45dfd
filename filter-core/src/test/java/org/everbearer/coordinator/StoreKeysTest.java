package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreKeysTest {
  @Test
  void clientsAndIdentities_doNotCollide() {
    assertNotEquals(StoreKeys.ofIdentity(StoreKeys.ofApplication("a"), "b/c"),
        StoreKeys.ofIdentity(StoreKeys.ofApplication("a/b"), "c"));
    assertNotEquals(StoreKeys.ofApplication("a/b"), StoreKeys.ofIdentity(StoreKeys.ofApplication("a"), "b"));
    assertNotEquals(StoreKeys.ofApplication("a/b"), StoreKeys.ofApplication("a%2Fb"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "a b", "\u00fc", "\ud83d\ude00", "?"})
  void anyText_isAnIdentity(String identity) {
    assertEquals("k/" + identity, StoreKeys.ofIdentity("k", identity));
  }

  /** In UTF-8 they would be one and the same question mark. */
  @ParameterizedTest
  @ValueSource(strings = {"\ud800", "\udc00", "a\ud800b", "\udc00\ud800"})
  void unpairedSurrogate_isRefusedWithItsRemedy(String identity) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> StoreKeys.ofIdentity("k", identity));
    assertTrue(e.getMessage().contains("unpaired surrogate") && e.getMessage().contains("Remedy"), e.getMessage());
  }
}
