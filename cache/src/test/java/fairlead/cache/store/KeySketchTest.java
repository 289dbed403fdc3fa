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

final class KeySketchTest {
  private static final long MEMORY = 1 << 24;

  private final long seed = Long.getLong("fairlead.seed", 1);
  private final SplittableRandom random = new SplittableRandom(seed);
  private final KeySketch sketch = new KeySketch(MEMORY);

  private Key key() {
    return new Key(random.nextLong(), random.nextLong());
  }

  private List<Key> marked(int count) {
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Key key = key();
      keys.add(key);
      sketch.mark(key.high(), key.low());
    }
    return keys;
  }

  private boolean mayHold(Key key) {
    return sketch.mayHold(key.high(), key.low());
  }

  private double mistaken() {
    int mistakes = 0;
    for (int i = 0; i < 100_000; i++) {
      mistakes += mayHold(key()) ? 1 : 0;
    }
    return mistakes / 100_000.0;
  }

  @Test
  void knowsWhatWasMarkedAndLittleElse() {
    assertThat(mistaken()).isZero();
    List<Key> keys = marked((int) (MEMORY / 1_280)); // as many entries as there are of that size
    assertThat(keys).allMatch(this::mayHold);
    assertThat(mistaken()).isBetween(0.003, 0.03);
    assertThat(sketch.isFull()).isFalse();
  }

  @Test
  void forgetsWhatHasGone() {
    List<Key> gone = marked(30_000);
    List<Key> there = marked(5_000);
    assertThat(mistaken()).isBetween(0.04, 0.12);
    assertThat(sketch.isFull()).isTrue();
    sketch.renew(there::forEach);
    assertThat(sketch.isFull()).isFalse();
    assertThat(there).allMatch(this::mayHold);
    assertThat(mistaken()).isLessThan(0.002);
    assertThat(gone.stream().filter(this::mayHold).count()).isLessThan(30_000 / 100);
  }

  /** Where all that was marked is there, it is not renewed again and again. */
  @Test
  void isNotRenewedInVain() {
    List<Key> there = marked(60_000);
    assertThat(sketch.isFull()).isTrue();
    sketch.renew(there::forEach);
    assertThat(sketch.isFull()).isFalse();
    assertThat(there).allMatch(this::mayHold);
  }

  @Test
  void remembersWhatWasTurnedAwayBesideWhatIsThere() {
    List<Key> there = marked(10_000);
    Key first = key();
    assertThat(sketch.wasTurnedAway(first.high(), first.low())).isFalse();
    sketch.turnAway(first.high(), first.low());
    assertThat(sketch.wasTurnedAway(first.high(), first.low())).isTrue();
    sketch.renew(there::forEach);
    assertThat(sketch.wasTurnedAway(first.high(), first.low())).isTrue();
    for (int i = 0; i < 100_000; i++) {
      Key another = key();
      sketch.turnAway(another.high(), another.low());
      assertThat(sketch.wasTurnedAway(another.high(), another.low())).isTrue();
    }
    assertThat(sketch.wasTurnedAway(first.high(), first.low())).isFalse(); // by now
    assertThat(there).allMatch(this::mayHold);
    assertThat(mistaken()).isLessThan(0.02);
  }

  /**
   * Keys that come while it is renewed are known, whatever the iteration has seen of them, and
   * others are turned away.
   */
  @Test
  void noKeyIsLostWhileItIsRenewed() throws Exception {
    Set<Key> map = ConcurrentHashMap.newKeySet();
    AtomicBoolean over = new AtomicBoolean();
    List<Future<Set<Key>>> writers = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      for (int thread = 0; thread < 2; thread++) {
        SplittableRandom mine = random.split();
        writers.add(
            pool.submit(
                () -> {
                  Set<Key> kept = new HashSet<>();
                  for (int i = 0; i < 200_000; i++) {
                    Key key = new Key(mine.nextLong(), mine.nextLong());
                    map.add(key);
                    sketch.mark(key.high(), key.low());
                    assertThat(mayHold(key)).describedAs("seed %d", seed).isTrue();
                    sketch.turnAway(mine.nextLong(), mine.nextLong());
                    if (i % 16 == 0) {
                      kept.add(key);
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
                  sketch.renew(map::forEach);
                  renewals++;
                }
                return renewals;
              });
      for (Future<Set<Key>> writer : writers) {
        assertThat(writer.get()).describedAs("seed %d", seed).allMatch(this::mayHold);
      }
      over.set(true);
      assertThat(renewing.get()).isPositive();
    }
  }
}
