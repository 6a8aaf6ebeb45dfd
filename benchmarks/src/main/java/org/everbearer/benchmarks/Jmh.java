package org.everbearer.benchmarks;

import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** How every JMH table is measured; {@code -Dbenchmarks.forks}, {@code .iterations}, {@code .millis} change it. */
final class Jmh {
  private static final int FORKS = Integer.getInteger("benchmarks.forks", 3);
  private static final int ITERATIONS = Integer.getInteger("benchmarks.iterations", 5);
  private static final int MILLIS = Integer.getInteger("benchmarks.millis", 500);

  private Jmh() {}

  static String settings() {
    return "JMH average time, " + FORKS + " forks of " + ITERATIONS + " × " + MILLIS + " ms after as many warm-up"
        + " iterations; ± is half of the 99.9 % confidence interval; B/op from its gc profiler.";
  }

  static Collection<RunResult> run(Class<?> benchmarks, int threads, String... names) throws RunnerException {
    ChainedOptionsBuilder options = new OptionsBuilder()
        .include(benchmarks.getName() + "\\." + (names.length == 0 ? ".*" : "(" + String.join("|", names) + ")") + "$")
        .threads(threads)
        .forks(FORKS)
        .warmupIterations(ITERATIONS)
        .warmupTime(TimeValue.milliseconds(MILLIS))
        .measurementIterations(ITERATIONS)
        .measurementTime(TimeValue.milliseconds(MILLIS))
        .addProfiler(GCProfiler.class)
        .jvmArgsAppend("-Xms512m", "-Xmx1g")
        .shouldFailOnError(true);
    return new Runner(options.build()).run();
  }

  static double nanos(RunResult result) {
    return result.getPrimaryResult().getScore();
  }

  static double error(RunResult result) {
    return result.getPrimaryResult().getScoreError();
  }

  /** Below a tenth of a byte it is the profiler's own. */
  static double bytes(RunResult result) {
    Result<?> allocated = result.getSecondaryResults().entrySet().stream()
        .filter(entry -> entry.getKey().endsWith("gc.alloc.rate.norm"))
        .findFirst().orElseThrow().getValue();
    double bytes = allocated.getScore();
    return bytes < 0.1 ? 0 : Math.round(bytes);
  }
}
