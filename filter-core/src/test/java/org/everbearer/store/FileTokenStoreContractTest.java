package org.everbearer.store;

import java.nio.file.Path;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.io.TempDir;

class FileTokenStoreContractTest extends TokenStoreContract {
  @TempDir Path directory;

  @Override
  protected TokenStore open() {
    return FileTokenStore.at(directory.resolve("tokens"));
  }
}
