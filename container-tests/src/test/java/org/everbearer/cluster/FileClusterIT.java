package org.everbearer.cluster;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileClusterIT extends ClusterContract {
  @TempDir Path directory;

  @Override
  String store() {
    return "file:" + directory.resolve("tokens");
  }

  @Override
  int nodes() {
    return 2;
  }
}
