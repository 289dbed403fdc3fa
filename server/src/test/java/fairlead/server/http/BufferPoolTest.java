package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The budget holds what is really lent. */
final class BufferPoolTest {
  @Test
  void anArrayThatCannotBeMadeIsNotCharged() throws HttpFailure {
    BufferPool pool =
        new BufferPool(
            1_000_000,
            capacity -> {
              if (capacity > 100_000) {
                throw new OutOfMemoryError("planted");
              }
              return new byte[capacity];
            });
    assertThatThrownBy(() -> pool.lend(500_000)).isInstanceOf(OutOfMemoryError.class);
    assertThatThrownBy(() -> pool.lendAlways(500_000)).isInstanceOf(OutOfMemoryError.class);
    assertThat(pool.lent()).isZero();
    byte[] array = pool.lend(50_000);
    assertThat(pool.lent()).isEqualTo(array.length);
    pool.giveBack(array);
    assertThat(pool.lent()).isZero();
  }
}
