package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRecord.Phase;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The promises of {@link TokenStore}, by their numbers there. Every store extends this. */
public abstract class TokenStoreContract {
  protected static final String KEY = "chat-api";
  private static final int WRITERS = 4;
  private static final int WRITES_EACH = 25;

  private final List<TokenStore> opened = new ArrayList<>();

  /** One more instance on the medium of this test, which begins empty. */
  protected abstract TokenStore open() throws Exception;

  protected final TokenStore store() throws Exception {
    TokenStore store = open();
    opened.add(store);
    return store;
  }

  @AfterEach
  public final void closeStores() {
    opened.forEach(TokenStore::close);
  }

  /** A record with something in every field, and tokens that tell the generation. */
  protected static TokenRecord record(long generation) {
    return TokenRecord.builder()
        .generation(generation)
        .history(List.of("5eed"), List.of("0ld", "0lder"))
        .tokens("access-" + generation, "refresh-" + generation)
        .expiry(2_700_000_000_000L + generation, 300_000)
        .phase(Phase.IN_FLIGHT, "hash-" + generation)
        .fence(generation - 1)
        .lease("node-1/chat-api", 1_700_000_010_000L)
        .sent(1_700_000_000_000L, 2)
        .build();
  }

  @Test
  public void emptyStore_hasNoRecordAndGenerationZero() throws Exception {
    TokenStore.Snapshot snapshot = store().read(KEY);
    assertNull(snapshot.record());
    assertEquals(0, snapshot.generation());
  }

  @Test
  public void rule1_recordIsReadAsItWasWritten() throws Exception {
    TokenStore store = store();
    assertTrue(store.compareAndSet(KEY, 0, record(1)));
    assertEquals(record(1), store.read(KEY).record());
  }

  @Test
  public void rule1_unknownFieldsStayUnknown() throws Exception {
    TokenStore store = store();
    TokenRecord bare = TokenRecord.builder().tokens("access", null).build();
    assertTrue(store.compareAndSet(KEY, 0, bare));
    assertEquals(bare, store.read(KEY).record());
  }

  @Test
  public void rule1_clearedRecordIsNotAnEmptyStore() throws Exception {
    TokenStore store = store();
    assertTrue(store.compareAndSet(KEY, 0, record(1)));
    TokenRecord cleared = TokenRecord.builder().generation(2).phase(Phase.DEAD, null).build();
    assertTrue(store.compareAndSet(KEY, 1, cleared));
    assertEquals(cleared, store.read(KEY).record());
    assertTrue(store.read(KEY).record().isCleared());
  }

  @Test
  public void rule1_everyCharacterOfARefreshTokenSurvives() throws Exception {
    StringBuilder visible = new StringBuilder();
    for (char c = 0x20; c <= 0x7e; c++) visible.append(c);
    TokenStore store = store();
    TokenRecord odd = record(1).toBuilder().tokens("a.b-c_d~e+f/g==", visible.toString()).build();
    assertTrue(store.compareAndSet(KEY, 0, odd));
    assertEquals(odd, store.read(KEY).record());
  }

  @Test
  public void rule1_longTokensSurvive() throws Exception {
    TokenStore store = store();
    TokenRecord big = record(1).toBuilder().tokens("a".repeat(40_000), "r".repeat(40_000)).build();
    assertTrue(store.compareAndSet(KEY, 0, big));
    assertEquals(big, store.read(KEY).record());
  }

  @Test
  public void rule1_readerNeverSeesPartsOfTwoRecords() throws Exception {
    TokenStore writer = store();
    TokenStore reader = store();
    assertTrue(writer.compareAndSet(KEY, 0, record(1)));
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> reads = threads.submit(() -> {
        int count = 0;
        for (; !done.get() || count == 0; count++) {
          TokenRecord seen = reader.read(KEY).record();
          assertEquals(record(seen.generation()), seen);
        }
        return count;
      });
      for (long generation = 1; generation < 60; generation++) {
        assertTrue(writer.compareAndSet(KEY, generation, record(generation + 1)));
      }
      done.set(true);
      assertTrue(reads.get(60, TimeUnit.SECONDS) > 0);
    } finally {
      done.set(true);
      threads.shutdown();
    }
  }

  @Test
  public void rule2_otherGenerationWritesNothing() throws Exception {
    TokenStore store = store();
    assertFalse(store.compareAndSet(KEY, 1, record(2)));
    assertNull(store.read(KEY).record());
    assertTrue(store.compareAndSet(KEY, 0, record(5)));
    assertFalse(store.compareAndSet(KEY, 0, record(6)));
    assertFalse(store.compareAndSet(KEY, 4, record(6)));
    assertFalse(store.compareAndSet(KEY, 6, record(7)));
    assertFalse(store.compareAndSet(KEY, 4, null));
    assertFalse(store.compareAndSet(KEY, 0, null));
    assertEquals(record(5), store.read(KEY).record());
  }

  @Test
  public void rule2_everyWriteOfManyWritersCounts() throws Exception {
    List<TokenStore> stores = List.of(store(), store());
    List<Callable<List<Long>>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      TokenStore mine = stores.get(i % stores.size());
      writers.add(() -> increments(mine));
    }
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    List<Long> written = new ArrayList<>();
    try {
      for (Future<List<Long>> each : threads.invokeAll(writers)) written.addAll(each.get());
    } finally {
      threads.shutdown();
    }
    Collections.sort(written);
    // Each generation was written by exactly one, and none is missing.
    assertEquals(LongStream.rangeClosed(1, WRITERS * WRITES_EACH).boxed().collect(Collectors.toList()), written);
    assertEquals(record(WRITERS * WRITES_EACH), stores.get(0).read(KEY).record());
  }

  private static List<Long> increments(TokenStore store) throws IOException {
    List<Long> written = new ArrayList<>();
    while (written.size() < WRITES_EACH) {
      long generation = store.read(KEY).generation();
      if (store.compareAndSet(KEY, generation, record(generation + 1))) written.add(generation + 1);
    }
    return written;
  }

  @Test
  public void rule2_ofManyFirstWritersOneSucceeds() throws Exception {
    List<Callable<Boolean>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      TokenStore mine = store();
      TokenRecord record = record(1).toBuilder().lease("node-" + i, 1).build();
      writers.add(() -> mine.compareAndSet(KEY, 0, record));
    }
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    int succeeded = 0;
    try {
      for (Future<Boolean> each : threads.invokeAll(writers)) succeeded += each.get() ? 1 : 0;
    } finally {
      threads.shutdown();
    }
    assertEquals(1, succeeded);
  }

  @Test
  public void rule2_writeThatDoesNotMoveOnIsRefused() throws Exception {
    TokenStore store = store();
    assertTrue(store.compareAndSet(KEY, 0, record(2)));
    assertThrows(IllegalArgumentException.class, () -> store.compareAndSet(KEY, 2, record(2)));
    assertEquals(record(2), store.read(KEY).record());
  }

  @Test
  public void rule3_otherInstanceReadsWhatWasWritten() throws Exception {
    TokenStore one = store();
    TokenStore other = store();
    assertTrue(one.compareAndSet(KEY, 0, record(1)));
    assertEquals(record(1), other.read(KEY).record());
    assertTrue(other.compareAndSet(KEY, 1, record(2)));
    assertEquals(record(2), one.read(KEY).record());
  }

  @Test
  public void rule3_removedRecordIsGoneAndMayBeginAgain() throws Exception {
    TokenStore store = store();
    assertTrue(store.compareAndSet(KEY, 0, record(1)));
    assertTrue(store.compareAndSet(KEY, 1, null));
    assertNull(store.read(KEY).record());
    assertTrue(store.compareAndSet(KEY, 0, null));
    assertTrue(store.compareAndSet(KEY, 0, record(1)));
    assertEquals(record(1), store.read(KEY).record());
  }

  @Test
  public void rule6_instancesShareOneClock() throws Exception {
    TokenStore one = store();
    TokenStore other = store();
    long first = one.read(KEY).now();
    long second = other.read(KEY).now();
    assertTrue(other.compareAndSet(KEY, 0, record(1)));
    long third = one.read(KEY).now();
    assertTrue(first <= second && second <= third, first + " " + second + " " + third);
    assertTrue(first > 1_700_000_000_000L, "milliseconds since 1970: " + first);
  }

  @Test
  public void rule7_olderHolderOfTheLeaseCannotWrite() throws Exception {
    TokenStore paused = store();
    TokenStore successor = store();
    assertTrue(paused.compareAndSet(KEY, 0, record(1)));
    assertTrue(paused.compareAndSet(KEY, 1, record(2).toBuilder().lease("paused", 10).build()));
    assertTrue(successor.compareAndSet(KEY, 2, record(3).toBuilder().lease("successor", 20).build()));
    assertFalse(paused.compareAndSet(KEY, 2, record(3)));
    assertEquals("successor", paused.read(KEY).record().owner());
  }

  @Test
  public void description_namesTheStoreAndNoToken() throws Exception {
    TokenStore store = store();
    assertTrue(store.compareAndSet(KEY, 0, record(1)));
    assertFalse(store.description().isEmpty());
    assertFalse(store.description().contains("access-1") || store.description().contains("refresh-1"));
  }
}
