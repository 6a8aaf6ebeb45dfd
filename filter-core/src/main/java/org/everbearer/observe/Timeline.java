package org.everbearer.observe;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.everbearer.TokenEvent;

/** The recent events of a client, numbered, for a page to draw. Bounded in number and age. */
final class Timeline {
  private static final int LONGEST = 500;
  private static final Duration OLDEST = Duration.ofHours(6);

  // Guarded by this object's monitor, under which nothing but memory is touched.
  private final Deque<Entry> entries = new ArrayDeque<>();
  private long newest;

  void add(TokenEvent event) {
    JsonObject json = json(event);
    synchronized (this) {
      json.addProperty("number", ++newest);
      entries.addLast(new Entry(newest, event.at(), json));
      Instant oldest = event.at().minus(OLDEST);
      while (entries.size() > LONGEST || entries.getFirst().at.isBefore(oldest)) entries.removeFirst();
    }
  }

  synchronized long newest() {
    return newest;
  }

  /** Those with a higher number, oldest first. */
  synchronized JsonArray after(long number) {
    JsonArray later = new JsonArray();
    for (Entry entry : entries) if (entry.number > number) later.add(entry.json);
    return later;
  }

  private static JsonObject json(TokenEvent event) {
    JsonObject json = new JsonObject();
    json.addProperty("type", Words.lower(event.type()));
    json.addProperty("at", event.at().toEpochMilli());
    json.addProperty("identity", event.identity());
    json.addProperty("node", event.node());
    if (event.trigger() != null) json.addProperty("trigger", Words.lower(event.trigger()));
    if (event.duration() != null) json.addProperty("duration", event.duration().toMillis());
    if (event.count() != 1) json.addProperty("count", event.count());
    json.addProperty("token", event.token());
    json.addProperty("generation", event.generation());
    if (event.familyBefore() != null) json.addProperty("familyBefore", event.familyBefore());
    if (event.familyNow() != null) json.addProperty("familyNow", event.familyNow());
    if (event.endUnknown()) json.addProperty("endUnknown", true);
    put(json, "expiresAt", Known.end(event, event.expiresIn()));
    put(json, "refreshesAt", Known.end(event, event.refreshesIn()));
    put(json, "nextTry", event.nextTry());
    if (event.failure() != null) {
      json.addProperty("reason", Words.lower(event.failure().reason()));
      json.addProperty("message", event.failure().getMessage());
      json.addProperty("streak", event.streak());
    }
    return json;
  }

  static void put(JsonObject json, String name, Instant moment) {
    if (moment != null) json.addProperty(name, moment.toEpochMilli());
  }

  private static final class Entry {
    private final long number;
    private final Instant at;
    /** Not changed any more once it is here. */
    private final JsonObject json;

    private Entry(long number, Instant at, JsonObject json) {
      this.number = number;
      this.at = at;
      this.json = json;
    }
  }
}
