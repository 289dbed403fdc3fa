package fairlead.jmh;

import fairlead.cache.CacheEntry;
import fairlead.cache.earn.TrustSettings;
import fairlead.cache.guard.Strictness;
import fairlead.cache.tiers.AnswerCache;
import fairlead.cache.tiers.CacheEvents;
import fairlead.cache.tiers.Lookup;
import fairlead.cache.tiers.Question;
import fairlead.cache.tiers.RouteMemory;
import fairlead.cache.tiers.Tier;
import fairlead.cache.tiers.TierPolicy;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * A whole look-up, mostly one that finds nothing, for a question of about 20 tokens, in a partition
 * of 1,000, 10,000 and 100,000 questions: canonical form, vector, scan, facts, guards. {@code -bm
 * sample} shows the percentiles.
 *
 * <p>The questions are {@link RandomText}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LookupBenchmark {
  private static final int QUESTIONS = 1024;
  private static final int WORDS = 14;
  private static final String ANSWER = "{}";
  private static final byte[] STORED =
      "How can I reset my password?".getBytes(StandardCharsets.UTF_8);
  private static final byte[] ASKED =
      "How do I reset my password?".getBytes(StandardCharsets.UTF_8);

  /** A cache with one partition of so many questions. */
  @State(Scope.Benchmark)
  public abstract static class Filled {
    private final AnswerCache cache =
        AnswerCache.inMemory(
            new AnswerCache.Limits(1L << 30, 200_000, 1_000_000, 0),
            System::currentTimeMillis,
            answer -> answer,
            null,
            CacheEvents.NONE);
    private final RouteMemory route =
        cache.route(
            "route",
            new TierPolicy(
                TrustSettings.Mode.SERVE, Strictness.BALANCED, 0, .95f, .95f, .02, 0, false));
    private final byte[][] unknown = new byte[QUESTIONS][];

    Filled(int entries) {
      SplittableRandom random = new SplittableRandom(1);
      RandomText texts = new RandomText();
      byte[] answer = ANSWER.getBytes(StandardCharsets.UTF_8);
      Asker asker = new Asker();
      for (int i = 0; i < entries; i++) {
        byte[] text = i == 0 ? STORED : texts.of(WORDS, random);
        asker.ask(text);
        Lookup lookup = asker.lookup(cache);
        lookup.prepare(route, asker.question);
        CacheEntry entry =
            new CacheEntry.Builder()
                .key(random.nextLong(), random.nextLong()) // as digests are
                .owner("t", "route")
                .partition(1, 0)
                .payload(text)
                .answer(answer)
                .lives(System.currentTimeMillis(), Long.MAX_VALUE)
                .build();
        cache.remember(lookup.pending(), entry);
        if (i % 2_000 == 1_999) { // what the writer's queue takes
          cache.flush();
        }
      }
      cache.flush();
      for (int i = 0; i < QUESTIONS; i++) {
        unknown[i] = texts.of(WORDS, random);
      }
    }

    @TearDown
    public void close() {
      cache.close();
    }
  }

  /** One connection's part. */
  @State(Scope.Thread)
  public static class Asker {
    private final Question question = new Question();
    private @Nullable Lookup lookup;
    private int next;

    private void ask(byte[] text) {
      question
          .of("t", -1, 1, Long.MAX_VALUE / 2)
          .fuzzy(1, 0, text, 0, text.length, true, Long.MAX_VALUE / 2);
    }

    private Lookup lookup(AnswerCache cache) {
      Lookup made = lookup;
      if (made == null) {
        made = cache.lookup();
        lookup = made;
      }
      return made;
    }

    @Nullable CacheEntry findUnknown(Filled filled) {
      return find(filled, filled.unknown[next++ & QUESTIONS - 1]);
    }

    CacheEntry findNear(Filled filled, byte[] text) {
      CacheEntry found = find(filled, text);
      if (found == null || lookup(filled.cache).tier() != Tier.PROSE) {
        throw new IllegalStateException(found == null ? "nothing found" : "found by its words");
      }
      return found;
    }

    private @Nullable CacheEntry find(Filled filled, byte[] text) {
      ask(text);
      return lookup(filled.cache).find(filled.route, question, System.currentTimeMillis(), next);
    }
  }

  /** 1,000 of them. */
  public static class Thousand extends Filled {
    public Thousand() {
      super(1_000);
    }
  }

  /** 10,000 of them. */
  public static class TenThousand extends Filled {
    public TenThousand() {
      super(10_000);
    }
  }

  /** 100,000 of them. */
  public static class HundredThousand extends Filled {
    public HundredThousand() {
      super(100_000);
    }
  }

  @Benchmark
  @Threads(1)
  public @Nullable CacheEntry entries1k(Thousand filled, Asker asker) {
    return asker.findUnknown(filled);
  }

  @Benchmark
  @Threads(1)
  public @Nullable CacheEntry entries10k(TenThousand filled, Asker asker) {
    return asker.findUnknown(filled);
  }

  @Benchmark
  @Threads(2)
  public @Nullable CacheEntry entries10kTwoThreads(TenThousand filled, Asker asker) {
    return asker.findUnknown(filled);
  }

  /** Another one says the same in other words. */
  @Benchmark
  @Threads(1)
  public CacheEntry nearHitIn10k(TenThousand filled, Asker asker) {
    return asker.findNear(filled, ASKED);
  }

  @Benchmark
  @Threads(1)
  public @Nullable CacheEntry entries100k(HundredThousand filled, Asker asker) {
    return asker.findUnknown(filled);
  }
}
