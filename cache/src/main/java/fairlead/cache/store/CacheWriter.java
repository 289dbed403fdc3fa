package fairlead.cache.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread that changes indexes and writes the journal, and the bounded queue to it.
 *
 * <p>Any thread may offer; that takes some tens of ns and wakes nobody while the writer is at work,
 * which polls: every 5 ms while there is much to do, every 20 ms where a wake-up would cost more
 * than the task it is for, every 50 ms after a quiet second. A task is done within about that time;
 * it is dropped and counted when the queue is full, by number or by bytes. 16 KB.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes what is done
public final class CacheWriter<T> implements AutoCloseable {
  /** What the thread does. A defect thrown here is logged and loses the batch, not the thread. */
  public interface Work<T> {
    /** Tasks in the order in which they were offered; the list is the writer's own. */
    void batch(List<T> tasks);

    /** Called about once a second, whether there are tasks or not. */
    void tick();

    /** What the heap holds because of a task that waits; the same whenever it is asked. */
    default long bytes(T task) {
      return 0;
    }
  }

  private static final System.Logger LOGGER = System.getLogger(CacheWriter.class.getName());

  private static final int CAPACITY = 4_096;
  private static final int MOST_PER_BATCH = 512;
  private static final long MOST_BYTES = 64 << 20;
  private static final int BUSY_TASKS = 32;
  private static final long BUSY_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long IDLE_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long ROOM_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final TaskQueue<T> queue = new TaskQueue<>(CAPACITY);
  private final Work<T> work;
  private final Thread thread;
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final ConcurrentLinkedQueue<Thread> flushing = new ConcurrentLinkedQueue<>();
  private volatile long done; // written by the thread only
  private volatile boolean closed;
  private volatile boolean ended;

  public CacheWriter(Work<T> work) {
    this.work = work;
    this.thread = Thread.ofPlatform().name("cache-writer").daemon().unstarted(this::run);
  }

  public CacheWriter<T> start() {
    thread.start();
    return this;
  }

  /** Whether the task will be done; not if the queue is full or the writer closed. */
  public boolean offer(T task) {
    if (closed || !enqueue(task)) {
      dropped.incrementAndGet();
      return false;
    }
    return true;
  }

  /** Offers again and again until there is room; for who has time. False once it is closed. */
  public boolean insist(T task) {
    while (!closed) {
      if (enqueue(task)) {
        return true;
      }
      LockSupport.unpark(thread);
      LockSupport.parkNanos(this, ROOM_NANOS);
    }
    return false;
  }

  /** The bound is passed by one task at most, so that one of any size gets through. */
  private boolean enqueue(T task) {
    long bytes = work.bytes(task);
    if (bytes > 0 && waitingBytes.getAndAdd(bytes) >= MOST_BYTES) {
      waitingBytes.addAndGet(-bytes);
      return false;
    }
    if (!queue.offer(task)) {
      waitingBytes.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  /** Tasks that were not taken. */
  public long dropped() {
    return dropped.get();
  }

  /** Tasks that wait. */
  public long waiting() {
    return queue.offered() - done;
  }

  /** Waits until all that was offered before is done; an interrupted thread waits too. */
  public void flush() {
    long target = queue.offered();
    Thread self = Thread.currentThread();
    boolean interrupted = false;
    flushing.add(self);
    LockSupport.unpark(thread);
    while (done < target && !ended) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    flushing.remove(self);
    if (interrupted) {
      self.interrupt();
    }
  }

  /** Takes no more tasks, does those it has, and ends the thread. */
  @Override
  public void close() {
    closed = true;
    flush();
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      work();
    } finally {
      // Also if it was a defect that ended the thread: nobody must wait for it.
      closed = true;
      ended = true;
      wakeFlushing();
    }
  }

  private void work() {
    List<T> batch = new ArrayList<>(MOST_PER_BATCH);
    long now = System.nanoTime();
    long lastTask = now;
    long lastTick = now;
    while (true) {
      boolean last = closed; // read before the queue: what was offered before is seen
      int taken = queue.drain(batch, MOST_PER_BATCH);
      now = System.nanoTime();
      if (taken > 0) {
        lastTask = now;
        long bytes = 0;
        for (T task : batch) {
          bytes += work.bytes(task);
        }
        guarded(() -> work.batch(batch));
        batch.clear();
        waitingBytes.addAndGet(-bytes);
        done += taken;
        wakeFlushing();
      } else if (last && queue.offered() == done) {
        break;
      }
      if (now - lastTick >= QUIET_NANOS) {
        lastTick = now;
        guarded(work::tick);
      }
      if (taken < MOST_PER_BATCH && !closed) {
        LockSupport.parkNanos(this, pollNanos(taken, now - lastTask));
      }
    }
  }

  private static long pollNanos(int taken, long quietNanos) {
    if (taken >= BUSY_TASKS) {
      return BUSY_POLL_NANOS;
    }
    return quietNanos > QUIET_NANOS ? IDLE_POLL_NANOS : POLL_NANOS;
  }

  private void wakeFlushing() {
    for (Thread waiter : flushing) {
      LockSupport.unpark(waiter);
    }
  }

  private void guarded(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException | Error defect) {
      // Not its message: it may be made of what callers have sent.
      LOGGER.log(
          System.Logger.Level.ERROR,
          "the cache's writer has lost a batch: " + defect.getClass().getName());
    }
  }
}
