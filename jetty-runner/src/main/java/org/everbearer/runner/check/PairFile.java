package org.everbearer.runner.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.everbearer.TokenRecord;
import org.everbearer.TokenSet;
import org.everbearer.TokenStore;
import org.everbearer.store.DotenvTokenStore;

/** A file of the check's own for a pair of tokens, in the format and with the safety of a dotenv store. */
final class PairFile {
  private final Path path;

  PairFile(Path path) {
    this.path = path;
  }

  /** The value of the {@code store} parameter for it. */
  String store() {
    return "dotenv:" + path;
  }

  /** What stands against using it, or null. */
  String objection() {
    if (Files.exists(path)) return path + " is there already; name a new file, so that no tokens in it are replaced";
    Path directory = path.getParent();
    if (directory == null || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
      return path + " cannot be made: its directory is not there, or you may not write in it";
    }
    return null;
  }

  void write(TokenSet tokens) throws IOException {
    TokenStore store = DotenvTokenStore.at(path);
    try {
      boolean written = store.compareAndSet("rescued", 0,
          TokenRecord.builder().generation(1).tokens(tokens.accessToken(), tokens.refreshToken()).build());
      if (!written) throw new IOException(path + " is there already");
    } finally {
      store.close();
    }
    // Bookkeeping under a name that nobody else uses: the two lines alone can be taken over by any client.
    delete(".everbearer", ".lock", ".everbearer.lock");
  }

  /** Removes it where it holds nothing that is not written elsewhere. */
  void discard() {
    delete("", ".everbearer", ".lock", ".everbearer.lock");
  }

  private void delete(String... suffixes) {
    for (String suffix : suffixes) {
      try {
        Files.deleteIfExists(path.resolveSibling(path.getFileName() + suffix));
      } catch (IOException e) {
        // It holds nothing that is new, and that for its owner only.
      }
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
