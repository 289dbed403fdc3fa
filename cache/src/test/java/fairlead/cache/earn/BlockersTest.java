package fairlead.cache.earn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.cache.CacheEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a confirmed wrong hit changes, and for how long. */
final class BlockersTest {
  @Test
  void aWrongPairIsNeverServedAgainAndOthersOnlyWhenNearer() {
    Blockers blockers = new Blockers();
    CacheEntry entry = entry(1);
    assertThat(blockers.blocked(entry, 42)).isFalse();
    blockers.block(entry, 42, 0.95f);
    assertThat(blockers.blocked(entry, 42)).isTrue();
    assertThat(blockers.blocked(entry, 43)).isFalse();
    assertThat(blockers.blocked(entry(2), 42)).isFalse();
    assertThat(entry.ownThreshold()).isGreaterThan(0.95f);
    assertThat(entry.removed()).isFalse();
  }

  @Test
  void theThirdWrongQuestionEndsTheEntry() {
    Blockers blockers = new Blockers();
    CacheEntry entry = entry(1);
    blockers.block(entry, 1, 0.9f);
    blockers.block(entry, 1, 0.9f);
    assertThat(blockers.block(entry, 2, 0.9f)).isFalse();
    assertThat(entry.removed()).isFalse();
    assertThat(blockers.block(entry, 3, 0.9f)).isTrue();
    assertThat(entry.removed()).isTrue();
  }

  @Test
  void feedbackThatItIsRightForgivesAndThatItIsWrongEnds() {
    Blockers blockers = new Blockers();
    CacheEntry entry = entry(1);
    blockers.block(entry, 1, 0.9f);
    blockers.block(entry, 2, 0.9f);
    blockers.right(entry);
    blockers.block(entry, 3, 0.9f);
    assertThat(entry.removed()).isFalse();
    assertThat(blockers.blocked(entry, 1)).as("the pair stays apart").isTrue();
    blockers.wrong(entry);
    assertThat(entry.removed()).isTrue();
  }

  @Test
  void marksSurviveARestart() {
    Blockers before = new Blockers();
    before.block(entry(1), 42, 0.9f);
    List<Long> all = new ArrayList<>();
    before.forEach(all::add);
    Blockers whole = new Blockers();
    all.forEach(whole::restore);
    assertThat(whole.blocked(entry(1), 42)).isTrue();
    assertThat(whole.blocked(entry(1), 43)).isFalse();
  }

  @Test
  void moreMarksThanThereIsRoomForForgetOldOnesOnly() {
    Blockers blockers = new Blockers(64);
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 10_000; i++) {
      CacheEntry entry = entry(random.nextLong());
      blockers.block(entry, i, 0.9f);
    }
    int[] kept = new int[1];
    blockers.forEach(_ -> kept[0]++);
    assertThat(kept[0]).isEqualTo(64);
    blockers.block(entry(9), 9, 0.9f);
    CacheEntry entry = entry(10);
    Blockers empty = new Blockers(64);
    for (int i = 0; i < 10_000; i++) {
      assertThat(empty.blocked(entry, i)).isFalse();
    }
  }

  @Test
  void aCapacityThatIsNoPowerOfTwoIsRefused() {
    assertThatThrownBy(() -> new Blockers(100)).hasMessageContaining("100");
    assertThatThrownBy(() -> new Blockers(4)).hasMessageContaining("4");
  }

  private static CacheEntry entry(long key) {
    return new CacheEntry.Builder().key(key, ~key).answer(new byte[0]).build();
  }
}
