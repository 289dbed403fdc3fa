package fairlead.cache.guard;

import org.jspecify.annotations.Nullable;

/**
 * What two questions must have in common to share an answer: how close as vectors, and by which
 * guards.
 *
 * <p>Each number was chosen where the development pairs keep their distance from the goals in every
 * random half; {@code SimilarPairsTest} prints the figures and holds them.
 *
 * @param strictness which guards must let the pair pass
 * @param leastStatic the least cosine of the vectors of the static table
 * @param leastJudge the least cosine of a second judge's vectors; 0 when there is none
 * @param leastWord the least cosine of two words of which one stands for the other
 */
public record ProseRule(
    Strictness strictness, float leastStatic, float leastJudge, float leastWord) {

  /**
   * From .80 down to .65 one same pair in 200 is gained, and false hits with it; a judge, who reads
   * both questions whole, catches most of these.
   */
  private static final float LIKE_WORD = .80f;

  /** With a judge the table only chooses whom to ask: .80 keeps 99 % of its hits. */
  private static final float WORTH_JUDGING = .80f;

  /** No vector counts. */
  private static final ProseRule EXACT = new ProseRule(Strictness.EXACT, 1, 0, 2);

  /**
   * Quora pairs, two sets: .93 gives .15 and .16 % wrong at 6.0 and 6.6 % of hits, .96 gives .10
   * and .13 % at 4.9 and 5.5 %.
   */
  private static final ProseRule STRICT = new ProseRule(Strictness.STRICT, .96f, 0, LIKE_WORD);

  /** Quora pairs: .90 gives .22 % wrong at 7.4 % of hits, .92 gives .15 % at 7.2 %. */
  private static final ProseRule STRICT_JUDGED =
      new ProseRule(Strictness.STRICT, WORTH_JUDGING, .92f, .40f);

  /** LangCache: no wrong hit at any cosine; Quora pairs: .95 halves the false hits of .90. */
  private static final ProseRule BALANCED = new ProseRule(Strictness.BALANCED, .95f, 0, LIKE_WORD);

  /** Quora pairs: at .92 two to three times the false hits for a quarter more of the true ones. */
  private static final ProseRule BALANCED_JUDGED =
      new ProseRule(Strictness.BALANCED, WORTH_JUDGING, .95f, .65f);

  /** The rule of a mode, with or without a second judge. */
  public static ProseRule of(Strictness strictness, boolean judge) {
    return switch (strictness) {
      case EXACT -> EXACT;
      case STRICT -> judge ? STRICT_JUDGED : STRICT;
      case BALANCED -> judge ? BALANCED_JUDGED : BALANCED;
    };
  }

  /** Null when the guards let the pair pass, else the first reason against it. */
  public @Nullable Refusal refusal(
      int[] a, int aFrom, int[] b, int bFrom, WordSimilarity similarity) {
    return Guards.compare(a, aFrom, b, bFrom, strictness, leastWord, similarity);
  }
}
