package fairlead.server.exchange;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Callers who wait for a place at a target that is at its concurrency limit, first come, first
 * served, at most {@code max}.
 *
 * <p>Thread-safe, lock-free. A place is not handed over: who is called tries to take one, and
 * somebody new may be faster; then the one who was called waits on. While nobody waits, {@link
 * #placeIsFree} costs one volatile read.
 */
final class PlaceQueue {
  private final int max;
  private final AtomicInteger waiting = new AtomicInteger();
  private final ConcurrentLinkedQueue<Waiter> waiters = new ConcurrentLinkedQueue<>();

  /** One caller in the queue. */
  static final class Waiter {
    private final Thread thread = Thread.currentThread();
    private volatile boolean called;

    private Waiter() {}

    /** Whether a place became free since the last time this was asked. */
    boolean wasCalled() {
      boolean was = called;
      called = false;
      return was;
    }
  }

  /**
   * @param max how many may wait; 0: nobody
   */
  PlaceQueue(int max) {
    this.max = max;
  }

  /** Joins the end of the queue; null if it is full. */
  @Nullable Waiter enter() {
    if (waiting.incrementAndGet() > max) {
      waiting.decrementAndGet();
      return null;
    }
    Waiter waiter = new Waiter();
    waiters.add(waiter);
    return waiter;
  }

  /** Leaves the queue, with or without a place; a call that came too late goes to the next one. */
  void leave(Waiter waiter, boolean withPlace) {
    boolean present = waiters.remove(waiter);
    waiting.decrementAndGet();
    if (!withPlace && (!present || waiter.wasCalled())) {
      placeIsFree();
    }
  }

  /** Stays in the queue after having been called for a place that somebody else took. */
  void again(Waiter waiter) {
    if (!waiters.contains(waiter)) {
      waiters.add(waiter);
    }
  }

  /** Calls the first one who waits, if there is one. */
  void placeIsFree() {
    if (waiting.get() == 0) {
      return;
    }
    Waiter first = waiters.poll();
    if (first != null) {
      first.called = true;
      LockSupport.unpark(first.thread);
    }
  }

  int waiting() {
    return Math.min(waiting.get(), max);
  }
}
