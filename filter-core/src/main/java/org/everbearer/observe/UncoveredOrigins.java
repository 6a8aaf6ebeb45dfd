package org.everbearer.observe;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.everbearer.Origin;

/**
 * Servers that answered 401 to a request without a token and that no client covers: perhaps an {@code allowedOrigins}
 * that is not written as the application calls. Each is told once, and no more than 100 are. Safe for use by any number
 * of threads.
 */
public final class UncoveredOrigins {
  /** Who can make the application call many servers must not fill log and memory. */
  static final int MOST = 100;

  private static final class Uncovered {
    private final Origin origin;
    private final Instant at;
    private final String advice;

    private Uncovered(Origin origin, Instant at, String advice) {
      this.origin = origin;
      this.at = at;
      this.advice = advice;
    }
  }

  private final Set<Origin> known = ConcurrentHashMap.newKeySet();
  // Replaced, never changed, under this object's monitor; read by anybody.
  private volatile List<Uncovered> told = Collections.emptyList();

  /** For one web application, which has had none so far. */
  public UncoveredOrigins() {}

  /**
   * @param allowed each client's name and the origins that may receive its token; none of them is this one
   * @return what is to be said of it, or null if it has been said
   */
  public String refused(Origin origin, Map<String, List<Origin>> allowed) {
    if (known.contains(origin) || told.size() >= MOST) return null;
    String advice = OriginAdvice.of(origin, allowed);
    synchronized (this) {
      if (told.size() >= MOST || !known.add(origin)) return null;
      List<Uncovered> more = new ArrayList<>(told);
      more.add(new Uncovered(origin, Instant.now(), advice));
      told = Collections.unmodifiableList(more);
      return more.size() < MOST ? advice : advice + ". This is the last one of " + MOST + " that are told";
    }
  }

  /** What was said of each, the oldest first. */
  public List<String> advice() {
    List<String> all = new ArrayList<>();
    for (Uncovered each : told) all.add(each.advice);
    return all;
  }

  JsonArray json() {
    JsonArray all = new JsonArray();
    for (Uncovered each : told) {
      JsonObject json = new JsonObject();
      json.addProperty("origin", each.origin.toString());
      json.addProperty("since", each.at.toEpochMilli());
      json.addProperty("advice", each.advice);
      all.add(json);
    }
    return all;
  }
}
