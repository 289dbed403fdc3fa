package fairlead.cache.store;

import fairlead.cache.CacheEntry;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One caller's place in the {@link Flights} of identical calls.
 *
 * <p>Belongs to one thread, but for {@link #cancel()}, which any thread may call. 72 bytes; the
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
  private static final VarHandle NEWCOMERS;
  private static final VarHandle JOINED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STAGE = lookup.findVarHandle(Flight.class, "stage", Stage.class);
      NEWCOMERS = lookup.findVarHandle(Flight.class, "newcomers", Flight.class);
      JOINED = lookup.findVarHandle(Flight.class, "joined", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Stands for the list of newcomers when there is none any more. */
  private static final Flight SHUT = new Flight();

  // Of each place.
  private final long high;
  private final long low;
  private final @Nullable Flights flights;
  private Flight first; // the place that stands for the whole flight
  private @Nullable Flight next;
  @Nullable Flight chain; // the Flights' own
  private @Nullable CacheEntry entry;
  private volatile @Nullable Thread waiter;
  private volatile Stage stage;

  /*
   * Of the whole flight, in its first place. Followers push themselves onto the stack "newcomers";
   * only the leader of the moment takes from it, all at once, and turns it round into "queue". So
   * the longest wait leads next, and no push meets a pop. Leadership is passed on by setting the
   * next one's stage, which publishes "queue" to it.
   */
  private volatile @Nullable Flight newcomers;
  private volatile int joined;
  private @Nullable Flight queue;
  private volatile @Nullable CacheEntry landed;

  Flight(Flights flights, long high, long low) {
    this.flights = flights;
    this.high = high;
    this.low = low;
    this.first = this;
    this.stage = Stage.LEADS;
  }

  private Flight() {
    this.flights = null;
    this.high = 0;
    this.low = 0;
    this.first = this;
    this.stage = Stage.ENDED;
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
      first.landed = answer;
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
    stage = Stage.ENDED;
    while (true) {
      Flight heir = flight.queue;
      if (heir == null) {
        Flight arrived = (Flight) NEWCOMERS.getAndSet(flight, (Flight) null);
        if (arrived == null) {
          if (NEWCOMERS.compareAndSet(flight, null, SHUT)) {
            registry().remove(flight);
            return;
          }
          continue;
        }
        heir = turned(arrived);
      }
      flight.queue = heir.next;
      heir.next = null;
      if (heir.settle(Stage.LEADS)) {
        return;
      }
    }
  }

  /** Leaves: a leader gives up, a follower no longer follows. Any number of times. */
  @Override
  public void close() {
    if (!settle(Stage.CANCELLED)) {
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

  /** Whether this new place could follow that flight, or learn at once how it ended. */
  boolean follow(Flight flight, int maxFollowers) {
    CacheEntry answer = flight.landed;
    if (answer != null) {
      entry = answer;
      stage = Stage.LANDED;
      return true;
    }
    if (flight.joined >= maxFollowers) { // a few too many under a race do no harm
      stage = Stage.ALONE;
      return true;
    }
    JOINED.getAndAdd(flight, 1);
    first = flight;
    stage = Stage.WAITS;
    Flight head;
    do {
      head = flight.newcomers;
      if (head == SHUT) {
        answer = flight.landed;
        entry = answer;
        first = this;
        next = null;
        stage = answer != null ? Stage.LANDED : Stage.LEADS;
        return answer != null;
      }
      next = head;
    } while (!NEWCOMERS.compareAndSet(flight, head, this));
    return true;
  }

  /** What was found in the store by who would have led. */
  void found(CacheEntry answer) {
    land(answer);
    entry = answer;
    stage = Stage.LANDED;
  }

  private void finish(@Nullable CacheEntry answer) {
    Flight flight = first;
    stage = Stage.ENDED;
    registry().remove(flight);
    Flight arrived = (Flight) NEWCOMERS.getAndSet(flight, SHUT);
    wake(flight.queue, answer);
    flight.queue = null;
    if (arrived != null) {
      wake(turned(arrived), answer);
    }
  }

  private static void wake(@Nullable Flight from, @Nullable CacheEntry answer) {
    Flight place = from;
    while (place != null) {
      Flight after = place.next;
      place.next = null;
      place.entry = answer;
      place.settle(answer != null ? Stage.LANDED : Stage.ALONE);
      place = after;
    }
  }

  /** The stack in the order of its arrivals. */
  private static Flight turned(Flight stack) {
    Flight last = stack;
    Flight before = null;
    while (true) {
      Flight after = last.next;
      last.next = before;
      if (after == null) {
        return last;
      }
      before = last;
      last = after;
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

  private Flights registry() {
    Flights owner = flights;
    if (owner == null) {
      throw new IllegalStateException("no flight");
    }
    return owner;
  }
}
