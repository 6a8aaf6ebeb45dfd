package org.everbearer.observe;

import static org.everbearer.Happened.at;
import static org.everbearer.Happened.event;
import static org.everbearer.Happened.failed;
import static org.everbearer.Happened.refreshed;
import static org.everbearer.Happened.withFailure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

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
        + " valid for 9.0 s.");
    after(failed("application", 61, 0, Reason.STORE, 2));
    expect(62, "DEAD", "The refresh token was rejected; sign in again, or configure new tokens.");
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
    after(refreshed("application", 0, 60), event(Type.DEAD, 50, 10), failed("application", 50, 10, Reason.REJECTED, 1));
    expect(51, "DEAD", "The refresh token was rejected; sign in again, or configure new tokens. The present token is valid for 9.0 s.");
    expect(61, "DEAD", "The refresh token was rejected; sign in again, or configure new tokens.");
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
    after(refreshed("cd34", 0, 60), failed("cd34", 50, 10, Reason.TRANSIENT, 1));
    expect(51, "PER_USER", "Each user has tokens of their own. Since the start 2 refreshes succeeded and 1 failed.");
    assertNull(state.known().last);
    assertNull(state.secondsToExpiry(at(51)));
    assertEquals(Reason.TRANSIENT, state.lastFailure().failure().reason());
  }

  @Test
  void announcement_tellsTheStateAndIsNoEvent() {
    after(event(Type.HELD, 0, 60));
    expect(0, "VALID", "Valid for 1 min; refreshes itself in 50 s.");
    assertEquals(0, state.timeline.newest());
  }
}
