package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.Test;

/** What stores that keep many identities promise besides. */
public abstract class MultiKeyStoreContract extends TokenStoreContract {
  @Test
  public void keysThatLookAlike_areApart() throws Exception {
    String[] keys = {
      "chat-api/a1", "chat-api/A1", "chat-api/a1 ", "chat-api/\u00e41", "chat-api/a\u03081", "", "x".repeat(300),
      "x".repeat(299), "X".repeat(300)
    };
    TokenStore store = store();
    for (int i = 0; i < keys.length; i++) {
      assertNull(store.read(keys[i]).record(), keys[i]);
      assertTrue(store.compareAndSet(keys[i], 0, keyed(i)), keys[i]);
    }
    for (int i = 0; i < keys.length; i++) assertEquals(keyed(i), store.read(keys[i]).record(), keys[i]);
  }

  private static TokenRecord keyed(int i) {
    return record(1).toBuilder().tokens("access-of-" + i, "refresh-of-" + i).build();
  }
}
