package fairlead.server.http;

import fairlead.providers.http.Deadline;
import fairlead.providers.http.DeadlineSweeper;
import java.io.IOException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a caller has gone while its request is still being worked on, by reading from its
 * connection ahead of time.
 *
 * <p>Lifecycle, per connection: 1. {@link #start} arms a timer; most calls are over before it fires
 * and pay two compare-and-sets. 2. The timer has an event loop tell of input, or starts a virtual
 * thread, the reader, that blocks in a read, for a connection that no loop can read (TLS). 3. The
 * end of the stream or an error runs the action; bytes are the beginning of the next request and
 * are kept. 4. {@link #stop} detaches the action. A reader stays in its read: nothing can call it
 * back without closing the socket. 5. Whoever reads next asks {@link #holdsInput} and, if so,
 * {@link #take}s what was read instead of reading beside it.
 *
 * <p>Thread-safety: start, stop, beforeWriting, holdsInput and take belong to the connection's
 * thread. The lock is held for copies and for reads that do not wait, never in the action. At any
 * time either the watch or the connection's thread reads from the socket, not both: the watch
 * begins to with the timer only, which {@link #stop} waits for, and the connection does not read
 * before it has stopped the watch. The loop's part changes the mode of the connection, which must
 * not happen during a write: that is what {@link #beforeWriting} is for.
 *
 * <p>A caller that shuts down only its sending direction cannot be told from one that has gone, and
 * is treated as gone. When the caller pipelines more than {@link #AHEAD_BYTES} during one call, the
 * rest stays in the kernel and the end behind it is noticed when writing fails. So is the departure
 * of one who does not read while there is something to be written.
 */
final class CallerWatch implements Transport.InputHandler {
  private static final System.Logger LOGGER = System.getLogger(CallerWatch.class.getName());
  static final int AHEAD_BYTES = 1024;

  private static final ThreadFactory READERS =
      Thread.ofVirtual().name("fairlead-caller-watch").factory();

  private final Transport transport;
  private final ThreadFactory readers;
  private final Deadline delay;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // guarded by lock, once a reader was started
  private byte @Nullable [] ahead;
  private int filled;
  private int taken;
  private @Nullable Runnable action;
  private boolean acting;

  /** Whether the loop tells of input. */
  private volatile boolean looping;

  /** Whether a reader is in its read. */
  private volatile boolean reading;

  private volatile boolean ended;
  private volatile boolean kept;

  // of the connection's thread
  private boolean armed;
  private long beginNanos;

  CallerWatch(Transport transport, DeadlineSweeper sweeper) {
    this(transport, sweeper, READERS);
  }

  CallerWatch(Transport transport, DeadlineSweeper sweeper, ThreadFactory readers) {
    this.transport = transport;
    this.readers = readers;
    delay = sweeper.register(this::begin);
  }

  /** Runs {@code gone} if the caller leaves between {@code atNanos} and {@link #stop}. */
  void start(Runnable gone, long atNanos) {
    stop();
    if (!reading && !ended) {
      // no reader: nobody else looks at the action before the timer has published it
      action = gone;
      armed = true;
      beginNanos = atNanos;
      boolean _ = delay.arm(atNanos);
      return;
    }
    boolean goneAlready;
    lock.lock();
    try {
      action = gone;
      goneAlready = ended;
    } finally {
      lock.unlock();
    }
    if (goneAlready) {
      Thread.startVirtualThread(this::act);
    }
  }

  /**
   * The response begins: from now on the mode of the connection is changed by its own thread.
   *
   * @param streaming whether it may last; one that is here whole is written unwatched
   */
  void beforeWriting(boolean streaming) throws IOException {
    if (!armed || transport.loop() == null) {
      return;
    }
    boolean begun = !delay.disarm();
    armed = streaming && !begun;
    if (begun) {
      return;
    }
    if (streaming) {
      transport.stopBlocking();
      boolean _ = delay.arm(beginNanos);
    } else {
      action = null;
    }
  }

  /** When this returns, the action does not run and will not. */
  void stop() {
    boolean begun = !armed || !delay.disarm();
    armed = false;
    boolean watched = begun && (looping || reading || ended);
    unloop();
    if (!watched) {
      action = null;
      return;
    }
    lock.lock();
    try {
      action = null;
      while (acting) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private void unloop() {
    looping = false;
    try {
      transport.unwatch();
    } catch (IOException e) {
      transport.close();
    }
  }

  /** Whether the next bytes of the connection come from {@link #take}. */
  boolean holdsInput() {
    return reading || kept || ended;
  }

  /**
   * Hands over what the reader has, or waits for it.
   *
   * @return how many bytes, -1 at the end of the stream, as for a read
   */
  int take(byte[] target, int offset, int length) throws IOException {
    lock.lock();
    try {
      while (taken == filled && reading) {
        changed.awaitUninterruptibly();
      }
      byte[] bytes = ahead;
      if (bytes == null || taken == filled) {
        if (ended) {
          return -1;
        }
      } else {
        int count = Math.min(length, filled - taken);
        System.arraycopy(bytes, taken, target, offset, count);
        taken += count;
        if (taken == filled) {
          kept = false;
          if (!reading) {
            filled = 0;
            taken = 0;
            ahead = null;
          }
        }
        return count;
      }
    } finally {
      lock.unlock();
    }
    return transport.read(target, offset, length);
  }

  /** On the sweeper's thread. */
  private void begin() {
    boolean loop = transport.loop() != null;
    looping = loop;
    reading = !loop;
    try {
      if (loop) {
        transport.watch(this);
      } else {
        readers.newThread(this::read).start();
      }
    } catch (IOException e) {
      looping = false; // this side has closed the connection
    } catch (RuntimeException | Error e) {
      // nobody reads ahead, so nobody may wait for it; an error would end the sweeper's thread
      reading = false;
      LOGGER.log(System.Logger.Level.WARNING, "a caller is not watched during this call", e);
    }
  }

  @Override
  public boolean input() {
    boolean more;
    lock.lock();
    try {
      byte[] bytes = compacted();
      int count = -1;
      try {
        count = filled == bytes.length ? 0 : transport.read(bytes, filled, bytes.length - filled);
      } catch (IOException e) {
        // as good as the end
      }
      more = brought(bytes, count);
    } finally {
      lock.unlock();
    }
    if (ended) {
      Thread.startVirtualThread(this::act); // what it stops may wait; the loop may not
    }
    return more;
  }

  /** Takes note of what a read brought, under the lock; whether another may bring more. */
  private boolean brought(byte[] bytes, int count) {
    if (count < 0) {
      ended = true;
    } else if (count > 0) {
      filled += count;
      kept = true;
    }
    return !ended && filled < bytes.length;
  }

  /** What was read ahead, with the bytes not taken yet at the front; under the lock. */
  private byte[] compacted() {
    byte[] bytes = ahead == null ? new byte[AHEAD_BYTES] : ahead;
    ahead = bytes;
    System.arraycopy(bytes, taken, bytes, 0, filled - taken);
    filled -= taken;
    taken = 0;
    return bytes;
  }

  /** The reader. */
  private void read() {
    int offset;
    byte[] bytes;
    lock.lock();
    try {
      bytes = compacted();
      offset = filled;
      if (offset == bytes.length) {
        reading = false;
        changed.signalAll();
        return;
      }
    } finally {
      lock.unlock();
    }
    boolean again = true;
    while (again) {
      int count;
      try {
        count = transport.read(bytes, offset, bytes.length - offset);
      } catch (IOException | RuntimeException e) {
        count = -1;
      }
      lock.lock();
      try {
        // This read waits: nothing is the end as well.
        again = brought(bytes, count == 0 ? -1 : count) && action != null;
        offset = filled;
        reading = again;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
    if (ended) {
      act();
    }
  }

  private void act() {
    Runnable todo;
    lock.lock();
    try {
      todo = action;
      action = null;
      if (todo == null) {
        return;
      }
      acting = true;
    } finally {
      lock.unlock();
    }
    try {
      todo.run();
    } finally {
      lock.lock();
      try {
        acting = false;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  void close() {
    stop();
    delay.close();
  }
}
