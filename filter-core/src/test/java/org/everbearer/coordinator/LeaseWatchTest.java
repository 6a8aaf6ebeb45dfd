package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRecord.Phase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another node's lease is watched for as long as its owner wants, whatever this node's settings and the clocks say. */
class LeaseWatchTest {
  private static final Duration MINE = Duration.ofSeconds(2);
  private static final long THEIRS = 32_000;
  private final VirtualTime time = new VirtualTime();
  private RefreshCoordinator client;
  private LeaseWatch watch;
  private TokenRecord record;

  @BeforeEach
  void begin() {
    client = RefreshCoordinator.builder("test", new ModelServer(time).refresher(MINE))
        .store(new FailingStore(time)).background(false).time(time, time.node(), () -> 0).build();
    watch = new LeaseWatch(client.context);
    record = TokenRecord.builder().generation(7).phase(Phase.IN_FLIGHT, "hash").tokens("A", "R")
        .lease("other/1", now() + THEIRS, THEIRS).sent(now(), 1).build();
  }

  @AfterEach
  void close() {
    client.close();
  }

  private long now() {
    return time.currentTimeMillis();
  }

  private void renew(long leaseUntil) {
    record = record.toBuilder().generation(record.generation() + 1).lease("other/1", leaseUntil, THEIRS).build();
  }

  @Test
  void ownersLength_counts_andNotThisNodesOwn() {
    assertTrue(watch.isHeld(record, now()));
    time.advance(Duration.ofMillis(THEIRS - 1));
    assertTrue(watch.isHeld(record, now()), "this node's own requests may be shorter");
    time.advance(Duration.ofMillis(1));
    assertFalse(watch.isHeld(record, now()));
  }

  @Test
  void clockThatStepsForward_whileItIsWatched_endsNothing() {
    assertTrue(watch.isHeld(record, now()));
    time.shiftWallClock(Duration.ofSeconds(60));
    assertTrue(watch.isHeld(record, now()));
    time.advance(Duration.ofMillis(THEIRS - 1));
    assertTrue(watch.isHeld(record, now()));
    time.advance(Duration.ofMillis(1));
    assertFalse(watch.isHeld(record, now()));
  }

  @Test
  void clockThatStepsBack_prolongsNothing() {
    time.shiftWallClock(Duration.ofHours(-1));
    assertTrue(watch.isHeld(record, now()));
    time.advance(Duration.ofMillis(THEIRS));
    assertFalse(watch.isHeld(record, now()));
  }

  @Test
  void recordThatIsOldAtFirstSight_hasBeenWaitedForAlready() {
    time.advance(Duration.ofMillis(THEIRS - 1000));
    assertTrue(watch.isHeld(record, now()));
    time.advance(Duration.ofMillis(1000));
    assertFalse(watch.isHeld(record, now()));
    assertFalse(new LeaseWatch(client.context).isHeld(record, now()));
  }

  @Test
  void renewal_isASignOfLife_whateverTheClockSays() {
    time.advance(Duration.ofMillis(THEIRS - 1000));
    assertTrue(watch.isHeld(record, now()));
    renew(now() - 5000);
    assertTrue(watch.isHeld(record, now()));
    time.advance(Duration.ofMillis(THEIRS - 1));
    assertTrue(watch.isHeld(record, now()));
    time.advance(Duration.ofMillis(1));
    assertFalse(watch.isHeld(record, now()));
  }

  @Test
  void leaseThatWasGivenBack_isHeldByNobody() {
    assertFalse(watch.isHeld(record.toBuilder().lease("other/1", 0).build(), now()));
    assertFalse(watch.isHeld(record.toBuilder().lease(null, 0).build(), now()));
  }

  @Test
  void ownerWhoTellsNoLength_getsThisNodesOwn() {
    TokenRecord untold = record.toBuilder().lease("other/1", now() + THEIRS, 0).build();
    assertTrue(watch.isHeld(untold, now()));
    time.advance(MINE.plusSeconds(2));
    assertFalse(watch.isHeld(untold, now()));
  }
}
