package org.everbearer.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Pattern;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;

/**
 * Keeps the two tokens where a person put them, in a {@code .env} file, and writes rotated ones back into the same
 * lines; every other byte stays.
 *
 * <pre>{@code
 * TokenStore store = DotenvTokenStore.at(Paths.get(".env"), "AUTH_ACCESS_TOKEN", "AUTH_REFRESH_TOKEN");
 * }</pre>
 *
 * <p>The generation, the expiry and the coordination of processes lie beside it in {@code PATH.everbearer}, with hashes
 * instead of tokens. When the tokens in the {@code .env} file are not those that were written last, somebody has edited
 * it, perhaps while the application runs: they are adopted as a new family. A file without tokens is an empty store.
 *
 * <p>Both files have mode 0600 (or see {@link FileMode#GROUP}) and are replaced atomically, as in {@link FileTokenStore}, whose rules for damage,
 * locking and giving up hold here too. The tokens are in plain text by nature, so encryption does not apply. An editor
 * that is open on the file while tokens are rotated overwrites newer tokens when it saves.
 *
 * <p>Safe for use by any number of threads.
 */
public final class DotenvTokenStore implements TokenStore {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

  private final Path path;
  private final FileMode mode;
  private final String accessName;
  private final String refreshName;
  private final LockFile lock;
  private final LifeSigns lifeSigns;

  private DotenvTokenStore(Path path, String accessName, String refreshName, FileMode mode) {
    this.path = path;
    this.mode = mode;
    this.accessName = requireName("dotenvAccessTokenKey", accessName);
    this.refreshName = requireName("dotenvRefreshTokenKey", refreshName);
    if (accessName.equals(refreshName)) {
      throw new IllegalArgumentException("dotenvAccessTokenKey and dotenvRefreshTokenKey are both " + accessName);
    }
    this.lock = new LockFile(Duration.ofSeconds(10), mode);
    this.lifeSigns = new LifeSigns(path, mode);
  }

  /** A store that reads and writes {@code AUTH_ACCESS_TOKEN} and {@code AUTH_REFRESH_TOKEN}. */
  public static DotenvTokenStore at(Path path) {
    return at(path, "AUTH_ACCESS_TOKEN", "AUTH_REFRESH_TOKEN");
  }

  /**
   * @param accessName name of the line with the access token
   * @param refreshName name of the line with the refresh token
   * @throws IllegalArgumentException if a name is none, or both are the same
   */
  public static DotenvTokenStore at(Path path, String accessName, String refreshName) {
    return at(path, accessName, refreshName, FileMode.OWNER);
  }

  /** With files that the group may access too, if the mode says so. */
  public static DotenvTokenStore at(Path path, String accessName, String refreshName, FileMode mode) {
    return new DotenvTokenStore(path, accessName, refreshName, mode);
  }

  private static String requireName(String parameter, String name) {
    if (NAME.matcher(name).matches()) return name;
    throw new IllegalArgumentException(parameter + " '" + name + "' is no name of an environment variable");
  }

  @Override
  public Snapshot read(String key) throws IOException {
    AtomicFile file = AtomicFile.at(path, mode);
    View view = look(file, key, lock);
    if (!view.state.isSettledFor(view.record)) view = lock.hold(file.lock(), () -> settle(file, key));
    return new Snapshot(view.record, System.currentTimeMillis());
  }

  /**
   * Writes down which record counts: an edit takes a number, so that a second edit does not pass for the first, and of
   * the two records that a crash left behind the other is forgotten, so that nobody can edit it back to life.
   */
  private View settle(AtomicFile file, String key) throws IOException {
    View view = look(file, key, null);
    if (view.state.isSettledFor(view.record)) return view;
    DotenvState settled = DotenvState.of(view.record);
    state(file).write(encoded(key, settled));
    return new View(view.env, settled, view.record);
  }

  @Override
  public boolean compareAndSet(String key, long expectedGeneration, TokenRecord next) throws IOException {
    Generations.requireNewer(expectedGeneration, next);
    AtomicFile file = AtomicFile.at(path, mode);
    return lock.hold(file.lock(), () -> {
      View view = settle(file, key);
      if (Generations.of(view.record) != expectedGeneration) return false;
      if (next == null) {
        clear(file, view);
      } else {
        replace(file, key, view, next);
      }
      return true;
    });
  }

  private void replace(AtomicFile file, String key, View view, TokenRecord next) throws IOException {
    AtomicFile state = state(file);
    boolean sameTokens = view.record != null
        && Objects.equals(view.record.accessToken(), next.accessToken())
        && Objects.equals(view.record.refreshToken(), next.refreshToken());
    if (!sameTokens) {
      byte[] bytes = view.env.with(accessName, next.accessToken()).with(refreshName, next.refreshToken()).bytes();
      // A crash before the second write leaves the old record, a crash after it the new one.
      state.write(encoded(key, view.state.before(next)));
      if (!Arrays.equals(bytes, view.env.bytes())) file.write(bytes);
    }
    state.write(encoded(key, DotenvState.of(next)));
  }

  private void clear(AtomicFile file, View view) throws IOException {
    byte[] bytes = view.env.with(accessName, null).with(refreshName, null).bytes();
    if (!Arrays.equals(bytes, view.env.bytes())) file.write(bytes);
    state(file).delete();
  }

  /** Both files as they were at one moment: without the lock that is when the state stayed the same meanwhile. */
  private View look(AtomicFile file, String key, LockFile toTake) throws IOException {
    DotenvState state = readState(file, key, toTake);
    while (true) {
      byte[] bytes = file.read();
      DotenvFile env = DotenvFile.parse(bytes == null ? new byte[0] : bytes);
      DotenvState after = toTake == null ? state : readState(file, key, toTake);
      if (after.encode(key).equals(state.encode(key))) {
        return new View(env, state, state.recordFor(token(file, env, accessName), token(file, env, refreshName)));
      }
      state = after;
    }
  }

  private DotenvState readState(AtomicFile file, String key, LockFile toTake) throws IOException {
    DotenvState state =
        RecordFile.read(state(file), file.lock(), toTake, text -> DotenvState.decode(key, text));
    return state == null ? DotenvState.none() : state;
  }

  private static String token(AtomicFile file, DotenvFile env, String name) throws IOException {
    String flaw = env.flaw(name);
    if (flaw != null) throw new IOException(file.path() + " cannot be used: " + flaw);
    String value = env.value(name);
    if (value != null && value.indexOf('\n') >= 0) {
      throw new IOException(file.path() + " cannot be used: the value of " + name + " goes on over the end of its line;"
          + " close its quote there");
    }
    return value == null || value.isEmpty() ? null : value;
  }

  private static AtomicFile state(AtomicFile file) {
    return file.beside(".everbearer");
  }

  private static byte[] encoded(String key, DotenvState state) {
    return RecordFile.bytes(state.encode(key));
  }

  @Override
  public Closeable holdWhilePresenting(String owner) {
    return lifeSigns.hold(owner);
  }

  @Override
  public boolean tellsLife() {
    return true;
  }

  @Override
  public boolean isGone(String owner) {
    return lifeSigns.isGone(owner);
  }

  @Override
  public String description() {
    return "dotenv:" + path;
  }

  @Override
  public void close() {
    lifeSigns.close();
    lock.close();
  }

  private static final class View {
    final DotenvFile env;
    final DotenvState state;
    final TokenRecord record;

    View(DotenvFile env, DotenvState state, TokenRecord record) {
      this.env = env;
      this.state = state;
      this.record = record;
    }
  }
}
