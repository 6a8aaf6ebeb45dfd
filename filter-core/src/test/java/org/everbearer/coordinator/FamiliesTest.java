package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which identities are remembered, and what becomes of those that are not. */
class FamiliesTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final VirtualTime time = new VirtualTime();
  private final AtomicInteger refreshes = new AtomicInteger();
  private RefreshCoordinator client;

  @AfterEach
  void close() {
    client.close();
  }

  private void exchanging(int most, TokenStore store) {
    TokenRefresher exchange = new TokenRefresher() {
      @Override
      public TokenSet refresh(TokenSet current) {
        return TokenSet.of(current.refreshToken() + "-" + refreshes.incrementAndGet(), null).expiresIn(HOUR);
      }

      @Override
      public boolean spendsRefreshToken() {
        return false;
      }
    };
    RefreshCoordinator.Builder builder = RefreshCoordinator.builder("exchange", exchange)
        .maxIdentities(most)
        .background(false)
        .time(time, time.node(), () -> 0.5);
    if (store != null) builder.store(store);
    client = builder.build();
  }

  private TokenSource source(String inbound) {
    return client.source(inbound, TokenSet.of(null, inbound));
  }

  private String token(TokenSource source) {
    source.accessTokenNow();
    time.run();
    AccessToken token = source.accessTokenNow();
    return token == null ? null : token.value();
  }

  @Test
  void broughtTokens_beginAFamilyOnce() {
    exchanging(100, null);
    assertEquals("in-1", token(source("in")));
    assertSame(source("in"), source("in"));
    assertEquals("in-1", token(source("in")));
  }

  @Test
  void aValidAccessTokenThatIsBrought_isServed_andOneThatIsStoredGoesFirst() {
    MemoryTokenStore store = new MemoryTokenStore(time);
    exchanging(100, store);
    assertEquals("brought", token(client.source("a", TokenSet.of("brought", "in").expiresIn(HOUR))));
    store.compareAndSet("exchange/b", 0, TokenRecord.builder().tokens("stored", "in")
        .expiry(time.currentTimeMillis() + HOUR.toMillis(), HOUR.toMillis()).build());
    assertEquals("stored", token(source("b")));
    assertEquals(0, refreshes.get());
  }

  @Test
  void beyondTheBound_familiesAreForgotten_thoseWithoutATokenFirst() {
    exchanging(16, null);
    List<TokenSource> valid = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      TokenSource source = source("valid" + i);
      valid.add(source);
      token(source);
    }
    for (int i = 0; i < 1000; i++) source("flood" + i);
    for (int i = 0; i < 8; i++) assertSame(valid.get(i), source("valid" + i));
  }

  @Test
  void whatIsForgotten_leavesTheMemoryStoreToo_andComesBackWhenItIsUsed() {
    exchanging(16, null);
    TokenSource first = source("first");
    assertEquals("first-1", token(first));
    for (int i = 0; i < 100; i++) token(source("other" + i));
    assertNull(stored("first"));
    assertNotSame(first, source("first"));
    assertTrue(first.invalidate("first-1"));
    assertEquals("first-102", token(first), "its holder need not know");
    int kept = 0;
    for (int i = 0; i < 100; i++) if (stored("other" + i) != null) kept++;
    assertTrue(kept <= 16, kept + " are stored");
  }

  @Test
  void expiredOnes_areForgottenLongBeforeTheBound() {
    exchanging(100_000, null);
    for (int i = 0; i < 1000; i++) token(source("old" + i));
    time.advance(HOUR.plusMinutes(1));
    for (int i = 0; i < 2000; i++) source("new" + i);
    assertNull(stored("old0"));
  }

  @Test
  void sessionsInMemory_areNeverForgotten() throws TokenException {
    exchanging(16, null);
    for (int i = 0; i < 100; i++) client.storeTokens("user" + i, TokenSet.of("a" + i, null).expiresIn(HOUR));
    for (int i = 0; i < 100; i++) assertEquals("a" + i, client.source("user" + i).accessTokenNow().value());
  }

  @Test
  void anIdentityThatNobodyKnows_isNotRemembered() {
    client = RefreshCoordinator.builder("session", current -> current).background(false)
        .time(time, time.node(), () -> 0.5).build();
    TokenSource unknown = client.source("lost");
    assertNull(token(unknown));
    assertNotSame(unknown, client.source("lost"));
    CompletableFuture<AccessToken> none = unknown.accessTokenAsync();
    time.run();
    Throwable why = assertThrows(CompletionException.class, none::join).getCause();
    assertEquals(TokenException.Reason.NO_TOKENS, ((TokenException) why).reason());
  }

  private TokenRecord stored(String identity) {
    try {
      return client.context.store.read("exchange/" + identity).record();
    } catch (java.io.IOException e) {
      throw new AssertionError("the memory store does no I/O", e);
    }
  }
}
