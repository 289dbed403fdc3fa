package fairlead.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class PresenceTest {
  private static final long MEMORY = 1 << 24;

  private final long seed = Long.getLong("fairlead.seed", 1);
  private final SplittableRandom random = new SplittableRandom(seed);
  private final Presence presence = new Presence(MEMORY);

  private List<Long> marked(int count) {
    List<Long> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long key = random.nextLong();
      keys.add(key);
      presence.mark(key);
    }
    return keys;
  }

  private double mistaken() {
    int mistakes = 0;
    for (int i = 0; i < 100_000; i++) {
      mistakes += presence.mayHold(random.nextLong()) ? 1 : 0;
    }
    return mistakes / 100_000.0;
  }

  @Test
  void knowsWhatWasMarkedAndLittleElse() {
    assertThat(mistaken()).isZero();
    List<Long> keys = marked((int) (MEMORY / 1_280)); // as many entries as there are of that size
    assertThat(keys).allMatch(presence::mayHold);
    assertThat(mistaken()).isBetween(0.02, 0.13);
    assertThat(presence.isFull()).isFalse();
  }

  @Test
  void forgetsWhatHasGone() {
    List<Long> gone = marked(20_000);
    List<Long> there = marked(5_000);
    assertThat(presence.isFull()).isTrue();
    presence.renew(each -> there.forEach(low -> each.accept(new Key(0, low))));
    assertThat(presence.isFull()).isFalse();
    assertThat(there).allMatch(presence::mayHold);
    assertThat(mistaken()).isLessThan(0.06);
    assertThat(gone.stream().filter(presence::mayHold).count()).isLessThan(20_000 / 10);
  }

  /** Where all that was marked is there, it is not renewed again and again. */
  @Test
  void isNotRenewedInVain() {
    List<Long> there = marked(60_000);
    assertThat(presence.isFull()).isTrue();
    presence.renew(each -> there.forEach(low -> each.accept(new Key(0, low))));
    assertThat(presence.isFull()).isFalse();
    assertThat(there).allMatch(presence::mayHold);
  }

  /** Keys that come while it is renewed are known, whatever the iteration has seen of them. */
  @Test
  void noKeyIsLostWhileItIsRenewed() throws Exception {
    Set<Key> map = ConcurrentHashMap.newKeySet();
    AtomicBoolean over = new AtomicBoolean();
    List<Future<Set<Long>>> writers = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      for (int thread = 0; thread < 2; thread++) {
        SplittableRandom mine = random.split();
        writers.add(
            pool.submit(
                () -> {
                  Set<Long> kept = new HashSet<>();
                  for (int i = 0; i < 200_000; i++) {
                    long low = mine.nextLong();
                    Key key = new Key(0, low);
                    map.add(key);
                    presence.mark(low);
                    assertThat(presence.mayHold(low)).describedAs("seed %d", seed).isTrue();
                    if (i % 16 == 0) {
                      kept.add(low);
                    } else {
                      map.remove(key);
                    }
                  }
                  return kept;
                }));
      }
      Future<Integer> renewing =
          pool.submit(
              () -> {
                int renewals = 0;
                while (!over.get()) {
                  presence.renew(map::forEach);
                  renewals++;
                }
                return renewals;
              });
      for (Future<Set<Long>> writer : writers) {
        assertThat(writer.get()).describedAs("seed %d", seed).allMatch(presence::mayHold);
      }
      over.set(true);
      assertThat(renewing.get()).isPositive();
    }
  }
}
