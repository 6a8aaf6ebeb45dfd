package org.everbearer.observe;

import static org.everbearer.Happened.at;
import static org.everbearer.Happened.failed;
import static org.everbearer.Happened.refreshed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.everbearer.TokenException.Reason;
import org.junit.jupiter.api.Test;

class StateJsonTest {
  private final SetClock clock = new SetClock();
  private final ClientState state = new ClientState("chat-api", clock);
  private final StateJson json = new StateJson();

  private JsonObject next() {
    JsonObject all = JsonParser.parseString(json.next(List.of(state))).getAsJsonObject();
    assertTrue(all.get("now").getAsLong() > 0);
    return all.getAsJsonArray("clients").get(0).getAsJsonObject();
  }

  @Test
  void eachReader_getsEachEventOnce() {
    state.onEvent(refreshed("application", 0, 60));
    state.onEvent(refreshed("application", 50, 60));
    assertTrue(json.isBehind(List.of(state)));
    assertEquals(2, next().getAsJsonArray("events").size());
    assertFalse(json.isBehind(List.of(state)));
    assertEquals(0, next().getAsJsonArray("events").size());
    state.onEvent(failed("application", 100, 10, Reason.TRANSIENT, 1));
    JsonArray later = next().getAsJsonArray("events");
    assertEquals(1, later.size());
    JsonObject failed = later.get(0).getAsJsonObject();
    assertEquals(3, failed.get("number").getAsInt());
    assertEquals("failed", failed.get("type").getAsString());
    assertEquals("transient", failed.get("reason").getAsString());
    assertEquals(500, failed.get("duration").getAsInt());
    assertEquals(at(110).toEpochMilli(), failed.get("nextTry").getAsLong());
  }

  @Test
  void sentence_keepsItsMomentsForTheReaderToCountDown() {
    state.onEvent(refreshed("application", 0, 60));
    assertEquals("[\"Valid for \"," + at(60).toEpochMilli() + ",\"; refreshes itself in \"," + at(50).toEpochMilli()
        + ",\".\"]", next().getAsJsonArray("sentence").toString());
  }

  @Test
  void timeline_isBoundedInNumber() {
    for (int i = 0; i < 700; i++) state.onEvent(refreshed("application", i, 60));
    JsonArray events = next().getAsJsonArray("events");
    assertEquals(500, events.size());
    assertEquals(201, events.get(0).getAsJsonObject().get("number").getAsInt());
    assertEquals(700, events.get(499).getAsJsonObject().get("number").getAsInt());
  }

  @Test
  void timeline_isBoundedInAge() {
    state.onEvent(refreshed("application", 0, 60));
    state.onEvent(refreshed("application", 6 * 3600 + 1, 60));
    assertEquals(1, next().getAsJsonArray("events").size());
  }
}
