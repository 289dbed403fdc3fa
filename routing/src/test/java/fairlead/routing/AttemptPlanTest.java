package fairlead.routing;

import static fairlead.routing.Fixtures.MS;
import static fairlead.routing.Fixtures.NEAR_OVERFLOW;
import static fairlead.routing.Fixtures.RETRY;
import static fairlead.routing.Fixtures.SECOND;
import static fairlead.routing.Fixtures.eject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.routing.AttemptPlan.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttemptPlanTest {
  private static final long NOW = NEAR_OVERFLOW;
  private static final long DEADLINE = NOW + 300 * SECOND; // has wrapped
  private static final long UNTOLD = -1;

  private final AttemptPlan plan = new AttemptPlan();
  private List<Candidate> list = List.of();
  private Retry retry = RETRY;

  private void begin(List<Candidate> candidates, boolean failover, boolean filterMayMove) {
    list = candidates;
    TargetOrder route = new TargetOrder(Strategy.PRIORITY, candidates);
    plan.begin(route, failover, filterMayMove, 1, false, NOW);
  }

  private void start(int targets, int keys) {
    begin(Fixtures.equals(targets, keys, NOW), true, false);
    assertThat(plan.first(NOW)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isZero();
  }

  private TargetHealth health() {
    return list.get(plan.target()).health();
  }

  private Step fail(FailureClass failure) {
    return fail(failure, 0, UNTOLD);
  }

  private Step fail(FailureClass failure, int key, long told) {
    health().failed(plan.admission(), failure, NOW, NOW, plan.attemptSeed());
    int keys = list.get(plan.target()).keys().size();
    return plan.next(failure, key, keys, retry, told, NOW, DEADLINE);
  }

  @ParameterizedTest
  @EnumSource(
      value = FailureClass.class,
      names = {"UNREACHABLE", "CUT"})
  void aRefusedConnectionAndACutStreamGoToTheNextTargetAtOnce(FailureClass failure) {
    start(2, 1);
    assertThat(fail(failure)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isEqualTo(1);
    assertThat(plan.attempts()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = FailureClass.class,
      names = {"UNREACHABLE", "RESET", "CUT", "TOOL_GENERATION"})
  void withNobodyElseWhatMayGoAtOnceIsRepeatedOnceWithoutAWait(FailureClass failure) {
    start(1, 1);
    assertThat(fail(failure)).isEqualTo(Step.SAME_TARGET);
    assertThat(plan.waitNanos()).isZero();
    assertThat(fail(failure)).isEqualTo(Step.STOP);
  }

  @Test
  void whoeverRefusedOnlyTheFormIsAskedOnceMoreOutsideTheRules() {
    start(2, 1);
    assertThat(plan.again(NOW)).isTrue();
    assertThat(plan.target()).isZero();
    assertThat(plan.attempts()).isEqualTo(2);
    while (plan.attempts() < AttemptPlan.MAX_ATTEMPTS) {
      assertThat(plan.again(NOW)).isTrue();
    }
    assertThat(plan.again(NOW)).as("but not without end").isFalse();
  }

  @Test
  void aBrokenConnectionIsTriedOnceMoreAlsoIfThereIsAnother() {
    start(2, 1);
    assertThat(fail(FailureClass.RESET)).isEqualTo(Step.SAME_TARGET);
    assertThat(plan.waitNanos()).isZero();
    assertThat(fail(FailureClass.RESET)).isEqualTo(Step.NEXT_TARGET);
  }

  @Test
  void aServerErrorIsRepeatedOnceBeforeTheNextTargetAndMoreOftenIfThereIsNone() {
    start(2, 1);
    assertThat(fail(FailureClass.SERVER_ERROR)).isEqualTo(Step.SAME_TARGET);
    assertThat(plan.waitNanos()).isBetween(0L, 250 * MS);
    assertThat(fail(FailureClass.SERVER_ERROR)).isEqualTo(Step.NEXT_TARGET);
    assertThat(fail(FailureClass.SERVER_ERROR)).isEqualTo(Step.SAME_TARGET);
    assertThat(fail(FailureClass.SERVER_ERROR)).isEqualTo(Step.SAME_TARGET);
    assertThat(plan.waitNanos()).isBetween(0L, 500 * MS);
    assertThat(fail(FailureClass.SERVER_ERROR)).isEqualTo(Step.STOP);
  }

  @Test
  void aSilentTargetIsNotAskedAgain() {
    start(1, 3);
    assertThat(fail(FailureClass.TIMEOUT)).isEqualTo(Step.STOP);
    start(2, 3);
    assertThat(fail(FailureClass.TIMEOUT)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isEqualTo(1);
  }

  @Test
  void keysAreWalkedBeforeTheTargetIsLeftAndThatCostsNoBudget() {
    start(2, 3);
    double before = health().retries().available(NOW);
    assertThat(fail(FailureClass.RATE_LIMITED, 1, UNTOLD)).isEqualTo(Step.OTHER_KEY);
    assertThat(plan.triedKeys()).isEqualTo(0b010);
    assertThat(fail(FailureClass.CREDENTIALS, 0, UNTOLD)).isEqualTo(Step.OTHER_KEY);
    assertThat(plan.triedKeys()).isEqualTo(0b011);
    assertThat(health().retries().available(NOW)).isEqualTo(before);
    assertThat(fail(FailureClass.QUOTA, 2, UNTOLD)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isEqualTo(1);
    assertThat(plan.triedKeys()).isZero();
  }

  @Test
  void keysWithoutAccessOrAtRestAreNotWalkedToWhileAnotherTargetIsLeft() {
    start(2, 3);
    health().denyKey(1, DEADLINE);
    list.get(0).keys().rest(2, NOW + SECOND);
    assertThat(fail(FailureClass.MODEL_DENIED)).isEqualTo(Step.NEXT_TARGET);
    start(1, 3);
    health().denyKey(1, DEADLINE);
    list.get(0).keys().rest(2, NOW + SECOND);
    assertThat(fail(FailureClass.MODEL_DENIED)).isEqualTo(Step.OTHER_KEY);
    list.get(0).keys().out(0, DEADLINE);
    list.get(0).keys().out(1, DEADLINE);
    assertThat(fail(FailureClass.MODEL_DENIED, 2, UNTOLD)).isEqualTo(Step.STOP);
  }

  @Test
  void aToldWaitIsKeptIfItIsWithinPatience() {
    start(2, 1);
    assertThat(fail(FailureClass.RATE_LIMITED, 0, 3 * SECOND)).isEqualTo(Step.SAME_TARGET);
    assertThat(plan.waitNanos()).isBetween(3 * SECOND, 3_300 * MS);
    assertThat(fail(FailureClass.RATE_LIMITED, 0, 3 * SECOND)).isEqualTo(Step.NEXT_TARGET);
    start(2, 1);
    assertThat(fail(FailureClass.OVERLOADED, 0, 5_001 * MS)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.waitNanos()).isZero();
  }

  @Test
  void withNobodyElseTheCallIsMorePatientButNotBeyondItsDeadline() {
    start(1, 1);
    assertThat(fail(FailureClass.RATE_LIMITED, 0, 20 * SECOND)).isEqualTo(Step.SAME_TARGET);
    assertThat(plan.waitNanos()).isBetween(20 * SECOND, 22 * SECOND);
    start(1, 1);
    assertThat(fail(FailureClass.RATE_LIMITED, 0, 20 * SECOND + 1)).isEqualTo(Step.STOP);
    start(1, 1);
    health().failed(plan.admission(), FailureClass.OVERLOADED, NOW, NOW, 1);
    long told = 2 * SECOND;
    assertThat(plan.next(FailureClass.OVERLOADED, 0, 1, RETRY, told, NOW, NOW + told))
        .isEqualTo(Step.STOP);
    start(1, 1);
    health().failed(plan.admission(), FailureClass.OVERLOADED, NOW, NOW, 1);
    assertThat(plan.next(FailureClass.OVERLOADED, 0, 1, RETRY, told, NOW, NOW + told + 1))
        .isEqualTo(Step.SAME_TARGET);
    assertThat(plan.waitNanos()).isEqualTo(told);
  }

  @Test
  void aRateLimitWithoutATimeIsWaitedForOnce() {
    start(1, 1);
    assertThat(fail(FailureClass.RATE_LIMITED)).isEqualTo(Step.SAME_TARGET);
    assertThat(plan.waitNanos()).isBetween(0L, 250 * MS);
    assertThat(fail(FailureClass.RATE_LIMITED)).isEqualTo(Step.STOP);
  }

  @Test
  void aTimeThatHasPassedIsNoReasonToHurry() {
    start(1, 1);
    assertThat(fail(FailureClass.RATE_LIMITED, 0, 0)).isEqualTo(Step.SAME_TARGET);
    assertThat(plan.waitNanos()).isBetween(1L, 250 * MS);
    assertThat(fail(FailureClass.RATE_LIMITED, 0, 0)).isEqualTo(Step.STOP);
  }

  @Test
  void keysThatRestAreWalkedOnlyWithNobodyElseAndAtTheCostOfTheBudget() {
    start(1, 3);
    double before = health().retries().available(NOW);
    assertThat(fail(FailureClass.RATE_LIMITED, 0, UNTOLD)).isEqualTo(Step.OTHER_KEY);
    assertThat(health().retries().available(NOW)).as("a ready one").isEqualTo(before);
    for (int key = 0; key < 3; key++) {
      list.get(0).keys().rest(key, NOW + 5 * SECOND);
    }
    assertThat(fail(FailureClass.RATE_LIMITED, 1, UNTOLD)).isEqualTo(Step.OTHER_KEY);
    assertThat(health().retries().available(NOW)).isEqualTo(before - 1);

    start(1, 3);
    for (int key = 0; key < 3; key++) {
      list.get(0).keys().rest(key, NOW + 5 * SECOND);
    }
    while (health().retries().withdraw(NOW)) {
      assertThat(health().retries().available(NOW)).isNotNegative();
    }
    assertThat(fail(FailureClass.RATE_LIMITED, 0, UNTOLD)).isEqualTo(Step.STOP);
    assertThat(health().limit().inFlight()).isZero();
  }

  @Test
  void anEmptyBudgetEndsRepeats() {
    start(1, 1);
    while (health().retries().withdraw(NOW)) {
      assertThat(health().retries().available(NOW)).isNotNegative();
    }
    assertThat(fail(FailureClass.SERVER_ERROR)).isEqualTo(Step.STOP);
    assertThat(health().limit().inFlight()).isZero();
  }

  @Test
  void noRetriesMeansNone() {
    retry = new Retry(0, 5 * SECOND, 250 * MS, 4 * SECOND);
    start(1, 1);
    assertThat(fail(FailureClass.RESET)).isEqualTo(Step.STOP);
    start(2, 1);
    assertThat(fail(FailureClass.SERVER_ERROR)).isEqualTo(Step.NEXT_TARGET);
  }

  @Test
  void whatTheProviderRefusesIsRefusedForGood() {
    start(3, 3);
    assertThat(fail(FailureClass.REFUSED)).isEqualTo(Step.STOP);
    start(3, 3);
    assertThat(fail(FailureClass.ABANDONED)).isEqualTo(Step.STOP);
  }

  private static Candidate special(int dialect, long window) {
    return new Candidate(Fixtures.health(NOW), Fixtures.keys(1, NOW), 1, 0, -1, window, dialect);
  }

  @Test
  void aRequestThatIsTooLongGoesOnlyWhereTheWindowMayBeLarger() {
    begin(
        List.of(special(0, 128_000), special(0, 64_000), special(0, 128_000), special(0, 200_000)),
        true,
        false);
    plan.first(NOW);
    assertThat(fail(FailureClass.CONTEXT_LENGTH)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isEqualTo(3);
    assertThat(fail(FailureClass.CONTEXT_LENGTH)).isEqualTo(Step.STOP);
    begin(List.of(special(0, 128_000), special(0, 0)), true, false);
    plan.first(NOW);
    assertThat(fail(FailureClass.CONTEXT_LENGTH)).as("unknown").isEqualTo(Step.NEXT_TARGET);
  }

  @Test
  void aParameterThatIsNotUnderstoodGoesOnlyToAnotherDialectAlsoThroughAQueue() {
    begin(List.of(special(0, 0), special(0, 0), special(1, 0)), true, false);
    plan.first(NOW);
    assertThat(fail(FailureClass.BAD_PARAMETER)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isEqualTo(2);

    Candidate other = new Candidate(Fixtures.health(1, NOW), Fixtures.keys(1, NOW), 1, 0, -1, 0, 1);
    begin(List.of(special(0, 0), special(0, 0), other), true, false);
    plan.first(NOW);
    other.health().admit(NOW);
    assertThat(fail(FailureClass.TOO_LARGE)).isEqualTo(Step.QUEUE);
    assertThat(plan.queued(NOW)).isEqualTo(Step.QUEUE);
    assertThat(plan.target()).isEqualTo(2);
    other.health().released(CircuitBreaker.NORMAL, NOW);
    assertThat(plan.queued(NOW)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isEqualTo(2);
  }

  @Test
  void aFilteredRequestMovesOnlyByPolicy() {
    begin(Fixtures.equals(2, 1, NOW), true, false);
    plan.first(NOW);
    assertThat(fail(FailureClass.CONTENT_FILTER)).isEqualTo(Step.STOP);
    begin(Fixtures.equals(2, 1, NOW), true, true);
    plan.first(NOW);
    assertThat(fail(FailureClass.CONTENT_FILTER)).isEqualTo(Step.NEXT_TARGET);
  }

  @Test
  void failoverCanBeOff() {
    begin(Fixtures.equals(2, 1, NOW), false, false);
    plan.first(NOW);
    assertThat(plan.anotherLeft(NOW)).isFalse();
    assertThat(fail(FailureClass.MODEL_NOT_FOUND)).isEqualTo(Step.STOP);
    begin(Fixtures.equals(2, 1, NOW), false, false);
    plan.first(NOW);
    assertThat(fail(FailureClass.UNREACHABLE)).isEqualTo(Step.SAME_TARGET);
    assertThat(fail(FailureClass.UNREACHABLE)).isEqualTo(Step.STOP);
  }

  @Test
  void aTargetThatIsOutIsPassedOverAndProbedByOneCallWhenDue() {
    List<Candidate> pair = Fixtures.equals(2, 1, NOW);
    eject(pair.get(0).health(), NOW);
    begin(pair, true, false);
    plan.first(NOW);
    assertThat(plan.target()).isEqualTo(1);
    long due = pair.get(0).health().breaker().dueNanos();
    TargetOrder route = new TargetOrder(Strategy.PRIORITY, pair);
    plan.begin(route, true, false, 1, false, due);
    assertThat(plan.first(due)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isZero();
    assertThat(plan.admission()).isEqualTo(CircuitBreaker.PROBE);
    AttemptPlan second = new AttemptPlan();
    second.begin(route, true, false, 1, false, due);
    second.first(due);
    assertThat(second.target()).isEqualTo(1);
  }

  @Test
  void whenAllAreOutTheOneDueFirstIsForced() {
    List<Candidate> three = Fixtures.equals(3, 1, NOW);
    eject(three.get(0).health(), NOW + 2 * SECOND);
    eject(three.get(1).health(), NOW);
    eject(three.get(2).health(), NOW + SECOND);
    begin(three, true, false);
    assertThat(plan.first(NOW + 3 * SECOND)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isEqualTo(1);
    assertThat(plan.admission()).isEqualTo(CircuitBreaker.FORCED);
    assertThat(fail(FailureClass.TIMEOUT)).as("one last resort").isEqualTo(Step.STOP);
  }

  @Test
  void aCallThatLostItsTargetsGetsOneLastResort() {
    List<Candidate> three = Fixtures.equals(3, 1, NOW);
    eject(three.get(1).health(), NOW + SECOND);
    eject(three.get(2).health(), NOW);
    begin(three, true, false);
    plan.first(NOW + 2 * SECOND);
    assertThat(plan.target()).isZero();
    assertThat(fail(FailureClass.TIMEOUT)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isEqualTo(2);
    assertThat(plan.admission()).isEqualTo(CircuitBreaker.FORCED);
    assertThat(fail(FailureClass.TIMEOUT)).isEqualTo(Step.STOP);
  }

  @Test
  void theOnlyTargetIsRepeatedAlthoughItWasEjected() {
    List<Candidate> one = Fixtures.equals(1, 1, NOW);
    eject(one.get(0).health(), NOW);
    begin(one, true, false);
    assertThat(plan.first(NOW)).isEqualTo(Step.NEXT_TARGET);
    assertThat(fail(FailureClass.SERVER_ERROR)).isEqualTo(Step.SAME_TARGET);
    assertThat(fail(FailureClass.SERVER_ERROR)).isEqualTo(Step.SAME_TARGET);
    assertThat(fail(FailureClass.SERVER_ERROR)).isEqualTo(Step.STOP);
    assertThat(health().limit().inFlight()).isZero();
  }

  @Test
  void aRouteWhoseKeysAllRestStillAsksTheOneBackFirst() {
    List<Candidate> pair = Fixtures.equals(2, 1, NOW);
    pair.get(0).keys().rest(0, NOW + 5 * SECOND);
    pair.get(1).keys().rest(0, NOW + SECOND);
    begin(pair, true, false);
    assertThat(plan.first(NOW)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isEqualTo(1);
    assertThat(plan.admission()).isEqualTo(CircuitBreaker.NORMAL);
  }

  private static List<Candidate> oneByOne(int targets) {
    List<Candidate> list = new ArrayList<>();
    for (int i = 0; i < targets; i++) {
      list.add(new Candidate(Fixtures.health(1, NOW), Fixtures.keys(1, NOW), 1, 0, -1, 0, 0));
    }
    return list;
  }

  @Test
  void whenAllPlacesAreTakenTheCallQueuesForItsFirstChoice() {
    List<Candidate> pair = oneByOne(2);
    pair.get(0).health().admit(NOW);
    pair.get(1).health().admit(NOW);
    begin(pair, true, false);
    assertThat(plan.first(NOW)).isEqualTo(Step.QUEUE);
    assertThat(plan.target()).isZero();
    assertThat(plan.attempts()).isZero();
    assertThat(plan.queued(NOW)).isEqualTo(Step.QUEUE);
    pair.get(1).health().succeeded(CircuitBreaker.NORMAL, NOW);
    assertThat(plan.queued(NOW)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isEqualTo(1);
    assertThat(plan.attempts()).isEqualTo(1);
  }

  @Test
  void aTargetWhoseKeysRestKeepsToItsLimit() {
    List<Candidate> one = oneByOne(1);
    one.get(0).keys().rest(0, NOW + 5 * SECOND);
    one.get(0).health().admit(NOW);
    begin(one, true, false);
    assertThat(plan.first(NOW)).isEqualTo(Step.QUEUE);
    assertThat(plan.queued(NOW)).isEqualTo(Step.QUEUE);
    one.get(0).health().succeeded(CircuitBreaker.NORMAL, NOW);
    assertThat(plan.queued(NOW)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.admission()).isEqualTo(CircuitBreaker.NORMAL);
  }

  @Test
  void aTargetThatGoesOutWhileACallWaitsForItIsForced() {
    List<Candidate> one = oneByOne(1);
    one.get(0).health().admit(NOW);
    begin(one, true, false);
    assertThat(plan.first(NOW)).isEqualTo(Step.QUEUE);
    for (int i = 0; i < 5; i++) {
      one.get(0).health().breaker().failed(CircuitBreaker.NORMAL, NOW, NOW, 1);
    }
    assertThat(plan.queued(NOW)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.admission()).isEqualTo(CircuitBreaker.FORCED);
  }

  @Test
  void aRepeatThatLostItsPlaceQueuesForItAndTheQueueCountsAsWaiting() {
    List<Candidate> one = oneByOne(1);
    begin(one, true, false);
    plan.first(NOW);
    health().failed(plan.admission(), FailureClass.OVERLOADED, NOW, NOW, 1);
    health().admit(NOW); // somebody else is quicker
    Step step = plan.next(FailureClass.OVERLOADED, 0, 1, RETRY, 2 * SECOND, NOW, DEADLINE);
    assertThat(step).isEqualTo(Step.QUEUE);
    health().succeeded(CircuitBreaker.NORMAL, NOW + SECOND);
    assertThat(plan.queued(NOW + SECOND)).isEqualTo(Step.SAME_TARGET);
    assertThat(plan.waitNanos()).isBetween(SECOND, 1_200 * MS);
    assertThat(plan.attempts()).isEqualTo(2);
  }

  @Test
  void aSecondCopyGoesToAnotherTargetAndMayBecomeThePresentOne() {
    start(3, 2);
    assertThat(plan.hedge(NOW)).isEqualTo(1);
    assertThat(plan.target()).isZero();
    assertThat(plan.attempts()).isEqualTo(2);
    assertThat(list.get(1).health().limit().inFlight()).isEqualTo(1);
    plan.hedgeTook(1);
    assertThat(plan.target()).isEqualTo(1);
    assertThat(plan.admission()).isEqualTo(plan.hedgeAdmission());
    assertThat(fail(FailureClass.TIMEOUT)).isEqualTo(Step.NEXT_TARGET);
    assertThat(plan.target()).isEqualTo(2);
  }

  @Test
  void aSecondCopyStaysAtTheOnlyTargetAndIsNoProbe() {
    start(1, 1);
    assertThat(plan.hedge(NOW)).isZero();
    assertThat(health().limit().inFlight()).isEqualTo(2);
    List<Candidate> pair = Fixtures.equals(2, 1, NOW);
    eject(pair.get(1).health(), NOW);
    long due = pair.get(1).health().breaker().dueNanos();
    begin(pair, true, false);
    plan.first(NOW);
    assertThat(plan.hedge(due)).isEqualTo(-1);
    assertThat(pair.get(1).health().allows(due)).isTrue();
    assertThat(pair.get(1).health().limit().inFlight()).isZero();
    assertThatThrownBy(() -> plan.hedgeTook(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theBackoffStaysBelowItsDoublingCeiling() {
    for (long seed = 0; seed < 200; seed++) {
      long ceiling = 250;
      for (int repeat = 0; repeat < 70; repeat++) {
        assertThat(AttemptPlan.backoffNanos(repeat, 250, 4_000, seed))
            .isBetween(0L, Math.min(ceiling, 4_000));
        ceiling = Math.min(ceiling * 2, 4_000);
      }
      assertThat(AttemptPlan.backoffNanos(9, Long.MAX_VALUE / 2, Long.MAX_VALUE, seed))
          .isNotNegative();
    }
  }
}
