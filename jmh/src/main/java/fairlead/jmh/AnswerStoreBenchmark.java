package fairlead.jmh;

import fairlead.cache.CacheEntry;
import fairlead.cache.store.AnswerStore;
import fairlead.cache.store.CacheWriter;
import fairlead.cache.store.Flight;
import fairlead.cache.store.Flights;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * Looking up, putting and leading, with 50,000 entries of about 1 KB of which the recent ones are
 * asked for.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AnswerStoreBenchmark {
  private static final int ENTRIES = 50_000;
  private static final int BURST = 1_024;
  private static final long NOW = 1_760_000_000_000L;
  private static final long DAY = 86_400_000L;
  private static final byte[] ANSWER = new byte[700];
  private static final byte[] PAYLOAD = new byte[80];

  /** What the threads share. */
  @State(Scope.Benchmark)
  public static class Shared {
    final AnswerStore store = new AnswerStore(ENTRIES * 2_400L, 1, (_, _) -> {});
    final AnswerStore full = new AnswerStore(ENTRIES * 1_200L, 1, (_, _) -> {});
    final Flights flights = new Flights(store, Flights.DEFAULT_MAX_FOLLOWERS);
    final CacheEntry task = entry(1);
    final CacheWriter<CacheEntry> writer =
        new CacheWriter<>(
                new CacheWriter.Work<CacheEntry>() {
                  @Override
                  public void batch(List<CacheEntry> tasks) {}

                  @Override
                  public void tick() {}
                })
            .start();

    public Shared() {
      for (int i = 0; i < ENTRIES; i++) {
        store.put(entry(mixed(i)));
        full.put(entry(mixed(i)));
      }
    }

    @TearDown
    public void close() {
      writer.close();
    }
  }

  /** One connection's part. */
  @State(Scope.Thread)
  public static class Call {
    private final SplittableRandom random = new SplittableRandom();
    private int next = random.nextInt();
    private AnswerStore.@Nullable Reader reader;
    private @Nullable Flight place;

    @Setup
    public void open(Shared shared) {
      reader = shared.store.reader();
    }

    AnswerStore.Reader reader() {
      return Objects.requireNonNull(reader);
    }

    long hot() {
      return mixed(random.nextInt(ENTRIES / 10));
    }
  }

  @Benchmark
  @Threads(1)
  public @Nullable CacheEntry hit(Call call) {
    long key = call.hot();
    return call.reader().exact(~key, key, NOW);
  }

  @Benchmark
  @Threads(2)
  public @Nullable CacheEntry hitTwoThreads(Call call) {
    long key = call.hot();
    return call.reader().exact(~key, key, NOW);
  }

  @Benchmark
  @Threads(1)
  public @Nullable CacheEntry miss(Call call) {
    return call.reader().exact(call.next++, call.hot(), NOW);
  }

  /** Makes an entry too, and puts it instead of another with its key. */
  @Benchmark
  @Threads(1)
  public boolean put(Shared shared, Call call) {
    return shared.store.put(entry(call.hot()));
  }

  /** Makes an entry too, puts it, and evicts another, which is as a rule not done by a caller. */
  @Benchmark
  @Threads(1)
  public boolean putAndEvict(Shared shared, Call call) {
    return shared.full.put(entry(mixed(call.next++)));
  }

  @Benchmark
  @Threads(1)
  public boolean lead(Shared shared, Call call) {
    long additions = shared.store.additions(); // as a call does that has looked before
    Flight flight =
        shared.flights.enter(call.place, call.next++, call.hot(), NOW, Long.MIN_VALUE, additions);
    boolean leads = flight.leads();
    flight.close();
    call.place = flight;
    return leads;
  }

  /** Fills a quarter of the queue and waits until that is done; per task. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  @Threads(1)
  public long offer(Shared shared) {
    for (int i = 0; i < BURST; i++) {
      shared.writer.offer(shared.task);
    }
    shared.writer.flush();
    return shared.writer.dropped();
  }

  private static CacheEntry entry(long key) {
    return new CacheEntry.Builder()
        .key(~key, key)
        .owner("acme", "chat")
        .payload(PAYLOAD)
        .answer(ANSWER)
        .saves(200, 100, 0.0001 * (1 + (key & 63)))
        .lives(NOW, NOW + DAY)
        .build();
  }

  private static long mixed(long number) {
    long z = (number + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    return z ^ (z >>> 27);
  }
}
