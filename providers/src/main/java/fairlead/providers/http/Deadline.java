package fairlead.providers.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One point in time that a {@link DeadlineSweeper} watches, re-armed as often as its owner likes.
 *
 * <p>Arming and disarming belong to one owner thread; the action runs on the sweeper's thread, at
 * most once per arming. When {@link #disarm} returns, the action either will not run or has
 * finished. Cost: one volatile write to arm, one compare-and-set to disarm; no allocation.
 */
public final class Deadline {
  private static final long NONE = Long.MAX_VALUE;
  private static final long FIRING = Long.MAX_VALUE - 1;
  private static final long FIRED = Long.MAX_VALUE - 2;
  private static final VarHandle AT;

  static {
    try {
      AT = MethodHandles.lookup().findVarHandle(Deadline.class, "at", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final DeadlineSweeper sweeper;
  private final Runnable action;

  @SuppressWarnings("FieldMayBeFinal") // written through AT
  private volatile long at = NONE;

  Deadline(DeadlineSweeper sweeper, Runnable action) {
    this.sweeper = sweeper;
    this.action = action;
  }

  /**
   * Sets or moves the deadline.
   *
   * @param deadlineNanos a value of {@link System#nanoTime}
   * @return false if the earlier deadline has passed already; then it stays passed until {@link
   *     #disarm}
   */
  public boolean arm(long deadlineNanos) {
    long seen = at;
    return seen != FIRING && seen != FIRED && AT.compareAndSet(this, seen, deadlineNanos);
  }

  /**
   * Takes the deadline back.
   *
   * @return false if it has passed; its action has then finished
   */
  @SuppressWarnings(
      "ThreadPriorityCheck") // the firing thread is a platform thread; yielding lets it run
  public boolean disarm() {
    long seen = at;
    while (true) {
      if (seen == NONE) {
        return true;
      }
      if (seen == FIRED) {
        at = NONE;
        return false;
      }
      if (seen == FIRING) {
        Thread.onSpinWait();
        Thread.yield();
      } else if (AT.compareAndSet(this, seen, NONE)) {
        return true;
      }
      seen = at;
    }
  }

  /** Disarms for good and forgets the deadline in the sweeper. */
  public void close() {
    boolean _ = disarm();
    sweeper.forget(this);
  }

  /** Runs the action if the deadline has passed; called by the sweeper only. */
  void sweep(long nowNanos) {
    long seen = at;
    if (seen >= FIRED || seen - nowNanos > 0 || !AT.compareAndSet(this, seen, FIRING)) {
      return;
    }
    try {
      action.run();
    } finally {
      at = FIRED;
    }
  }
}
