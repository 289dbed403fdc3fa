package fairlead.cache.store;

import fairlead.cache.CacheEntry;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The calls under way, so that identical ones ask upstream once.
 *
 * <p>Thread-safe, for platform and virtual threads. A caller who meets nobody pays for two
 * uncontended atomic exchanges, some 30 ns together, and allocates nothing if it brings the place
 * of a call before. 16 KB.
 *
 * <p>Guarantees:
 *
 * <ol>
 *   <li>At most one caller per key leads at a time; places that are ALONE ask beside it.
 *   <li>Who leads has looked into the store after it began to lead, or nothing has come in since it
 *       looked, and an answer is put there before it lands. So of identical calls none asks after
 *       the answer of another was stored.
 *   <li>A follower that is not woken by a landing, by its own deadline or by its own cancelling is
 *       either waiting for a living leader or leads. Nobody fails because a leader has failed.
 * </ol>
 */
public final class Flights {
  /** Where landed answers are: the store. */
  @FunctionalInterface
  public interface Stored {
    @Nullable CacheEntry exact(long high, long low, long nowMillis);

    /**
     * A number that another one follows after each answer that comes in: who reads the same one
     * before it looked for an answer and afterwards need not look again.
     */
    default long additions() {
      return 0;
    }
  }

  /** Followers one answer wakes; from then on callers ask on their own. */
  public static final int DEFAULT_MAX_FOLLOWERS = 10_000;

  /** Stands for a number of additions that nobody has read. */
  static final long UNKNOWN = -1;

  private static final int BUCKETS = 4_096;
  private static final int SPINS = 64;

  /** In a bucket while somebody works on its chain. */
  private final Flight busy;

  private final Stored stored;
  private final int maxFollowers;
  private final AtomicReferenceArray<@Nullable Flight> buckets;

  /**
   * @param maxFollowers of one flight in all its life, those that left included
   */
  public Flights(Stored stored, int maxFollowers) {
    this(stored, maxFollowers, BUCKETS);
  }

  /**
   * @param bucketCount a power of two
   */
  Flights(Stored stored, int maxFollowers, int bucketCount) {
    this.buckets = new AtomicReferenceArray<>(bucketCount);
    this.stored = stored;
    this.maxFollowers = maxFollowers;
    this.busy = new Flight(this);
  }

  /**
   * Joins the flight of this key or begins one. Does not wait; the place must be closed. It may
   * have landed already, see {@link Flight#stage()}.
   *
   * @param used one of this object's places that {@link Flight#isReusable}, which becomes the new
   *     one; null: the new one is made
   * @param oldestMillis no older answer is wanted: if one is stored, the caller leads
   * @param additions {@link Stored#additions()} before the caller looked into the store and found
   *     nothing to take; {@link #UNKNOWN} if it has not looked
   */
  public Flight enter(
      @Nullable Flight used,
      long high,
      long low,
      long nowMillis,
      long oldestMillis,
      long additions) {
    Flight place = used == null ? new Flight(this) : used;
    place.begin(high, low);
    // Whoever landed before this flight began has stored its answer before, and counted it.
    if (begins(place) && stored.additions() != additions) {
      lookAgain(place, nowMillis, oldestMillis);
    }
    return place;
  }

  private void lookAgain(Flight place, long nowMillis, long oldestMillis) {
    CacheEntry answer = stored.exact(place.high(), place.low(), nowMillis);
    if (answer != null && answer.storedAtMillis() >= oldestMillis) {
      place.found(answer);
    }
  }

  /** The flights under way, counted one by one. */
  public int flying() {
    int count = 0;
    for (int bucket = 0; bucket < buckets.length(); bucket++) {
      Flight head = lock(bucket);
      for (Flight flight = head; flight != null; flight = flight.chain) {
        count++;
      }
      buckets.setRelease(bucket, head);
    }
    return count;
  }

  /** Whether the place begins a flight; if not, it follows one. */
  private boolean begins(Flight place) {
    int bucket = bucket(place);
    Flight head = lock(bucket);
    Flight flight = head;
    while (flight != null && !flight.sameCall(place)) {
      flight = flight.chain;
    }
    if (flight == null) {
      place.chain = head;
      head = place;
    } else {
      place.follow(flight, maxFollowers);
    }
    buckets.setRelease(bucket, head);
    return flight == null;
  }

  /** Ends a flight, which nobody follows from here on; answers the first of those who wait. */
  @Nullable Flight end(Flight flight) {
    int bucket = bucket(flight);
    Flight head = lock(bucket);
    Flight waiting = flight.takeAll();
    buckets.setRelease(bucket, without(flight, head));
    return waiting;
  }

  /** The one who has waited longest and waits no more; null: nobody did, and the flight is over. */
  @Nullable Flight endOrNext(Flight flight) {
    int bucket = bucket(flight);
    Flight head = lock(bucket);
    Flight next = flight.takeLongest();
    buckets.setRelease(bucket, next == null ? without(flight, head) : head);
    return next;
  }

  private static @Nullable Flight without(Flight gone, @Nullable Flight head) {
    Flight before = null;
    Flight flight = head;
    while (flight != null && flight != gone) {
      before = flight;
      flight = flight.chain;
    }
    if (flight == null) {
      return head;
    }
    Flight after = flight.chain;
    flight.chain = null;
    if (before == null) {
      return after;
    }
    before.chain = after;
    return head;
  }

  /** The chain of a bucket, which is the caller's until it puts one back: some ten ns. */
  @SuppressWarnings("ThreadPriorityCheck") // the one who has it may need this core to go on
  private @Nullable Flight lock(int bucket) {
    int spins = 0;
    while (true) {
      Flight head = buckets.get(bucket);
      if (head != busy && buckets.compareAndSet(bucket, head, busy)) {
        return head;
      }
      if (++spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  private int bucket(Flight place) {
    return (int) (place.low() ^ (place.low() >>> 32)) & (buckets.length() - 1);
  }
}
