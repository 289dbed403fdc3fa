package fairlead.server.observe;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds all series and writes them in the Prometheus and OpenMetrics text forms.
 *
 * <p>Thread-safe. Series are looked up when the configuration is loaded, never on the way of a
 * call; what a call touches are {@link Counter} and {@link Timer}. Every family has at most {@value
 * #MAX_SERIES} series; what comes after shares one whose labels all say {@code other}. The
 * Prometheus client library does the exposition only and is hidden behind this class.
 */
public final class MetricsRegistry {
  static final int MAX_SERIES = 2_000;

  private final Map<String, Family> families = new LinkedHashMap<>();
  private final CollectorRegistry exposition = new CollectorRegistry();
  private volatile boolean jvmRegistered;

  public MetricsRegistry() {
    exposition.register(new Families());
  }

  /** Finds or makes a counter; {@code name} ends in {@code _total}. */
  public Counter counter(String name, String help, List<String> labels, String... values) {
    return (Counter) series(name, help, Kind.COUNTER, labels, null, Counter::new, values);
  }

  /**
   * Finds or makes a counter of fractions.
   *
   * @param perUnit how many of what is counted make one of what is shown
   */
  Counter counter(String name, String help, double perUnit, List<String> labels, String... values) {
    return (Counter)
        series(name, help, Kind.COUNTER, labels, null, () -> new Counter(perUnit), values);
  }

  /** Finds or makes a histogram; {@code name} ends in {@code _seconds}. */
  public Timer timer(
      String name, String help, long[] boundsNanos, List<String> labels, String... values) {
    return (Timer)
        series(
            name, help, Kind.HISTOGRAM, labels, boundsNanos, () -> new Timer(boundsNanos), values);
  }

  /** Publishes a value that is read at each scrape; a later one of the same labels replaces it. */
  public void gauge(
      String name, String help, List<String> labels, DoubleSupplier value, String... values) {
    read(name, help, Kind.GAUGE, labels, value, values);
  }

  /**
   * Publishes what is counted elsewhere, as {@link #gauge}; {@code name} ends in {@code _total}.
   */
  void counter(
      String name, String help, List<String> labels, LongSupplier value, String... values) {
    read(name, help, Kind.COUNTER, labels, value::getAsLong, values);
  }

  private synchronized void read(
      String name,
      String help,
      Kind kind,
      List<String> labels,
      DoubleSupplier value,
      String... values) {
    family(name, help, kind, labels, null).series.put(List.of(values), value);
  }

  private synchronized Object series(
      String name,
      String help,
      Kind kind,
      List<String> labels,
      long @Nullable [] bounds,
      Supplier<Object> make,
      String... values) {
    if (values.length != labels.size()) {
      throw new IllegalArgumentException(
          name + " has labels " + labels + ", not " + Arrays.toString(values));
    }
    Family family = family(name, help, kind, labels, bounds);
    List<String> key = List.of(values);
    if (!family.series.containsKey(key) && family.series.size() >= MAX_SERIES) {
      String[] other = new String[values.length];
      Arrays.fill(other, "other");
      key = List.of(other);
    }
    return family.series.computeIfAbsent(key, k -> make.get());
  }

  private Family family(
      String name, String help, Kind kind, List<String> labels, long @Nullable [] bounds) {
    Family family =
        families.computeIfAbsent(name, n -> new Family(n, help, kind, List.copyOf(labels), bounds));
    if (family.kind != kind || !family.labels.equals(labels)) {
      throw new IllegalArgumentException(
          name + " is a " + family.kind + " with labels " + family.labels);
    }
    return family;
  }

  /** The sum over all series of a counter, for tests and the start page. */
  public synchronized long total(String name) {
    Family family = families.get(name);
    long sum = 0;
    if (family != null) {
      for (Object series : family.series.values()) {
        sum +=
            switch (series) {
              case Counter counter -> counter.value();
              case DoubleSupplier read -> (long) read.getAsDouble();
              default -> 0;
            };
      }
    }
    return sum;
  }

  /** Content type and text for a scrape, chosen by the scraper's Accept header. */
  public Exposition expose(@Nullable String accept) {
    if (!jvmRegistered) {
      registerJvm();
    }
    String contentType = TextFormat.chooseContentType(accept);
    StringWriter text = new StringWriter(16_384);
    try {
      TextFormat.writeFormat(contentType, text, exposition.metricFamilySamples());
    } catch (IOException e) {
      throw new IllegalStateException("a StringWriter does not fail", e);
    }
    return new Exposition(contentType, text.toString());
  }

  /** The management beans cost start time, so they wait for the first scrape. */
  private synchronized void registerJvm() {
    if (!jvmRegistered) {
      DefaultExports.register(exposition);
      jvmRegistered = true;
    }
  }

  /** What a scrape gets. */
  public record Exposition(String contentType, String text) {}

  private enum Kind {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  private static final class Family {
    final String name;
    final String help;
    final Kind kind;
    final List<String> labels;
    final long @Nullable [] bounds;
    final Map<List<String>, Object> series = new LinkedHashMap<>();

    Family(String name, String help, Kind kind, List<String> labels, long @Nullable [] bounds) {
      this.name = name;
      this.help = help;
      this.kind = kind;
      this.labels = labels;
      this.bounds = bounds;
    }

    Collector.MetricFamilySamples samples() {
      List<Collector.MetricFamilySamples.Sample> out = new ArrayList<>();
      for (Map.Entry<List<String>, Object> entry : series.entrySet()) {
        List<String> values = entry.getKey();
        switch (entry.getValue()) {
          case Counter counter -> out.add(sample(name, labels, values, counter.shown()));
          case DoubleSupplier read -> out.add(sample(name, labels, values, read.getAsDouble()));
          case Timer timer -> histogram(timer, values, out);
          default -> throw new IllegalStateException("unknown series " + entry.getValue());
        }
      }
      Collector.Type type =
          switch (kind) {
            case COUNTER -> Collector.Type.COUNTER;
            case GAUGE -> Collector.Type.GAUGE;
            case HISTOGRAM -> Collector.Type.HISTOGRAM;
          };
      return new Collector.MetricFamilySamples(name, type, help, out);
    }

    private void histogram(
        Timer timer, List<String> values, List<Collector.MetricFamilySamples.Sample> out) {
      long[] edges = bounds == null ? new long[0] : bounds;
      List<String> withLe = new ArrayList<>(labels);
      withLe.add("le");
      long count = 0;
      for (int i = 0; i <= edges.length; i++) {
        count += timer.bucket(i);
        List<String> withBound = new ArrayList<>(values);
        withBound.add(
            i == edges.length ? "+Inf" : Collector.doubleToGoString(edges[i] / 1_000_000_000.0));
        out.add(sample(name + "_bucket", withLe, withBound, (double) count));
      }
      out.add(sample(name + "_count", labels, values, (double) count));
      out.add(sample(name + "_sum", labels, values, timer.sumNanos() / 1_000_000_000.0));
    }

    private static Collector.MetricFamilySamples.Sample sample(
        String name, List<String> labels, List<String> values, double value) {
      return new Collector.MetricFamilySamples.Sample(name, labels, values, value);
    }
  }

  private final class Families extends Collector {
    @Override
    public List<MetricFamilySamples> collect() {
      synchronized (MetricsRegistry.this) {
        List<MetricFamilySamples> out = new ArrayList<>(families.size());
        for (Family family : families.values()) {
          out.add(family.samples());
        }
        return out;
      }
    }
  }
}
