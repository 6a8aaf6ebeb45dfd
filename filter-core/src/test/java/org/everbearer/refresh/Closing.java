package org.everbearer.refresh;

import org.everbearer.TokenException;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;

/** A refresher for a try statement. */
record Closing(TokenRefresher refresher) implements AutoCloseable {
  TokenSet refresh(TokenSet current) throws TokenException {
    return refresher.refresh(current);
  }

  @Override
  public void close() {
    refresher.close();
  }
}
