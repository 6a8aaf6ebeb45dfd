package org.everbearer.coordinator;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.everbearer.TokenListener;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenStore;

/** The settings of one coordinator while they are collected, with their defaults. Not thread-safe. */
final class CoordinatorSettings {
  final String client;
  final TokenRefresher refresher;
  /** Null for one of its own, in memory. */
  TokenStore store;
  /** Null for the client's name. */
  String storeKey;
  TokenSet firstTokens;
  Duration refreshMargin = Duration.ofMinutes(5);
  Duration expirationMargin = Duration.ofSeconds(30);
  Duration waitTimeout = Duration.ofSeconds(15);
  Duration reuseGrace;
  boolean background = true;
  boolean rotateWithoutStore;
  int maxConcurrentRefreshes = 32;
  int maxIdentities = 100_000;
  String node = ManagementFactory.getRuntimeMXBean().getName();
  final List<TokenListener> listeners = new ArrayList<>();
  Ticker ticker = Ticker.SYSTEM;
  /** Null for threads of its own. */
  Scheduler scheduler;
  DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();

  CoordinatorSettings(String client, TokenRefresher refresher) {
    this.client = Objects.requireNonNull(client, "client");
    this.refresher = Objects.requireNonNull(refresher, "refresher");
  }
}
