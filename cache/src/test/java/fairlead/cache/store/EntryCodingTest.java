package fairlead.cache.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.cache.CacheEntry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EntryCodingTest {
  private final EntryCoding coding = new EntryCoding();

  @Test
  void readsWhatWasWrittenAndKnowsItsSize() {
    for (long seed = 0; seed < 500; seed++) {
      CacheEntry entry = Entries.random(new SplittableRandom(seed));
      ByteBuffer buffer = ByteBuffer.allocate(200_000);
      EntryCoding.write(entry, buffer);
      assertThat((long) buffer.position()).as("seed %d", seed).isEqualTo(EntryCoding.size(entry));
      CacheEntry read = coding.read(buffer.flip());
      assertThat(Entries.describe(read)).as("seed %d", seed).isEqualTo(Entries.describe(entry));
      assertThat(buffer.hasRemaining()).isFalse();
    }
  }

  @Test
  void unknownFiguresStayUnknown() {
    CacheEntry entry = new CacheEntry.Builder().answer(new byte[0]).build();
    ByteBuffer buffer = ByteBuffer.allocate(200);
    EntryCoding.write(entry, buffer);
    CacheEntry read = coding.read(buffer.flip());
    assertThat(read.costUsd()).isNaN();
    assertThat(read.promptTokens()).isEqualTo(-1);
    assertThat(read.expiresAtMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatIsTooShortOrOfAnotherVersionIsNoEntry() {
    CacheEntry entry = Entries.answering(1, 20).build();
    ByteBuffer whole = ByteBuffer.allocate(1_000);
    EntryCoding.write(entry, whole);
    whole.flip();
    for (int length = 0; length < whole.limit(); length++) {
      ByteBuffer cut = whole.slice(0, length);
      assertThatThrownBy(() -> coding.read(cut)).isInstanceOf(BufferUnderflowException.class);
    }
    whole.put(0, (byte) 2);
    assertThatThrownBy(() -> coding.read(whole)).isInstanceOf(BufferUnderflowException.class);
  }

  /** Any bytes at all are an entry or an underflow, and take no more memory than they have. */
  @Test
  void anyBytesAreReadOrRefused() {
    for (long seed = 0; seed < 20_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      ByteBuffer buffer = ByteBuffer.allocate(4_000);
      EntryCoding.write(Entries.answering(seed, random.nextInt(50)).build(), buffer);
      buffer.flip();
      for (int flips = random.nextInt(1, 6); flips > 0; flips--) {
        buffer.put(random.nextInt(1, buffer.limit()), (byte) random.nextInt());
      }
      try {
        assertThat(coding.read(buffer).answer().length).isLessThan(4_000);
      } catch (BufferUnderflowException refused) {
        assertThat(buffer.limit()).isPositive();
      }
    }
  }
}
