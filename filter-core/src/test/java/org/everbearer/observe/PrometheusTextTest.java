package org.everbearer.observe;

import static org.everbearer.Happened.asking;
import static org.everbearer.Happened.at;
import static org.everbearer.Happened.event;
import static org.everbearer.Happened.failed;
import static org.everbearer.Happened.refreshed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenException.Reason;
import org.everbearer.observe.ClientState.Tokens;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {
  private final SetClock clock = new SetClock();
  private final ClientState state = new ClientState("chat \"api\"", clock);

  @Test
  void countersAndGauges_tellWhatHappened() {
    state.onEvent(refreshed("application", 0, 60));
    state.onEvent(refreshed("application", 1, 60));
    state.onEvent(event(Type.INVALIDATED, 2, 0));
    state.onEvent(asking("application", 3));
    state.onEvent(failed("application", 3, 0, Reason.NOT_SENT, 4));
    clock.set(at(5));
    String text = PrometheusText.of(List.of(state), false);
    String client = "client=\"chat \\\"api\\\"\"";
    assertLine(text, "everbearer_refreshes_seconds_count{" + client + ",outcome=\"success\",trigger=\"ahead\"} 2");
    assertLine(text, "everbearer_refreshes_seconds_sum{" + client + ",outcome=\"success\",trigger=\"ahead\"} 0.5");
    assertLine(text, "everbearer_refreshes_seconds_count{" + client + ",outcome=\"not-sent\",trigger=\"expired\"} 1");
    assertLine(text, "everbearer_rejections_total{" + client + "} 1");
    assertLine(text, "# TYPE everbearer_rejections_total counter");
    assertLine(text, "everbearer_valid{" + client + "} 0.0");
    assertLine(text, "everbearer_token_expiry_seconds{" + client + "} -2.0");
    assertLine(text, "everbearer_failure_streak{" + client + "} 4.0");
    assertFalse(text.contains("EOF"));
  }

  @Test
  void validity_isThereBeforeAnythingHappened() {
    assertLine(PrometheusText.of(List.of(state), false), "everbearer_valid{client=\"chat \\\"api\\\"\"} 0.0");
    state.onEvent(refreshed("application", 0, 60));
    assertLine(PrometheusText.of(List.of(state), false), "everbearer_valid{client=\"chat \\\"api\\\"\"} 1.0");
    clock.set(at(60));
    assertLine(PrometheusText.of(List.of(state), false), "everbearer_valid{client=\"chat \\\"api\\\"\"} 0.0");
  }

  @Test
  void openMetrics_namesTheFamilyWithoutSuffixAndEndsWithEof() {
    String text = PrometheusText.of(List.of(state), true);
    assertLine(text, "# TYPE everbearer_rejections counter");
    assertTrue(text.contains("\neverbearer_rejections_total{"));
    assertTrue(text.endsWith("\n# EOF\n"));
  }

  @Test
  void perUser_thereIsNoGaugeOfOneToken() {
    state.describe(Tokens.PER_USER, false);
    state.onEvent(refreshed("ab12cd34", 0, 60));
    String text = PrometheusText.of(List.of(state), false);
    assertFalse(text.contains("everbearer_token_expiry_seconds{"), text);
    assertFalse(text.contains("everbearer_valid{"), text);
    assertFalse(text.contains("ab12cd34"), "an identity is no label");
  }

  private static void assertLine(String text, String line) {
    assertEquals(1, text.lines().filter(line::equals).count(), line + " in\n" + text);
  }
}
