package fairlead.providers.http;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * One platform thread that waits for the input of many sockets and runs what is to be done there,
 * for work that never blocks: the steady state of streams, callers who may leave.
 *
 * <p>A virtual thread that waits costs a read that finds nothing, a system call to be woken, a
 * switch, and now and then the waking of a carrier; here a piece of input costs its read and a
 * share of one wait for all.
 *
 * <p>Thread-safe: {@link #execute}, {@link #flush} and {@link #close} from any thread; {@link
 * #register} and {@link #release} on the loop's thread only. What handlers and tasks throw is
 * logged and ends nothing. Keeps one descriptor for the wait and one for waking it.
 */
public final class EventLoop implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(EventLoop.class.getName());
  private static final long AFTER_FAILURE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** What is to be done for one socket. */
  public interface Handler {
    /** There is input, its end or an error; never blocks. On the loop's thread. */
    void ready();

    /** The loop has been closed: nothing will be ready any more. On the loop's thread. */
    void ended();
  }

  private final Selector selector;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Runnable> released = new ArrayDeque<>();
  private final AtomicBoolean asleep = new AtomicBoolean();
  private final Consumer<SelectionKey> dispatch = this::dispatch;
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean over;

  /**
   * Opens the loop and starts its thread.
   *
   * @throws IOException if the process is out of descriptors
   */
  public EventLoop(String name) throws IOException {
    selector = Selector.open();
    thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    thread.start();
  }

  /**
   * Runs {@code task} on the loop's thread, soon; it must not block.
   *
   * @throws RejectedExecutionException if the loop is closed; the task has not run then and will
   *     not
   */
  public void execute(Runnable task) {
    tasks.add(task);
    if (over && tasks.remove(task)) {
      throw new RejectedExecutionException("the loop is closed");
    }
    flush();
  }

  /**
   * Makes the loop let go of channels that were closed or whose keys were cancelled: as long as it
   * sleeps it keeps their descriptors.
   */
  public void flush() {
    if (asleep.get() && asleep.getAndSet(false)) {
      selector.wakeup();
    }
  }

  /**
   * Runs the handler whenever there is input, until the key is cancelled.
   *
   * @param channel in non-blocking mode
   * @throws IOException if the channel is closed
   */
  public SelectionKey register(SocketChannel channel, Handler handler) throws IOException {
    while (true) {
      try {
        return channel.register(selector, SelectionKey.OP_READ, handler);
      } catch (CancelledKeyException e) {
        // Its key from before is cancelled, but not forgotten until the next selection.
        selector.selectNow(dispatch);
      }
    }
  }

  /**
   * Ends a registration.
   *
   * @param after runs on the loop's thread once the channel is free, and may be made blocking and
   *     registered again
   */
  public void release(SelectionKey key, Runnable after) {
    key.cancel();
    released.add(after);
  }

  private void run() {
    while (!closed) {
      try {
        turn();
      } catch (ClosedSelectorException e) {
        break;
      } catch (Throwable e) {
        report(e);
        LockSupport.parkNanos(AFTER_FAILURE_NANOS); // what fails again and again must not spin
      }
    }
    end();
  }

  private void turn() throws IOException {
    asleep.set(true);
    if (tasks.isEmpty() && released.isEmpty() && !closed) {
      selector.select(dispatch);
    } else {
      selector.selectNow(dispatch);
    }
    asleep.set(false);
    runTasks();
    int free = released.size();
    if (free > 0) {
      selector.selectNow(dispatch);
      for (int i = 0; i < free; i++) {
        runSafely(released.remove());
      }
    }
  }

  private void runTasks() {
    Runnable task = tasks.poll();
    while (task != null) {
      runSafely(task);
      task = tasks.poll();
    }
  }

  private void dispatch(SelectionKey key) {
    try {
      if (key.attachment() instanceof Handler handler) {
        handler.ready();
      }
    } catch (Throwable e) {
      report(e);
    }
  }

  private static void runSafely(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      report(e);
    }
  }

  private void end() {
    over = true;
    runTasks();
    for (SelectionKey key : selector.keys()) {
      if (key.attachment() instanceof Handler handler) {
        runSafely(handler::ended);
      }
    }
    try {
      selector.close();
    } catch (IOException e) {
      report(e);
    }
    while (!released.isEmpty()) {
      runSafely(released.remove());
    }
  }

  private static void report(Throwable failure) {
    // All streams of the loop depend on its thread.
    SafeLog.error(LOGGER, "an event loop's work failed", failure);
  }

  /** Ends the loop; its handlers are told. Returns at once. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }
}
