package fairlead.routing;

import fairlead.routing.FailureClass.Again;
import fairlead.routing.FailureClass.Elsewhere;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one call does: which target it asks first, and after each failure the same target again,
 * another key, another target, or nothing more.
 *
 * <p>Not thread-safe, reusable after {@link #begin}, allocates nothing once it has seen the largest
 * route. Every step that leads to an attempt has already been admitted by its target's {@link
 * TargetHealth}, where the attempt reports with {@link #admission}; before {@link #next}, in the
 * case of a failure. Bounds: each target is entered once, each of its keys tried once, {@code
 * maxRetries} repeats per target, {@value #MAX_ATTEMPTS} attempts in all.
 */
public final class AttemptPlan {
  public static final int MAX_ATTEMPTS = 16;

  /** What to do next. */
  public enum Step {
    /** Attempt {@link #target} at once. */
    NEXT_TARGET,
    /** The same target with a key that was not tried, at once. */
    OTHER_KEY,
    /** The same target after {@link #waitNanos}. */
    SAME_TARGET,
    /** Wait for a place at {@link #target}, then ask {@link #queued}. */
    QUEUE,
    /** Nothing is left that could help. */
    STOP
  }

  private static final double TOLD_JITTER = 0.1;

  /** With nobody else to go to, a provider may ask for this many times the usual patience. */
  private static final int LAST_PATIENCE = 4;

  private static final int NOBODY = -1;

  private @Nullable TargetOrder route;
  private int[] order = new int[8];
  private boolean[] entered = new boolean[8]; // by position in order
  private int targets;
  private int position;
  private int failedAt; // position of the attempt that failed last
  private boolean filterMayMove;
  private boolean forcedOnce;
  private Elsewhere elsewhere = Elsewhere.YES;
  private int attempts;
  private int admission;
  private int hedgeAdmission;
  private int hedgePosition;
  private long seed;
  private long waitNanos;
  // Of the present target in this call.
  private int retries;
  private int keysWalked;
  private boolean repeatedAtOnce;
  private @Nullable Step stay; // queued for the target it is at, for this step
  private long repeatAtNanos;
  private long triedKeys;

  /**
   * Starts a call.
   *
   * @param mayFailOver false: only the first choice of the route is asked
   * @param filterMayMove whether a request that one provider's content filter refused may be put to
   *     another
   * @param random random bits of this call, or of its session
   * @param sticky whether {@code random} is a session's
   */
  public void begin(
      TargetOrder route,
      boolean mayFailOver,
      boolean filterMayMove,
      long random,
      boolean sticky,
      long nowNanos) {
    if (order.length < route.size()) {
      order = new int[route.size()];
      entered = new boolean[route.size()];
    }
    this.route = route;
    this.filterMayMove = filterMayMove;
    targets = route.order(random, nowNanos, sticky, order);
    if (!mayFailOver) {
      targets = 1;
    }
    for (int i = 0; i < targets; i++) {
      entered[i] = false;
    }
    position = NOBODY;
    failedAt = NOBODY;
    hedgePosition = NOBODY;
    elsewhere = Elsewhere.YES;
    forcedOnce = false;
    attempts = 0;
    admission = CircuitBreaker.REFUSED;
    hedgeAdmission = CircuitBreaker.REFUSED;
    seed = random;
    waitNanos = 0;
    forgetTarget();
  }

  /** The first attempt: {@link Step#NEXT_TARGET} or {@link Step#QUEUE}. */
  public Step first(long nowNanos) {
    return goElsewhere(nowNanos);
  }

  /**
   * After waiting in a queue: {@link Step#QUEUE} again, or an attempt. That is {@link
   * Step#NEXT_TARGET}, unless it was the present target that was full: then it is the step that
   * would have been taken.
   */
  public Step queued(long nowNanos) {
    Step step = stay;
    if (step != null) {
      int got = health(position).admit(nowNanos);
      if (got == TargetHealth.FULL) {
        return Step.QUEUE;
      }
      stay = null;
      if (got >= 0) {
        waitNanos = step == Step.SAME_TARGET ? Math.max(0, repeatAtNanos - nowNanos) : 0;
        attempt(got);
        return step;
      }
    }
    forcedOnce = false; // who waited is not sent away because the target went out meanwhile
    Step other = goElsewhere(nowNanos);
    if (other == Step.STOP) {
      attempt(health(position).force(nowNanos));
      return Step.NEXT_TARGET;
    }
    return other;
  }

  /**
   * The step after a failed attempt, whose target has been told.
   *
   * @param key the key it was made with, or -1
   * @param keys how many the provider has
   * @param toldNanos the wait that the provider asks for; 0 or -1: none
   * @param callDeadlineNanos no wait reaches it
   */
  public Step next(
      FailureClass failure,
      int key,
      int keys,
      Retry retry,
      long toldNanos,
      long nowNanos,
      long callDeadlineNanos) {
    waitNanos = 0;
    elsewhere = failure.elsewhere();
    failedAt = position;
    long left = callDeadlineNanos - nowNanos;
    if (attempts >= MAX_ATTEMPTS || left <= 0 || failure == FailureClass.ABANDONED) {
      return Step.STOP;
    }
    boolean another = usableLeft(nowNanos);
    Step full = null;
    if (failure.otherKey() && key >= 0) {
      triedKeys |= 1L << key;
      boolean ready = keyReady(nowNanos);
      if (keysWalked < keys - 1 && (ready || (!another && keyCooling(nowNanos)))) {
        // A key that rests will most likely refuse too: to ask it is a repeat, and paid as one.
        int got = ready ? health(position).admit(nowNanos) : repeat(nowNanos);
        if (got >= 0) {
          keysWalked++;
          attempt(got);
          return Step.OTHER_KEY;
        }
        full = ready && got == TargetHealth.FULL ? Step.OTHER_KEY : null;
      }
    }
    if (full == null && mayRepeat(failure, retry, toldNanos, another, left)) {
      int got = repeat(nowNanos);
      if (got >= 0) {
        countRepeat(failure);
        attempt(got);
        return Step.SAME_TARGET;
      }
      full = got == TargetHealth.FULL ? Step.SAME_TARGET : null;
      repeatAtNanos = nowNanos + waitNanos;
    }
    waitNanos = 0;
    Step step = goElsewhere(nowNanos);
    return step == Step.STOP && full != null ? queueToStay(full, failure, nowNanos) : step;
  }

  /**
   * Asks the present target once more outside the rules, because it refused only the form in which
   * it was asked.
   *
   * @return whether it was admitted
   */
  public boolean again(long nowNanos) {
    if (attempts >= MAX_ATTEMPTS) {
      return false;
    }
    int got = health(position).admit(nowNanos);
    if (got >= 0) {
      attempt(got);
    }
    return got >= 0;
  }

  private Step queueToStay(Step step, FailureClass failure, long nowNanos) {
    if (step == Step.OTHER_KEY) {
      keysWalked++;
    } else if (health(position).retries().withdraw(nowNanos)) {
      countRepeat(failure);
    } else {
      return Step.STOP;
    }
    stay = step;
    return Step.QUEUE;
  }

  private void countRepeat(FailureClass failure) {
    retries++;
    repeatedAtOnce |= failure.again() == Again.AT_ONCE;
    triedKeys = 0;
  }

  /** Whether the rules let the present target be asked again; sets the wait for it. */
  private boolean mayRepeat(
      FailureClass failure, Retry retry, long toldNanos, boolean another, long leftNanos) {
    if (retries >= retry.maxRetries() || failure.again() == Again.NO) {
      return false;
    }
    if (failure.again() == Again.AT_ONCE) {
      // Nobody is there: somebody else can answer now, a second knock cannot help as fast.
      boolean elsewhereFirst = failure == FailureClass.UNREACHABLE || failure == FailureClass.CUT;
      return !repeatedAtOnce && !(elsewhereFirst && another);
    }
    if (retries >= 1 && (another || (failure.again() == Again.WHEN_TOLD && toldNanos <= 0))) {
      return false;
    }
    if (toldNanos <= 0) { // "at once" is what a date that has passed says, to everybody
      waitNanos =
          backoffNanos(retries, retry.baseNanos(), retry.maxNanos(), Mix.next(seed, attempts));
      return waitNanos < leftNanos;
    }
    long patience = retry.patienceNanos();
    if (!another) {
      patience = patience > Long.MAX_VALUE / LAST_PATIENCE ? patience : patience * LAST_PATIENCE;
    }
    if (toldNanos > patience || toldNanos >= leftNanos) {
      return false;
    }
    // Everybody was told the same moment; they should not all come back at it.
    long jitter = (long) (TOLD_JITTER * toldNanos * Mix.unit(seed, 4_000 + attempts));
    waitNanos = Math.min(toldNanos + jitter, leftNanos - 1);
    return true;
  }

  /** Admits the same target again at the cost of its budget; below 0: not. */
  private int repeat(long nowNanos) {
    TargetHealth health = health(position);
    int got = health.admit(nowNanos);
    if (got == CircuitBreaker.REFUSED && !leftOver()) {
      // It was ejected, but nobody is there to stand in: better than a certain failure.
      got = health.force(nowNanos);
    }
    if (got >= 0 && !health.retries().withdraw(nowNanos)) {
      health.released(got, nowNanos);
      return CircuitBreaker.REFUSED;
    }
    return got;
  }

  /** Enters the first target that lets itself be entered; else waits for one, else forces one. */
  private Step goElsewhere(long nowNanos) {
    int full = NOBODY;
    int due = NOBODY;
    for (int i = 0; i < targets; i++) {
      if (!mayEnter(i)) {
        continue;
      }
      Candidate candidate = candidate(i);
      if (candidate.usable(nowNanos)) {
        int got = candidate.health().admit(nowNanos);
        if (got >= 0) {
          enter(i, got);
          return Step.NEXT_TARGET;
        }
        if (got == TargetHealth.FULL) {
          full = full == NOBODY ? i : full;
          continue;
        }
      }
      if (due == NOBODY || candidate.dueNanos(nowNanos) - candidate(due).dueNanos(nowNanos) < 0) {
        due = i;
      }
    }
    if (full != NOBODY) {
      position = full;
      return Step.QUEUE;
    }
    if (due == NOBODY || forcedOnce) {
      return Step.STOP;
    }
    TargetHealth health = candidate(due).health();
    int got = health.admit(nowNanos); // it may be its keys that rest
    if (got == TargetHealth.FULL) {
      position = due;
      return Step.QUEUE;
    }
    forcedOnce = true;
    enter(due, got >= 0 ? got : health.force(nowNanos));
    return Step.NEXT_TARGET;
  }

  private void enter(int at, int got) {
    position = at;
    entered[at] = true;
    forgetTarget();
    health(at).retries().deposit();
    attempt(got);
  }

  private void attempt(int got) {
    admission = got;
    attempts++;
  }

  private void forgetTarget() {
    retries = 0;
    keysWalked = 0;
    repeatedAtOnce = false;
    stay = null;
    triedKeys = 0;
  }

  /** Whether the failure lets the call go on at a target that it has not asked yet. */
  private boolean mayEnter(int at) {
    if (entered[at]) {
      return false;
    }
    return switch (elsewhere) {
      case YES -> true;
      case NO -> false;
      case BY_POLICY -> filterMayMove;
      case OTHER_DIALECT -> candidate(at).dialect() != candidate(failedAt).dialect();
      case LARGER_WINDOW -> {
        long window = candidate(at).contextWindow();
        yield window <= 0 || window > candidate(failedAt).contextWindow();
      }
    };
  }

  private boolean usableLeft(long nowNanos) {
    for (int i = 0; i < targets; i++) {
      if (mayEnter(i) && isOpen(i, nowNanos)) {
        return true;
      }
    }
    return false;
  }

  private boolean leftOver() {
    for (int i = 0; i < targets; i++) {
      if (mayEnter(i)) {
        return true;
      }
    }
    return false;
  }

  private boolean isOpen(int at, long nowNanos) {
    Candidate candidate = candidate(at);
    return candidate.usable(nowNanos) && !candidate.health().limit().full();
  }

  private boolean keyReady(long nowNanos) {
    return candidate(position).keys().anyReady(nowNanos, skippedKeys(nowNanos));
  }

  private boolean keyCooling(long nowNanos) {
    return candidate(position).keys().anyCooling(nowNanos, skippedKeys(nowNanos));
  }

  private long skippedKeys(long nowNanos) {
    return triedKeys | health(position).deniedKeys(nowNanos);
  }

  /**
   * Admits a second copy of the call: at another target that can be used now, or at the same one if
   * the route has no other.
   *
   * @return the index of its target, which has been entered and has given {@link #hedgeAdmission};
   *     -1: nobody can take it
   */
  public int hedge(long nowNanos) {
    if (attempts >= MAX_ATTEMPTS) {
      return NOBODY;
    }
    for (int i = 0; i < targets; i++) {
      boolean candidate = targets == 1 || !entered[i];
      if (candidate && candidate(i).usable(nowNanos)) {
        int got = health(i).admit(nowNanos);
        if (got == CircuitBreaker.NORMAL) {
          entered[i] = true;
          hedgePosition = i;
          hedgeAdmission = got;
          attempts++;
          return order[i];
        }
        if (got >= 0) {
          health(i).released(got, nowNanos); // a copy that is to save time is no probe
        }
      }
    }
    return NOBODY;
  }

  /** The admission of the second copy. */
  public int hedgeAdmission() {
    return hedgeAdmission;
  }

  /** The second copy is the one to go on with: its target is now the present one. */
  public void hedgeTook(int target) {
    if (hedgePosition == NOBODY || order[hedgePosition] != target) {
      throw new IllegalStateException("no second copy is at target " + target);
    }
    if (position != hedgePosition) {
      position = hedgePosition;
      forgetTarget();
    }
    admission = hedgeAdmission;
  }

  /** Index of the present target in its route. */
  public int target() {
    return order[position];
  }

  /** What the present attempt must report with. */
  public int admission() {
    return admission;
  }

  /** How many attempts have been begun, second copies included. */
  public int attempts() {
    return attempts;
  }

  /** Keys of the present target that failed in this call, as bits. */
  public long triedKeys() {
    return triedKeys;
  }

  /** Random bits for this attempt. */
  public long attemptSeed() {
    return Mix.next(seed, 1_000 + attempts);
  }

  /** How long to wait before a {@link Step#SAME_TARGET}. */
  public long waitNanos() {
    return waitNanos;
  }

  /** Whether the call could go on at another target right now. */
  public boolean anotherLeft(long nowNanos) {
    for (int i = 0; i < targets; i++) {
      if (!entered[i] && isOpen(i, nowNanos)) {
        return true;
      }
    }
    return false;
  }

  /**
   * How long to wait before a repeat: full jitter on a doubling ceiling (AWS Builders' Library,
   * "Timeouts, retries and backoff with jitter").
   *
   * @param repeat 0: the first
   * @param baseNanos ceiling of the first repeat
   * @param maxNanos ceiling of all
   */
  public static long backoffNanos(int repeat, long baseNanos, long maxNanos, long seed) {
    int doublings = Math.clamp(repeat, 0, 20);
    long ceiling = baseNanos > maxNanos >> doublings ? maxNanos : baseNanos << doublings;
    return (long) (ceiling * Mix.unit(seed, 2_000));
  }

  private Candidate candidate(int at) {
    return Objects.requireNonNull(route, "begin comes first").candidate(order[at]);
  }

  private TargetHealth health(int at) {
    return candidate(at).health();
  }
}
