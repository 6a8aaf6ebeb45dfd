package org.everbearer.coordinator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.function.DoubleSupplier;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;

/**
 * What the parts of one coordinator share: its settings, and the ways to clocks, store, refresher, threads and listeners.
 * It knows none of the parts that are given it. Immutable but for {@link #isClosed()}.
 */
final class CoordinatorContext {
  /** The client's name, as in messages and thread names. */
  final String name;
  /** This process's name among the nodes, for people. */
  final String node;
  final Margins margins;
  final ReplayPolicy replays;
  final LeaseTerm leases;
  final Duration waitTimeout;
  final boolean background;
  final boolean rotateWithoutStore;
  final int maxConcurrentRefreshes;

  final Ticker ticker;
  final DoubleSupplier random;
  final StoreGateway store;
  /** Whether nobody else can read or write the store. */
  final boolean ownStore;
  final StoreSpeed storeSpeed = new StoreSpeed();
  final FamilyRecords records;
  final RefresherGateway refresher;
  final OwnerNames owners = new OwnerNames();
  final Work work;
  final EventQueue events;

  private volatile boolean closed;

  CoordinatorContext(CoordinatorSettings s) {
    name = s.client;
    node = s.node;
    margins = new Margins(s.refreshMargin, s.expirationMargin);
    replays = new ReplayPolicy(s.reuseGrace);
    waitTimeout = s.waitTimeout;
    background = s.background;
    rotateWithoutStore = s.rotateWithoutStore;
    maxConcurrentRefreshes = s.maxConcurrentRefreshes;
    ticker = s.ticker;
    random = s.random;
    ownStore = s.store == null;
    store = new StoreGateway(ownStore ? new MemoryTokenStore(ticker) : s.store);
    records = new FamilyRecords(ticker, random, margins, store);
    refresher = new RefresherGateway(s.refresher);
    leases = new LeaseTerm(refresher.attempt, s.reuseGrace);
    work = new Work(name, s.scheduler == null ? new ThreadScheduler(name, maxConcurrentRefreshes) : s.scheduler);
    events = new EventQueue(name, new ArrayList<>(s.listeners));
  }

  /** Whether a refresh spends a refresh token. */
  boolean spends() {
    return refresher.spendsRefreshToken();
  }

  /** How long a refresh may wait for a worker; nanoseconds. Somebody who does not wait wants it all the same. */
  long longestQueue() {
    return Math.max(Nanos.of(waitTimeout), refresher.attempt);
  }

  void emit(TokenEvent.Builder event) {
    events.emit(event.build());
  }

  boolean isClosed() {
    return closed;
  }

  void closing() {
    closed = true;
    work.closing();
    refresher.closing();
  }

  TokenException closedFailure() {
    return new TokenException(Reason.CLOSED, name + " was shut down");
  }
}
