package fairlead.cache.store;

import static fairlead.cache.store.Entries.HOUR;
import static fairlead.cache.store.Entries.NOW;
import static fairlead.cache.store.Entries.answering;
import static fairlead.cache.store.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.CacheEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AnswerStoreTest {
  private static final long MB = 1 << 20;

  private final List<String> gone = new ArrayList<>();
  private final AnswerStore store = store(MB);

  private AnswerStore store(long maxBytes) {
    return new AnswerStore(
        maxBytes, 42, (entry, reason) -> gone.add(entry.keyLow() + " " + reason));
  }

  @Test
  void findsWhatWasPutUntilItsTimeIsOver() {
    CacheEntry entry = entry(1);
    assertThat(store.exact(~1, 1, NOW)).isNull();
    assertThat(store.put(entry)).isTrue();
    assertThat(store.exact(~1, 1, NOW + HOUR - 1)).isSameAs(entry);
    assertThat(store.exact(~1, 2, NOW)).isNull();
    assertThat(store.exact(1, 1, NOW)).isNull();
    assertThat(store.exact(~1, 1, NOW + HOUR)).isNull();
  }

  @Test
  void timeThatIsOverFreesMemoryWithoutAnybodyAsking() {
    store.put(entry(1));
    store.put(answering(2, 100).lives(NOW, NOW + 2 * HOUR).build());
    store.put(answering(3, 100).lives(NOW, Long.MAX_VALUE).build());
    store.purge(NOW + HOUR + 2_000);
    assertThat(gone).containsExactly("1 EXPIRED");
    assertThat(store.entries()).isEqualTo(2);
    store.purge(NOW + 2 * HOUR + 4_000);
    assertThat(gone).containsExactly("1 EXPIRED", "2 EXPIRED");
    store.purge(NOW + 100_000 * HOUR);
    assertThat(store.entries()).isEqualTo(1);
  }

  @Test
  void aNewAnswerReplacesTheOldOneAndHasItsOwnEnd() {
    CacheEntry old = entry(1);
    CacheEntry fresh = answering(1, 50).lives(NOW + 1, NOW + 3 * HOUR).build();
    store.put(old);
    store.put(fresh);
    assertThat(old.removed()).isTrue();
    assertThat(gone).containsExactly("1 REPLACED");
    assertThat(store.entries()).isEqualTo(1);
    assertThat(store.exact(~1, 1, NOW + 2 * HOUR)).isSameAs(fresh);
    assertThat(store.bytes()).isEqualTo(new Held(fresh).weight);
  }

  @Test
  void puttingTheSameEntryTwiceChangesNothing() {
    CacheEntry entry = entry(1);
    store.put(entry);
    store.put(entry);
    assertThat(gone).isEmpty();
    assertThat(store.entries()).isEqualTo(1);
    assertThat(store.bytes()).isEqualTo(new Held(entry).weight);
    assertThat(store.exact(~1, 1, NOW)).isSameAs(entry);
  }

  @Test
  void whatIsRestoredDoesNotReplaceWhatIsThere() {
    CacheEntry fresh = entry(1);
    CacheEntry old = entry(1);
    store.put(fresh);
    assertThat(store.restore(old)).isFalse();
    assertThat(old.removed()).isTrue();
    assertThat(store.exact(~1, 1, NOW)).isSameAs(fresh);
    assertThat(store.restore(entry(2))).isTrue();
    assertThat(gone).isEmpty();
  }

  @Test
  void anAliasFindsTheEntryAndGoesWithIt() {
    CacheEntry entry = entry(1);
    store.put(entry);
    store.alias(5, 6, entry);
    store.alias(7, 8, entry);
    assertThat(store.exact(5, 6, NOW)).isSameAs(entry);
    assertThat(store.exact(7, 8, NOW)).isSameAs(entry);
    assertThat(store.entries()).isEqualTo(1);
    assertThat(store.remove(5, 6)).isSameAs(entry);
    assertThat(store.exact(~1, 1, NOW)).isNull();
    assertThat(store.exact(7, 8, NOW)).isNull();
    assertThat(gone).containsExactly("1 REMOVED");
    assertThat(store.bytes()).isZero();
  }

  @Test
  void anAliasOfWhatIsNotStoredIsNone() {
    CacheEntry entry = entry(1);
    store.alias(5, 6, entry);
    assertThat(store.exact(5, 6, NOW)).isNull();
    store.put(entry);
    store.alias(~1, 1, entry); // its own key
    store.remove(~1, 1);
    store.alias(5, 6, entry);
    assertThat(store.exact(5, 6, NOW)).isNull();
    assertThat(store.bytes()).isZero();
  }

  @Test
  void anAliasGoesWithAnExpiredEntryToo() {
    CacheEntry entry = entry(1);
    store.put(entry);
    store.alias(5, 6, entry);
    store.purge(NOW + HOUR + 2_000);
    store.put(answering(5, 10).key(5, 6).lives(NOW + HOUR + 2_000, NOW + 2 * HOUR).build());
    assertThat(store.exact(5, 6, NOW + HOUR + 2_000)).isNotNull();
    assertThat(store.bytes()).isPositive();
    store.remove(5, 6);
    assertThat(store.bytes()).isZero();
  }

  @Test
  void removesByRouteTagAndTenant() {
    for (int i = 0; i < 40; i++) {
      store.put(answering(i, 10).owner("t" + i % 2, "r" + i % 5).build());
    }
    assertThat(store.removeIf(e -> List.of(e.tags()).contains("job=3"))).isEqualTo(10);
    assertThat(store.removeIf(e -> List.of(e.tags()).contains("job=3"))).isZero();
    assertThat(store.removeIf(e -> List.of(e.tags()).contains("job"))).isZero();
    assertThat(store.removeIf(e -> e.route().equals("r4"))).isEqualTo(8 - 2);
    assertThat(store.removeIf(e -> e.tenant().equals("t0"))).isEqualTo(20 - 4);
    Set<Long> left = new HashSet<>();
    store.forEach(e -> left.add(e.keyLow()));
    assertThat(left).allMatch(i -> i % 2 == 1 && i % 5 != 4 && (i & 3) != 3);
    assertThat(left).hasSize(store.entries());
    assertThat(gone).hasSize(40 - left.size());
  }

  @Test
  void tooLargeOrOverIsNotStored() {
    CacheEntry large = answering(1, (int) MB).build();
    assertThat(store.put(large)).isFalse();
    assertThat(large.removed()).isTrue();
    store.purge(NOW + HOUR);
    assertThat(store.put(entry(2))).isFalse();
    assertThat(store.entries()).isZero();
  }

  @Test
  void takesNoMoreBytesThanAllowedAndLetsTheCheapGo() {
    for (int i = 0; i < 10_000; i++) {
      boolean dear = i % 10 == 0;
      CacheEntry entry = answering(i, 900).saves(100, 100, dear ? 0.5 : 0.001).build();
      store.put(entry);
      assertThat(store.bytes()).isLessThanOrEqualTo(MB);
    }
    assertThat(store.entries()).isGreaterThan(500);
    int[] dear = new int[1];
    store.forEach(e -> dear[0] += e.keyLow() % 10 == 0 ? 1 : 0);
    assertThat(dear[0]).isGreaterThan(store.entries() * 3 / 4);
    assertThat(gone).hasSize(10_000 - store.entries()).allMatch(g -> g.endsWith("EVICTED"));
  }

  /** A few thousand random calls give what a plain map gives. */
  @Test
  void isCrowdedUntilRoomWasMade() {
    assertThat(store.isCrowded()).isFalse();
    long key = 0;
    while (!store.isCrowded()) {
      assertThat(store.bytes()).isLessThan(MB - MB / 32);
      store.put(answering(++key, 1_000).build());
    }
    assertThat(gone).isEmpty(); // it tells before a put has to make room
    store.purge(NOW);
    assertThat(store.isCrowded()).isFalse();
    assertThat(store.bytes()).isBetween(MB - MB / 8, MB - MB / 16);
  }

  @Test
  void agreesWithAPlainMap() {
    for (long seed = 1; seed <= 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      AtomicInteger departed = new AtomicInteger();
      AnswerStore tested = new AnswerStore(64 * MB, seed, (e, r) -> departed.incrementAndGet());
      Map<Long, CacheEntry> model = new HashMap<>();
      Map<Long, CacheEntry> aliases = new HashMap<>();
      long now = NOW;
      int put = 0;
      for (int step = 0; step < 3_000; step++) {
        now += random.nextInt(3_000);
        long key = random.nextInt(200);
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> {
            CacheEntry entry =
                answering(key, 10)
                    .owner("t" + random.nextInt(3), "r" + random.nextInt(20))
                    .lives(now, now + 1 + random.nextInt(1_000_000))
                    .build();
            if (tested.put(entry)) {
              put++;
            }
            model.put(key, entry);
          }
          case 3 -> {
            CacheEntry entry = model.get(key);
            long alias = 1_000L + random.nextInt(50);
            CacheEntry other = aliases.get(alias);
            if (entry != null && entry.alive(now)) {
              if (other == null || other.storedAtMillis() <= entry.storedAtMillis()) {
                tested.alias(alias, alias, entry);
                aliases.put(alias, entry);
              } else if (other.alive(now)) {
                tested.alias(alias, alias, entry); // the newer one keeps it
              } else if (!other.alive(now - 3_000)) { // the store's clock is behind by a step
                tested.alias(alias, alias, entry);
                aliases.put(alias, entry);
              }
            }
          }
          case 4 -> {
            tested.remove(~key, key);
            model.remove(key);
          }
          case 5 -> {
            String route = "r" + random.nextInt(20);
            tested.removeIf(e -> e.route().equals(route));
            model.values().removeIf(e -> e.route().equals(route));
          }
          case 6 -> tested.purge(now);
          default -> {}
        }
        long asked = random.nextInt(200);
        CacheEntry expected = model.get(asked);
        CacheEntry found = tested.exact(~asked, asked, now);
        assertThat(found)
            .as("seed %d step %d", seed, step)
            .isSameAs(expected != null && expected.alive(now) ? expected : null);
        long alias = 1_000L + random.nextInt(50);
        CacheEntry behind = aliases.get(alias);
        assertThat(tested.exact(alias, alias, now))
            .as("seed %d step %d", seed, step)
            .isSameAs(behind != null && behind.alive(now) ? behind : null);
      }
      assertThat(departed.get() + tested.entries()).as("seed %d", seed).isEqualTo(put);
      tested.purge(now + 10 * HOUR);
      assertThat(tested.entries()).isZero();
      assertThat(tested.bytes()).isZero();
    }
  }

  @Test
  void manyThreadsLeaveNothingBehind() throws InterruptedException {
    Map<CacheEntry, Integer> departed = new ConcurrentHashMap<>();
    AtomicInteger put = new AtomicInteger();
    AnswerStore shared =
        new AnswerStore(200_000, 7, (entry, _) -> departed.merge(entry, 1, Integer::sum));
    List<Thread> threads = new ArrayList<>();
    List<Throwable> wrong = new CopyOnWriteArrayList<>();
    for (int t = 0; t < 4; t++) {
      long seed = t;
      Thread thread =
          Thread.ofPlatform()
              .uncaughtExceptionHandler((_, e) -> wrong.add(e))
              .start(
                  () -> {
                    SplittableRandom random = new SplittableRandom(seed);
                    for (int i = 0; i < 30_000; i++) {
                      long key = random.nextInt(500);
                      int what = random.nextInt(10);
                      if (what < 4) {
                        CacheEntry entry = answering(key, 300).build();
                        shared.put(entry);
                        put.incrementAndGet();
                        shared.alias(key, key, entry);
                      } else if (what == 4) {
                        shared.remove(~key, key);
                      } else {
                        CacheEntry found = shared.exact(what == 5 ? key : ~key, key, NOW);
                        if (found != null && found.keyLow() != key) {
                          throw new AssertionError("asked " + key + " got " + found.keyLow());
                        }
                      }
                    }
                  });
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(wrong).isEmpty();
    assertThat(departed.values()).allMatch(times -> times == 1);
    assertThat(departed.size() + shared.entries()).isEqualTo(put.get());
    shared.forEach(entry -> assertThat(entry.removed()).isFalse());
    for (long key = 0; key < 500; key++) {
      shared.remove(~key, key);
      assertThat(shared.exact(key, key, NOW)).isNull();
    }
    assertThat(shared.entries()).isZero();
    assertThat(shared.bytes()).isZero();
    assertThat(departed).allSatisfy((entry, _) -> assertThat(entry.removed()).isTrue());
  }

  @Test
  void aClockThatWasAheadIsSetBackByWhoeverKeepsHouse() {
    AnswerStore store = new AnswerStore(1 << 20, 1, (_, _) -> {});
    store.purge(NOW + 100 * HOUR);
    assertThat(store.put(entry(1))).isFalse();
    store.purge(NOW);
    assertThat(store.put(entry(2))).isTrue();
    assertThat(store.exact(~2, 2, NOW)).isNotNull();
    store.purge(NOW + HOUR / 2);
    assertThat(store.exact(~2, 2, NOW + HOUR / 2)).isNotNull();
  }

  @Test
  void whatComesBackFromDiskDoesNotSetTheClock() {
    AnswerStore store = new AnswerStore(1 << 20, 1, (_, _) -> {});
    store.purge(NOW);
    store.restore(Entries.answering(1, 10).lives(NOW + 100 * HOUR, NOW + 101 * HOUR).build());
    assertThat(store.put(entry(2))).isTrue();
  }

  @Test
  void anAliasStaysWithTheNewerEntryAndIsPaidOnce() {
    AnswerStore store = new AnswerStore(1 << 20, 1, (_, _) -> {});
    CacheEntry older = entry(1);
    CacheEntry newer = Entries.answering(2, 10).lives(NOW + 1, NOW + HOUR).build();
    store.put(older);
    store.put(newer);
    store.alias(5, 6, older);
    long bytes = store.bytes();
    store.alias(5, 6, older);
    assertThat(store.bytes()).isEqualTo(bytes);
    store.alias(5, 6, newer);
    store.alias(5, 6, older);
    assertThat(store.exact(5, 6, NOW)).isSameAs(newer);
    store.remove(newer);
    store.alias(5, 6, older);
    assertThat(store.exact(5, 6, NOW)).isSameAs(older);
    assertThat(store.remove(older)).isTrue();
    assertThat(store.remove(older)).isFalse();
    assertThat(store.bytes()).isZero();
  }
}
