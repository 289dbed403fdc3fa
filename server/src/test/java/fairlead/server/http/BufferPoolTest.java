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

  @Test
  void anArrayOfALargeBodyServesTheNextOneOfAboutThatSize() throws HttpFailure {
    BufferPool pool = new BufferPool(10_000_000);
    byte[] array = pool.lend(150_000);
    pool.giveBack(array);
    assertThat(pool.lend(140_000)).isSameAs(array);
    assertThat(pool.lend(140_000)).isNotSameAs(array);
    pool.giveBack(array);
    assertThat(pool.lend(100_000)).as("another size").isNotSameAs(array);
    pool.trim();
    assertThat(pool.lend(150_000)).as("after trim").isNotSameAs(array);
  }

  @Test
  void whatIsKeptNeverExceedsWhatTheBudgetLeaves() throws HttpFailure {
    BufferPool pool = new BufferPool(1_000_000);
    byte[] first = pool.lend(400_000);
    byte[] second = pool.lend(400_000);
    pool.giveBack(first);
    pool.giveBack(second);
    byte[] other = pool.lend(800_000); // there is no room for the two beside it any more
    pool.giveBack(other);
    assertThat(pool.lend(400_000)).isNotSameAs(first).isNotSameAs(second);
  }

  @Test
  void lentArraysAreLessThanAQuarterLargerAndEachHasItsShelf() throws HttpFailure {
    BufferPool pool = new BufferPool(100_000_000);
    for (int size = 64 * 1024 + 1; size <= LargeArrays.LARGEST; size += 4_093) {
      byte[] array = pool.lend(size);
      assertThat(array.length).isBetween(size, size + size / 4);
      pool.giveBack(array);
      assertThat(pool.lend(array.length)).isSameAs(array);
      pool.giveBack(array);
    }
    byte[] largest = pool.lend(LargeArrays.LARGEST + 1);
    pool.giveBack(largest);
    assertThat(pool.lend(LargeArrays.LARGEST + 1)).as("not kept").isNotSameAs(largest);
  }
}
