package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a refresh token whose presentation was never answered may be presented again. */
class ReplayPolicyTest {
  private static final ReplayPolicy KNOWN = new ReplayPolicy(Duration.ofSeconds(12)); // of which 10 are counted on
  private static final ReplayPolicy UNKNOWN = new ReplayPolicy(null);
  private static final ReplayPolicy NONE = new ReplayPolicy(Duration.ZERO);

  private static long ms(long n) {
    return Nanos.ofMillis(n);
  }

  @Test
  void insideTheGrace_againAndAgain_withGrowingPauses() {
    assertEquals(0, KNOWN.delay(1, ms(100), 0, true));
    assertEquals(ms(200), KNOWN.delay(1, ms(100), 1, true));
    assertEquals(ms(400), KNOWN.delay(2, ms(100), 2, true));
    assertEquals(ms(2000), KNOWN.delay(9, ms(100), 9, true));
  }

  @Test
  void pauseThatEndsOutsideTheGrace_isNotWaitedFor() {
    assertEquals(ms(200), KNOWN.delay(5, ms(9799), 1, true));
    assertEquals(ReplayPolicy.NOT_NOW, KNOWN.delay(5, ms(9800), 1, true));
  }

  @Test
  void outsideTheGrace_onlyWhenNothingCanBeLostAnyMore_andOnceARefresh() {
    for (ReplayPolicy policy : new ReplayPolicy[] {KNOWN, UNKNOWN, NONE}) {
      assertEquals(ReplayPolicy.NOT_NOW, policy.delay(2, ms(20_000), 0, true), "a live token might be revoked");
      assertEquals(0, policy.delay(2, ms(20_000), 0, false));
      assertEquals(ReplayPolicy.NOT_NOW, policy.delay(2, ms(20_000), 1, false));
    }
  }

  @Test
  void unknownGrace_onePromptReplay() {
    assertEquals(ms(200), UNKNOWN.delay(1, ms(0), 1, true));
    assertEquals(ReplayPolicy.NOT_NOW, UNKNOWN.delay(2, ms(0), 2, true));
  }

  @Test
  void storeThatWasSlow_mayHaveClosedTheWindowMeanwhile() {
    assertTrue(KNOWN.isStillAllowed(1, ms(9_999), ms(500)));
    assertFalse(KNOWN.isStillAllowed(1, ms(10_000), ms(500)), "it was open when the writing began");
    assertTrue(KNOWN.isStillAllowed(1, ms(20_000), ms(500)), "it was closed then, and there was nothing to lose");
  }

  @Test
  void timeThatIsLeft_isKnownOnlyWithTheGrace() {
    assertEquals(ms(4_000), KNOWN.left(ms(6_000)));
    assertEquals(0, UNKNOWN.left(ms(0)));
  }
}
