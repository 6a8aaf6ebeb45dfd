package org.everbearer.benchmarks;

import java.util.concurrent.TimeUnit;
import org.everbearer.benchmarks.peers.Peer;
import org.everbearer.benchmarks.peers.Peers;
import org.everbearer.benchmarks.peers.StandInEndpoint;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** "Give me the valid token", with a token that stays valid. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HotPath {
  @Param({"FLOOR", "EVERBEARER", "SYNCHRONIZED", "GOOGLE", "CAFFEINE", "AWS", "SPRING", "AZURE", "MSAL4J",
      "MSAL4J_ON_CALLER", "JWT_DECODING"})
  public String peer;

  private Peer opened;

  @Setup
  public void open() throws Exception {
    opened = Peers.valueOf(peer).open(new StandInEndpoint());
    opened.token();
  }

  @Benchmark
  public String token() throws Exception {
    return opened.token();
  }

  @TearDown
  public void close() {
    opened.close();
  }
}
