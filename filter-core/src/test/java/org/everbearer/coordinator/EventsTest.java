package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.everbearer.Fingerprint;
import org.everbearer.coordinator.ModelServer.Fault;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Trigger;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenException;
import org.everbearer.TokenRecord;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.Test;

/** What a listener hears, and with which particulars. Closing a client delivers what was queued. */
class EventsTest {
  private final VirtualTime time = new VirtualTime();
  private final ModelServer server = new ModelServer(time);
  private final MemoryTokenStore store = new MemoryTokenStore(time);
  private final TokenSet first = server.signIn();
  private final List<TokenEvent> one = new CopyOnWriteArrayList<>();
  private final List<TokenEvent> two = new CopyOnWriteArrayList<>();

  private RefreshCoordinator start(String node, List<TokenEvent> events) throws TokenException {
    RefreshCoordinator client = RefreshCoordinator.builder("test", server.refresher(Duration.ofSeconds(10)))
        .store(store)
        .firstTokens(first)
        .refreshMargin(Duration.ofSeconds(10))
        .expirationMargin(Duration.ofSeconds(2))
        .node(node)
        .listener(events::add)
        .time(time, time.node(), () -> 0)
        .build();
    client.start();
    time.run();
    return client;
  }

  private static List<Type> types(List<TokenEvent> events) {
    return events.stream().map(TokenEvent::type).collect(Collectors.toList());
  }

  private static TokenEvent only(Type type, List<TokenEvent> events) {
    List<TokenEvent> found = events.stream().filter(e -> e.type() == type).collect(Collectors.toList());
    assertEquals(1, found.size(), events.toString());
    return found.get(0);
  }

  @Test
  void refresh_isToldWhenItBeginsAndWhenItSucceeds() throws Exception {
    RefreshCoordinator client = start("a", one);
    time.advance(Duration.ofSeconds(51));
    client.close();
    assertEquals(List.of(Type.LOADED, Type.REFRESHING, Type.REFRESHED), types(one));
    TokenEvent refreshed = only(Type.REFRESHED, one);
    assertEquals(Trigger.AHEAD, refreshed.trigger());
    assertEquals("a", refreshed.node());
    assertEquals(Duration.ofSeconds(60), refreshed.expiresIn());
    assertEquals(Duration.ofSeconds(50), refreshed.refreshesIn());
    assertEquals(Fingerprint.of("A4"), refreshed.token());
  }

  @Test
  void failure_tellsHowLongItTookAndWhenTheNextTryIs() throws Exception {
    server.faults.add(Fault.UNAVAILABLE);
    RefreshCoordinator client = start("a", one);
    time.advance(Duration.ofMillis(50_500));
    client.close();
    TokenEvent failed = only(Type.FAILED, one);
    assertEquals(Duration.ZERO, failed.duration());
    assertEquals(1, failed.streak());
    assertEquals(failed.at().plusSeconds(1), failed.nextTry());
    assertEquals(Duration.ofSeconds(10), failed.expiresIn());
  }

  @Test
  void adoption_namesTheNodeThatRefreshed() throws Exception {
    RefreshCoordinator a = start("node/a", one);
    RefreshCoordinator b = start("b", two);
    time.advance(Duration.ofSeconds(51));
    a.close();
    b.close();
    List<TokenEvent> adopter = types(one).contains(Type.ADOPTED) ? one : two;
    TokenEvent adopted = only(Type.ADOPTED, adopter);
    assertEquals(adopter == one ? "b" : "node/a", adopted.node());
    assertFalse(types(adopter).contains(Type.REFRESHED));
  }

  @Test
  void adoptionOfWhatAPersonEdited_namesNobody() throws Exception {
    RefreshCoordinator client = start("a", one);
    TokenRecord edited = TokenRecord.builder().generation(7).tokens("X1", "X2")
        .expiry(time.currentTimeMillis() + 60_000, 60_000).build();
    store.compareAndSet("test", store.read("test").generation(), edited);
    time.advance(Duration.ofSeconds(51));
    client.close();
    assertNull(only(Type.ADOPTED, one).node());
  }

  @Test
  void announcement_tellsWhatIsHeld() throws Exception {
    RefreshCoordinator client = start("a", one);
    client.announce();
    client.close();
    TokenEvent held = only(Type.HELD, one);
    assertEquals(Fingerprint.of("A2"), held.token());
    assertEquals(Duration.ofSeconds(60), held.expiresIn());
    assertTrue(types(one).indexOf(Type.HELD) > types(one).indexOf(Type.LOADED));
  }
}
