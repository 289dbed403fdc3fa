package fairlead.loadtest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends one kind of traffic to one contestant: as a closed loop, in which each of a number of
 * callers sends its next request as soon as its answer is there, or as an open loop, in which
 * requests leave when they are due.
 *
 * <p>Lifecycle: 1. {@link #closed} or {@link #open}; 2. {@link #run}, several times, by one thread;
 * 3. {@link #finish}; 4. {@link #close}. One thread with one selector reads for all connections,
 * and in a closed loop sends as well; requests are formatted before: cheap enough to saturate a
 * gateway from the other core. In an open loop a thread of its own sends, so that answers hold up
 * no request. A connection that breaks is an error, and is made anew.
 */
final class Driver implements AutoCloseable {
  private static final int READ_BYTES = 262_144;
  private static final long SELECT_MILLIS = 200;
  private static final long STUCK_SECONDS = 30;
  private static final int MAX_BREAKS = 10_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Traffic traffic;
  private final Tally tally;
  private final Selector selector;
  private final ByteBuffer incoming = ByteBuffer.allocateDirect(READ_BYTES);

  /** Those that broke: sent again from the loop, not from inside of what broke. */
  private final ConcurrentLinkedQueue<Connection> broken = new ConcurrentLinkedQueue<>();

  /** Begins with the time: other runs against the same contestant must not have sent it. */
  private final AtomicLong sent = new AtomicLong(System.currentTimeMillis() * 1_000);

  private final List<Connection> callers = new ArrayList<>();
  private @Nullable Pool<Connection> pool;
  private @Nullable Pacer pacer;
  private volatile @Nullable Thread thread;
  private int breaks;
  private volatile String lastBreak = "";
  private long lastProgress = System.nanoTime();

  private Driver(Traffic traffic, Tally tally) throws IOException {
    this.traffic = traffic;
    this.tally = tally;
    selector = Selector.open();
  }

  /** A closed loop that begins with the first {@link #run}. */
  static Driver closed(Traffic traffic, Tally tally, int callers) throws IOException {
    Driver driver = new Driver(traffic, tally);
    for (int i = 0; i < callers; i++) {
      driver.callers.add(new Connection(driver, traffic, tally));
    }
    return driver;
  }

  /**
   * An open loop that begins with the first {@link #run}.
   *
   * @param until when the last request leaves, by {@link System#nanoTime}
   * @param connections at most
   */
  static Driver open(Traffic traffic, Tally tally, Schedule schedule, long until, int connections)
      throws IOException {
    Driver driver = new Driver(traffic, tally);
    Pool<Connection> pool = new Pool<>(connections, () -> new Connection(driver, traffic, tally));
    driver.pool = pool;
    driver.pacer =
        new Pacer(
            schedule,
            until,
            due -> {
              Connection free = pool.take(due);
              if (free != null) {
                free.send(due, System.nanoTime());
              }
            });
    return driver;
  }

  /**
   * Sends and reads until a time, by {@link System#nanoTime}.
   *
   * @throws IOException if nothing comes back for half a minute
   * @throws IllegalStateException if connections break again and again
   */
  void run(long until) throws IOException {
    if (thread == null) {
      start();
    }
    long now = System.nanoTime();
    while (now - until < 0) {
      step(until - now);
      now = System.nanoTime();
    }
  }

  private void start() {
    thread = Thread.currentThread();
    lastProgress = System.nanoTime();
    for (Connection caller : callers) {
      caller.send(lastProgress, lastProgress);
    }
    if (pacer != null) {
      pacer.start(lastProgress);
    }
  }

  private void step(long leftNanos) throws IOException {
    for (Connection again = broken.poll(); again != null; again = broken.poll()) {
      if (++breaks > MAX_BREAKS) {
        throw new IllegalStateException(
            traffic.what() + " broke " + breaks + " connections; the last: " + lastBreak);
      }
      free(again, System.nanoTime());
    }
    long millis = Math.clamp(leftNanos / NANOS_PER_MILLI, 1, SELECT_MILLIS);
    int _ =
        broken.isEmpty() ? selector.select(this::ready, millis) : selector.selectNow(this::ready);
    if (pacer != null) {
      pacer.check();
    }
    long longAgo = System.nanoTime() - TimeUnit.SECONDS.toNanos(STUCK_SECONDS);
    if (lastProgress - longAgo < 0 && connections().stream().anyMatch(c -> c.waitsSince(longAgo))) {
      throw new IOException(traffic.what() + " gave no byte for " + STUCK_SECONDS + " s");
    }
  }

  private void ready(SelectionKey key) {
    ((Connection) key.attachment()).ready(key);
  }

  private List<Connection> connections() {
    return pool == null ? callers : pool.all();
  }

  /** How many connections there are. */
  int connectionCount() {
    return connections().size();
  }

  /**
   * In an open loop: lets no more requests go, and waits for what is on its way; what does not come
   * is an error.
   */
  void finish(long patienceNanos) throws IOException {
    Pool<Connection> open = pool;
    if (open == null || pacer == null) {
      return;
    }
    pacer.stop();
    long until = System.nanoTime() + patienceNanos;
    for (long now = System.nanoTime(); open.isBusy() && now - until < 0; now = System.nanoTime()) {
      step(until - now);
    }
    long now = System.nanoTime();
    for (Connection connection : open.all()) {
      connection.giveUp(now);
    }
    for (long due : open.drain()) {
      tally.unanswered(due, now);
    }
  }

  @Override
  public void close() throws IOException {
    if (pacer != null) {
      pacer.stop();
    }
    long now = System.nanoTime();
    for (Connection connection : connections()) {
      connection.giveUp(now);
    }
    selector.close();
  }

  // What connections ask for.

  /** A connection can send again. */
  void free(Connection connection, long now) {
    if (pool == null) {
      connection.send(now, now);
      return;
    }
    Long due = pool.giveBack(connection);
    if (due != null) {
      connection.send(due, now);
    }
  }

  /** A connection broke; it is free when the loop comes round. */
  void broke(Connection connection, Exception why) {
    lastBreak = String.valueOf(why.getMessage());
    broken.add(connection);
    wakeUp();
  }

  SelectionKey register(SocketChannel channel, int interest, Connection connection)
      throws IOException {
    SelectionKey key = channel.register(selector, interest, connection);
    wakeUp();
    return key;
  }

  /** Another thread changed what the selector has to wait for. */
  void wakeUp() {
    if (!Thread.currentThread().equals(thread)) {
      selector.wakeup();
    }
  }

  /** For bytes that were received; the driver's thread only. */
  ByteBuffer incoming() {
    return incoming;
  }

  /** Something came; returns the time. */
  long progress() {
    long now = System.nanoTime();
    lastProgress = now;
    return now;
  }

  /** A number that no request of this driver carried before. */
  long another() {
    return sent.incrementAndGet();
  }
}
