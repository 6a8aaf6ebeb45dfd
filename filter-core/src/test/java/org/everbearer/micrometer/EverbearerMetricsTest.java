package org.everbearer.micrometer;

import static org.everbearer.Happened.asking;
import static org.everbearer.Happened.at;
import static org.everbearer.Happened.event;
import static org.everbearer.Happened.failed;
import static org.everbearer.Happened.refreshed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenException.Reason;
import org.junit.jupiter.api.Test;

/** What Prometheus would read. */
class EverbearerMetricsTest {
  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final EverbearerMetrics metrics = new EverbearerMetrics(registry, Clock.fixed(at(30), ZoneOffset.UTC));

  private void assertLine(String line) {
    String text = registry.scrape();
    assertTrue(text.lines().anyMatch(line::equals), line + " in\n" + text);
  }

  @Test
  void scrape_tellsWhatHappened() {
    metrics.onEvent(refreshed("application", 0, 60));
    metrics.onEvent(event(Type.INVALIDATED, 1, 0));
    metrics.onEvent(asking("application", 2));
    metrics.onEvent(failed("application", 2, 0, Reason.NOT_SENT, 3));
    metrics.onEvent(failed("application", 3, 0, Reason.STORE, 4));
    assertLine("everbearer_valid{client=\"chat-api\"} 0.0");
    metrics.onEvent(refreshed("application", 10, 60));
    metrics.onEvent(asking("application", 20));
    metrics.onEvent(failed("application", 20, 50, Reason.NOT_SENT, 2));
    assertLine("everbearer_refreshes_seconds_count{client=\"chat-api\",outcome=\"success\",trigger=\"ahead\"} 2");
    assertLine("everbearer_refreshes_seconds_sum{client=\"chat-api\",outcome=\"success\",trigger=\"ahead\"} 0.5");
    assertLine("everbearer_refreshes_seconds_count{client=\"chat-api\",outcome=\"not-sent\",trigger=\"expired\"} 2");
    assertFalse(registry.scrape().contains("outcome=\"store\""), "asked nobody");
    assertLine("everbearer_valid{client=\"chat-api\"} 1.0");
    assertLine("everbearer_rejections_total{client=\"chat-api\"} 1.0");
    assertLine("everbearer_replays_total{client=\"chat-api\"} 0.0");
    assertLine("everbearer_token_expiry_seconds{client=\"chat-api\"} 40.0");
    assertLine("everbearer_failure_streak{client=\"chat-api\"} 2.0");
  }

  @Test
  void announcement_isEnoughForTheGauge_andCountsNothing() {
    metrics.onEvent(event(Type.HELD, 0, 60));
    assertLine("everbearer_token_expiry_seconds{client=\"chat-api\"} 30.0");
    assertLine("everbearer_valid{client=\"chat-api\"} 1.0");
    assertFalse(registry.scrape().contains("everbearer_refreshes"));
  }

  @Test
  void noTagNamesAnIdentity() {
    for (int i = 0; i < 100; i++) metrics.onEvent(refreshed("identity-" + i, i, 60));
    assertFalse(registry.scrape().contains("identity-"));
    assertEquals(8, registry.getMeters().size(), "seven counters and one timer, whatever the number of users");
  }

  @Test
  void closed_leavesNothingInTheRegistry() {
    metrics.onEvent(refreshed("application", 0, 60));
    metrics.onEvent(failed("application", 2, 0, Reason.NOT_SENT, 3));
    metrics.close();
    assertEquals(List.of(), registry.getMeters());
  }
}
