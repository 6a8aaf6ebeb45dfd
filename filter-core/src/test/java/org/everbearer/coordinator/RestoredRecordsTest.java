package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.everbearer.AccessToken;
import org.everbearer.coordinator.ModelServer.Fault;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.junit.jupiter.api.Test;

/** Records that are older than what is known, and pairs that are handed over again: none is presented a second time. */
class RestoredRecordsTest {
  private final VirtualTime time = new VirtualTime();
  private final ModelServer server = new ModelServer(time);
  private final FailingStore store = new FailingStore(time);

  private RefreshCoordinator.Builder builder(TokenRefresher r) {
    return RefreshCoordinator.builder("test", r)
        .store(store).background(false)
        .refreshMargin(Duration.ofSeconds(10))
        .expirationMargin(Duration.ofSeconds(2))
        .time(time, time.node(), () -> 0);
  }

  private RefreshCoordinator node() {
    return builder(server.refresher(Duration.ofSeconds(10))).build();
  }

  private String token(TokenSource source) throws Exception {
    CompletableFuture<AccessToken> f = source.accessTokenAsync();
    time.run();
    for (int i = 0; i < 400 && !f.isDone(); i++) time.advance(Duration.ofMillis(50));
    assertTrue(f.isDone(), "hangs");
    return f.get().value();
  }

  private void restore(String key, TokenRecord r) throws Exception {
    store.drop(key);
    assertTrue(store.compareAndSet(key, 0, r));
  }

  /** A row of an identity that is older than 8 rotations is put back while the node runs (a table restored from a backup). */
  @Test
  void identityRowOfNineRotationsAgoRestored() throws Exception {
    RefreshCoordinator c = node();
    c.storeTokens("u", server.signIn());
    TokenSource s = c.source("u");
    TokenRecord backup = null;
    for (int i = 0; i < 12; i++) {
      time.advance(Duration.ofSeconds(61));
      token(s);
      if (i == 1) backup = store.stored("test/u");
    }
    restore("test/u", backup);
    time.advance(Duration.ofSeconds(61));
    token(s);
    assertFalse(server.revoked, "an old row's spent refresh token was presented, though memory held its successor of the same family");
  }

  /** The same for the application: 500 rotations (8 hours of one-minute tokens). */
  @Test
  void applicationRecordOf510RotationsAgoRestored() throws Exception {
    RefreshCoordinator c = node();
    c.storeTokens(null, server.signIn());
    TokenSource s = c.application();
    TokenRecord backup = null;
    for (int i = 0; i < 510; i++) {
      time.advance(Duration.ofSeconds(61));
      token(s);
      if (i == 1) backup = store.stored("test");
    }
    restore("test", backup);
    time.advance(Duration.ofSeconds(61));
    token(s);
    assertFalse(server.revoked);
  }

  /** An unanswered presentation, then the record of a minute ago (same refresh token, idle) is put back. */
  @Test
  void idleRecordOfTheSameRefreshTokenRestoredAfterALostReply() throws Exception {
    server.lifetime = Duration.ofMinutes(10);
    server.grace = Duration.ofSeconds(10);
    RefreshCoordinator c = builder(server.refresher(Duration.ofSeconds(10))).reuseGrace(Duration.ofSeconds(10))
        .refreshMargin(Duration.ofMinutes(5)).build();
    c.storeTokens(null, server.signIn());
    TokenRecord backup = store.stored("test");
    time.advance(Duration.ofMinutes(6));
    server.always = Fault.LOST_AFTER_COMMIT;
    String live = token(c.application());
    time.advance(Duration.ofSeconds(60));
    server.always = Fault.NONE;
    assertTrue(server.accepts(live));
    assertFalse(server.revoked);
    restore("test", backup);
    c.refreshNow(null);
    time.advance(Duration.ofSeconds(5));
    token(c.application());
    assertFalse(server.revoked, "presented as new, a minute after the grace, while the access token lives");
  }

  /** The same with nothing put back. */
  @Test
  void lostReplyAlone_isNotPresentedOutsideTheGrace() throws Exception {
    server.lifetime = Duration.ofMinutes(10);
    server.grace = Duration.ofSeconds(10);
    RefreshCoordinator c = builder(server.refresher(Duration.ofSeconds(10))).reuseGrace(Duration.ofSeconds(10))
        .refreshMargin(Duration.ofMinutes(5)).build();
    c.storeTokens(null, server.signIn());
    time.advance(Duration.ofMinutes(6));
    server.always = Fault.LOST_AFTER_COMMIT;
    token(c.application());
    time.advance(Duration.ofSeconds(60));
    server.always = Fault.NONE;
    c.refreshNow(null);
    time.advance(Duration.ofSeconds(5));
    assertFalse(server.revoked);
  }

  /** After a lost reply the application hands over the very pair again that it had handed over at first (as at each start). */
  @Test
  void storeTokensOfThePairThatWasPresentedWithoutAnswer() throws Exception {
    server.lifetime = Duration.ofMinutes(10);
    server.grace = Duration.ofSeconds(10);
    RefreshCoordinator c = builder(server.refresher(Duration.ofSeconds(10))).reuseGrace(Duration.ofSeconds(10))
        .refreshMargin(Duration.ofMinutes(5)).build();
    TokenSet pair = server.signIn();
    c.storeTokens(null, pair);
    time.advance(Duration.ofMinutes(6));
    server.always = Fault.LOST_AFTER_COMMIT;
    token(c.application());
    time.advance(Duration.ofSeconds(60));
    server.always = Fault.NONE;
    c.storeTokens(null, TokenSet.of(pair.accessToken(), pair.refreshToken()).expiresIn(Duration.ofSeconds(100)));
    time.advance(Duration.ofSeconds(95));
    token(c.application());
    time.advance(Duration.ofSeconds(1));
    assertFalse(server.revoked, "IN_FLIGHT was overwritten by IDLE: a presented token is presented again as if new");
  }

  /** Node B hands over the same pair while node A presents it: B presents it, too. */
  @Test
  void storeTokensOfTheSamePairOnAnotherNodeDuringThePresentation() throws Exception {
    RefreshCoordinator[] b = new RefreshCoordinator[1];
    TokenSet pair = server.signIn();
    boolean[] once = {false};
    List<String> presented = new ArrayList<>();
    TokenRefresher slow = current -> {
      presented.add("A:" + current.refreshToken());
      TokenSet answer = server.refresher(Duration.ofSeconds(10)).refresh(current);
      if (!once[0]) {
        once[0] = true;
        // The reply is on its way for a second. Meanwhile the other node:
        b[0].storeTokens("u", TokenSet.of(pair.accessToken(), pair.refreshToken()).expiresIn(Duration.ofSeconds(1)));
        b[0].refreshNow("u");
        time.run();
      }
      return answer;
    };
    TokenRefresher fast = current -> {
      presented.add("B:" + current.refreshToken());
      return server.refresher(Duration.ofSeconds(10)).refresh(current);
    };
    RefreshCoordinator a = builder(slow).build();
    b[0] = builder(fast).build();
    a.storeTokens("u", pair);
    time.advance(Duration.ofSeconds(61));
    try { token(a.source("u")); } catch (Exception e) { }
    assertFalse(server.revoked, "presented: " + presented);
  }

  /** A server that alternates between two refresh tokens, and two nodes. */
  @Test
  void alternatingRefreshTokens_twoNodes() throws Exception {
    int[] n = {0};
    String[] valid = {"R1"};
    List<String> wrong = new ArrayList<>();
    TokenRefresher alternates = current -> {
      if (!current.refreshToken().equals(valid[0])) {
        wrong.add(current.refreshToken() + " in place of " + valid[0]);
        throw new TokenException(Reason.REJECTED, "spent");
      }
      valid[0] = valid[0].equals("R1") ? "R2" : "R1";
      return TokenSet.of("A" + ++n[0], valid[0]).expiresIn(Duration.ofSeconds(60));
    };
    RefreshCoordinator a = builder(alternates).build();
    RefreshCoordinator b = builder(alternates).build();
    a.storeTokens("u", TokenSet.of("A0", "R1").expiresIn(Duration.ofSeconds(60)));
    for (int i = 0; i < 10; i++) {
      time.advance(Duration.ofSeconds(61));
      token(a.source("u"));
      assertEquals(List.of(), wrong, "round " + i);
      time.advance(Duration.ofSeconds(61));
      token(b.source("u"));
      assertEquals(List.of(), wrong, "round " + i);
    }
  }

  /** The owner dies after the presentation; the store's clock is set back; another node takes over an hour later. */
  @Test
  void storeClockSetBackBeforeATakeover() throws Exception {
    server.lifetime = Duration.ofHours(10);
    server.grace = Duration.ofSeconds(10);
    VirtualTime.Node dead = time.node();
    TokenRefresher dies = current -> {
      server.refresher(Duration.ofSeconds(10)).refresh(current);
      dead.kill();
      throw new ThreadDeath();
    };
    RefreshCoordinator a = RefreshCoordinator.builder("test", current -> {
      TokenSet lost = server.refresher(Duration.ofSeconds(10)).refresh(current);
      dead.kill();
      store.failWrites = true;
      throw new TokenException(Reason.AMBIGUOUS, "died");
    }).store(store).background(false).reuseGrace(Duration.ofSeconds(10)).time(time, dead, () -> 0).build();
    a.storeTokens("u", server.signIn());
    a.refreshNow("u");
    time.run();
    store.failWrites = false;
    assertEquals(TokenRecord.Phase.IN_FLIGHT, store.stored("test/u").phase());
    time.advance(Duration.ofMinutes(60));
    time.shiftWallClock(Duration.ofMinutes(-120));
    RefreshCoordinator b = builder(server.refresher(Duration.ofSeconds(10))).reuseGrace(Duration.ofSeconds(10)).build();
    b.source("u").accessTokenAsync();
    time.run();
    b.refreshNow("u");
    time.advance(Duration.ofSeconds(30));
    assertFalse(server.revoked, "sentAt lies in the future by the store's clock, which says that the clock is wrong, and it counts as 'just sent'");
  }
}
