package org.everbearer.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Processor time of the whole JVM for one operation: what remains comparable on a machine that others use too, and
 * counts the collector's work with that of whoever allocates.
 */
public final class CpuTime implements InternalProfiler {
  static final String NAME = "cpu.norm";

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private long before;

  @Override
  public String getDescription() {
    return "processor time for one operation";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    before = system.getProcessCpuTime();
  }

  @Override
  public Collection<ScalarResult> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
      IterationResult result) {
    double spent = system.getProcessCpuTime() - before;
    return List.of(new ScalarResult(NAME, spent / result.getMetadata().getAllOps(), "ns/op", AggregationPolicy.AVG));
  }
}
