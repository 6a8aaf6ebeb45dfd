package org.everbearer.observe;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Type;

/**
 * The clients' state as JSON for pages, each time with the events since the last time. Instants are milliseconds since
 * 1970, and {@code now} says what time it is here. Not thread-safe: one for each reader.
 */
public final class StateJson {
  private final Map<ClientState, Long> told = new HashMap<>();

  /** {@code {"now": …, "clients": […]}}; the first time with all events that are known. */
  public String next(Collection<ClientState> clients) {
    return next(clients, new UncoveredOrigins());
  }

  /** The same, and {@code "uncoveredOrigins": [{"origin": …, "since": …, "advice": …}]}. */
  public String next(Collection<ClientState> clients, UncoveredOrigins uncovered) {
    JsonObject json = new JsonObject();
    json.addProperty("now", System.currentTimeMillis());
    JsonArray array = new JsonArray();
    for (ClientState client : clients) array.add(next(client));
    json.add("clients", array);
    json.add("uncoveredOrigins", uncovered.json());
    return json.toString();
  }

  /** Whether there is an event that was not told yet. */
  public boolean isBehind(Collection<ClientState> clients) {
    for (ClientState client : clients) if (client.timeline.newest() > told.getOrDefault(client, 0L)) return true;
    return false;
  }

  private JsonObject next(ClientState client) {
    JsonArray events = client.timeline.after(told.getOrDefault(client, 0L));
    if (events.size() > 0) {
      told.put(client, events.get(events.size() - 1).getAsJsonObject().get("number").getAsLong());
    }
    JsonObject json = state(client, client.now());
    json.add("events", events);
    return json;
  }

  private static JsonObject state(ClientState client, Instant now) {
    JsonObject json = new JsonObject();
    json.addProperty("client", client.client);
    json.addProperty("state", client.condition(now).name());
    JsonArray sentence = new JsonArray();
    for (Object part : client.sentence(now).parts()) {
      if (part instanceof Instant) sentence.add(((Instant) part).toEpochMilli());
      else sentence.add((String) part);
    }
    json.add("sentence", sentence);
    if (client.isSingle()) held(json, client.known(), now);
    TokenEvent failure = client.lastFailure();
    if (failure != null) json.add("lastFailure", failure(failure));
    json.add("counters", counters(client.counters));
    return json;
  }

  private static void held(JsonObject json, Known known, Instant now) {
    json.addProperty("valid", known.isLive(now));
    if (known.last == null) return;
    json.addProperty("token", known.last.token());
    json.addProperty("generation", known.last.generation());
    json.addProperty("node", known.last.node());
    Timeline.put(json, "expiresAt", known.expiresAt());
    Timeline.put(json, "refreshesAt", known.refreshesAt());
    Timeline.put(json, "refreshingSince", known.asking == null ? null : known.asking.at());
    Timeline.put(json, "failingSince", known.failingSince == null ? null : known.failingSince.at());
    Timeline.put(json, "nextTry", known.nextTry());
  }

  private static JsonObject failure(TokenEvent failed) {
    JsonObject json = new JsonObject();
    json.addProperty("at", failed.at().toEpochMilli());
    json.addProperty("reason", Words.lower(failed.failure().reason()));
    json.addProperty("message", failed.failure().getMessage());
    return json;
  }

  static JsonObject counters(Counters counters) {
    JsonObject json = new JsonObject();
    json.addProperty("refreshed", counters.of(Type.REFRESHED));
    json.addProperty("unchanged", counters.of(Type.UNCHANGED));
    json.addProperty("failed", counters.of(Type.FAILED));
    json.addProperty("rejections", counters.of(Type.INVALIDATED));
    json.addProperty("replays", counters.of(Type.REPLAYED));
    json.addProperty("adoptions", counters.of(Type.ADOPTED));
    json.addProperty("deadFamilies", counters.of(Type.DEAD));
    json.addProperty("storeFailures", counters.of(Type.STORE_FAILED));
    json.addProperty("unsaved", counters.of(Type.NOT_SAVED));
    json.addProperty("eventsDropped", counters.of(Type.EVENTS_DROPPED));
    return json;
  }
}
