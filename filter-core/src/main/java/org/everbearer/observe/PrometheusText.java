package org.everbearer.observe;

import java.util.Collection;
import java.util.function.Function;
import org.everbearer.TokenEvent.Type;

/** The counters and gauges of all clients in Prometheus' text format 0.0.4, or as OpenMetrics 1.0. */
public final class PrometheusText {
  /** Of the Prometheus text format. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
  /** Of the OpenMetrics text format. */
  public static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final Collection<ClientState> clients;
  private final boolean openMetrics;
  private final StringBuilder text = new StringBuilder();

  private PrometheusText(Collection<ClientState> clients, boolean openMetrics) {
    this.clients = clients;
    this.openMetrics = openMetrics;
  }

  /** The whole text. The names are those that Micrometer's Prometheus registry makes of ours. */
  public static String of(Collection<ClientState> clients, boolean openMetrics) {
    return new PrometheusText(clients, openMetrics).write();
  }

  private String write() {
    refreshes();
    counter("everbearer_rejections", "Access tokens that a resource server rejected", Type.INVALIDATED);
    counter("everbearer_replays", "Refreshes presented again because they were not answered", Type.REPLAYED);
    counter("everbearer_adoptions", "Tokens taken over from another node", Type.ADOPTED);
    counter("everbearer_dead_families", "Refresh tokens that were rejected", Type.DEAD);
    counter("everbearer_store_failures", "Failed reads and writes of the token store", Type.STORE_FAILED);
    counter("everbearer_unsaved_tokens", "New tokens that could not be saved at once", Type.NOT_SAVED);
    counter("everbearer_dropped_events", "Events that were not told because a listener is too slow", Type.EVENTS_DROPPED);
    gauge("everbearer_valid", "Whether calls are served a token: 1, or 0",
        client -> client.isSingle() ? client.valid(client.now()) ? 1.0 : 0.0 : null);
    gauge("everbearer_token_expiry_seconds", "Until the application's token expires; negative since then",
        client -> client.secondsToExpiry(client.now()));
    gauge("everbearer_failure_streak", "Refreshes of the application's token that failed in a row",
        client -> !client.isSingle() ? null : client.known().failure == null ? 0.0 : client.known().failure.streak());
    if (openMetrics) text.append("# EOF\n");
    return text.toString();
  }

  private void refreshes() {
    head("everbearer_refreshes_seconds", "summary", "How long refreshes took, by what came of them and why they began");
    for (ClientState client : clients) {
      for (Counters.Refreshes same : client.counters.refreshes()) {
        String labels = label("client", client.client) + "," + label("outcome", same.outcome) + ","
            + label("trigger", same.trigger);
        sample("everbearer_refreshes_seconds_count", labels, Long.toString(same.count.sum()));
        sample("everbearer_refreshes_seconds_sum", labels, Double.toString(same.nanos.sum() / 1e9));
      }
    }
  }

  private void counter(String name, String help, Type type) {
    head(openMetrics ? name : name + "_total", "counter", help);
    for (ClientState client : clients) {
      sample(name + "_total", label("client", client.client), Long.toString(client.counters.of(type)));
    }
  }

  private void gauge(String name, String help, Function<ClientState, Double> value) {
    head(name, "gauge", help);
    for (ClientState client : clients) {
      Double now = value.apply(client);
      if (now != null) sample(name, label("client", client.client), now.toString());
    }
  }

  private void head(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n')
        .append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private void sample(String name, String labels, String value) {
    text.append(name).append('{').append(labels).append("} ").append(value).append('\n');
  }

  private static String label(String name, String value) {
    return name + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }
}
