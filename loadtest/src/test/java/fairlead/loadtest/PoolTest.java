package fairlead.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class PoolTest {
  private final AtomicInteger made = new AtomicInteger();
  private final Pool<Integer> pool = new Pool<>(2, made::incrementAndGet);

  @Test
  void itGrowsOnlyWhenNoneIsFreeAndUsesTheLastOneFirst() {
    assertThat(pool.take(10)).isEqualTo(1);
    assertThat(pool.take(11)).isEqualTo(2);
    assertThat(pool.giveBack(1)).isNull();
    assertThat(pool.giveBack(2)).isNull();
    assertThat(pool.take(12)).isEqualTo(2);
    assertThat(pool.take(13)).isEqualTo(1);
    assertThat(pool.all()).containsExactly(1, 2);
  }

  @Test
  void beyondItsBoundRequestsWaitInOrderAndKeepTheirTime() {
    assertThat(pool.take(10)).isEqualTo(1);
    assertThat(pool.take(11)).isEqualTo(2);
    assertThat(pool.take(12)).isNull();
    assertThat(pool.take(13)).isNull();
    assertThat(pool.take(14)).isNull();

    assertThat(pool.giveBack(2)).isEqualTo(12);
    assertThat(pool.giveBack(1)).isEqualTo(13);
    assertThat(made).hasValue(2);
    assertThat(pool.drain()).containsExactly(14L);
    assertThat(pool.giveBack(1)).isNull();
  }

  @Test
  void itIsBusyWhileAnythingIsOnItsWay() {
    assertThat(pool.isBusy()).isFalse();
    assertThat(pool.take(10)).isEqualTo(1);
    assertThat(pool.isBusy()).isTrue();
    assertThat(pool.giveBack(1)).isNull();
    assertThat(pool.isBusy()).isFalse();
  }
}
