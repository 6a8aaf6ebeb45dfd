package org.everbearer.refresh;

import java.io.IOException;
import java.nio.file.Path;

final class ClientKey {
  static ClientKey read(Path file) throws IOException {
    throw new UnsupportedOperationException();
  }

  String assertion(String clientId, String audience) {
    throw new UnsupportedOperationException();
  }
}
