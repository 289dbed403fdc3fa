package fairlead.routing;

import static fairlead.routing.Fixtures.SECOND;
import static fairlead.routing.Fixtures.eject;
import static fairlead.routing.Fixtures.health;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.routing.CircuitBreaker.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TargetHealthTest {
  @Test
  void aFullTargetDoesNotKeepTheProbe() {
    TargetHealth health = health(1, 0);
    assertThat(health.admit(0)).isEqualTo(CircuitBreaker.NORMAL);
    assertThat(health.admit(0)).isEqualTo(TargetHealth.FULL);
    for (int i = 0; i < 5; i++) {
      health.breaker().failed(CircuitBreaker.NORMAL, 0, 0, 1);
    }
    long due = health.breaker().dueNanos();
    assertThat(health.admit(due)).isEqualTo(TargetHealth.FULL);
    assertThat(health.allows(due)).isTrue();
    health.released(CircuitBreaker.NORMAL, due);
    assertThat(health.admit(due)).isEqualTo(CircuitBreaker.PROBE);
  }

  @Test
  void aForcedAttemptNeedsNoPlaceAndGivesOneBack() {
    TargetHealth health = health(1, 0);
    health.admit(0);
    assertThat(health.force(0)).isEqualTo(CircuitBreaker.FORCED);
    assertThat(health.limit().inFlight()).isEqualTo(2);
    health.released(CircuitBreaker.FORCED, 0);
    health.succeeded(CircuitBreaker.NORMAL, 0);
    assertThat(health.limit().inFlight()).isZero();
  }

  @ParameterizedTest
  @EnumSource(FailureClass.class)
  void eachClassMeansForAProbeWhatItSays(FailureClass failure) {
    TargetHealth health = health(0);
    eject(health, 0);
    long due = health.breaker().dueNanos();
    assertThat(health.admit(due)).isEqualTo(CircuitBreaker.PROBE);
    boolean ejected = health.failed(CircuitBreaker.PROBE, failure, due, due, 1);
    State after = health.breaker().state(due);
    switch (failure) {
      case ABANDONED, UNSUPPORTED, CREDENTIALS, QUOTA -> {
        assertThat(after).isEqualTo(State.OPEN);
        assertThat(health.admit(due)).as("free for the next").isEqualTo(CircuitBreaker.PROBE);
      }
      default -> {
        assertThat(ejected).isEqualTo(failure.countsAgainstHealth());
        assertThat(after).isEqualTo(ejected ? State.OPEN : State.CLOSED);
        assertThat(health.allows(due)).isEqualTo(!ejected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(FailureClass.class)
  void onlyWhatSpeaksAgainstTheTargetEjectsItAndOnlyOverloadLowersItsLimit(FailureClass failure) {
    TargetHealth health = health(100, 0);
    for (int i = 0; i < 40; i++) {
      health.admit(SECOND);
    }
    for (int i = 0; i < 5; i++) {
      health.failed(CircuitBreaker.NORMAL, failure, SECOND, SECOND, 1);
    }
    assertThat(health.allows(SECOND)).isEqualTo(!failure.countsAgainstHealth());
    assertThat(health.limit().limit()).isEqualTo(failure.overload() ? 30 : 100);
    assertThat(health.limit().inFlight()).isEqualTo(35);
  }

  @Test
  void theShareIsThatOfTheSlowStartTimesThatOfTheQuota() {
    TargetHealth health = health(0);
    assertThat(health.share(0)).isEqualTo(1);
    eject(health, 0);
    long due = health.breaker().dueNanos();
    health.succeeded(health.admit(due), due);
    health.quota().report(0, due + 60 * SECOND, due);
    assertThat(health.share(due)).isEqualTo(0.1 * 0.05);
  }

  @Test
  void keysWithoutAccessAreOutForTheModelUntilTheirTime() {
    TargetHealth health = health(0);
    assertThat(health.deniedKeys(0)).isZero();
    health.denyKey(1, 10);
    health.denyKey(3, 20);
    assertThat(health.deniedKeys(19)).isEqualTo(0b1010);
    assertThat(health.deniedKeys(20)).isZero();
    health.denyKey(2, 30);
    assertThat(health.deniedKeys(25)).isEqualTo(0b0100);
  }

  @Test
  void aTargetThatIsRestoredBeginsAnewForEveryKey() {
    TargetHealth health = health(0);
    eject(health, 0);
    health.denyKey(3, 600 * SECOND);
    health.prefillRefused(true);
    health.restore(1);
    assertThat(health.prefillRefused()).isFalse();
    assertThat(health.admit(1)).isEqualTo(CircuitBreaker.NORMAL);
    assertThat(health.share(1)).isEqualTo(1);
    assertThat(health.deniedKeys(1)).isZero();
  }

  @Test
  void aTargetThatOnlyAnswersPlainlyIsAsFastAsItsAnswers() {
    TargetHealth health = health(0);
    assertThat(health.usualNanos(0)).isZero();
    health.plainAnswers().record(3_000_000, 0);
    assertThat(health.usualNanos(0)).isBetween(2.9e6, 3.1e6);
    health.firstToken().record(200_000_000, 0);
    assertThat(health.usualNanos(0)).isBetween(199e6, 201e6);
  }
}
