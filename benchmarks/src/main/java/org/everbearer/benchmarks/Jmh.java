package org.everbearer.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How every JMH table is measured: in several passes over all rows, each row in a fresh JVM each time, so that a burst
 * of other work on the machine meets a pass of every row and not all passes of one. {@code -Dbenchmarks.passes},
 * {@code .iterations}, {@code .millis} and {@code .warmup} (seconds) change it.
 */
final class Jmh {
  private static final int PASSES = Integer.getInteger("benchmarks.passes", 3);
  private static final int ITERATIONS = Integer.getInteger("benchmarks.iterations", 10);
  private static final int MILLIS = Integer.getInteger("benchmarks.millis", 200);
  private static final int WARM_UP_SECONDS = Integer.getInteger("benchmarks.warmup", 3);

  /** All iterations of all passes. */
  static final class Sample {
    private final List<Double> wall = new ArrayList<>();
    private final List<Double> cpu = new ArrayList<>();
    private final List<Double> bytes = new ArrayList<>();

    /** Nanoseconds of wall clock. */
    double wall() {
      return at(wall, 0.25);
    }

    /** Nanoseconds of processor time: the lower quartile, since whatever disturbs a measurement only adds to it. */
    double cpu() {
      return at(cpu, 0.25);
    }

    double cpuMedian() {
      return at(cpu, 0.5);
    }

    /** Below one byte it is the profiler's own. */
    long bytes() {
      return (long) at(bytes, 0.5);
    }

    private static double at(List<Double> values, double share) {
      List<Double> sorted = values.stream().sorted().toList();
      return sorted.get((int) Math.round(share * (sorted.size() - 1)));
    }
  }

  private Jmh() {}

  static String settings() {
    return "JMH: lower quartiles (other work on the machine only ever adds) of " + PASSES + " passes (a fresh JVM each) of "
        + ITERATIONS + " × " + MILLIS + " ms after " + WARM_UP_SECONDS + " s of warm-up. CPU: processor time of the whole"
        + " JVM for each call, which other work disturbs least; wall: elapsed time of a call. B/op from the gc profiler.";
  }

  /** By the value of the one parameter if there is one, else by the method's name. */
  static Map<String, Sample> run(Class<?> benchmarks, int threads) throws RunnerException {
    Map<String, Sample> samples = new LinkedHashMap<>();
    for (int pass = 0; pass < PASSES; pass++) {
      for (RunResult result : new Runner(new OptionsBuilder()
          .include(benchmarks.getName() + "\\..*")
          .threads(threads)
          .forks(1)
          .warmupIterations(WARM_UP_SECONDS)
          .warmupTime(TimeValue.seconds(1))
          .measurementIterations(ITERATIONS)
          .measurementTime(TimeValue.milliseconds(MILLIS))
          .addProfiler(GCProfiler.class)
          .addProfiler(CpuTime.class)
          .jvmArgsAppend("-Xms512m", "-Xmx1g")
          .shouldFailOnError(true)
          .build()).run()) {
        Sample sample = samples.computeIfAbsent(nameOf(result), name -> new Sample());
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
          for (IterationResult iteration : fork.getIterationResults()) {
            sample.wall.add(iteration.getPrimaryResult().getScore());
            sample.cpu.add(iteration.getSecondaryResults().get(CpuTime.NAME).getScore());
            sample.bytes.add(iteration.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
          }
        }
      }
    }
    return samples;
  }

  private static String nameOf(RunResult result) {
    for (String parameter : result.getParams().getParamsKeys()) return result.getParams().getParam(parameter);
    String name = result.getParams().getBenchmark();
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
