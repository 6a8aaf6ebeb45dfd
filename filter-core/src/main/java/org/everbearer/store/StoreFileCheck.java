package org.everbearer.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Looks at the file of a {@link FileTokenStore} or {@link DotenvTokenStore} from outside, for a tool. Writes nothing,
 * and reads no token.
 *
 * <pre>{@code
 * String objection = StoreFileCheck.objection(Paths.get("/var/lib/chat/tokens"), FileMode.OWNER);
 * }</pre>
 */
public final class StoreFileCheck {
  private StoreFileCheck() {}

  /** Why the store would refuse this path, as this user and as it is now; null if nothing stands against it. */
  public static String objection(Path path, FileMode mode) {
    try {
      AtomicFile file = AtomicFile.at(path, mode);
      for (Path each : Arrays.asList(file.path(), file.beside(".everbearer").path())) {
        if (!Files.exists(each)) continue;
        if (!Files.isRegularFile(each)) return each + " is no regular file";
        Permissions.require(mode, each);
        if (!Files.isReadable(each)) return each + " may not be read by this user; run this as the server's user";
      }
      Path directory = file.path().getParent();
      if (Files.isWritable(directory)) return null;
      return "the directory " + directory + " may not be written by this user; run this as the server's user, or as"
          + " root: chown SERVER_USER " + Permissions.quoted(directory);
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
