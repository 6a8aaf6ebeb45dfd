package org.everbearer.coordinator;

import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSet;

/**
 * The families of all identities that are in memory, and which of them may be forgotten when there are too many. Of an
 * identity there is one family at a time on which a flight can begin: one that is forgotten takes its own flight's place
 * for good, and only then gets a successor, to which whoever still holds it is led.
 */
final class Families implements TokenFamily.Home {
  private static final int FIRST_SWEEP = 1024;

  /** The web application's own, which is never forgotten. */
  final TokenFamily application;

  private final CoordinatorContext context;
  private final String storeKey;
  private final int most;
  private final Flight forgotten = Flight.ofForgotten();
  private final ConcurrentMap<String, TokenFamily> families = new ConcurrentHashMap<>();
  /** How many there must be before expired ones are looked for. A race looks twice. */
  private volatile int sweepAt;

  /**
   * @param storeKey as {@link StoreKeys#ofApplication} made it
   * @param first with what the application begins when nothing is stored; may be null
   * @param most how many identities are kept in memory when the store keeps them all
   */
  Families(CoordinatorContext context, String storeKey, TokenSet first, int most) {
    this.context = context;
    this.storeKey = storeKey;
    this.most = most;
    sweepAt = Math.min(most, FIRST_SWEEP);
    application = new TokenFamily(context, this, null, storeKey, first, Held.none(context.ticker.nanoTime(), null));
  }

  /** One whose tokens are in the store, or nowhere. */
  TokenFamily get(String identity) {
    TokenFamily known = families.get(identity);
    if (known != null) return known; // one that is forgotten just now leads to its successor by itself
    // A store of its own keeps what memory forgets.
    if (!context.ownStore && families.size() >= most) evict(afterEviction());
    return put(identity, null);
  }

  /** One that can be had again at any time. */
  TokenFamily get(String identity, TokenSet first) {
    TokenFamily known = families.get(identity);
    if (known != null) return known;
    sweep();
    return put(identity, first);
  }

  @Override
  public Flight forgotten() {
    return forgotten;
  }

  @Override
  public TokenFamily successor(TokenFamily old) {
    return put(old.identity, old.first);
  }

  private TokenFamily put(String identity, TokenSet first) {
    return families.compute(identity, (id, known) -> known != null && !known.isForgotten() ? known : family(id, first));
  }

  Collection<TokenFamily> all() {
    return families.values();
  }

  @Override
  public void launch(FamilyFlights family, Flight flight) {
    RefreshTask task;
    try {
      task = new RefreshTask(family, flight);
    } catch (Throwable anything) {
      family.land(flight, Landing.failed(new TokenException(Reason.TRANSIENT, "the refresh could not begin: " + anything,
          anything)), Collections.emptyList(), () -> {});
      return;
    }
    context.work.execute(task, task::refused);
  }

  @Override
  public void dropUnused(FamilyFlights family, boolean unknown) {
    // Only a store that has to be asked is spared by remembering an identity that nobody knows.
    if (family.identity == null || unknown && !context.ownStore && family.held().record == null) return;
    long generation = family.held().generation();
    if (!family.forget()) return; // a flight is on its way, and comes here when it lands
    families.remove(family.identity, family);
    if (context.ownStore) removeRecord(family, generation);
  }

  private TokenFamily family(String identity, TokenSet first) {
    Held held = first == null ? Held.none(context.ticker.nanoTime(), null) : context.records.notStored(first);
    return new TokenFamily(context, this, identity, StoreKeys.ofIdentity(storeKey, identity), first, held);
  }

  /** Looks each time that there are twice as many as the last time: so it costs each newcomer next to nothing. */
  private void sweep() {
    int size = families.size();
    if (size < sweepAt) return;
    evict(size < most ? size : afterEviction());
    sweepAt = Math.min(most, Math.max(FIRST_SWEEP, 2 * families.size()));
  }

  /** Forgets families at rest: the expired ones, and then others until so many are left. */
  private void evict(int left) {
    for (TokenFamily family : families.values()) {
      if (family.held().at(context.ticker.nanoTime()) == Freshness.EXPIRED) evict(family);
    }
    for (TokenFamily family : families.values()) {
      if (families.size() <= left) return;
      evict(family);
    }
  }

  private void evict(TokenFamily family) {
    // In memory alone: nothing could bring back what an application has handed over.
    if (context.ownStore && family.first == null) return;
    long generation = family.held().generation();
    if (!family.forget()) return;
    families.remove(family.identity, family);
    if (context.ownStore) removeRecord(family, generation);
  }

  private int afterEviction() {
    return most - Math.max(1, most / 16);
  }

  private void removeRecord(FamilyFlights family, long generation) {
    try {
      if (generation > 0) context.store.compareAndSet(family.key, generation, null);
    } catch (IOException e) {
      throw new IllegalStateException("the memory store does no I/O", e);
    }
  }
}
