package org.everbearer.cluster;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileClusterIT extends ClusterContract {
  @TempDir Path directory;

  @Override
  String store() {
    return "file:" + directory.resolve("tokens");
  }

  @Test
  void twoNodesKilledInTurn_forSomeSeconds() throws Exception {
    killedInTurn(Duration.ofSeconds(12));
  }

  @Override
  int nodes() {
    return 2;
  }
}
