package org.everbearer.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.everbearer.Happened;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenException.Reason;
import org.everbearer.observe.ClientState;
import org.everbearer.observe.PrometheusText;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The status servlet and Micrometer tell Prometheus the same: names, types, help, labels and values. Neither package
 * may know the other, so what they have in common is held together here.
 */
class SameMetricsTest {
  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final EverbearerMetrics metrics = new EverbearerMetrics(registry);
  private final ClientState state = new ClientState("chat-api");

  private void happens(TokenEvent event) {
    metrics.onEvent(event);
    state.onEvent(event);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bothSayTheSame(boolean openMetrics) {
    happens(Happened.refreshed("application", 0, 60));
    for (Type type : Type.values()) {
      boolean plain = type != Type.REFRESHED && type != Type.FAILED;
      if (plain) happens(Happened.event(type, 1, 60));
    }
    for (Reason reason : Reason.values()) happens(Happened.failed("application", 2, 60, reason, 1));
    happens(Happened.refreshed("a-user", 3, 60));
    String format = openMetrics ? PrometheusText.OPEN_METRICS : PrometheusText.CONTENT_TYPE;
    Map<String, String> ours = facts(PrometheusText.of(List.of(state), openMetrics));
    Map<String, String> micrometers = facts(registry.scrape(format));
    // A timer's largest value of late, which Micrometer forgets by a clock of its own.
    micrometers.keySet().removeIf(fact -> fact.contains("everbearer_refreshes_seconds_max"));
    // By the wall clock, and so by when it was asked.
    assertTrue(ours.containsKey("everbearer_token_expiry_seconds{client=\"chat-api\"}"), ours.toString());
    ours.replace("everbearer_token_expiry_seconds{client=\"chat-api\"}", "now");
    micrometers.replace("everbearer_token_expiry_seconds{client=\"chat-api\"}", "now");
    assertTrue(ours.size() > 30, ours.toString());
    assertEquals(ours.toString().replace(", ", "\n"), micrometers.toString().replace(", ", "\n"));
  }

  /** Each line's subject and what it says of it; numbers by their value, whatever their spelling. */
  private static Map<String, String> facts(String text) {
    Map<String, String> facts = new TreeMap<>();
    for (String line : text.split("\n")) {
      if (line.startsWith("# EOF") || line.isBlank()) continue;
      int end = line.startsWith("#") ? line.indexOf(' ', line.indexOf(' ', 2) + 1) : line.lastIndexOf(' ');
      String value = line.substring(end + 1);
      facts.put(subject(line.substring(0, end)), line.startsWith("#") ? value : "" + Double.parseDouble(value));
    }
    return facts;
  }

  private static String subject(String text) {
    int open = text.indexOf('{');
    if (open < 0) return text;
    String labels = text.substring(open + 1, text.lastIndexOf('}'));
    return text.substring(0, open) + "{" + String.join(",", new TreeSet<>(List.of(labels.split(",")))) + "}";
  }
}
