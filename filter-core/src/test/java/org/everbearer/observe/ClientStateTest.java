package org.everbearer.observe;

import static org.everbearer.Happened.asking;
import static org.everbearer.Happened.at;
import static org.everbearer.Happened.event;
import static org.everbearer.Happened.failed;
import static org.everbearer.Happened.refreshed;
import static org.everbearer.Happened.withFailure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.everbearer.Happened;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenException.Reason;
import org.everbearer.observe.ClientState.Tokens;
import org.junit.jupiter.api.Test;

class ClientStateTest {
  private final SetClock clock = new SetClock();
  private final ClientState state = new ClientState("chat-api", clock);

  private void expect(int second, String condition, String sentence) {
    clock.set(at(second));
    assertEquals(condition + " " + sentence, state.condition() + " " + state.sentence());
  }

  private void after(TokenEvent... events) {
    for (TokenEvent event : events) state.onEvent(event);
  }

  @Test
  void beforeAnything() {
    expect(0, "STARTING", "Not used yet; the first call gets a token.");
  }

  @Test
  void validToken_countsDown() {
    after(refreshed("application", 0, 60));
    expect(19, "VALID", "Valid for 41 s; refreshes itself in 31 s.");
    expect(55, "VALID", "Valid for 5.0 s; is due to be refreshed.");
    expect(61, "EXPIRED", "Expired; the next call refreshes it.");
  }

  @Test
  void withoutBackground_aCallIsNeeded() {
    state.describe(Tokens.APPLICATION, false);
    after(refreshed("application", 0, 60));
    expect(19, "VALID", "Valid for 41 s; refreshed by the first call in 31 s.");
    expect(55, "VALID", "Valid for 5.0 s; the next call refreshes it.");
  }

  @Test
  void familyThatDiedElsewhere_isDeadHereToo_untilThereAreNewTokens() {
    after(refreshed("application", 0, 60), failed("application", 50, 10, Reason.REJECTED, 1));
    expect(51, "DEAD", "The refresh token was rejected; sign in again, or configure new tokens. The present token is"
        + " valid for 9.0 s. What led there: the endpoint said REJECTED.");
    after(failed("application", 61, 0, Reason.STORE, 2));
    expect(62, "DEAD", "The refresh token was rejected; sign in again, or configure new tokens. What led there: the endpoint"
        + " said REJECTED.");
    after(event(Type.STORED, 70, 60));
    expect(70, "VALID", "Valid for 1 min; refreshes itself in 50 s.");
  }

  @Test
  void refreshOnItsWay() {
    after(refreshed("application", 0, 60), event(Type.REFRESHING, 50, 10));
    expect(51, "REFRESHING", "Valid for 9.0 s; the next token is being fetched.");
    expect(61, "FETCHING", "No valid token; a new one is being fetched.");
    after(refreshed("application", 62, 60));
    expect(62, "VALID", "Valid for 1 min; refreshes itself in 50 s.");
  }

  @Test
  void failures_tellTheReasonAndTheNextTry() {
    after(refreshed("application", 0, 60), event(Type.REFRESHING, 50, 10), failed("application", 50, 10, Reason.TRANSIENT, 1));
    expect(51, "FAILING", "The identity server is having trouble. The present token is valid for 9.0 s; next try in 9.0 s.");
    after(failed("application", 60, 0, Reason.NOT_SENT, 2));
    expect(61, "DOWN", "No valid token: the identity server cannot be reached; next try in 9.0 s.");
    assertEquals(at(50), state.known().failingSince.at());
    after(refreshed("application", 70, 60));
    expect(70, "VALID", "Valid for 1 min; refreshes itself in 50 s.");
    assertNull(state.known().failingSince);
    assertEquals(Reason.NOT_SENT, state.lastFailure().failure().reason());
  }

  @Test
  void deadFamily_untilSomebodyActs() {
    after(refreshed("application", 0, 60), event(Type.REFRESHING, 50, 10), event(Type.DEAD, 50, 10),
        failed("application", 50, 10, Reason.REJECTED, 1));
    String led = " What led there: presented by node node-a at 2026-01-01T00:00:50Z, rejected: the endpoint said REJECTED.";
    expect(51, "DEAD", "The refresh token was rejected; sign in again, or configure new tokens. The present token is valid for"
        + " 9.0 s." + led);
    expect(61, "DEAD", "The refresh token was rejected; sign in again, or configure new tokens." + led);
    after(failed("application", 70, 0, Reason.REJECTED, 2), failed("application", 80, 0, Reason.REJECTED, 3));
    expect(85, "DEAD", "The refresh token was rejected; sign in again, or configure new tokens." + led);
    assertEquals(4, state.timeline.newest(), "one end, however often a call fails after it");
    assertEquals(at(50), state.lastFailure().at());
    assertEquals(1, state.counters.of(Type.FAILED));
    assertNull(state.known().nextTry());
    assertNull(state.known().refreshesAt());
    after(event(Type.STORED, 70, 60));
    expect(71, "VALID", "Valid for 59 s; refreshes itself in 49 s.");
  }

  @Test
  void unsavedTokens_areSaidUntilTheyAreSaved() {
    after(refreshed("application", 0, 60), withFailure(Type.NOT_SAVED, 0, 60, Reason.STORE));
    expect(10, "VALID", "Valid for 50 s; refreshes itself in 40 s. The newest tokens are not saved yet: do not stop this process.");
    after(event(Type.SAVED, 11, 49));
    expect(11, "VALID", "Valid for 49 s; refreshes itself in 39 s.");
  }

  @Test
  void rejectedToken_isNotValid() {
    after(refreshed("application", 0, 60), event(Type.INVALIDATED, 10, 0));
    expect(10, "EXPIRED", "Expired; the next call refreshes it.");
  }

  @Test
  void clearedTokens() {
    after(refreshed("application", 0, 60), event(Type.CLEARED, 10, null));
    expect(10, "EXPIRED", "The tokens were cleared; sign in again, or hand over new ones.");
    assertNull(state.secondsToExpiry(at(10)));
  }

  @Test
  void onlyARefreshToken_isEnoughToBegin() {
    after(event(Type.LOADED, 0, null));
    expect(1, "EXPIRED", "No token yet; the next call gets one.");
  }

  @Test
  void perUser_onlyCountersAreKept() {
    state.describe(Tokens.PER_USER, false);
    after(refreshed("ab12", 0, 60));
    expect(1, "PER_USER", "Each user has tokens of their own. Since the start 1 refresh succeeded and 0 failed.");
    after(refreshed("cd34", 0, 60), asking("cd34", 50), failed("cd34", 50, 10, Reason.TRANSIENT, 1));
    expect(51, "PER_USER", "Each user has tokens of their own. Since the start 2 refreshes succeeded and 1 failed.");
    assertNull(state.known().last);
    assertNull(state.secondsToExpiry(at(51)));
    assertEquals(Reason.TRANSIENT, state.lastFailure().failure().reason());
  }

  @Test
  void deathAfterALostReply_tellsWhatLedThere() {
    after(refreshed("application", 0, 60), event(Type.REFRESHING, 34, 26), failed("application", 35, 25, Reason.AMBIGUOUS, 1),
        event(Type.REPLAYED, 51, 9), event(Type.DEAD, 51, 9), failed("application", 51, 9, Reason.REJECTED, 2));
    expect(61, "DEAD", "The refresh token was rejected; sign in again, or configure new tokens. What led there: presented by"
        + " node node-a at 2026-01-01T00:00:34Z, never answered, presented again after 17 s, rejected: the endpoint said"
        + " REJECTED.");
  }

  @Test
  void deathThatAnotherNodeBeganWith() {
    after(event(Type.LOADED, 0, 60), Happened.replayed(51, "presented by node b at 2026-01-01T00:00:34Z, never answered"),
        Happened.replayed(55, null), failed("application", 55, 5, Reason.REJECTED, 1));
    expect(61, "DEAD", "The refresh token was rejected; sign in again, or configure new tokens. What led there: presented by"
        + " node b at 2026-01-01T00:00:34Z, never answered, presented again by node node-a at 2026-01-01T00:00:51Z, never"
        + " answered, presented again after 4.0 s, rejected: the endpoint said REJECTED.");
  }

  @Test
  void whatWasNotSentOrWasAnswered_isNoPartOfADeath() {
    after(refreshed("application", 0, 60), event(Type.REFRESHING, 30, 30), failed("application", 30, 30, Reason.NOT_SENT, 1),
        event(Type.REFRESHING, 31, 29), failed("application", 31, 29, Reason.TRANSIENT, 2),
        event(Type.REFRESHING, 40, 20), failed("application", 40, 20, Reason.REJECTED, 3));
    assertEquals("presented by node node-a at 2026-01-01T00:00:40Z, rejected: the endpoint said REJECTED", state.known().death);
  }

  @Test
  void hostThatWasNeverReached_isProbablyATypo() {
    after(event(Type.HELD, 0, null), failed("application", 0, null, Reason.NOT_SENT, 1));
    expect(1, "DOWN", "No valid token: the identity server cannot be reached, and has not been since the start: check its"
        + " address; next try in 9.0 s.");
    after(refreshed("application", 2, 1), failed("application", 3, 0, Reason.NOT_SENT, 1));
    expect(4, "DOWN", "No valid token: the identity server cannot be reached; next try in 9.0 s.");
  }

  @Test
  void tokenOfUnknownEnd_isServedWhileRefreshingFails() {
    after(Happened.endUnknown(Type.REFRESHED, 0, 300));
    expect(10, "VALID", "Valid until it is rejected, for it says nothing of its end; refreshes itself in 4 min 40 s.");
    assertNull(state.secondsToExpiry(at(10)));
    expect(301, "EXPIRED", "Expired; the next call refreshes it.");
    after(Happened.endUnknown(Type.FAILED, 302, -2));
    expect(303, "FAILING", "The identity server is having trouble. The present token says nothing of its end, and is served"
        + " until it is rejected; next try in 9.0 s.");
    assertEquals(true, state.valid(at(303)));
    after(event(Type.INVALIDATED, 304, null));
    expect(304, "DOWN", "No valid token: the identity server is having trouble; next try in 8.0 s.");
    assertEquals(false, state.valid(at(304)));
  }

  @Test
  void sameTokenAgain_endsTheTrouble() {
    after(refreshed("application", 0, 60), failed("application", 50, 10, Reason.TRANSIENT, 1), event(Type.REFRESHING, 51, 9),
        event(Type.UNCHANGED, 51, 9));
    assertEquals("VALID", state.condition(at(52)).name());
    assertNull(state.known().failure);
  }

  @Test
  void suspectToken_isServed_andTheRejectionIsSaid() {
    after(refreshed("application", 0, 60), Happened.rejected(10, 50, 1, 1));
    expect(10, "VALID", "Valid for 50 s; refreshes itself in 40 s. The API has rejected it (401).");
    after(Happened.rejected(11, 49, 60, 3));
    expect(11, "VALID", "Valid for 49 s; refreshes itself in 39 s. The API has rejected it, and the 2 before it (401).");
    assertEquals(61, state.counters.of(Type.INVALIDATED));
    after(Happened.anotherToken(Type.REFRESHED, 12, 60));
    expect(12, "VALID", "Valid for 1 min; refreshes itself in 50 s.");
  }

  @Test
  void tokenGivenUpByHand_isNoRejection() {
    after(refreshed("application", 0, 60), event(Type.GIVEN_UP, 10, null));
    expect(10, "EXPIRED", "Given up by hand; the next call gets another one.");
    assertEquals(0, state.counters.of(Type.INVALIDATED));
  }

  @Test
  void clearedTokens_areSaidToBe_alsoToALateListener() {
    after(refreshed("application", 0, 60), event(Type.CLEARED, 10, null), event(Type.HELD, 11, null));
    expect(12, "EXPIRED", "The tokens were cleared; sign in again, or hand over new ones.");
  }

  @Test
  void announcement_tellsTheStateAndIsNoEvent() {
    after(event(Type.HELD, 0, 60));
    expect(0, "VALID", "Valid for 1 min; refreshes itself in 50 s.");
    assertEquals(0, state.timeline.newest());
  }
}
