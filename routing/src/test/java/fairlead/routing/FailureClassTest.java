package fairlead.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureClassTest {
  @ParameterizedTest
  @CsvSource({
    "400, REFUSED",
    "401, CREDENTIALS",
    "402, CREDENTIALS",
    "403, CREDENTIALS",
    "404, NOT_FOUND",
    "408, SERVER_ERROR",
    "409, REFUSED",
    "413, REFUSED",
    "422, REFUSED",
    "424, SERVER_ERROR",
    "429, RATE_LIMITED",
    "500, SERVER_ERROR",
    "502, SERVER_ERROR",
    "503, SERVER_ERROR",
    "504, SERVER_ERROR",
    "529, SERVER_ERROR",
    "302, SERVER_ERROR",
  })
  void everyStatusHasItsClass(int status, FailureClass expected) {
    assertThat(FailureClass.ofStatus(status)).isEqualTo(expected);
  }
}
