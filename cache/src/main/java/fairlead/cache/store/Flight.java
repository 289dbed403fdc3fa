package fairlead.cache.store;

import fairlead.cache.CacheEntry;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One caller's place in the {@link Flights} of identical calls.
 *
 * <p>Belongs to one thread, but for {@link #cancel()}, which any thread may call. 64 bytes; the
 * leader's place is the flight itself.
 *
 * <p>Life of a place:
 *
 * <ol>
 *   <li>{@link Flights#enter} gives it one of the stages LEADS, WAITS, LANDED, ALONE.
 *   <li>LEADS: it asks upstream, and then calls one of {@link #land}, {@link #landUnshared} or
 *       {@link #giveUp}.
 *   <li>WAITS: it calls {@link #await}, and has afterwards another stage: LANDED (there is an
 *       {@link #entry}), LEADS (the one before has given up), ALONE (ask upstream, for nobody
 *       else), TIMED_OUT or CANCELLED.
 *   <li>In the end {@link #close()}, whatever has happened: a leader who has not landed gives up
 *       then.
 *   <li>If it then {@link #isReusable}, it may be the place of another call.
 * </ol>
 */
public final class Flight implements AutoCloseable {
  /** What a caller has to do. */
  public enum Stage {
    WAITS,
    LEADS,
    LANDED,
    ALONE,
    TIMED_OUT,
    CANCELLED,
    /** A leader's when it is done. */
    ENDED
  }

  private static final VarHandle STAGE;

  static {
    try {
      STAGE = MethodHandles.lookup().findVarHandle(Flight.class, "stage", Stage.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // Of each place.
  private final Flights flights;
  private long high;
  private long low;
  private Flight first; // the place that stands for the whole flight
  private @Nullable Flight next; // who came after it
  @Nullable Flight chain; // the Flights' own
  private @Nullable CacheEntry entry;
  private volatile @Nullable Thread waiter;
  private volatile Stage stage;

  /*
   * Of the whole flight, in its first place: those who wait, in the order of their arrivals, so that
   * the longest wait leads next. They are changed by whoever has locked the flight's bucket, and a
   * flight that is over is in none: who finds it there follows a living leader. Leadership is passed
   * on by setting the next one's stage.
   */
  private @Nullable Flight longest;
  private @Nullable Flight latest;
  private volatile int joined;

  Flight(Flights flights) {
    this.flights = flights;
    this.first = this;
    this.stage = Stage.ENDED;
  }

  /** Starts over as the place of a call that nobody knows of yet. */
  void begin(long newHigh, long newLow) {
    if (!isReusable()) {
      throw new IllegalStateException("in use: stage=" + stage + ", followed by " + joined);
    }
    high = newHigh;
    low = newLow;
    STAGE.set(this, Stage.LEADS); // the bucket's lock publishes it
  }

  /**
   * Whether nobody else can know of this place any more: it has led, alone, and is closed. Others
   * are to be left to the collector.
   */
  public boolean isReusable() {
    return stage == Stage.ENDED && first == this && joined == 0;
  }

  public Stage stage() {
    return stage;
  }

  /** Whether this caller asks upstream on behalf of all. */
  public boolean leads() {
    return stage == Stage.LEADS;
  }

  /** Whether anybody has followed so far. */
  public boolean isFollowed() {
    return first.joined > 0;
  }

  /** The answer that has landed. */
  public CacheEntry entry() {
    CacheEntry answer = entry;
    if (stage != Stage.LANDED || answer == null) {
      throw new IllegalStateException("no entry: stage=" + stage);
    }
    return answer;
  }

  /**
   * Waits until there is something to do, and says what; at once unless the stage is WAITS. An
   * interrupted thread does not wait: CANCELLED, and stays interrupted.
   *
   * @param deadlineNanos on the clock of {@link System#nanoTime()}
   */
  public Stage await(long deadlineNanos) {
    waiter = Thread.currentThread();
    while (stage == Stage.WAITS) {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0) {
        STAGE.compareAndSet(this, Stage.WAITS, Stage.TIMED_OUT);
      } else if (Thread.currentThread().isInterrupted()) {
        cancel();
      } else {
        LockSupport.parkNanos(this, left);
      }
    }
    waiter = null;
    return stage;
  }

  /**
   * Ends the wait of this caller, from any thread. False if it does not wait: who leads must be
   * stopped where it is.
   */
  public boolean cancel() {
    return settle(Stage.CANCELLED);
  }

  /**
   * The leader's answer, which must be in the store already, is everybody's. Wakes all followers,
   * for about half a µs each: better after the leader has written its own response.
   */
  public void land(CacheEntry answer) {
    if (leads()) {
      finish(answer);
    }
  }

  /**
   * There is an answer, but it may not be shared. The followers ask on their own, all at once: what
   * may not be stored for one of them may not be stored for the next, and one after the other the
   * last would wait for ever.
   */
  public void landUnshared() {
    if (leads()) {
      finish(null);
    }
  }

  /**
   * There is no answer: it failed, or this caller has left. The one who has waited longest leads
   * now, and the others wait on: a provider in trouble is not met with all of them at once.
   */
  public void giveUp() {
    if (!leads()) {
      return;
    }
    Flight flight = first;
    STAGE.setRelease(this, Stage.ENDED);
    Flight heir;
    do {
      heir = flights.endOrNext(flight);
    } while (heir != null && !heir.settle(Stage.LEADS));
  }

  /** Leaves: a leader gives up, a follower no longer follows. Any number of times. */
  @Override
  public void close() {
    if (stage != Stage.WAITS || !settle(Stage.CANCELLED)) {
      giveUp();
    }
  }

  // What Flights calls.

  long high() {
    return high;
  }

  long low() {
    return low;
  }

  boolean sameCall(Flight other) {
    return high == other.high && low == other.low;
  }

  /** Has this new place wait for that flight, unless enough others do. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // whoever is here has locked the bucket
  void follow(Flight flight, int maxFollowers) {
    if (flight.joined >= maxFollowers) {
      STAGE.set(this, Stage.ALONE);
      return;
    }
    flight.joined = flight.joined + 1;
    first = flight;
    STAGE.set(this, Stage.WAITS);
    Flight before = flight.latest;
    if (before == null) {
      flight.longest = this;
    } else {
      before.next = this;
    }
    flight.latest = this;
  }

  /** Takes whoever has waited longest off the queue. */
  @Nullable Flight takeLongest() {
    Flight taken = longest;
    if (taken != null) {
      longest = taken.next;
      taken.next = null;
      if (longest == null) {
        latest = null;
      }
    }
    return taken;
  }

  /** Takes the whole queue, and answers its first. */
  @Nullable Flight takeAll() {
    Flight taken = longest;
    longest = null;
    latest = null;
    return taken;
  }

  /** What was found in the store by who would have led. */
  void found(CacheEntry answer) {
    land(answer);
    entry = answer;
    STAGE.setRelease(this, Stage.LANDED);
  }

  private void finish(@Nullable CacheEntry answer) {
    STAGE.setRelease(this, Stage.ENDED);
    Flight place = flights.end(first);
    while (place != null) {
      Flight after = place.next;
      place.next = null;
      place.entry = answer;
      place.settle(answer != null ? Stage.LANDED : Stage.ALONE);
      place = after;
    }
  }

  /** Ends a wait, unless something else has. */
  private boolean settle(Stage to) {
    if (!STAGE.compareAndSet(this, Stage.WAITS, to)) {
      return false;
    }
    Thread thread = waiter;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
    return true;
  }
}
