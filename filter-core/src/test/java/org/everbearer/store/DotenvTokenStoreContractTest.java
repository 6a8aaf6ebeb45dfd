package org.everbearer.store;

import java.nio.file.Path;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.io.TempDir;

class DotenvTokenStoreContractTest extends TokenStoreContract {
  @TempDir Path directory;

  @Override
  protected TokenStore open() {
    return DotenvTokenStore.at(directory.resolve(".env"));
  }
}
