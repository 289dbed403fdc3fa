package fairlead.loadtest;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Counts what happened to one kind of traffic during a window of time.
 *
 * <p>Not thread-safe: one thread counts, and others look when it is done. In a closed loop what
 * counts is what was answered inside of the window. In an open loop latencies and errors are those
 * of the requests that were due inside of it, whenever they were answered, and count from when they
 * were due: a stall is seen by everybody who would have called meanwhile (no coordinated omission).
 */
final class Tally {
  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int DIGITS = 3;
  private static final double NANOS_PER_MICRO = 1e3;

  private final long from;
  private final long until;
  private final boolean open;
  private final Histogram latencies = new Histogram(LONGEST_NANOS, DIGITS);
  private final Histogram firsts = new Histogram(LONGEST_NANOS, DIGITS);
  private final Histogram gaps = new Histogram(LONGEST_NANOS, DIGITS);
  private final Histogram lateness = new Histogram(LONGEST_NANOS, DIGITS);
  private long answers;
  private long events;
  private long merged;
  private long split;
  private long late;
  private long errors;
  private String problem = "";

  /**
   * Counts nothing yet.
   *
   * @param from by {@link System#nanoTime}
   * @param open whether requests are due at times of their own
   */
  Tally(long from, long until, boolean open) {
    this.from = from;
    this.until = until;
    this.open = open;
  }

  private boolean holds(long time) {
    return time - from >= 0 && time - until < 0;
  }

  /** A right answer is complete. */
  void answered(long due, long sent, long now) {
    boolean inside = holds(now);
    if (inside) {
      answers++;
    }
    if (open ? holds(due) : inside) {
      latencies.recordValue(capped(now - due));
    }
    if (open && holds(due)) {
      lateness.recordValue(capped(sent - due));
      late += sent - due > LATE_NANOS ? 1 : 0;
    }
  }

  /** A request came to nothing, or to a wrong answer. */
  void failed(long due, long now, String why) {
    if (open ? holds(due) : holds(now)) {
      errors++;
      if (problem.isEmpty()) {
        problem = why;
      }
    }
  }

  /** Nobody waits for this answer any more: it took at least so long. */
  void unanswered(long due, long now) {
    failed(due, now, "unanswered when it was given up");
    if (open && holds(due)) {
      latencies.recordValue(capped(now - due));
      lateness.recordValue(capped(now - due));
      late++;
    }
  }

  /**
   * Events are complete.
   *
   * @param last when the event before came, or when the request was due, if these are the first
   * @param cut whether the bytes end inside of another event
   */
  void events(int more, boolean first, long last, long now, boolean cut) {
    if (!holds(now)) {
      return;
    }
    split += cut ? 1 : 0;
    if (more == 0) {
      return;
    }
    events += more;
    merged += more - 1;
    (first ? firsts : gaps).recordValue(capped(now - last));
  }

  private static long capped(long nanos) {
    return Math.clamp(nanos, 0, LONGEST_NANOS);
  }

  long answers() {
    return answers;
  }

  long events() {
    return events;
  }

  long errors() {
    return errors;
  }

  String problem() {
    return problem;
  }

  /** What is known of this traffic; of latencies only where there are some. */
  Map<Figure, Double> figures() {
    double seconds = (until - from) / 1e9;
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(Figure.RATE, answers / seconds);
    percentile(figures, Figure.P50, latencies, 50);
    percentile(figures, Figure.P99, latencies, 99);
    percentile(figures, Figure.P999, latencies, 99.9);
    percentile(figures, Figure.MAX, latencies, 100);
    if (events > 0) {
      figures.put(Figure.EVENTS, events / seconds);
      figures.put(Figure.MERGED, 100.0 * merged / events);
      figures.put(Figure.SPLIT, 100.0 * split / events);
    }
    percentile(figures, Figure.FIRST_P50, firsts, 50);
    percentile(figures, Figure.FIRST_P99, firsts, 99);
    percentile(figures, Figure.GAP_P50, gaps, 50);
    percentile(figures, Figure.GAP_P99, gaps, 99);
    if (open) {
      percentile(figures, Figure.LATE_P99, lateness, 99);
      figures.put(Figure.LATE, 100.0 * late / Math.max(1, lateness.getTotalCount()));
    }
    return figures;
  }

  private static void percentile(
      Map<Figure, Double> figures, Figure figure, Histogram histogram, double percentile) {
    if (histogram.getTotalCount() > 0) {
      figures.put(figure, histogram.getValueAtPercentile(percentile) / NANOS_PER_MICRO);
    }
  }
}
