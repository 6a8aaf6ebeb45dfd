package org.everbearer.store;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.everbearer.TokenStore;

/** A process that holds hints of life and looks at those of others, as it is told line by line. */
public final class Presenter implements AutoCloseable {
  private final Process process;
  private final PrintWriter in;
  private final BufferedReader out;

  Presenter(String kind, Path path) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(
        System.getProperty("java.home") + "/bin/java", "-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
        Presenter.class.getName(), kind, path.toString());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    process = builder.redirectErrorStream(true).start();
    in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** The process's answer to {@code hold OWNER}, {@code end}, {@code other OWNER} or {@code look OWNER TIMES}. */
  String tell(String line) throws IOException {
    in.println(line);
    return out.readLine();
  }

  /** As {@code kill -9} does; returns when the process is no more. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Arguments: file or dotenv, path. */
  public static void main(String[] args) throws Exception {
    TokenStore store = Hammer.open(args[0], Path.of(args[1]));
    Closeable held = null;
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = lines.readLine()) != null; ) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "hold" -> {
          held = store.holdWhilePresenting(words[1]);
          System.out.println("held");
        }
        case "end" -> {
          held.close();
          System.out.println("ended");
        }
        case "look" -> {
          int gone = 0;
          for (int i = Integer.parseInt(words[2]); i > 0; i--) gone += store.isGone(words[1]) ? 1 : 0;
          System.out.println(gone);
        }
        default -> {
          try (URLClassLoader own = ManyProcessesTest.ownClassLoader()) {
            System.out.println(own.loadClass(Presenter.class.getName())
                .getMethod("lookAndGo", String.class, String.class, String.class)
                .invoke(null, args[0], args[1], words[1]));
          }
        }
      }
    }
    store.close();
  }

  /** As another web application of the same process does. */
  public static boolean lookAndGo(String kind, String path, String owner) throws IOException {
    TokenStore store = Hammer.open(kind, Path.of(path));
    boolean gone = store.isGone(owner);
    store.compareAndSet("chat-api", store.read("chat-api").generation(), Hammer.record(2));
    store.holdWhilePresenting("node/other/" + owner.length()).close();
    store.close();
    return gone;
  }
}
