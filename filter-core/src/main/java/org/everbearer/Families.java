package org.everbearer;

import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The families of all identities that are in memory, and which of them may be forgotten when there are too many. */
final class Families {
  private static final int FIRST_SWEEP = 1024;

  private final RefreshCoordinator client;
  private final String storeKey;
  private final int most;
  /** Whether the store is memory too, and ours: what is forgotten here must not stay there. */
  private final boolean ownStore;
  private final ConcurrentMap<String, TokenFamily> families = new ConcurrentHashMap<>();
  /** How many there must be before expired ones are looked for. A race looks twice. */
  private volatile int sweepAt;

  Families(RefreshCoordinator client, String storeKey, int most, boolean ownStore) {
    this.client = client;
    this.storeKey = storeKey;
    this.most = most;
    this.ownStore = ownStore;
    sweepAt = Math.min(most, FIRST_SWEEP);
  }

  /** One whose tokens are in the store, or nowhere. */
  TokenFamily get(String identity) {
    TokenFamily known = families.get(identity);
    if (known != null) return known;
    // A store of its own keeps what memory forgets.
    if (!ownStore && families.size() >= most) evict(afterEviction());
    return families.computeIfAbsent(identity, id -> family(id, Held.none(client.ticker.nanoTime(), null)));
  }

  /** One that can be had again at any time. */
  TokenFamily get(String identity, TokenSet first) {
    TokenFamily known = families.get(identity);
    if (known != null) return known;
    sweep();
    return families.computeIfAbsent(identity, id -> family(id, client.records.notStored(first)));
  }

  Collection<TokenFamily> all() {
    return families.values();
  }

  /** A refresh begins. A family that was forgotten but is in use counts again, or what it stores would never go. */
  void keep(TokenFamily family) {
    if (family.identity != null && !family.isCleared()) families.putIfAbsent(family.identity, family);
  }

  /** Nobody knows the identity: that need not be remembered, unless to spare a store that has to be asked. */
  void dropUnknown(TokenFamily family) {
    if (ownStore && family.identity != null) families.remove(family.identity, family);
  }

  /** The tokens were cleared. */
  void end(TokenFamily family) {
    families.remove(family.identity, family);
    if (ownStore) removeRecord(family);
  }

  private TokenFamily family(String identity, Held first) {
    return new TokenFamily(client, identity, storeKey + "/" + identity, first);
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
      if (family.isExpired()) evict(family);
    }
    for (TokenFamily family : families.values()) {
      if (families.size() <= left) return;
      evict(family);
    }
  }

  private void evict(TokenFamily family) {
    if (family.isBusy() || !families.remove(family.identity, family)) return;
    if (family.isBusy()) families.putIfAbsent(family.identity, family);
    else if (ownStore) removeRecord(family);
  }

  private int afterEviction() {
    return most - Math.max(1, most / 16);
  }

  private void removeRecord(TokenFamily family) {
    try {
      client.store.compareAndSet(family.key, family.held().generation(), null);
    } catch (IOException e) {
      throw new IllegalStateException("the memory store does no I/O", e);
    }
  }
}
