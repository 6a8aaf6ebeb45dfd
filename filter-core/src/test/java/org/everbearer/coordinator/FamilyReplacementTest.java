package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.everbearer.Fingerprint;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRecord.Phase;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pair that was ever seen is never new, wherever it comes from; a new one is taken up, and said so. */
class FamilyReplacementTest {
  private final OneNode one = new OneNode();
  private final ModelServer server = one.server;
  private final VirtualTime time = one.time;

  @AfterEach
  void close() {
    one.close();
  }

  private RefreshCoordinator startedWith(TokenSet configured) throws TokenException {
    RefreshCoordinator again = one.builder().firstTokens(configured).build();
    again.start();
    time.run();
    return again;
  }

  /** The second process lives on what is stored, and so does the first one afterwards. */
  private void oldPairChangesNothing(TokenSet old) throws TokenException {
    String live = one.token(one.client.application());
    try (RefreshCoordinator again = startedWith(old)) {
      assertEquals(live, one.token(again.application()));
      one.seconds(61);
      assertTrue(server.accepts(one.token(again.application())));
      assertTrue(server.accepts(one.token(one.client.application())));
      assertFalse(server.revoked, "an old pair was presented");
    }
  }

  private void rotate(int times) {
    for (int i = 0; i < times; i++) {
      one.seconds(61);
      assertTrue(server.accepts(one.token(one.client.application())));
    }
  }

  @Test
  void firstPairOfAFamilyThatHasMovedOn_isOld() throws Exception {
    TokenSet first = server.signIn();
    one.start(one.builder().firstTokens(first));
    rotate(12);
    oldPairChangesNothing(first);
    oldPairChangesNothing(TokenSet.of(null, first.refreshToken()));
    oldPairChangesNothing(TokenSet.of("accessTokenWasRemoved", first.refreshToken()));
  }

  @Test
  void pairOfYesterday_isOld() throws Exception {
    one.startSignedIn();
    rotate(3);
    TokenRecord yesterday = one.store.stored("test");
    rotate(300);
    oldPairChangesNothing(TokenSet.of(yesterday.accessToken(), yesterday.refreshToken()));
  }

  @Test
  void pairThatWasReplacedByANewerOne_isOld_alsoAfterTheRollBack() throws Exception {
    TokenSet before = server.signIn();
    one.start(one.builder().firstTokens(before));
    one.close();
    one.start(one.builder().firstTokens(server.signIn()));
    rotate(2);
    oldPairChangesNothing(before);
  }

  @Test
  void oldPair_isTold_butThePairFromWhichTheFamilyBeganIsNot() throws Exception {
    TokenSet before = server.signIn();
    TokenSet first = server.signIn();
    one.start(one.builder().firstTokens(before));
    one.close();
    one.start(one.builder().firstTokens(first));
    rotate(2);
    startedWith(first).close();
    startedWith(before).close();
    List<TokenEvent> told = one.told();
    assertEquals(1, told.stream().filter(e -> e.type() == TokenEvent.Type.OLD_PAIR).count());
    TokenEvent replaced = told.stream().filter(e -> e.type() == TokenEvent.Type.LOADED && e.familyBefore() != null
        && !e.familyBefore().equals("none")).findFirst().orElseThrow();
    assertEquals(Fingerprint.of(before.refreshToken()), replaced.familyBefore(), "says from what");
    assertEquals(Fingerprint.of(first.refreshToken()), replaced.familyNow(), "to what");
  }

  @Test
  void olderRecordPutBack_isRepairedFromMemory_wheneverItIsMet() throws Exception {
    one.startSignedIn();
    rotate(1);
    TokenRecord backup = one.store.stored("test");
    rotate(4);
    String newest = one.store.stored("test").refreshToken();
    one.store.drop("test");
    one.store.compareAndSet("test", 0, backup);
    one.seconds(61);
    assertTrue(server.accepts(one.token(one.client.application())));
    assertFalse(server.revoked, "the older pair was presented");
    assertTrue(one.store.stored("test").spent().contains(TokenRecord.markOf(newest)), "the newest pair was");
    assertEquals(1, one.told(TokenEvent.Type.REPAIRED));
  }

  @Test
  void pairThatAPersonEditsIntoTheStore_isTakenUp_andItsOriginIsKnownLater() throws Exception {
    one.startSignedIn();
    rotate(2);
    TokenSet edited = server.signIn();
    TokenRecord stored = one.store.stored("test");
    one.store.compareAndSet("test", stored.generation(), TokenRecord.builder().generation(stored.generation() + 1)
        .tokens(null, edited.refreshToken()).build());
    rotate(3);
    oldPairChangesNothing(edited);
  }

  @Test
  void deadFamily_isNotRevivedByItsOwnFirstPair() throws Exception {
    TokenSet first = server.signIn();
    one.start(one.builder().firstTokens(first));
    rotate(2);
    server.revoked = true;
    one.seconds(61);
    assertEquals("REJECTED", one.token(one.client.application()));
    int calls = server.calls;
    try (RefreshCoordinator again = startedWith(first)) {
      assertEquals("REJECTED", one.token(again.application()));
      assertEquals(calls, server.calls);
      assertEquals(Phase.DEAD, one.store.stored("test").phase());
    }
  }

  @Test
  void clearedTokens_areNotBroughtBackByTheConfiguration() throws Exception {
    TokenSet first = server.signIn();
    one.start(one.builder().firstTokens(first));
    rotate(1);
    one.client.clearTokens(null);
    try (RefreshCoordinator again = startedWith(first)) {
      assertEquals("NO_TOKENS", one.token(again.application()));
    }
    TokenSet anew = server.signIn();
    try (RefreshCoordinator again = startedWith(anew)) {
      assertEquals(anew.accessToken(), one.token(again.application()));
    }
  }

  // --- one flight per key, whoever holds which source

  @Test
  void olderSource_afterSignInSignOutAndSignIn_presentsOnce() throws Exception {
    one.client = one.builder().build();
    TokenSource older = one.client.source("bob");
    one.client.storeTokens("bob", server.signIn());
    TokenSource old = one.client.source("bob");
    one.client.clearTokens("bob");
    assertEquals("NO_TOKENS", one.token(older));
    TokenSet anew = server.signIn();
    one.client.storeTokens("bob", anew);
    assertEquals(anew.accessToken(), older.token(), "at once");
    assertEquals(anew.accessToken(), old.token());
    one.seconds(61);
    older.tokenAsync();
    old.tokenAsync();
    one.client.source("bob").tokenAsync();
    time.run();
    assertEquals(1, server.calls);
  }

  @Test
  void sourceHeldAcrossAnEviction_sharesTheFlightOfItsSuccessor() throws Exception {
    one.client = one.builder().maxIdentities(1).build();
    one.client.storeTokens("bob", server.signIn());
    TokenSource held = one.client.source("bob");
    one.seconds(61);
    for (int i = 0; i < 3; i++) one.client.source("other" + i);
    TokenSource now = one.client.source("bob");
    assertFalse(held == now, "it was forgotten");
    held.tokenAsync();
    now.tokenAsync();
    time.run();
    assertEquals(1, server.calls);
    assertEquals(now.token(), held.token());
    assertFalse(server.revoked);
  }

  @Test
  void familyInTheMidstOfARefresh_isNotForgotten() throws Exception {
    one.client = one.builder().maxIdentities(1).build();
    one.client.storeTokens("bob", server.signIn());
    TokenSource held = one.client.source("bob");
    one.seconds(61);
    one.beforeAnswer = () -> {
      one.beforeAnswer = () -> {};
      for (int i = 0; i < 3; i++) one.client.source("other" + i);
      one.client.source("bob").tokenAsync();
      time.run();
    };
    held.tokenAsync();
    time.run();
    assertEquals(1, server.calls);
    assertTrue(server.accepts(held.token()));
  }
}
