package org.everbearer.store;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;

/** Moves a record on, and writes down each generation that it was told it had written. Runs in processes of its own. */
public final class Hammer {
  private Hammer() {}

  /** Arguments: file or dotenv, path, log, number of writes. */
  public static void main(String[] args) throws IOException {
    TokenStore store = open(args[0], Path.of(args[1]));
    int writes = Integer.parseInt(args[3]);
    try (OutputStream log = new FileOutputStream(args[2], true)) {
      while (writes > 0) {
        long next = store.read("chat-api").generation() + 1;
        if (!store.compareAndSet("chat-api", next - 1, record(next))) continue;
        log.write((next + "\n").getBytes(StandardCharsets.US_ASCII));
        writes--;
      }
    }
    store.close();
  }

  static TokenStore open(String kind, Path path) {
    return kind.equals("file") ? FileTokenStore.at(path) : DotenvTokenStore.at(path);
  }

  static TokenRecord record(long generation) {
    // Every other write leaves the tokens as they are, as the start of a flight does.
    long pair = generation / 2;
    return TokenRecord.builder().generation(generation).tokens("access-" + pair, "refresh-" + pair).fence(7).build();
  }

  static ProcessBuilder process(String kind, Path path, Path log, int writes) {
    ProcessBuilder builder = new ProcessBuilder(
        System.getProperty("java.home") + "/bin/java", "-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
        Hammer.class.getName(), kind, path.toString(), log.toString(), Integer.toString(writes));
    Map<String, String> environment = builder.environment();
    environment.put("CLASSPATH", System.getProperty("java.class.path"));
    return builder.redirectErrorStream(true);
  }

  static List<Long> generations(Path... logs) throws IOException {
    List<Long> all = new ArrayList<>();
    for (Path log : logs) {
      if (!Files.exists(log)) continue;
      for (String line : Files.readAllLines(log)) all.add(Long.valueOf(line));
    }
    return all;
  }
}
