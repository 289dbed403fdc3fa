package fairlead.loadtest;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One measurement of one contestant under one load.
 *
 * <p>Immutable; a measurement runs on the thread that asks for it and takes its time. Loads that
 * disturb their calls are measured twice in a row: the calls alone, then beside what disturbs them.
 */
final class Measurement {
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  /** For answers that come after the end of an open loop. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Contestant contestant;
  private final Load load;
  private final Conditions conditions;

  /**
   * What is the same for all measurements of a run.
   *
   * @param differing whether each request carries another number
   * @param connections of an open loop, at most
   * @param seed of the arrivals: the same for each contestant of a round
   */
  record Conditions(boolean differing, Schedule.Arrivals arrivals, int connections, long seed) {}

  Measurement(Contestant contestant, Load load, Conditions conditions) {
    this.contestant = contestant;
    this.load = load;
    this.conditions = conditions;
  }

  /**
   * Runs it.
   *
   * @param settle seconds before anything is counted
   * @param seconds how long it is counted; twice where it is measured alone and disturbed
   * @return what was seen; a contestant that cannot be measured is a sample with an error
   */
  Sample run(double settle, double seconds) {
    try {
      if (!load.kind().isDisturbed()) {
        return phase(settle, seconds, null);
      }
      Sample alone = phase(settle, seconds, null);
      Sample disturbed =
          phase(settle, seconds, Traffic.beside(contestant, load, conditions.differing()));
      Map<Figure, Double> figures = new EnumMap<>(Figure.class);
      figures.putAll(disturbed.figures());
      figures.put(Figure.ALONE_RATE, alone.get(Figure.RATE));
      figures.put(Figure.ALONE_P50, alone.get(Figure.P50));
      figures.put(Figure.ALONE_P99, alone.get(Figure.P99));
      return new Sample(
          figures,
          alone.errors() + disturbed.errors(),
          alone.problem().isEmpty() ? disturbed.problem() : alone.problem());
    } catch (IOException | IllegalStateException e) {
      return Sample.failed(String.valueOf(e.getMessage()));
    }
  }

  private Sample phase(double settle, double seconds, @Nullable Traffic disturbing)
      throws IOException {
    long start = System.nanoTime();
    long from = start + (long) (settle * NANOS_PER_SECOND);
    long until = from + (long) (seconds * NANOS_PER_SECOND);
    Tally tally = new Tally(from, until, load.isOpen());
    Tally other = new Tally(from, until, false);
    try (Driver driver = driver(tally, until);
        Driver beside =
            disturbing == null ? null : Driver.closed(disturbing, other, load.callers())) {
      AtomicReference<Exception> failure = new AtomicReference<>();
      Thread disturber = beside == null ? null : start(beside, until, failure);
      ProcessTree process = contestant.process();
      driver.run(from);
      double before = process == null ? Double.NaN : process.cpuMicros();
      driver.run(until);
      double used = process == null ? Double.NaN : process.cpuMicros() - before;
      double resident = process == null ? Double.NaN : process.residentMib();
      join(disturber);
      driver.finish(PATIENCE_NANOS);
      if (failure.get() != null) {
        throw new IOException(failure.get().getMessage(), failure.get());
      }
      Map<Figure, Double> figures = tally.figures();
      long counted = load.kind().isPerEvent() ? tally.events() : tally.answers() + other.answers();
      if (load.kind() != LoadKind.MIXED) { // whose two kinds of answers cannot be added up
        figures.put(Figure.CPU, used / Math.max(1, counted));
      }
      figures.put(Figure.RSS, resident);
      figures.put(Figure.CONNECTIONS, (double) driver.connectionCount());
      if (disturbing != null) {
        long done = disturbing.expected().stream() ? other.events() : other.answers();
        figures.put(Figure.BESIDE, done / seconds);
      }
      return new Sample(
          figures,
          tally.errors() + other.errors(),
          tally.problem().isEmpty() ? other.problem() : tally.problem());
    }
  }

  private Driver driver(Tally tally, long until) throws IOException {
    Traffic traffic = Traffic.measured(contestant, load, conditions.differing());
    if (!load.isOpen()) {
      return Driver.closed(traffic, tally, load.measuredCallers());
    }
    Schedule schedule = new Schedule(conditions.arrivals(), load.rate(), conditions.seed());
    return Driver.open(traffic, tally, schedule, until, conditions.connections());
  }

  private static Thread start(Driver beside, long until, AtomicReference<Exception> failure) {
    return Thread.ofPlatform()
        .daemon()
        .name("bench-beside")
        .start(
            () -> {
              try {
                beside.run(until);
              } catch (IOException | RuntimeException e) {
                failure.set(e);
              }
            });
  }

  private static void join(@Nullable Thread thread) throws IOException {
    if (thread == null) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
