package fairlead.routing;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.routing.FailureClass.Again;
import fairlead.routing.FailureClass.Elsewhere;
import fairlead.routing.FailureClass.KeyEffect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureClassTest {
  @ParameterizedTest
  @CsvSource({
    "302, SERVER_ERROR",
    "400, BAD_PARAMETER",
    "401, CREDENTIALS",
    "402, QUOTA",
    "403, CREDENTIALS",
    "404, MODEL_NOT_FOUND",
    "405, REFUSED",
    "408, SERVER_ERROR",
    "409, REFUSED",
    "413, TOO_LARGE",
    "422, REFUSED",
    "424, SERVER_ERROR",
    "429, RATE_LIMITED",
    "500, SERVER_ERROR",
    "502, SERVER_ERROR",
    "503, OVERLOADED",
    "504, SERVER_ERROR",
    "529, OVERLOADED",
  })
  void everyStatusHasItsClass(int status, FailureClass expected) {
    assertThat(FailureClass.ofStatus(status)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "UNREACHABLE, AT_ONCE, false, YES, true, false, NONE",
    "RESET, AT_ONCE, false, YES, true, false, NONE",
    "SERVER_ERROR, AFTER_BACKOFF, false, YES, true, false, NONE",
    "CUT, AT_ONCE, false, YES, true, false, NONE",
    "OVERLOADED, AFTER_BACKOFF, false, YES, true, true, NONE",
    "RATE_LIMITED, WHEN_TOLD, true, YES, false, true, COOL_DOWN",
    "QUOTA, NO, true, YES, false, false, OUT_LONG",
    "CREDENTIALS, NO, true, YES, false, false, OUT_UNTIL_CHANGED",
    "MODEL_DENIED, NO, true, YES, false, false, MODEL_OUT",
    "MODEL_NOT_FOUND, NO, false, YES, false, false, NONE",
    "TIMEOUT, NO, false, YES, true, false, NONE",
    "CONTEXT_LENGTH, NO, false, LARGER_WINDOW, false, false, NONE",
    "CONTENT_FILTER, NO, false, BY_POLICY, false, false, NONE",
    "BAD_PARAMETER, NO, false, OTHER_DIALECT, false, false, NONE",
    "TOO_LARGE, NO, false, OTHER_DIALECT, false, false, NONE",
    "TOOL_GENERATION, AT_ONCE, false, YES, false, false, NONE",
    "UNSUPPORTED, NO, false, YES, false, false, NONE",
    "REFUSED, NO, false, NO, false, false, NONE",
    "ABANDONED, NO, false, NO, false, false, NONE",
  })
  void everyClassHasItsRow(
      FailureClass failure,
      Again again,
      boolean otherKey,
      Elsewhere elsewhere,
      boolean health,
      boolean overload,
      KeyEffect key) {
    assertThat(failure.again()).isEqualTo(again);
    assertThat(failure.otherKey()).isEqualTo(otherKey);
    assertThat(failure.elsewhere()).isEqualTo(elsewhere);
    assertThat(failure.countsAgainstHealth()).isEqualTo(health);
    assertThat(failure.overload()).isEqualTo(overload);
    assertThat(failure.keyEffect()).isEqualTo(key);
  }

  @Test
  void theTableIsWhole() {
    assertThat(FailureClass.values()).hasSize(19);
  }
}
