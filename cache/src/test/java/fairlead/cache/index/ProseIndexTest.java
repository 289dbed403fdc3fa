package fairlead.cache.index;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import fairlead.cache.index.Vectors.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProseIndexTest {
  private static final int DIMS = 192;
  private static final long NEVER = Long.MAX_VALUE;
  private static final int UNBOUNDED = 1_000_000;
  private static final SlotTest<Object> ANY = (value, facts, from, score) -> true;

  private final SplittableRandom random = new SplittableRandom(7);
  private final Vectors vectors = new Vectors(DIMS, random);
  private final ProseIndex<Text> index = index(UNBOUNDED, UNBOUNDED);
  private final Query<Text> query = new Query<>();

  private ProseIndex<Text> index(int perPartition, int perTenant) {
    return new ProseIndex<>(DIMS, perPartition, perTenant, text -> text.facts[0], random.split());
  }

  private static @Nullable Text add(ProseIndex<Text> to, String tenant, long digest, Text text) {
    return to.add(
        tenant,
        digest,
        ~digest,
        text,
        text.bits,
        text.row,
        text.scale,
        text.facts,
        text.facts.length,
        text.endMillis);
  }

  private boolean found(String tenant, long digest, Text text, float least, long nowMillis) {
    ProsePartition<Text> partition = index.partition(digest, ~digest, tenant);
    if (partition == null) {
      return false;
    }
    query.set(text.bits, text.row, text.scale);
    return index.search(partition, query, least, nowMillis, ANY);
  }

  private Text text(int... facts) {
    return vectors.fresh(facts, NEVER);
  }

  @Test
  void textsOfTheTestsLieAsRealOnesDo() {
    double sum = 0;
    double squares = 0;
    int pairs = 20_000;
    for (int i = 0; i < pairs; i++) {
      double cosine = text(0).cosine(text(0));
      sum += cosine;
      squares += cosine * cosine;
    }
    double mean = sum / pairs;
    assertThat(mean).isCloseTo(0.1, within(0.03));
    assertThat(Math.sqrt(squares / pairs - mean * mean)).isCloseTo(0.1, within(0.03));
  }

  @Test
  void findsATextItself() {
    Text text = text(1, 2, 3);
    assertThat(found("a", 5, text, 0.9f, 0)).isFalse();
    add(index, "a", 5, text);
    assertThat(found("a", 5, text, 0.999f, 0)).isTrue();
    assertThat(query.best()).isSameAs(text);
    assertThat(query.score()).isCloseTo(1, within(1e-5f));
    assertThat(index.entries()).isEqualTo(1);
  }

  @Test
  void neverFindsAnotherTenantsTextOrAnotherPartitions() {
    Text text = text(1);
    add(index, "a", 5, text);
    assertThat(found("b", 5, text, 0, 0)).isFalse();
    assertThat(found("a", 6, text, 0, 0)).isFalse();
    assertThat(index.partition(5, 5, "a")).isNull();
    assertThat(index.partition(~5L, ~5L, "a")).isNull();
  }

  @Test
  void findsNothingBelowTheLeastScore() {
    Text text = text(1);
    Text near = vectors.near(text, 0.9, new int[] {2}, NEVER);
    add(index, "a", 5, near);
    float cosine = text.cosine(near);
    assertThat(found("a", 5, text, cosine, 0)).isTrue();
    assertThat(query.score()).isEqualTo(cosine);
    assertThat(found("a", 5, text, Math.nextUp(cosine), 0)).isFalse();
    assertThat(query.best()).isNull();
  }

  @Test
  void findsWhatEndsUntilItEnds() {
    Text text = vectors.fresh(new int[] {1}, 1000);
    add(index, "a", 5, text);
    assertThat(found("a", 5, text, 0.9f, 999)).isTrue();
    assertThat(found("a", 5, text, 0.9f, 1000)).isFalse();
    assertThat(index.expire(999)).isZero();
    assertThat(index.expire(1000)).isEqualTo(1);
    assertThat(index.entries()).isZero();
    assertThat(index.partition(5, ~5L, "a")).isNull();
  }

  @Test
  void theTestSeesTheFactsOfItsValueAndTheNextBestWinsWhenItRefuses() {
    Text asked = text(0);
    List<Text> stored = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      int[] facts = new int[i % 5];
      Arrays.fill(facts, i);
      Text near = vectors.near(asked, 0.9 + 0.002 * i, facts, NEVER);
      stored.add(near);
      add(index, "a", 5, near);
    }
    query.set(asked.bits, asked.row, asked.scale);
    SlotTest<Text> evenOnes =
        (value, facts, from, score) -> {
          assertThat(Arrays.copyOfRange(facts, from, from + value.facts.length))
              .isEqualTo(value.facts);
          assertThat(score).isEqualTo(asked.cosine(value));
          return value.facts.length > 0 && value.facts[0] % 2 == 0;
        };
    ProsePartition<Text> partition = requireNonNull(index.partition(5, ~5L, "a"));
    assertThat(index.search(partition, query, 0.5f, 0, evenOnes)).isTrue();
    assertThat(query.best()).isSameAs(stored.get(37)); // 40 has no facts, 39 is odd
    query.clear();
    assertThat(query.best()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {1, 2, 3, 4, 5, 8, 9, 511, 512, 513, 1023, 1024, 1025, 1280, 1281, 2047, 2049})
  void findsEachOfAnyNumberOfEntries(int entries) {
    List<Text> stored = new ArrayList<>();
    for (int i = 0; i < entries; i++) {
      int[] facts = new int[random.nextInt(40)];
      stored.add(vectors.fresh(facts, NEVER));
      add(index, "a", 5, stored.get(i));
    }
    for (Text text : stored) {
      assertThat(found("a", 5, text, 0.999f, 0)).isTrue();
      assertThat(query.best()).isSameAs(text);
    }
    assertThat(requireNonNull(index.partition(5, ~5L, "a")).entries()).isEqualTo(entries);
    for (Text text : stored) {
      assertThat(index.remove("a", 5, ~5L, text)).isTrue();
      assertThat(index.remove("a", 5, ~5L, text)).isFalse();
      assertThat(found("a", 5, text, 0.999f, 0)).isFalse();
    }
    assertThat(index.entries()).isZero();
  }

  @Test
  void aPartitionAtItsBoundEvictsOneOfTheLeastWorthy() {
    ProseIndex<Text> bounded = index(500, UNBOUNDED);
    List<Integer> evicted = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      Text gone = add(bounded, "a", 5, text(random.nextInt(1000)));
      assertThat(gone == null).isEqualTo(i < 500);
      if (gone != null) {
        evicted.add(gone.facts[0]);
      }
    }
    assertThat(bounded.entries()).isEqualTo(500);
    double mean = evicted.stream().mapToInt(Integer::intValue).average().orElseThrow();
    // Two of three went: the mean of all is 500, a perfect choice has one of 333.
    assertThat(mean).isLessThan(375);
    add(bounded, "a", 6, text(1));
    assertThat(bounded.entries()).isEqualTo(501);
  }

  @Test
  void aTenantAtItsBoundEvictsFromAnyOfItsPartitionsInProportionAndFromNoOtherTenant() {
    ProseIndex<Text> bounded = index(UNBOUNDED, 1000);
    for (int i = 0; i < 300; i++) {
      add(bounded, "b", i, text(0));
    }
    int evictedFromLarge = 0;
    int evicted = 0;
    for (int i = 0; i < 5000; i++) {
      // One half in one large partition, the other in partitions of their own.
      boolean large = random.nextBoolean();
      Text gone =
          add(bounded, "a", large ? 0 : i + 1, text(random.nextInt(1, 1000), large ? 1 : 0));
      if (gone != null) {
        evicted++;
        evictedFromLarge += gone.facts[1];
      }
    }
    assertThat(evicted).isEqualTo(4000);
    assertThat(bounded.entries()).isEqualTo(1300);
    assertThat(evictedFromLarge / 4000.0).isCloseTo(0.5, within(0.1));
    assertThat(bounded.removeIf(text -> text.facts[0] == 0)).isEqualTo(300);
  }

  /** All that readers can ask, against a list, through a random life. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void agreesWithAListThroughARandomLife(long seed) {
    System.out.println("ProseIndexTest seed=" + seed);
    SplittableRandom dice = new SplittableRandom(seed);
    Vectors source = new Vectors(DIMS, dice);
    Map<Long, List<Text>> model = new HashMap<>();
    int digests = 1 + dice.nextInt(40);
    long now = 0;
    for (int step = 0; step < 6000; step++) {
      long digest = dice.nextInt(1 + dice.nextInt(digests));
      String tenant = "t" + digest % 3;
      List<Text> there = model.computeIfAbsent(digest, _ -> new ArrayList<>());
      int what = dice.nextInt(100);
      if (what < 70) {
        int[] facts = new int[1 + dice.nextInt(30)];
        Arrays.setAll(facts, _ -> dice.nextInt());
        long end = dice.nextInt(3) == 0 ? now + dice.nextInt(2000) : NEVER;
        Text text =
            there.isEmpty() || dice.nextBoolean()
                ? source.fresh(facts, end)
                : source.near(
                    there.get(dice.nextInt(there.size())), 0.99 * dice.nextDouble(), facts, end);
        there.add(text);
        assertThat(add(index, tenant, digest, text)).isNull();
      } else if (what < 90 && !there.isEmpty()) {
        Text gone = there.remove(dice.nextInt(there.size()));
        assertThat(index.remove(tenant, digest, ~digest, gone)).isTrue();
      } else if (what == 98) {
        int mark = dice.nextInt(8);
        int removed = 0;
        for (List<Text> texts : model.values()) {
          int before = texts.size();
          texts.removeIf(text -> (text.facts[0] & 7) == mark);
          removed += before - texts.size();
        }
        assertThat(index.removeIf(text -> (text.facts[0] & 7) == mark)).isEqualTo(removed);
      } else if (what == 99) {
        now += dice.nextInt(500);
        int removed = 0;
        for (List<Text> texts : model.values()) {
          int before = texts.size();
          long at = now;
          texts.removeIf(text -> text.endMillis <= at);
          removed += before - texts.size();
        }
        assertThat(index.expire(now)).isEqualTo(removed);
      }
      checkOne(model, dice, source, digests, now);
      assertThat(index.entries()).isEqualTo(model.values().stream().mapToInt(List::size).sum());
    }
    assertThat(index.removeIf(text -> true)).isEqualTo(sum(model));
    assertThat(index.entries()).isZero();
    assertThat(index.bytes()).isLessThan(20_000);
  }

  private static int sum(Map<Long, List<Text>> model) {
    return model.values().stream().mapToInt(List::size).sum();
  }

  private void checkOne(
      Map<Long, List<Text>> model, SplittableRandom dice, Vectors source, int digests, long now) {
    long digest = dice.nextInt(digests);
    List<Text> there = model.getOrDefault(digest, List.of());
    ProsePartition<Text> partition = index.partition(digest, ~digest, "t" + digest % 3);
    assertThat(partition == null).isEqualTo(there.isEmpty());
    if (partition == null) {
      return;
    }
    assertThat(partition.entries()).isEqualTo(there.size());
    Text asked = there.get(dice.nextInt(there.size()));
    if (dice.nextBoolean()) {
      asked = source.near(asked, 0.97, new int[] {0}, NEVER);
    }
    int mark = dice.nextInt(3);
    SlotTest<Text> acceptable = (value, facts, from, score) -> facts[from] % 3 != mark;
    Text best = null;
    float bestScore = 0.5f;
    for (Text text : there) {
      float cosine = asked.cosine(text);
      if (now < text.endMillis
          && text.facts[0] % 3 != mark
          && (cosine > bestScore || (best == null && cosine >= bestScore))) {
        best = text;
        bestScore = cosine;
      }
    }
    query.set(asked.bits, asked.row, asked.scale);
    boolean found = index.search(partition, query, 0.5f, now, acceptable);
    // Near the least score the bits may hide a neighbour; well above it they may not.
    if (best != null && bestScore > 0.75f) {
      assertThat(found).isTrue();
    }
    if (found && bestScore > 0.75f) {
      assertThat(query.best()).isSameAs(best);
      assertThat(query.score()).isEqualTo(bestScore);
    }
    if (best == null) {
      assertThat(found).isFalse();
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    Text text = text(1);
    ProseIndex<Text> other = new ProseIndex<>(256, UNBOUNDED, UNBOUNDED, any -> 0, random.split());
    assertThatThrownBy(() -> add(other, "a", 5, text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("vector does not fit: dims=256 bits=3 row=192");
    assertThatThrownBy(() -> new ProseIndex<Text>(100, 1, 1, any -> 0, random))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dims=100");
    assertThatThrownBy(() -> new ProseIndex<Text>(128, 0, 1, any -> 0, random))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("entriesPerPartition=0");
  }
}
