package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.everbearer.Fingerprint;
import org.everbearer.coordinator.ModelServer.Fault;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Trigger;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That each kind of event is told when it happens, once, and with what belongs to it. */
class EveryEventTest {
  private static final Set<Type> TOLD_BY_OTHERS =
      EnumSet.of(Type.LOADED, Type.REFRESHING, Type.REFRESHED, Type.FAILED, Type.ADOPTED, Type.HELD, // EventsTest
          Type.EVENTS_DROPPED); // EventQueueTest

  private final VirtualTime time = new VirtualTime();
  private final ModelServer server = new ModelServer(time);
  private final MemoryTokenStore memory = new MemoryTokenStore(time);
  private final List<TokenEvent> events = new CopyOnWriteArrayList<>();
  private final List<RefreshCoordinator> open = new ArrayList<>();
  private boolean storeIsBroken;
  private int writesLeft = Integer.MAX_VALUE;

  /** In memory, and broken when the test says so. */
  private final TokenStore store = new TokenStore() {
    @Override
    public Snapshot read(String key) throws IOException {
      if (storeIsBroken) throw new IOException("cannot read");
      return memory.read(key);
    }

    @Override
    public boolean compareAndSet(String key, long expected, TokenRecord next) throws IOException {
      if (storeIsBroken || writesLeft-- <= 0) throw new IOException("disk full");
      return memory.compareAndSet(key, expected, next);
    }

    @Override
    public String description() {
      return "a store";
    }
  };

  private RefreshCoordinator start() throws TokenException {
    RefreshCoordinator client = RefreshCoordinator.builder("test", server.refresher(Duration.ofSeconds(10)))
        .store(store)
        .firstTokens(server.signIn())
        .refreshMargin(Duration.ofSeconds(10))
        .expirationMargin(Duration.ofSeconds(2))
        .reuseGrace(server.grace.isZero() ? null : server.grace)
        .node("node")
        .listener(events::add)
        .time(time, time.node(), () -> 0)
        .build();
    open.add(client);
    client.start();
    time.run();
    return client;
  }

  @AfterEach
  void close() {
    open.forEach(RefreshCoordinator::close);
  }

  /** All of this kind; closing has the rest delivered. */
  private List<TokenEvent> told(Type type) {
    close();
    return events.stream().filter(event -> event.type() == type).collect(Collectors.toList());
  }

  private TokenEvent only(Type type) {
    List<TokenEvent> found = told(type);
    assertEquals(1, found.size(), events.toString());
    return found.get(0);
  }

  @Test
  void stored_andCleared() throws Exception {
    RefreshCoordinator client = start();
    client.storeTokens(null, server.signIn());
    client.clearTokens(null);
    assertEquals(Fingerprint.of("A4"), only(Type.STORED).token());
    assertEquals("none", only(Type.CLEARED).token());
  }

  @Test
  void invalidated_byA401_onceAToken() throws Exception {
    RefreshCoordinator client = start();
    client.application().invalidate("A2");
    client.application().invalidate("A2");
    client.application().accessTokenAsync();
    time.run();
    assertEquals(Trigger.REJECTED, only(Type.INVALIDATED).trigger());
    assertEquals(Trigger.REJECTED, only(Type.REFRESHED).trigger());
  }

  @Test
  void invalidated_tellsHowManyTokensWereRejectedInARow_andNeverAccepted() throws Exception {
    RefreshCoordinator client = start();
    TokenSource source = client.application();
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      tokens.add(source.accessToken().value());
      source.invalidate(tokens.get(i));
      time.advance(Duration.ofSeconds(20));
    }
    source.accepted(source.accessToken());
    source.invalidate(source.accessToken().value());
    assertEquals(3, tokens.stream().distinct().count());
    assertEquals(List.of(1, 2, 3, 0), told(Type.INVALIDATED).stream().map(TokenEvent::streak).collect(Collectors.toList()));
  }

  @Test
  void givenUp_isNoRejection_andTheNextCallGetsAnother() throws Exception {
    RefreshCoordinator client = start();
    client.giveUpToken();
    client.giveUpToken();
    assertTrue(client.application().isExpired());
    client.application().accessTokenAsync();
    time.run();
    assertEquals("A4", client.application().token());
    TokenEvent givenUp = only(Type.GIVEN_UP);
    assertEquals("none", givenUp.token());
    assertEquals(Fingerprint.of("A2"), givenUp.detail());
    assertEquals(List.of(), told(Type.INVALIDATED));
  }

  @Test
  void suspectOfADeadFamily_isToldToBeOver() throws Exception {
    RefreshCoordinator client = start();
    server.revoked = true;
    client.application().invalidate("A2");
    time.run();
    assertEquals(Duration.ZERO, only(Type.DEAD).expiresIn());
    assertEquals(Duration.ZERO, only(Type.FAILED).expiresIn());
  }

  @Test
  void replayed_namesTheNodeThatPresentedBefore() throws Exception {
    server.grace = Duration.ofSeconds(30);
    start();
    TokenRecord record = memory.read("test").record();
    memory.compareAndSet("test", record.generation(), record.toBuilder().generation(record.generation() + 1)
        .phase(TokenRecord.Phase.IN_FLIGHT, record.refreshHash()).lease("somebody/1", time.currentTimeMillis() - 1, 1)
        .node("node {}").sent(time.currentTimeMillis(), 1).build());
    time.advance(Duration.ofSeconds(70));
    String detail = told(Type.REPLAYED).get(0).detail();
    assertTrue(detail.matches("presented by node node \\{} at 2023-11-14T22:1\\d:\\d\\dZ, never answered"), detail);
  }

  @Test
  void replayed_whenTheReplyWasLost() throws Exception {
    server.grace = Duration.ofSeconds(30);
    server.faults.add(Fault.LOST_AFTER_COMMIT);
    start();
    time.advance(Duration.ofSeconds(55));
    assertEquals(Trigger.AHEAD, only(Type.REPLAYED).trigger());
    assertEquals(1, told(Type.REFRESHED).size());
    assertEquals(List.of(), told(Type.FAILED));
  }

  @Test
  void dead_whenTheRefreshTokenIsRejected_once() throws Exception {
    server.revoked = true;
    start();
    time.advance(Duration.ofMinutes(10));
    assertEquals("application", only(Type.DEAD).identity());
    assertTrue(told(Type.FAILED).stream().allMatch(event -> event.failure().reason() == Reason.REJECTED));
  }

  @Test
  void servedStale_oncePerStreak() throws Exception {
    RefreshCoordinator client = start();
    server.always = Fault.UNAVAILABLE;
    time.advance(Duration.ofMillis(50_500));
    for (int i = 0; i < 10; i++) assertEquals("A2", client.application().token());
    server.always = Fault.NONE;
    time.advance(Duration.ofSeconds(9));
    String next = client.application().token();
    assertFalse(next.equals("A2"), "the streak has ended");
    server.always = Fault.UNAVAILABLE;
    time.advance(Duration.ofMillis(43_500));
    for (int i = 0; i < 10; i++) assertEquals(next, client.application().token());
    List<TokenEvent> stale = told(Type.SERVED_STALE);
    assertEquals(2, stale.size(), events.toString());
    assertEquals(Reason.TRANSIENT, stale.get(0).failure().reason());
    assertNotNull(stale.get(0).nextTry());
    assertTrue(stale.get(0).expiresIn().compareTo(Duration.ZERO) > 0);
  }

  @Test
  void notSaved_thenSaved() throws Exception {
    start();
    writesLeft = 1; // for the lease, and not for what comes of it
    time.advance(Duration.ofSeconds(51));
    writesLeft = Integer.MAX_VALUE;
    time.advance(Duration.ofSeconds(10));
    assertEquals(Reason.STORE, only(Type.NOT_SAVED).failure().reason());
    only(Type.SAVED);
    List<Type> order = events.stream().map(TokenEvent::type).collect(Collectors.toList());
    assertTrue(order.indexOf(Type.NOT_SAVED) < order.indexOf(Type.SAVED), order.toString());
  }

  @Test
  void storeFailed_whenItCannotBeReached() throws Exception {
    start();
    storeIsBroken = true;
    time.advance(Duration.ofMillis(50_500));
    TokenEvent failed = only(Type.STORE_FAILED);
    assertTrue(failed.failure().getMessage().contains("a store"), failed.toString());
    assertEquals(Reason.STORE, only(Type.FAILED).failure().reason());
  }

  @Test
  void oddToken_oncePerStreak() throws Exception {
    start();
    server.tellLifetime = Duration.ofMillis(-5);
    time.advance(Duration.ofMinutes(12));
    assertTrue(server.calls > 1, "it was handed out again");
    assertTrue(only(Type.ODD_TOKEN).failure().getMessage().contains("has already expired"));
  }

  @Test
  void unchanged_whenTheServerHandsOutTheSameTokenUntilItEnds() throws Exception {
    server.fixedAccessToken = "A0";
    start();
    server.tellLifetime = Duration.ofMillis(9_500);
    time.advance(Duration.ofSeconds(55));
    assertEquals(Trigger.AHEAD, only(Type.UNCHANGED).trigger());
    assertEquals(List.of(), told(Type.FAILED));
    assertEquals(List.of(), told(Type.ODD_TOKEN));
  }

  @Test
  void repaired_whenAnOlderRecordIsPutBack() throws Exception {
    start();
    TokenRecord older = memory.read("test").record();
    time.advance(Duration.ofSeconds(51));
    TokenRecord newer = memory.read("test").record();
    memory.compareAndSet("test", newer.generation(), null);
    memory.compareAndSet("test", 0, older);
    time.advance(Duration.ofSeconds(50));
    TokenEvent repaired = only(Type.REPAIRED);
    assertEquals(Fingerprint.of(older.refreshToken()), repaired.familyBefore());
    assertEquals(Fingerprint.of(newer.refreshToken()), repaired.familyNow());
    assertFalse(server.revoked, "the older refresh token was not presented");
  }

  @Test
  void oldPair_whenTheConfigurationComesWithOne() throws Exception {
    TokenSet first = server.signIn();
    memory.compareAndSet("test", 0, TokenRecord.builder().tokens("A9", "R9")
        .history(List.of(TokenRecord.markOf(first.refreshToken()), "another"), List.of()).build());
    RefreshCoordinator client = RefreshCoordinator.builder("test", server.refresher(Duration.ofSeconds(10)))
        .store(store).firstTokens(first).listener(events::add).time(time, time.node(), () -> 0).build();
    open.add(client);
    client.start();
    assertEquals(Fingerprint.of(first.refreshToken()), only(Type.OLD_PAIR).familyBefore());
    assertEquals(Fingerprint.of("R9"), only(Type.OLD_PAIR).familyNow());
  }

  @Test
  void released_whenASessionHasEndedHere() throws Exception {
    RefreshCoordinator client = start();
    client.storeTokens("alice", server.signIn());
    client.releaseTokens("alice", Duration.ofMinutes(30));
    assertEquals(Fingerprint.of("alice"), only(Type.RELEASED).identity());
    assertEquals(List.of(), told(Type.CLEARED));
  }

  @Test
  void thatIsAllThereIs() {
    Set<Type> here = EnumSet.of(Type.STORED, Type.CLEARED, Type.INVALIDATED, Type.REPLAYED, Type.DEAD,
        Type.SERVED_STALE, Type.NOT_SAVED, Type.SAVED, Type.STORE_FAILED, Type.ODD_TOKEN,
        Type.GIVEN_UP, Type.UNCHANGED, Type.REPAIRED, Type.OLD_PAIR, Type.RELEASED);
    here.addAll(TOLD_BY_OTHERS);
    assertEquals(EnumSet.allOf(Type.class), here, "a new kind of event needs a test");
  }
}
