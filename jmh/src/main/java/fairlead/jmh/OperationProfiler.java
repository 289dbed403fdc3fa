package fairlead.jmh;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Counts per operation what all threads of the process allocate, how often the benchmark's own
 * threads ask for locks, and for how long they had a processor.
 *
 * <p>Used by one thread. The bytes are those of JMH's {@code gc.alloc.rate.norm}, less what an
 * iteration allocates however little it does. Processor time is what a busy machine changes least:
 * it leaves out how long a thread had to wait for its turn.
 */
public final class OperationProfiler implements InternalProfiler {
  static final String BYTES = "bytes.norm";
  static final String LOCKS = "locks.norm";
  static final String CPU = "cpu.norm";

  /** In the names of the threads that run a benchmark. */
  private static final String WORKER = "-jmh-worker-";

  /** The harness's own: tasks, parameters, results. */
  private static final long HARNESS_BYTES_PER_THREAD = 4_096;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private long bytesBefore;
  private long locksBefore;
  private long cpuBefore;

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    cpuBefore = cpuNanos();
    locksBefore = LockCount.total();
    bytesBefore = threads.getTotalThreadAllocatedBytes();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    double bytes =
        threads.getTotalThreadAllocatedBytes()
            - bytesBefore
            - HARNESS_BYTES_PER_THREAD * benchmark.getThreads();
    double locks = LockCount.total() - locksBefore;
    double cpu = cpuNanos() - cpuBefore;
    long operations = Math.max(1, result.getMetadata().getAllOps());
    return List.of(
        new ScalarResult(BYTES, Math.max(0, bytes) / operations, "B/op", AggregationPolicy.AVG),
        new ScalarResult(LOCKS, locks / operations, "#/op", AggregationPolicy.AVG),
        new ScalarResult(CPU, cpu / operations, "ns/op", AggregationPolicy.MIN));
  }

  private long cpuNanos() {
    long nanos = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().contains(WORKER)) {
        nanos += Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
      }
    }
    return nanos;
  }

  @Override
  public String getDescription() {
    return "Bytes allocated, locks asked for, processor time";
  }
}
