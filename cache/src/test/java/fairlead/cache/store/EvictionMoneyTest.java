package fairlead.cache.store;

import static fairlead.cache.store.Entries.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import fairlead.cache.CacheEntry;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Replays a skewed trace against this store and against the usual ones, and counts the dollars.
 *
 * <p>The trace: Zipf's popularity that drifts, a third of all calls never repeated, sizes and
 * prices that vary by factors of tens and hardly together, as answers' do.
 */
class EvictionMoneyTest {
  private static final int CALLS = 120_000;
  private static final int POPULAR = 10_000;
  private static final double ZIPF = 0.9;
  private static final long MILLIS_PER_CALL = 200;

  /** One cache under test. */
  private interface Subject {
    boolean has(long key, long now);

    void put(CacheEntry entry);
  }

  private record Outcome(double savedUsd, int hits) {}

  @Test
  void savesMoreMoneyThanRecencyOrUsesAlone() {
    for (long seed = 1; seed <= 2; seed++) {
      for (long bytes : new long[] {2L << 20, 8L << 20}) {
        Outcome recency = replay(seed, new Recency(bytes));
        Outcome uses = replay(seed, new Uses(bytes, false));
        Outcome weighted = replay(seed, new Uses(bytes, true));
        Outcome money = replay(seed, new Money(bytes, seed));
        System.out.printf(
            "seed %d, %d MB: least recent $%.2f (%d hits), W-TinyLFU $%.2f (%d), weights by price"
                + " $%.2f (%d), this store $%.2f (%d)%n",
            seed,
            bytes >> 20,
            recency.savedUsd,
            recency.hits,
            uses.savedUsd,
            uses.hits,
            weighted.savedUsd,
            weighted.hits,
            money.savedUsd,
            money.hits);
        assertThat(money.savedUsd).isGreaterThan(1.2 * recency.savedUsd);
        assertThat(money.savedUsd).isGreaterThan(1.08 * uses.savedUsd);
        assertThat(money.savedUsd).isGreaterThan(1.08 * weighted.savedUsd);
      }
    }
  }

  private static Outcome replay(long seed, Subject subject) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] upTo = new double[POPULAR];
    double sum = 0;
    for (int rank = 0; rank < POPULAR; rank++) {
      sum += Math.pow(rank + 1, -ZIPF);
      upTo[rank] = sum;
    }
    double saved = 0;
    int hits = 0;
    for (int call = 0; call < CALLS; call++) {
      long now = NOW + call * MILLIS_PER_CALL;
      long key;
      if (random.nextInt(3) == 0) {
        key = 1_000_000_000L + call;
      } else {
        int at = Arrays.binarySearch(upTo, random.nextDouble() * sum);
        int rank = at >= 0 ? at : ~at;
        key = rank + (call / 20_000) * 37L * (rank % 3 == 0 ? 100 : 0); // a third of them drifts
      }
      CacheEntry entry = answer(key, now);
      if (subject.has(key, now)) {
        saved += entry.costUsd();
        hits++;
      } else {
        subject.put(entry);
      }
    }
    return new Outcome(saved, hits);
  }

  /** What a key's answer is follows from the key. */
  private static CacheEntry answer(long key, long now) {
    SplittableRandom random = new SplittableRandom(key * 31);
    int bytes = (int) Math.clamp(1_500 * Math.exp(gauss(random)), 100, 60_000);
    double usd = 0.002 * Math.exp(1.5 * gauss(random)) * Math.sqrt(bytes / 1_500.0);
    return new CacheEntry.Builder()
        .key(~key, key)
        .answer(new byte[bytes])
        .saves(-1, -1, usd)
        .lives(now, now + 24 * Entries.HOUR)
        .build();
  }

  private static double gauss(SplittableRandom random) {
    return random.nextGaussian();
  }

  /** The least recently used goes. */
  private static final class Recency implements Subject {
    private final Map<Long, Integer> weights = new LinkedHashMap<>(16, 0.75f, true);
    private final long maxBytes;
    private long bytes;

    Recency(long maxBytes) {
      this.maxBytes = maxBytes;
    }

    @Override
    public boolean has(long key, long now) {
      return weights.get(key) != null;
    }

    @Override
    public void put(CacheEntry entry) {
      int weight = new Held(entry).weight;
      weights.put(entry.keyLow(), weight);
      bytes += weight;
      Iterator<Integer> eldest = weights.values().iterator();
      while (bytes > maxBytes) {
        bytes -= eldest.next();
        eldest.remove();
      }
    }
  }

  /** Caffeine by itself, by bytes, or by bytes that count double or half by their price. */
  private static final class Uses implements Subject {
    private final Cache<Long, CacheEntry> cache;

    Uses(long maxBytes, boolean byPrice) {
      cache =
          Caffeine.newBuilder()
              .maximumWeight(maxBytes)
              .weigher((Long _, CacheEntry entry) -> weight(entry, byPrice))
              .executor(Runnable::run)
              .build();
    }

    private static int weight(CacheEntry entry, boolean byPrice) {
      int weight = new Held(entry).weight;
      double average = 0.002 / 2_300;
      double factor = byPrice ? Math.clamp(average * weight / entry.costUsd(), 0.5, 2) : 1;
      return (int) (weight * factor);
    }

    @Override
    public boolean has(long key, long now) {
      return cache.getIfPresent(key) != null;
    }

    @Override
    public void put(CacheEntry entry) {
      cache.put(entry.keyLow(), entry);
    }
  }

  private static final class Money implements Subject {
    private final AnswerStore store;

    Money(long maxBytes, long seed) {
      store = new AnswerStore(maxBytes, seed, (_, _) -> {});
    }

    @Override
    public boolean has(long key, long now) {
      @Nullable CacheEntry entry = store.exact(~key, key, now);
      if (entry == null) {
        return false;
      }
      entry.hit();
      return true;
    }

    @Override
    public void put(CacheEntry entry) {
      store.put(entry);
    }
  }
}
