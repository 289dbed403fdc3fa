package fairlead.jmh;

import fairlead.cache.lines.Acceptor;
import fairlead.cache.lines.LineIndex;
import fairlead.cache.lines.LinePartition;
import fairlead.cache.lines.LineQuery;
import fairlead.cache.text.LogLines;
import fairlead.cache.text.Shape;
import fairlead.cache.text.Shapes;
import fairlead.cache.text.TimeWords;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Reading a build log of 3 kB, telling its shape, and searching in one partition of 1,000, 10,000
 * and 100,000 logs of 60 lines. {@code -bm sample} shows the percentiles.
 *
 * <p>The logs of a partition come from one failure in a hundred of its entries, each with some
 * other chatter; in one more partition all 100,000 have the same findings, which is the worst case.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class LogBenchmark {
  private static final int LINES = 60;
  private static final int LOG_BYTES = 3 * 1024;
  private static final int QUERIES = 256;
  private static final float LEAST = 0.95f;
  private static final String TENANT = "tenant";
  private static final int ONE_FAILURE = 1;
  private static final String NAME = "%s";
  private static final String[] CHATTER = {
    "2026-05-02T18:08:14.234Z [INFO] Compiling module %s (3 of 41)",
    "Retrieving org/%s/library/1.10.2/library-1.10.2.jar from central in 154ms",
    "/home/ci/build/project/src/main/%s/Handler.java uses unchecked operations",
    "\u2713 %s keeps its promise (23 ms)",
    "remote: Counting objects of %s: 100% (214/214), done.",
  };
  private static final String[] FAILURES = {
    "src/test/%s/HandlerTest.java:214: error: cannot find symbol",
    "java.lang.IllegalStateException: %s is closed after 1532 ms",
    "The command \"./build %s\" exited with 1.",
  };

  /** Refuses what comes, as an entry's own threshold does after a wrong answer. */
  private static final Acceptor<Object> REFUSE = (value, score) -> score > 1;

  private final LogLines lines = new LogLines(11);
  private final LineQuery<Object> query = new LineQuery<>();
  private final byte[] log;
  private final byte[] question =
      "How do I retry a failed build step in the pipeline?".getBytes(StandardCharsets.UTF_8);
  private int next;

  public LogBenchmark() {
    StringBuilder bytes = new StringBuilder();
    while (bytes.length() < LOG_BYTES) {
      bytes.append(text(7, 7));
    }
    log = bytes.substring(0, LOG_BYTES).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** An index of logs; each is built once for all benchmarks, when the first of them needs it. */
  private static final class Filled {
    static final Filled USUAL = new Filled(1_000, 10_000, 100_000);

    final LineIndex<Object> index;
    final LogLines[] unknown = new LogLines[QUERIES];
    final LogLines[] known = new LogLines[QUERIES];

    private Filled(int... partitions) {
      SplittableRandom random = new SplittableRandom(1);
      index = new LineIndex<>(100_000, 1_000_000, value -> 0, random.split());
      LineQuery<Object> query = new LineQuery<>();
      int last = 0;
      for (int partition : partitions) {
        int failures = Math.max(1, partition / 100);
        for (int i = 0; i < (partition == ONE_FAILURE ? 100_000 : partition); i++) {
          query.set(read(text(partition * 1_000_003L + i % failures, random.nextLong())));
          index.add(TENANT, partition, 0, i, query, Long.MAX_VALUE);
        }
        last = failures;
      }
      int largest = partitions[partitions.length - 1];
      for (int i = 0; i < QUERIES; i++) {
        unknown[i] = read(text(-1 - i, random.nextLong()));
        known[i] = read(text(largest * 1_000_003L + i % last, random.nextLong()));
      }
    }
  }

  /** The worst case, apart because few want to wait for it. */
  private static final class OneFailure {
    static final Filled ALL = new Filled(ONE_FAILURE);
  }

  /** The log of a failure: half of its chatter is its own, the other is this run's. */
  private static String text(long failure, long run) {
    SplittableRandom its = new SplittableRandom(failure);
    SplittableRandom runs = new SplittableRandom(run);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < LINES; i++) {
      boolean fails = i > LINES - 10 && i % 3 == 0;
      String[] from = fails ? FAILURES : CHATTER;
      SplittableRandom random = fails || i % 2 == 0 ? its : runs;
      String template = from[i % from.length];
      int place = template.indexOf(NAME);
      text.append(template, 0, place);
      for (long left = random.nextLong() >>> 8; left != 0; left /= 26) {
        text.append((char) ('a' + left % 26));
      }
      text.append(template, place + NAME.length(), template.length()).append('\n');
    }
    return text.toString();
  }

  private static LogLines read(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    LogLines read = new LogLines(11);
    read.read(utf8, 0, utf8.length);
    return read;
  }

  @Benchmark
  public long read3k() {
    lines.read(log, 0, log.length);
    return lines.keyLow();
  }

  @Benchmark
  public Shape shapeOfLog3k() {
    return Shapes.of(log, 0, log.length);
  }

  @Benchmark
  public Shape shapeOfQuestion() {
    return Shapes.of(question, 0, question.length);
  }

  @Benchmark
  public boolean timeWordsOfQuestion() {
    return TimeWords.present(question, 0, question.length);
  }

  @Benchmark
  public boolean missIn1k() {
    return search(Filled.USUAL, 1_000, Filled.USUAL.unknown);
  }

  @Benchmark
  public boolean missIn10k() {
    return search(Filled.USUAL, 10_000, Filled.USUAL.unknown);
  }

  @Benchmark
  public boolean missIn100k() {
    return search(Filled.USUAL, 100_000, Filled.USUAL.unknown);
  }

  @Benchmark
  public boolean sameFindingsIn100k() {
    return search(Filled.USUAL, 100_000, Filled.USUAL.known);
  }

  @Benchmark
  public boolean sameFindingsAsAll100k() {
    return search(OneFailure.ALL, ONE_FAILURE, OneFailure.ALL.known);
  }

  private boolean search(Filled filled, int entries, LogLines[] logs) {
    LinePartition<Object> partition =
        Objects.requireNonNull(filled.index.partition(entries, 0, TENANT));
    query.set(logs[next++ & (QUERIES - 1)]);
    return filled.index.search(partition, query, LEAST, 0, REFUSE);
  }
}
