package fairlead.jmh;

import fairlead.server.observe.Counter;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.MetricsRegistry;
import fairlead.server.observe.Timer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/**
 * Counting and timing, by one thread and by two on the same series, and a scrape of a gateway with
 * twenty routes.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MetricsBenchmark {
  private static final int ROUTES = 20;

  /** What the threads share. */
  @State(Scope.Benchmark)
  public static class Series {
    private final MetricsRegistry registry = new MetricsRegistry();
    private final Counter counter;
    private final Timer timer;

    public Series() {
      GatewayMetrics metrics = new GatewayMetrics(registry);
      for (int i = 0; i < ROUTES; i++) {
        String route = "route-" + i;
        String provider = "provider-" + i % 4;
        metrics.requests(route, "chat", "200").add(1_000 + i);
        metrics.requestSeconds(route).record(123_456_789);
        metrics.attempts(provider, "model-" + i, "ok").add(1_000);
        metrics.upstreamSeconds(provider).record(100_000_000);
        metrics.firstTokenSeconds(provider).record(50_000_000);
        metrics.tokens(provider, "model-" + i, "prompt").add(400_000);
      }
      counter = metrics.requests("route-0", "chat", "200");
      timer = metrics.requestSeconds("route-0");
    }
  }

  /** Durations of a call, from half a millisecond to a minute. */
  @State(Scope.Thread)
  public static class Durations {
    private long next = 500_000;

    long next() {
      next = next > 60_000_000_000L ? 500_000 : next + (next >> 3);
      return next;
    }
  }

  @Benchmark
  @Threads(1)
  public void counter(Series series) {
    series.counter.increment();
  }

  @Benchmark
  @Threads(2)
  public void counterTwoThreads(Series series) {
    series.counter.increment();
  }

  @Benchmark
  @Threads(1)
  public void timer(Series series, Durations durations) {
    series.timer.record(durations.next());
  }

  @Benchmark
  @Threads(2)
  public void timerTwoThreads(Series series, Durations durations) {
    series.timer.record(durations.next());
  }

  /** The text that a scraper gets; it grows a little as counts get longer. */
  @Benchmark
  @Threads(1)
  public int scrape(Series series) {
    return series.registry.expose(null).text().length();
  }
}
