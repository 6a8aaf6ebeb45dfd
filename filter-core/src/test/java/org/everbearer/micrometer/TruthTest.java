package org.everbearer.micrometer;

import static org.everbearer.Happened.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.everbearer.Happened;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenException.Reason;
import org.everbearer.observe.ClientMBean;
import org.everbearer.observe.ClientState;
import org.everbearer.observe.Operations;
import org.everbearer.observe.PrometheusText;
import org.everbearer.observe.StateJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Some hundred events of every kind, as a client of the application and many users makes them, and what Prometheus text,
 * JSON, JMX and Micrometer say of them: each is compared with what has happened, and not with one another.
 */
class TruthTest {
  private static final int STEPS = 400;
  private static final String CLIENT = "{client=\"chat-api\"}";

  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final EverbearerMetrics metrics = new EverbearerMetrics(registry);
  private final ClientState state = new ClientState("chat-api");
  private final Map<String, Long> truth = new TreeMap<>();
  private int second;

  private void happens(TokenEvent... events) {
    for (TokenEvent event : events) {
      metrics.onEvent(event);
      state.onEvent(event);
    }
  }

  private void truly(String what, long times) {
    truth.merge(what, times, Long::sum);
  }

  /** One thing that a client does, with the events that it makes of it. */
  private void step(Random random) {
    String identity = random.nextBoolean() ? "application" : "user-" + random.nextInt(20);
    second++;
    Reason[] reasons = Reason.values();
    Reason reason = reasons[random.nextInt(reasons.length)];
    switch (random.nextInt(14)) {
      case 0:
        happens(Happened.asking(identity, second), Happened.refreshed(identity, second, 60));
        truly("refreshed", 1);
        truly("timer success", 1);
        break;
      case 1:
        happens(Happened.asking(identity, second), Happened.unchanged(identity, second, 60));
        truly("unchanged", 1);
        truly("timer unchanged", 1);
        break;
      case 2:
        happens(Happened.asking(identity, second), Happened.failed(identity, second, 0, reason, 1));
        truly("failed", 1);
        truly("timer " + reason.name().toLowerCase().replace('_', '-'), 1);
        break;
      case 3: // a flight that has asked nobody: the store is away, say, or the family is dead
        happens(Happened.failed(identity, second, 0, reason, 2));
        break;
      case 4: // two presentations, one refresh
        happens(Happened.asking(identity, second), Happened.replayed(identity, second), Happened.refreshed(identity, second, 60));
        truly("refreshed", 1);
        truly("timer success", 1);
        truly("replays", 1);
        break;
      case 5: // asked, and then overtaken by another node; what fails after that has asked nobody
        happens(Happened.asking(identity, second), Happened.of(Type.ADOPTED, identity, second),
            Happened.failed(identity, second, 60, reason, 1));
        truly("adoptions", 1);
        break;
      case 6: // 401s, told one by one
        for (int i = 0; i < 3; i++) happens(Happened.rejected(second, 60, 1, 1));
        truly("rejections", 3);
        break;
      case 7: // and told paced
        happens(Happened.rejected(second, 60, 72, 2));
        truly("rejections", 72);
        break;
      case 8:
        happens(Happened.asking(identity, second), Happened.of(Type.DEAD, identity, second),
            Happened.failed(identity, second, 0, Reason.REJECTED, 1), Happened.failed(identity, second, 0, Reason.REJECTED, 2));
        truly("dead", 1);
        truly("failed", 1);
        truly("timer rejected", 1);
        break;
      case 9:
        happens(Happened.withFailure(Type.STORE_FAILED, second, 60, Reason.STORE));
        truly("storeFailures", 1);
        break;
      case 10:
        happens(Happened.withFailure(Type.NOT_SAVED, second, 60, Reason.STORE), Happened.of(Type.SAVED, "application", second));
        truly("unsaved", 1);
        break;
      case 11:
        int lost = 1 + random.nextInt(100);
        happens(Happened.dropped(second, lost, "com.example.Slow"));
        truly("dropped", lost);
        break;
      case 12:
        happens(Happened.givenUp(second), Happened.of(Type.REPAIRED, identity, second), Happened.of(Type.OLD_PAIR, identity, second),
            Happened.of(Type.RELEASED, "user-1", second), Happened.withFailure(Type.ODD_TOKEN, second, 60, Reason.TRANSIENT),
            Happened.withFailure(Type.SERVED_STALE, second, 10, Reason.TRANSIENT), Happened.of(Type.HELD, "application", second));
        break;
      default:
        Type begins = List.of(Type.LOADED, Type.STORED, Type.CLEARED).get(random.nextInt(3));
        happens(Happened.of(begins, identity, second));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyView_tellsTheTruth(long seed) throws Exception {
    Random random = new Random(seed);
    for (String what : List.of("refreshed", "unchanged", "failed", "replays", "adoptions", "rejections", "dead", "storeFailures",
        "unsaved", "dropped")) truly(what, 0);
    for (int i = 0; i < STEPS; i++) step(random);
    assertTrue(truth.values().stream().allMatch(times -> times > 0), "each kind has happened: " + truth);

    JsonObject json = JsonParser.parseString(new StateJson().next(List.of(state))).getAsJsonObject()
        .getAsJsonArray("clients").get(0).getAsJsonObject().getAsJsonObject("counters");
    Map<String, String> inJson = Map.of("refreshed", "refreshed", "unchanged", "unchanged", "failed", "failed", "replays",
        "replays", "adoptions", "adoptions", "rejections", "rejections", "dead", "deadFamilies", "storeFailures",
        "storeFailures", "unsaved", "unsaved", "dropped", "eventsDropped");
    inJson.forEach((what, name) -> assertEquals(truth.get(what), json.get(name).getAsLong(), "JSON: " + what));

    Map<String, String> inJmx = Map.of("refreshed", "RefreshCount", "unchanged", "UnchangedCount", "failed", "FailureCount",
        "replays", "ReplayCount", "adoptions", "AdoptionCount", "rejections", "RejectionCount", "dead", "DeadFamilyCount",
        "storeFailures", "StoreFailureCount", "dropped", "DroppedEventCount");
    try (ClientMBean bean = ClientMBean.register("/truth", state, NONE)) {
      for (Map.Entry<String, String> each : inJmx.entrySet()) {
        assertEquals(truth.get(each.getKey()), ManagementFactory.getPlatformMBeanServer()
            .getAttribute(bean.name(), each.getValue()), "JMX: " + each.getKey());
      }
    }
    assertMetrics("status servlet", PrometheusText.of(List.of(state), false));
    assertMetrics("Micrometer", registry.scrape());
  }

  private void assertMetrics(String view, String text) {
    Map<String, String> names = Map.of("replays", "replays", "adoptions", "adoptions", "rejections", "rejections", "dead",
        "dead_families", "storeFailures", "store_failures", "unsaved", "unsaved_tokens", "dropped", "dropped_events");
    names.forEach((what, name) -> assertEquals(truth.get(what), sum(text, "everbearer_" + name + "_total" + CLIENT),
        view + ": " + what));
    long timed = 0;
    for (Map.Entry<String, Long> each : truth.entrySet()) {
      if (!each.getKey().startsWith("timer ")) continue;
      String outcome = each.getKey().substring("timer ".length());
      timed += each.getValue();
      assertEquals(each.getValue(), sum(text, "everbearer_refreshes_seconds_count", "outcome=\"" + outcome + "\""),
          view + ": " + outcome);
    }
    assertEquals(timed, sum(text, "everbearer_refreshes_seconds_count"), view + ": and no other refreshes");
  }

  /** Of all lines that begin with the first and hold the rest. */
  private static long sum(String text, String begin, String... parts) {
    return text.lines().filter(line -> line.startsWith(begin) && List.of(parts).stream().allMatch(line::contains))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
  }

  private static final Operations NONE = new Operations() {
    @Override
    public void refreshNow() {}

    @Override
    public void invalidate() {}
  };

  @Test
  void clientThatNeverGotAToken_isSeenToHaveNone() throws Exception {
    happens(Happened.event(Type.HELD, 0, null));
    happens(Happened.failed("application", 1, null, Reason.NOT_SENT, 1));
    for (String text : List.of(PrometheusText.of(List.of(state), false), registry.scrape())) {
      assertTrue(text.lines().anyMatch(("everbearer_valid" + CLIENT + " 0.0")::equals), text);
    }
    try (ClientMBean bean = ClientMBean.register("/truth", state, NONE)) {
      assertEquals(false, ManagementFactory.getPlatformMBeanServer().getAttribute(bean.name(), "Valid"));
    }
    assertTrue(new StateJson().next(List.of(state)).contains("\"valid\":false"), "since " + at(0));
  }
}
