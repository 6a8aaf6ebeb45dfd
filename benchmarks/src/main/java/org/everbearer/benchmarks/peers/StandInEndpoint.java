package org.everbearer.benchmarks.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** The token endpoint of all peers alike: takes a given time, issues JWTs with a given lifetime, counts its calls. */
public final class StandInEndpoint {
  private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();
  private static final String HEADER = encode("{\"alg\":\"RS256\",\"kid\":\"2026-11\",\"typ\":\"JWT\"}");

  private final AtomicLong issued = new AtomicLong();
  private final Queue<Long> calls = new ConcurrentLinkedQueue<>();
  private volatile Duration lifetime = Duration.ofHours(1);
  private volatile Duration age = Duration.ZERO;
  private volatile Duration latency = Duration.ZERO;
  private volatile boolean down;

  /** From now on tokens live so long. */
  public StandInEndpoint lifetime(Duration value) {
    lifetime = value;
    return this;
  }

  /** From now on tokens say that they were issued so long ago. */
  public StandInEndpoint age(Duration value) {
    age = value;
    return this;
  }

  /** From now on a call takes so long. */
  public StandInEndpoint latency(Duration value) {
    latency = value;
    return this;
  }

  /** From now on each call fails, after the latency. */
  public StandInEndpoint down() {
    down = true;
    return this;
  }

  public void forgetCalls() {
    calls.clear();
  }

  public int calls() {
    return calls.size();
  }

  public long callsAfter(long nanoTime) {
    return calls.stream().filter(at -> at - nanoTime > 0).count();
  }

  /** One call of the endpoint. */
  public Issued issue() throws IOException {
    calls.add(System.nanoTime());
    try {
      Thread.sleep(latency.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (down) throw new IOException("503 Service Unavailable");
    long n = issued.incrementAndGet();
    Instant now = Instant.now();
    Instant end = now.plus(lifetime);
    String claims = "{\"iss\":\"https://id.example.com\",\"sub\":\"user_" + n + "\",\"sid\":\"session_" + n
        + "\",\"org_id\":\"org_1\",\"role\":\"member\",\"permissions\":[\"chat:read\",\"chat:write\"],\"jti\":\"" + n
        + "\",\"iat\":" + now.minus(age).getEpochSecond() + ",\"exp\":" + end.getEpochSecond() + "}";
    byte[] signature = new byte[256];
    ThreadLocalRandom.current().nextBytes(signature);
    String jwt = HEADER + "." + encode(claims) + "." + URL.encodeToString(signature);
    return new Issued(jwt, "refresh-" + n, lifetime, end);
  }

  private static String encode(String json) {
    return URL.encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
