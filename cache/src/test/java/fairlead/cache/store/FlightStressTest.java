package fairlead.cache.store;

import static fairlead.cache.store.Entries.HOUR;
import static fairlead.cache.store.Entries.NOW;
import static fairlead.cache.store.Entries.answering;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.CacheEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real threads: a lost wake-up hangs the test, since nobody's wait has an end. */
class FlightStressTest {
  private static final int KEYS = 8;

  private final AnswerStore store = new AnswerStore(1 << 24, 1, (_, _) -> {});
  private final Flights flights = new Flights(store, 100);
  private final AtomicIntegerArray leading = new AtomicIntegerArray(KEYS);
  private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger served = new AtomicInteger();
  private final AtomicInteger led = new AtomicInteger();
  private final AtomicInteger alone = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();
  private final AtomicInteger reused = new AtomicInteger();
  private final AtomicReference<@Nullable Flight> lastWaiting = new AtomicReference<>();

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void nobodyWaitsForNothing() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 2; t++) {
      long seed = t;
      threads.add(Thread.ofPlatform().start(() -> calls(seed, 40_000)));
    }
    for (int t = 0; t < 200; t++) {
      long seed = 1_000L + t;
      threads.add(Thread.ofVirtual().start(() -> calls(seed, 1_000)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(wrong).isEmpty();
    assertThat(flights.flying()).isZero();
    assertThat(served.get() + led.get() + alone.get() + left.get()).isEqualTo(280_000);
    assertThat(served.get()).isPositive();
    assertThat(led.get()).isPositive();
    assertThat(alone.get()).isPositive();
    assertThat(left.get()).isPositive();
    assertThat(reused.get()).isPositive();
  }

  private void calls(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    Flight place = null;
    for (int i = 0; i < count; i++) {
      try {
        place = call(random, place);
      } catch (RuntimeException | Error e) {
        wrong.add("seed " + seed + " call " + i + ": " + e);
        place = null;
      }
    }
  }

  /** With the place of the call before if that may be used again, as a connection does. */
  private @Nullable Flight call(SplittableRandom random, @Nullable Flight used) {
    int key = random.nextInt(KEYS);
    Flight place = flights.enter(used, ~key, key, NOW, Long.MIN_VALUE, Flights.UNKNOWN);
    call(random, key, place);
    if (!place.isReusable()) {
      return null;
    }
    reused.incrementAndGet();
    return place;
  }

  private void call(SplittableRandom random, int key, Flight place) {
    try (Flight flight = place) {
      if (flight.stage() == Flight.Stage.WAITS) {
        Flight other = lastWaiting.getAndSet(flight);
        if (other != null && random.nextInt(20) == 0) {
          other.cancel();
        }
        if (random.nextInt(50) == 0) {
          left.incrementAndGet();
          return; // without having waited
        }
      }
      switch (flight.await(Long.MAX_VALUE)) {
        case LANDED -> {
          if (flight.entry().keyLow() != key) {
            wrong.add("another key's answer");
          }
          served.incrementAndGet();
        }
        case LEADS -> {
          led.incrementAndGet();
          lead(flight, key, random);
        }
        case ALONE -> alone.incrementAndGet();
        case CANCELLED -> left.incrementAndGet();
        default -> wrong.add("stage " + flight.stage());
      }
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // lets others in between
  private void lead(Flight flight, int key, SplittableRandom random) {
    if (leading.incrementAndGet(key) != 1) {
      wrong.add("two leaders of " + key);
    }
    if (random.nextBoolean()) {
      Thread.yield();
    }
    leading.decrementAndGet(key);
    switch (random.nextInt(4)) {
      case 0, 1 -> {
        CacheEntry answer = answering(key, 10).lives(NOW, NOW + HOUR).build();
        store.put(answer);
        flight.land(answer);
        store.remove(~key, key); // so that there is more to do
      }
      case 2 -> flight.landUnshared();
      default -> flight.giveUp();
    }
  }
}
