package fairlead.routing;

import static fairlead.routing.Fixtures.MS;
import static fairlead.routing.Fixtures.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.routing.AttemptPlan.Step;
import fairlead.routing.FailureClass.Again;
import fairlead.routing.FailureClass.Elsewhere;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Generated worlds: routes of one to six targets, several calls at once, any outcome at any moment.
 * Whatever happens, the promises of the plan and of the health of its targets hold.
 */
class AttemptSequencesTest {
  private static final FailureClass[] FAILURES = FailureClass.values();

  private String world = "";

  @Test
  void noSequenceOfOutcomesBreaksAPromise() {
    long seed = 20261129;
    System.out.println("seed " + seed);
    SplittableRandom seeds = new SplittableRandom(seed);
    for (int round = 0; round < 3_000; round++) {
      long worldSeed = seeds.nextLong();
      world = "round " + round + ", seed " + worldSeed;
      new World(new SplittableRandom(worldSeed)).run();
    }
  }

  private final class World {
    private final SplittableRandom random;
    private final List<Candidate> candidates = new ArrayList<>();
    private final TargetOrder route;
    private final Retry retry;
    private final int[] deposits;
    private final int[] repeats;
    private final double share;
    private final long start;
    private final List<Call> calls = new ArrayList<>();
    private long now;

    World(SplittableRandom random) {
      this.random = random;
      start = random.nextInt(4) == 0 ? Fixtures.NEAR_OVERFLOW : random.nextLong();
      now = start;
      share = random.nextInt(0, 6) / 10.0;
      int targets = random.nextInt(1, 7);
      for (int i = 0; i < targets; i++) {
        candidates.add(
            new Candidate(
                new TargetHealth(
                    new TargetHealth.Settings(
                        new CircuitBreaker.Settings(
                            random.nextInt(1, 6), 0.5, 10, 2 * SECOND, 60 * SECOND, 5 * SECOND),
                        1,
                        random.nextInt(0, 4),
                        share),
                    now),
                Fixtures.keys(random.nextInt(1, 4), now),
                random.nextInt(0, 4),
                random.nextInt(0, 3),
                random.nextInt(-1, 3),
                random.nextInt(0, 3) * 100_000L,
                random.nextInt(0, 2)));
      }
      Strategy[] strategies = Strategy.values();
      route = new TargetOrder(strategies[random.nextInt(strategies.length)], candidates);
      retry = new Retry(random.nextInt(0, 4), 5 * SECOND, 250 * MS, 4 * SECOND);
      deposits = new int[targets];
      repeats = new int[targets];
      for (int i = 0; i < targets; i++) {
        // Some have had a bad time and nothing left for repeats.
        while (i % 2 == 1 && candidates.get(i).health().retries().withdraw(now)) {
          repeats[i]++;
        }
      }
    }

    void run() {
      for (int i = 0; i < 60; i++) {
        now += random.nextLong(0, random.nextInt(5) == 0 ? 20 * SECOND : 300 * MS);
        if (calls.size() < 5 && random.nextInt(3) == 0) {
          calls.add(new Call(this));
        } else if (!calls.isEmpty()) {
          move(calls.get(random.nextInt(calls.size())));
        }
      }
      for (int i = 0; i < 2_000 && !calls.isEmpty(); i++) {
        now += 100 * MS;
        move(calls.get(i % calls.size()));
      }
      assertThat(calls).as("calls that never end, %s", world).isEmpty();
      for (Candidate candidate : candidates) {
        assertThat(candidate.health().limit().inFlight()).as("places, %s", world).isZero();
        assertThat(candidate.health().breaker().state(now))
            .as("a probe nobody makes, %s", world)
            .isNotEqualTo(CircuitBreaker.State.PROBING);
      }
    }

    private void move(Call call) {
      call.move();
      if (call.over) {
        calls.remove(call);
      }
      for (int i = 0; i < repeats.length; i++) {
        assertThat((double) repeats[i])
            .as("repeats of target %d, %s", i, world)
            .isLessThanOrEqualTo(10 + share * deposits[i] + 0.5 * ((now - start) / 1e9) + 1e-6);
      }
    }
  }

  private final class Call {
    private final World in;
    private final AttemptPlan plan = new AttemptPlan();
    private final boolean mayFailOver;
    private final long deadline;
    private final int[] attempts;
    private final boolean[] timedOut;
    private boolean hedged;
    private int hedgeTarget = -1;
    private boolean queued;
    private boolean over;

    Call(World in) {
      this.in = in;
      SplittableRandom random = in.random;
      mayFailOver = random.nextInt(4) != 0;
      deadline = in.now + random.nextLong(SECOND, 60 * SECOND);
      attempts = new int[in.candidates.size()];
      timedOut = new boolean[in.candidates.size()];
      plan.begin(
          in.route,
          mayFailOver,
          random.nextBoolean(),
          random.nextLong(),
          random.nextBoolean(),
          in.now);
      take(plan.first(in.now));
      assertThat(over).as("a route is never without a first step, %s", world).isFalse();
    }

    /** Checks the step and notes what was begun by it. */
    private void take(Step step) {
      queued = step == Step.QUEUE;
      over = step == Step.STOP;
      if (queued || over) {
        return;
      }
      int target = plan.target();
      assertThat(plan.admission()).as(world).isNotNegative();
      if (step == Step.NEXT_TARGET && attempts[target] == 0) {
        in.deposits[target]++;
      }
      if (step == Step.SAME_TARGET) {
        in.repeats[target]++;
        assertThat(plan.waitNanos()).as(world).isNotNegative();
        assertThat(deadline - in.now - plan.waitNanos())
            .as("a wait ends before the deadline, %s", world)
            .isPositive();
      }
      begun(target);
      Candidate candidate = in.candidates.get(target);
      int key =
          candidate
              .keys()
              .choose(
                  plan.attemptSeed(),
                  in.now,
                  plan.triedKeys(),
                  candidate.health().deniedKeys(in.now));
      assertThat(key).as("a key is left, %s", world).isNotNegative();
    }

    private void begun(int target) {
      assertThat(timedOut[target]).as("a silent target is asked again, %s", world).isFalse();
      attempts[target]++;
      int keys = in.candidates.get(target).keys().size();
      assertThat(attempts[target] - (hedged ? 1 : 0))
          .as("attempts at target %d, %s", target, world)
          .isLessThanOrEqualTo(1 + in.retry.maxRetries() + keys);
      assertThat(plan.attempts()).as(world).isLessThanOrEqualTo(AttemptPlan.MAX_ATTEMPTS);
    }

    void move() {
      SplittableRandom random = in.random;
      if (queued) {
        if (deadline - in.now <= 0 || random.nextInt(10) == 0) {
          over = true;
        } else {
          take(plan.queued(in.now));
        }
        return;
      }
      TargetHealth health = in.candidates.get(plan.target()).health();
      if (!hedged && random.nextInt(8) == 0) {
        hedgeTarget = plan.hedge(in.now);
        if (hedgeTarget >= 0) {
          hedged = true;
          begun(hedgeTarget);
        }
        return;
      }
      int outcome = random.nextInt(10);
      if (hedgeTarget >= 0 && outcome < 5) {
        // One of the two goes on, the other is cancelled.
        if (random.nextBoolean()) {
          health.released(plan.admission(), in.now);
          plan.hedgeTook(hedgeTarget);
          health = in.candidates.get(plan.target()).health();
        } else {
          in.candidates.get(hedgeTarget).health().released(plan.hedgeAdmission(), in.now);
        }
        hedgeTarget = -1;
      } else if (hedgeTarget >= 0) {
        return;
      }
      if (outcome == 0) {
        health.released(plan.admission(), in.now);
        over = true;
      } else if (outcome <= 2) {
        health.succeeded(plan.admission(), in.now);
        over = true;
      } else {
        fail(health, FAILURES[random.nextInt(FAILURES.length)]);
      }
    }

    private void fail(TargetHealth health, FailureClass failure) {
      int target = plan.target();
      Candidate candidate = in.candidates.get(target);
      long now = in.now;
      int key =
          candidate
              .keys()
              .choose(plan.attemptSeed(), now, plan.triedKeys(), health.deniedKeys(now));
      long told = in.random.nextInt(3) == 0 ? in.random.nextLong(0, 30 * SECOND) : -1;
      health.failed(plan.admission(), failure, now, now, plan.attemptSeed());
      switch (failure.keyEffect()) {
        case COOL_DOWN -> candidate.keys().rest(key, now + Math.max(told, SECOND));
        case OUT_LONG, OUT_UNTIL_CHANGED -> candidate.keys().out(key, now + 600 * SECOND);
        case MODEL_OUT -> health.denyKey(key, now + 600 * SECOND);
        case NONE -> {}
      }
      timedOut[target] |= failure == FailureClass.TIMEOUT;
      int before = plan.attempts();
      List<Integer> open = openTargets();
      Step step = plan.next(failure, key, candidate.keys().size(), in.retry, told, now, deadline);
      if (step == Step.STOP
          && failure.elsewhere() == Elsewhere.YES
          && mayFailOver
          && before < AttemptPlan.MAX_ATTEMPTS
          && deadline - now > 0) {
        assertThat(open).as("stopped while others could answer, %s", world).isEmpty();
      }
      if (step == Step.SAME_TARGET || step == Step.OTHER_KEY) {
        assertThat(plan.target()).as(world).isEqualTo(target);
      }
      if (step == Step.SAME_TARGET) {
        assertThat(failure.again()).as(world).isNotEqualTo(Again.NO);
        if (told >= 0 && failure.again() != Again.AT_ONCE) {
          assertThat(plan.waitNanos())
              .as("not before it was told, %s", world)
              .isGreaterThanOrEqualTo(told);
        }
      }
      if (failure.elsewhere() == Elsewhere.NO) {
        assertThat(step).as("%s, %s", failure, world).isEqualTo(Step.STOP);
      }
      take(step);
    }

    /** By the public word of each target: those not asked in this call that could take it now. */
    private List<Integer> openTargets() {
      List<Integer> open = new ArrayList<>();
      for (int i = 0; i < attempts.length; i++) {
        Candidate other = in.candidates.get(i);
        if (attempts[i] == 0
            && !isDrained(i)
            && other.health().allows(in.now)
            && !other.health().limit().full()
            && other.keys().anyReady(in.now, other.health().deniedKeys(in.now))) {
          open.add(i);
        }
      }
      return open;
    }

    private boolean isDrained(int target) {
      return in.route.weight(target) == 0;
    }
  }
}
