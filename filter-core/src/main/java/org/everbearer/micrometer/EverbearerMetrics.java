package org.everbearer.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Trigger;
import org.everbearer.TokenListener;

/**
 * Publishes what happens to tokens through Micrometer.
 *
 * <pre>{@code
 * tokens.addListener(new EverbearerMetrics(meterRegistry));   // tokens: BearerTokens.of(servletContext)
 * }</pre>
 *
 * <table>
 * <caption>Meters; all have the tag {@code client}</caption>
 * <tr><td>{@code everbearer.valid}</td><td>gauge: 1 while calls are served the application's token, else 0; there from
 *     the client's start on. Alert on 0</td></tr>
 * <tr><td>{@code everbearer.refreshes}</td><td>timer; tags {@code outcome} ({@code success}, {@code unchanged} if the
 *     token was handed out again that was held already, or why it failed) and {@code trigger} ({@code ahead},
 *     {@code expired}, {@code rejected}, {@code start}, {@code manual}). What asked nobody is no refresh</td></tr>
 * <tr><td>{@code everbearer.rejections}</td><td>counter: 401 answers of resource servers</td></tr>
 * <tr><td>{@code everbearer.replays}, {@code everbearer.adoptions}, {@code everbearer.dead.families},
 *     {@code everbearer.store.failures}, {@code everbearer.unsaved.tokens},
 *     {@code everbearer.dropped.events}</td><td>counters</td></tr>
 * <tr><td>{@code everbearer.token.expiry}</td><td>gauge in seconds, negative once the application's token has
 *     expired, NaN when there is none or nothing tells its end</td></tr>
 * <tr><td>{@code everbearer.failure.streak}</td><td>gauge: refreshes of the application's token that failed in a
 *     row</td></tr>
 * </table>
 *
 * <p>No tag names an identity. The gauges exist for clients with one token for the application. Close it when the
 * web application ends and the registry does not: it then takes its meters out. Safe for use by any number of threads.
 */
public final class EverbearerMetrics implements TokenListener, AutoCloseable {
  private static final String APPLICATION = "application";

  private final MeterRegistry registry;
  private final Clock clock;
  private final ConcurrentMap<String, ClientMeters> clients = new ConcurrentHashMap<>();

  /** Registers nothing yet: the meters of a client come with its first event. The registry stays open. */
  public EverbearerMetrics(MeterRegistry registry) {
    this(registry, Clock.systemUTC());
  }

  EverbearerMetrics(MeterRegistry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  @Override
  public void onEvent(TokenEvent event) {
    ClientMeters meters = clients.computeIfAbsent(event.client(), client -> new ClientMeters(registry, client, clock));
    if (APPLICATION.equals(event.identity())) meters.hold(event);
    switch (event.type()) {
      case REFRESHING:
        meters.asks(event.identity());
        break;
      case REPLAYED:
        meters.asks(event.identity());
        meters.counter(event.type()).increment();
        break;
      case REFRESHED:
        meters.answered(event.identity());
        refresh(event, "success", meters);
        break;
      case UNCHANGED:
        meters.answered(event.identity());
        refresh(event, "unchanged", meters);
        break;
      case FAILED:
        if (meters.answered(event.identity())) refresh(event, word(event.failure().reason()), meters);
        break;
      case LOADED:
      case STORED:
      case CLEARED:
        meters.answered(event.identity());
        break;
      case ADOPTED:
        meters.answered(event.identity());
        meters.counter(event.type()).increment();
        break;
      default:
        Counter counter = meters.counter(event.type());
        if (counter != null) counter.increment(event.count());
    }
  }

  private void refresh(TokenEvent event, String outcome, ClientMeters meters) {
    if (event.duration() == null) return;
    Timer timer = Timer.builder("everbearer.refreshes")
        .description("How long refreshes took, by what came of them and why they began")
        .tags("client", event.client(), "outcome", outcome, "trigger",
            word(event.trigger() == null ? Trigger.MANUAL : event.trigger()))
        .register(registry);
    meters.own(timer);
    timer.record(event.duration());
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Takes the meters out of the registry. What is heard after that makes new ones, so first end the clients. */
  @Override
  public void close() {
    for (ClientMeters meters : clients.values()) meters.removeFrom(registry);
    clients.clear();
  }
}
