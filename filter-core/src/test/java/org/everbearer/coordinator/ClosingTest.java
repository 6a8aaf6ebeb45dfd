package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.store.FileTokenStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a client loses nothing, whoever brings it about; and nobody's own code keeps others waiting. Real threads. */
class ClosingTest {
  @TempDir Path directory;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch answer = new CountDownLatch(1);
  private RefreshCoordinator client;

  private FileTokenStore store() {
    return FileTokenStore.at(directory.resolve("tokens"));
  }

  private String stored() throws IOException {
    return store().read("test").record().refreshToken();
  }

  private void start(TokenRefresher refresher) throws TokenException {
    client = RefreshCoordinator.builder("test", refresher).store(store()).background(false)
        .firstTokens(TokenSet.of(null, "R1")).build();
    client.start();
  }

  private TokenSet answerWhenTold(TokenSet current) {
    asked.countDown();
    try {
      assertTrue(answer.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return TokenSet.of("A2", "R2").expiresIn(Duration.ofHours(1));
  }

  private static <T> Thread begin(FutureTask<T> task) {
    Thread thread = new Thread(task);
    thread.start();
    return thread;
  }

  @Test
  void refresherThatClosesItsOwnClient_itsAnswerIsSaved() throws Exception {
    start(current -> {
      client.close();
      asked.countDown();
      return TokenSet.of("A2", "R2").expiresIn(Duration.ofHours(1));
    });
    client.refreshNow(null);
    assertTrue(asked.await(30, TimeUnit.SECONDS));
    client.close(); // which waits for the end that the other call has begun
    for (int i = 0; i < 300 && !"R2".equals(stored()); i++) LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    assertEquals("R2", stored());
  }

  @Test
  void secondClose_waitsForTheFirst() throws Exception {
    start(this::answerWhenTold);
    client.refreshNow(null);
    assertTrue(asked.await(30, TimeUnit.SECONDS));
    FutureTask<Void> first = new FutureTask<>(client::close, null);
    Thread closing = begin(first);
    while (closing.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();
    FutureTask<String> second = new FutureTask<>(() -> {
      client.close();
      return stored();
    });
    Thread closingToo = begin(second);
    while (closingToo.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();
    answer.countDown();
    assertEquals("R2", second.get(30, TimeUnit.SECONDS), "whoever exits after it would have lost the pair");
    first.get(30, TimeUnit.SECONDS);
  }

  @Test
  void dependentThatBlocks_keepsNoThreadWaiting() throws Exception {
    start(this::answerWhenTold);
    CountDownLatch end = new CountDownLatch(1);
    FutureTask<String> caller = new FutureTask<>(() -> client.application().token());
    Thread waiting = begin(caller);
    assertTrue(asked.await(30, TimeUnit.SECONDS));
    while (waiting.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();
    client.application().accessTokenAsync().thenAccept(token -> {
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    answer.countDown();
    assertEquals("A2", caller.get(10, TimeUnit.SECONDS));
    end.countDown();
    client.close();
  }

  @Test
  void waitThatWasCancelled_leavesNothingBehind() throws Exception {
    start(this::answerWhenTold);
    WeakReference<Object> wait = cancelled();
    for (int i = 0; i < 50 && wait.get() != null; i++) {
      System.gc();
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    assertEquals(null, wait.get(), "however long the refresh lasts");
    answer.countDown();
    client.close();
  }

  private WeakReference<Object> cancelled() throws InterruptedException {
    CompletableFuture<AccessToken> wait = client.application().accessTokenAsync();
    assertTrue(asked.await(30, TimeUnit.SECONDS));
    wait.cancel(false);
    return new WeakReference<>(wait);
  }
}
