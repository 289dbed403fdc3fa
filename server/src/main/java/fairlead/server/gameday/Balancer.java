package fairlead.server.gameday;

import fairlead.server.gameday.CallView.Ending;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A caller before two gateway processes that does what balancers and official clients do: it sends
 * calls in turn to those whose {@code /readyz} says 200 in time, and repeats a plain call elsewhere
 * when its connection fails.
 *
 * <p>Thread-safe. Lifecycle: 1. create, which begins to poll; 2. {@link #call}; 3. {@link #close}.
 */
final class Balancer implements AutoCloseable {
  private static final long READY_PATIENCE_MS = 500;
  private static final int MAX_TRIES = 3;

  private final List<GatewayUnderTest> replicas;
  private final AtomicIntegerArray ready;
  private final AtomicIntegerArray timesOut;
  private final AtomicInteger turn = new AtomicInteger();
  private final AtomicInteger repeats = new AtomicInteger();
  private volatile boolean closed;

  Balancer(List<GatewayUnderTest> replicas, long pollMs) {
    this.replicas = List.copyOf(replicas);
    ready = new AtomicIntegerArray(replicas.size());
    timesOut = new AtomicIntegerArray(replicas.size());
    for (int i = 0; i < replicas.size(); i++) {
      int place = i;
      ready.set(place, 1);
      Thread _ = Thread.ofVirtual().start(() -> poll(place, pollMs));
    }
  }

  private void poll(int place, long pollMs) {
    while (!closed) {
      long begin = System.nanoTime();
      int now = replicas.get(place).isReady(READY_PATIENCE_MS) ? 1 : 0;
      if (ready.getAndSet(place, now) == 1 && now == 0) {
        timesOut.incrementAndGet(place);
      }
      Pause.until(begin + TimeUnit.MILLISECONDS.toNanos(pollMs));
    }
  }

  CallView call(String route, boolean streamed, long runNanos, long patienceMs) {
    int avoid = -1;
    for (int attempt = 1; ; attempt++) {
      int place = choose(avoid);
      CallView view =
          new Caller(replicas.get(place).port(), runNanos).call(route, streamed, patienceMs);
      boolean broken = view.ending() == Ending.REFUSED || view.ending() == Ending.CUT;
      // Nothing of a refused stream was seen; one that began is the caller's to judge.
      boolean repeatable = view.ending() == Ending.REFUSED || view.status() == 0 || !streamed;
      if (!broken || !repeatable || attempt == MAX_TRIES) {
        return view;
      }
      repeats.incrementAndGet();
      avoid = place;
    }
  }

  private int choose(int avoid) {
    int size = replicas.size();
    int start = Math.floorMod(turn.getAndIncrement(), size);
    for (int i = 0; i < size; i++) {
      int place = (start + i) % size;
      if (place != avoid && ready.get(place) == 1) {
        return place;
      }
    }
    return avoid < 0 ? start : (avoid + 1) % size;
  }

  boolean isReady(int place) {
    return ready.get(place) == 1;
  }

  /** How often a replica was taken out. */
  int timesOut(int place) {
    return timesOut.get(place);
  }

  /** How many calls were made again elsewhere. */
  int repeats() {
    return repeats.get();
  }

  /** Ends the polling; a poll under way ends within its patience. */
  @Override
  public void close() {
    closed = true;
  }
}
