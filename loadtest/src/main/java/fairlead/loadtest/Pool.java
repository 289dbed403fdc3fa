package fairlead.loadtest;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections of an open loop, and the requests whose time has come while all were in use.
 *
 * <p>Thread-safe; no call blocks longer than moving one element takes. It grows when no connection
 * is free, up to a bound; the one that was used last is used next, so that it grows no more than it
 * has to. Requests that wait are sent in their order, and keep the time at which they should have
 * left.
 *
 * @param <C> a connection
 */
final class Pool<C> {
  /** As long as the driver waits: what is asked then can be given by nobody. */
  private static final int MAX_WAITING = 1_000_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final int bound;
  private final Supplier<C> maker;
  private final List<C> all = new ArrayList<>();
  private final ArrayDeque<C> idle = new ArrayDeque<>();
  private final ArrayDeque<Long> waiting = new ArrayDeque<>();

  Pool(int bound, Supplier<C> maker) {
    this.bound = bound;
    this.maker = maker;
  }

  /**
   * A connection for a request that is due; null when all are in use: then it waits here.
   *
   * @throws IllegalStateException if a million are waiting already
   */
  @Nullable C take(long due) {
    lock.lock();
    try {
      C free = idle.pollLast();
      if (free != null) {
        return free;
      }
      if (all.size() < bound) {
        C made = maker.get();
        all.add(made);
        return made;
      }
      if (waiting.size() >= MAX_WAITING) {
        throw new IllegalStateException(
            MAX_WAITING + " requests wait for a connection: the rate is far too high");
      }
      waiting.addLast(due);
      return null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a connection back, or gives it to the request that waits longest.
   *
   * @return when that request was due; null if none waits
   */
  @Nullable Long giveBack(C connection) {
    lock.lock();
    try {
      Long due = waiting.pollFirst();
      if (due == null) {
        idle.addLast(connection);
      }
      return due;
    } finally {
      lock.unlock();
    }
  }

  /** All that were made. */
  List<C> all() {
    lock.lock();
    try {
      return List.copyOf(all);
    } finally {
      lock.unlock();
    }
  }

  /** Takes the requests that still wait out. */
  List<Long> drain() {
    lock.lock();
    try {
      List<Long> left = List.copyOf(waiting);
      waiting.clear();
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** Whether a request waits or a connection is in use. */
  boolean isBusy() {
    lock.lock();
    try {
      return !waiting.isEmpty() || idle.size() < all.size();
    } finally {
      lock.unlock();
    }
  }
}
