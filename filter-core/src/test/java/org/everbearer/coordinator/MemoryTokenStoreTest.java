package org.everbearer.coordinator;

import org.everbearer.TokenStore;
import org.everbearer.store.TokenStoreContract;

class MemoryTokenStoreTest extends TokenStoreContract {
  private final MemoryTokenStore memory = new MemoryTokenStore(Ticker.SYSTEM);

  @Override
  protected TokenStore open() {
    return memory;
  }
}
