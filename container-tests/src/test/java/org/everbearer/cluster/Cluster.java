package org.everbearer.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.everbearer.runner.standin.TokenPair;

/**
 * Some nodes on one store, of which every second one is killed and started again. Most are killed at any time; every so
 * many seconds one is killed while it spends a refresh token, which chance would do too seldom.
 */
final class Cluster implements AutoCloseable {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long STARTING = TimeUnit.SECONDS.toMillis(60);
  /** From presenting the token to having saved its successor takes about as long. */
  private static final int LONGEST_AIM_MILLIS = 12;

  final List<NodeLog> logs = Collections.synchronizedList(new ArrayList<>());
  final List<String> timeline = Collections.synchronizedList(new ArrayList<>());
  final List<String> notes = Collections.synchronizedList(new ArrayList<>());
  /** When nodes were killed that had presented a refresh token and had not yet saved its successor. */
  final List<Long> killsInFlight = Collections.synchronizedList(new ArrayList<>());
  int kills;
  int missedKills;

  private final List<NodeSettings> settings;
  private final TokenPair first;
  private final Node[] nodes;
  private final Random random = new Random();
  private final AtomicInteger deathsInARow = new AtomicInteger();
  private final AtomicBoolean aiming = new AtomicBoolean();
  private final LinkedBlockingQueue<Node> sending = new LinkedBlockingQueue<>();

  /** @param settings one for each node */
  Cluster(List<NodeSettings> settings, TokenPair first) {
    this.settings = settings;
    this.first = first;
    this.nodes = new Node[settings.size()];
  }

  /** How many presentations have ended with no answer, in the eyes of a process that lived. */
  int unclear() {
    return logs.stream().mapToInt(log -> log.unclear).sum();
  }

  /** Starts all nodes, and returns when each of them has served a token. */
  void start() throws IOException {
    for (int i = 0; i < nodes.length; i++) launch(i);
    awaitServing();
  }

  private void awaitServing() {
    long deadline = System.currentTimeMillis() + STARTING;
    for (Node node : nodes) {
      while (!node.log.isServing()) {
        if (!node.isAlive() || System.currentTimeMillis() > deadline) {
          throw new IllegalStateException(node.log.name + " does not start: " + notes);
        }
        LockSupport.parkNanos(SECOND / 50);
      }
    }
  }

  int nodes() {
    return nodes.length;
  }

  /** What happens beside the killing. */
  interface Beside {
    void everySecond(int second) throws Exception;
  }

  /** @param aimEvery so many kills one hits a node in flight; 0 for never on purpose */
  void killOneEverySecond(Duration length, int aimEvery, Beside beside) throws Exception {
    long begin = System.nanoTime();
    for (int second = 1; second <= length.toSeconds(); second++) {
      boolean aim = aimEvery > 0 && second % aimEvery == aimEvery / 2;
      long due = begin + second * SECOND;
      int victim = aim ? nextInFlight(due + SECOND / 2) : -1;
      for (long left; (left = due - System.nanoTime()) > 0 && victim < 0; ) LockSupport.parkNanos(left);
      if (victim < 0) victim = anyUp();
      if (victim < 0) missedKills++;
      else killAndRestart(victim);
      beside.everySecond(second);
    }
  }

  /** Every second the older of two. */
  void killInTurn(Duration length) throws Exception {
    long begin = System.nanoTime();
    for (int second = 1; second <= length.toSeconds(); second++) {
      for (long left; (left = begin + second * SECOND - System.nanoTime()) > 0; ) LockSupport.parkNanos(left);
      killAndRestart(second % nodes.length);
    }
  }

  /** How many milliseconds after the death of a process in flight another one has presented the token. */
  List<Long> takeovers() {
    List<Long> times = new ArrayList<>();
    for (long death : killsInFlight) {
      timeline.stream().filter(line -> line.contains(" SENDING "))
          .mapToLong(line -> Long.parseLong(line.split(" ")[2]) - death).filter(after -> after > 0).min()
          .ifPresent(times::add);
    }
    return times;
  }

  private int nextInFlight(long deadline) throws InterruptedException {
    sending.clear();
    aiming.set(true);
    Node node = sending.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    aiming.set(false);
    if (node == null) return -1;
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_AIM_MILLIS)));
    return List.of(nodes).indexOf(node);
  }

  /** Whatever it does: it may be the last one, and the one that has just taken over from a dead one. */
  private int anyUp() {
    List<Integer> up = new ArrayList<>();
    for (int i = 0; i < nodes.length; i++) {
      if (nodes[i].log.isUp()) up.add(i);
    }
    return up.isEmpty() ? -1 : up.get(random.nextInt(up.size()));
  }

  private void killAndRestart(int i) throws IOException, InterruptedException {
    kill(nodes[i]);
    kills++;
    launch(i);
  }

  private void kill(Node node) throws InterruptedException {
    node.kill();
    timeline.add(node.log.name + " KILLED " + node.log.endedAt);
    if (node.log.sentAt == 0) return;
    killsInFlight.add(node.log.endedAt);
    deathsInARow.incrementAndGet();
  }

  private void launch(int i) throws IOException {
    NodeLog log = new NodeLog("node" + i + "#" + logs.size(), notes, timeline);
    logs.add(log);
    nodes[i] = Node.start(log, settings.get(i), first, this::hear);
  }

  private void hear(Node node, String line) {
    if (line.startsWith("SAVED")) deathsInARow.set(0);
    if (line.startsWith("SENDING") && deathsInARow.get() == 0 && aiming.compareAndSet(true, false)) sending.add(node);
  }

  /** Kills all. */
  @Override
  public void close() {
    for (Node node : nodes) {
      if (node == null || !node.isAlive()) continue;
      try {
        kill(node);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
