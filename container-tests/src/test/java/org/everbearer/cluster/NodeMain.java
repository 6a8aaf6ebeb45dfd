package org.everbearer.cluster;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.everbearer.AccessToken;
import org.everbearer.Fingerprint;
import org.everbearer.JwtClaims;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.TokenStore;
import org.everbearer.coordinator.RefreshCoordinator;

/**
 * One node: a process whose threads ask for the token all the time, until it is killed or its standard input ends. The
 * first pair comes by standard input; what happens goes to standard output, a line for each, as {@link NodeLog} reads it.
 * The times in it are the machine's, whatever the library is made to believe.
 */
final class NodeMain {
  static final int THREADS = 16;
  private static final Duration PACE = Duration.ofMillis(15);
  private static final int CALLS_PER_CHAT = 10;
  private static final Duration REPORT = Duration.ofMillis(200);

  private final NodeSettings settings;
  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private final AtomicLong ok = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  /** Calls that were served a token after its end, and by how many milliseconds at most. */
  private final AtomicLong overdue = new AtomicLong();
  private final AtomicLong longestOverdue = new AtomicLong();
  private final AtomicReference<String> seen = new AtomicReference<>();
  private volatile long seenUntil;

  private NodeMain(NodeSettings settings) {
    this.settings = settings;
  }

  public static void main(String[] arguments) throws Exception {
    NodeMain node = new NodeMain(NodeSettings.parse(arguments));
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    String accessToken = in.readLine();
    TokenSet first = TokenSet.of(accessToken.isEmpty() ? null : accessToken, in.readLine());
    node.run(first);
    while (in.readLine() != null);
    Runtime.getRuntime().halt(0);
  }

  private void run(TokenSet first) throws Exception {
    RefreshCoordinator coordinator =
        settings.client(first, new Outspoken(settings.refresher()), new OutspokenStore(settings.openStore()))
            .listener(this::hear)
            .build();
    try {
      coordinator.start();
    } catch (TokenException e) {
      say("NOTE start " + e.reason());
    }
    for (int i = 0; i < THREADS; i++) start(i == 0 ? this::callAndChat : this::call, coordinator.application());
    Thread reporter = new Thread(this::report, "reporter");
    reporter.setDaemon(true);
    reporter.start();
  }

  private interface Work {
    void with(TokenSource tokens) throws IOException;
  }

  private void start(Work work, TokenSource tokens) {
    Thread thread = new Thread(() -> {
      try {
        while (true) {
          work.with(tokens);
          LockSupport.parkNanos(PACE.toNanos());
        }
      } catch (Throwable e) {
        say("BUG " + e);
      }
    });
    thread.setDaemon(true);
    thread.start();
  }

  private void report() {
    while (true) {
      LockSupport.parkNanos(REPORT.toNanos());
      say("COUNT " + ok + " " + failed + " " + overdue + " " + longestOverdue);
    }
  }

  private void call(TokenSource tokens) {
    served(tokens);
  }

  private void callAndChat(TokenSource tokens) throws IOException {
    AccessToken token = null;
    for (int i = 0; i < CALLS_PER_CHAT; i++) {
      token = served(tokens);
      LockSupport.parkNanos(PACE.toNanos());
    }
    if (token != null) chat(token.value(), tokens);
  }

  private AccessToken served(TokenSource tokens) {
    long from = now();
    try {
      AccessToken token = tokens.accessToken();
      ok.incrementAndGet();
      look(token.value());
      return token;
    } catch (TokenException e) {
      failed.incrementAndGet();
      say("FAILED " + from + " " + now() + " " + e.reason());
      return null;
    }
  }

  /** Says from when until when a token is at hand, and counts those that are served after their end. */
  private void look(String token) {
    long now = now();
    String before = seen.get();
    if (!token.equals(before) && seen.compareAndSet(before, token)) {
      seenUntil = JwtClaims.of(token).expiresAt().toEpochMilli();
      say("HELD " + now + " " + seenUntil + " " + Fingerprint.of(token));
    } else if (now > seenUntil && token.equals(seen.get())) {
      long over = now - JwtClaims.of(token).expiresAt().toEpochMilli();
      if (over > 0) {
        overdue.incrementAndGet();
        longestOverdue.accumulateAndGet(over, Math::max);
      }
    }
  }

  /** As the interceptors do: a 401 invalidates the token. */
  private void chat(String token, TokenSource tokens) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(settings.server() + "/v1/sessions").toURL().openConnection();
    connection.setRequestMethod("POST");
    connection.setRequestProperty("Authorization", "Bearer " + token);
    connection.setConnectTimeout(5000);
    connection.setReadTimeout(5000);
    int status;
    try {
      status = connection.getResponseCode();
    } catch (IOException e) {
      say("NOTE chat " + e.getClass().getName());
      return;
    }
    long expires = JwtClaims.of(token).expiresAt().toEpochMilli();
    if (status / 100 != 2) say("CHAT " + now() + " " + expires + " " + status);
    if (status == 401) tokens.invalidate(token);
  }

  private void hear(TokenEvent event) {
    switch (event.type()) {
      case REFRESHED -> say("REFRESHED " + now() + " " + event.refreshesIn().toMillis());
      case ADOPTED, LOADED -> { }
      default -> say("NOTE " + event.type()
          + (event.failure() == null ? "" : " " + event.failure().reason() + " " + event.failure().getMessage()));
    }
  }

  private long now() {
    return System.currentTimeMillis();
  }

  /** Written at once and as a whole, so that a killed process leaves no half line but what it had said. */
  private synchronized void say(String line) {
    try {
      out.write((line.replace('\n', ' ') + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      Runtime.getRuntime().halt(1);
    }
  }

  /** Says when it presents a refresh token, before, and what came of it. */
  private final class Outspoken implements TokenRefresher {
    private final TokenRefresher refresher;

    Outspoken(TokenRefresher refresher) {
      this.refresher = refresher;
    }

    @Override
    public TokenSet refresh(TokenSet current) throws TokenException {
      say("SENDING " + now());
      try {
        TokenSet answer = refresher.refresh(current);
        if (ThreadLocalRandom.current().nextDouble() < settings.late()) {
          LockSupport.parkNanos(NodeSettings.LATE.toNanos());
        }
        say("ANSWERED " + now());
        return answer;
      } catch (TokenException e) {
        say("REFUSED " + now() + " " + e.reason());
        throw e;
      }
    }

    @Override
    public Duration attemptTimeout() {
      return refresher.attemptTimeout();
    }

    @Override
    public void close() {
      refresher.close();
    }
  }

  /** Says when nothing is left that could be lost. */
  private final class OutspokenStore implements TokenStore {
    private final TokenStore store;

    OutspokenStore(TokenStore store) {
      this.store = store;
    }

    @Override
    public Snapshot read(String key) throws IOException {
      return store.read(key);
    }

    @Override
    public boolean compareAndSet(String key, long expectedGeneration, TokenRecord next) throws IOException {
      boolean written = store.compareAndSet(key, expectedGeneration, next);
      if (written && next != null && next.phase() != TokenRecord.Phase.IN_FLIGHT) say("SAVED " + now());
      return written;
    }

    @Override
    public Closeable holdWhilePresenting(String owner) throws IOException {
      return store.holdWhilePresenting(owner);
    }

    @Override
    public boolean tellsLife() {
      return store.tellsLife();
    }

    @Override
    public boolean isGone(String owner) {
      return store.isGone(owner);
    }

    @Override
    public String description() {
      return store.description();
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
