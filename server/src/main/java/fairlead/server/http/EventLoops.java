package fairlead.server.http;

import fairlead.providers.http.EventLoop;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The event loops that the connections of one front share out among them.
 *
 * <p>Thread-safe. Lifecycle: 1. {@link #open}; 2. {@link #next} for each connection; 3. {@link
 * #close}. One loop for two processors: a loop does what needs no waiting for, and carries some
 * 80,000 events of streams a second; virtual threads do the rest.
 */
final class EventLoops implements AutoCloseable {
  private final AtomicInteger turn = new AtomicInteger();
  private final List<EventLoop> loops = new CopyOnWriteArrayList<>();

  /**
   * Starts the threads; needs two descriptors for each.
   *
   * @throws IOException if the process is out of descriptors; {@link #close} ends those that run
   */
  void open() throws IOException {
    int count = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    for (int i = 0; i < count; i++) {
      loops.add(new EventLoop("fairlead-loop-" + i));
    }
  }

  /** The loop of another connection; null before {@link #open}. */
  @Nullable EventLoop next() {
    int count = loops.size();
    return count == 0 ? null : loops.get(Math.floorMod(turn.getAndIncrement(), count));
  }

  /** Ends the loops; what still runs there goes on on its own threads. */
  @Override
  public void close() {
    loops.forEach(EventLoop::close);
    loops.clear();
  }
}
