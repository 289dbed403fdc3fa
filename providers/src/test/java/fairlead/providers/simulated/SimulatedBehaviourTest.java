package fairlead.providers.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class SimulatedBehaviourTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          status,        99,        a whole number from 400 to 599
          status,        five,      a whole number from 400 to 599
          latency_ms,    -1,        a whole number from 0 to 600000
          latency_ms,    1.5,       a whole number from 0 to 600000
          fail_rate,     1.1,       a number from 0.0 to 1.0
          fail_rate,     NaN,       a number from 0.0 to 1.0
          silent,        yes,       true or false
          framing,       tube,      'length, chunked, close'
          empty_deltas,  never,     forever or a whole number
          revoked_keys,  'a,b',     'odd, or positions from 1'
          retry_after,   date:soon, date:SECONDS
          """)
  void aBadValueIsNamedWithItsKnobAndWhatIsAllowed(String knob, String value, String allowed) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SimulatedBehaviour.of(Map.of(knob, value)))
        .withMessageContainingAll(knob, "\"" + value + "\"", allowed);
  }

  @Test
  void anUnknownKnobIsNamedWithTheNearestOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SimulatedBehaviour.of(Map.of("stall_after_token", "3")))
        .withMessageContaining("stall_after_token=3")
        .withMessageContaining("did you mean stall_after_tokens?");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SimulatedBehaviour.parse("silent"))
        .withMessageContaining("\"silent\"");
  }

  @ParameterizedTest
  @EnumSource(Knob.class)
  void theHelpExplainsEachKnob(Knob knob) {
    assertThat(SimulatedBehaviour.help().lines())
        .contains(knob.key() + "  " + knob.meaning() + " (" + knob.allowed() + ")");
  }

  @Test
  void overridesAreMergedIntoTheBase() {
    SimulatedBehaviour base = SimulatedBehaviour.parse("latency_ms=5; status=500");

    assertThat(base.with("status=503;silent=true").knobs())
        .isEqualTo(Map.of("latency_ms", "5", "status", "503", "silent", "true"));
    assertThat(base.knobs()).isEqualTo(Map.of("latency_ms", "5", "status", "500"));
  }

  @Test
  void theDefaultAnswerHasSixtyWordsAndSaysWhatItIs() {
    assertThat(SimulatedAnswerText.DEFAULT.split(" ")).hasSize(60);
    assertThat(SimulatedAnswerText.DEFAULT).contains("simulated by Fairlead");
  }

  @Test
  void requestsAreChosenByNumberAndTime() {
    assertThat(faults("fail_first=2", 5)).isEqualTo("11000");
    assertThat(faults("fail_after=3", 5)).isEqualTo("00011");
    assertThat(faults("fail_every=3", 7)).isEqualTo("0010010");
    assertThat(faults("fail_first=1;fail_every=4", 8)).isEqualTo("10010001");
    assertThat(faults("fail_first=0", 3)).isEqualTo("000");
    assertThat(faults("", 3)).isEqualTo("111");

    // Around the overflow of the clock, too: only differences of times count.
    for (long start : new long[] {0, Long.MAX_VALUE - 5, Long.MIN_VALUE}) {
      SimulatedState minute = state("fail_for_ms=60000;status=503", start);
      assertThat(isFaulty(minute, 1, start + TimeUnit.SECONDS.toNanos(60) - 1)).isTrue();
      assertThat(isFaulty(minute, 2, start + TimeUnit.SECONDS.toNanos(60))).isFalse();
      SimulatedState flapping = state("flap_ms=10;status=503", start);
      assertThat(isFaulty(flapping, 1, start + TimeUnit.MILLISECONDS.toNanos(9))).isTrue();
      assertThat(isFaulty(flapping, 2, start + TimeUnit.MILLISECONDS.toNanos(11))).isFalse();
      assertThat(isFaulty(flapping, 3, start + TimeUnit.MILLISECONDS.toNanos(21))).isTrue();
    }
  }

  @Test
  void aRateIsKeptAndDependsOnTheSeedOnly() {
    String first = faults("fail_rate=0.3;seed=7", 10_000);

    assertThat(first).isEqualTo(faults("fail_rate=0.3;seed=7", 10_000));
    assertThat(first).isNotEqualTo(faults("fail_rate=0.3;seed=8", 10_000));
    assertThat(first.chars().filter(c -> c == '1').count()).isBetween(2_800L, 3_200L);
  }

  private static String faults(String choice, int requests) {
    SimulatedState state = state(choice + ";status=500", 0);
    StringBuilder faults = new StringBuilder();
    for (int number = 1; number <= requests; number++) {
      faults.append(isFaulty(state, number, 0) ? '1' : '0');
    }
    return faults.toString();
  }

  private static SimulatedState state(String knobs, long nowNanos) {
    return new SimulatedState(SimulatedBehaviour.parse(knobs), nowNanos);
  }

  private static boolean isFaulty(SimulatedState state, long number, long nowNanos) {
    return state.towards(number, nowNanos).has(Knob.STATUS);
  }
}
