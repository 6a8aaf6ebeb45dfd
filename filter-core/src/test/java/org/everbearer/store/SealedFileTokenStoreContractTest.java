package org.everbearer.store;

import java.nio.file.Path;
import java.util.List;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.io.TempDir;

class SealedFileTokenStoreContractTest extends TokenStoreContract {
  @TempDir Path directory;

  @Override
  protected TokenStore open() {
    return FileTokenStore.at(directory.resolve("tokens"), EncryptionKeys.of("A".repeat(42) + "E=", List.of()));
  }
}
