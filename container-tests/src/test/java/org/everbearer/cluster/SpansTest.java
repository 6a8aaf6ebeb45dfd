package org.everbearer.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SpansTest {
  private final Spans spans = new Spans();

  @Test
  void overlappingAndTouchingSpans_areOne() {
    spans.add(10, 20);
    spans.add(40, 50);
    spans.add(20, 30);
    spans.add(15, 18);
    assertTrue(spans.covers(10, 30));
    assertFalse(spans.covers(10, 31));
    assertFalse(spans.covers(9, 12));
    spans.add(5, 60);
    assertTrue(spans.covers(5, 60));
    assertEquals(55, spans.within(0, 100));
  }

  @Test
  void gaps_areWhatIsMissing() {
    spans.add(10, 20);
    spans.add(40, 50);
    assertEquals(80, spans.gaps(0, 100).within(0, 100));
    assertEquals(5, spans.gaps(15, 25).within(0, 100));
    assertEquals(0, spans.gaps(12, 18).within(0, 100));
  }
}
