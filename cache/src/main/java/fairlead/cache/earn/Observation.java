package fairlead.cache.earn;

import fairlead.cache.earn.AnswerAgreement.Verdict;
import fairlead.cache.earn.RouteTrust.Decision;
import org.jspecify.annotations.Nullable;

/**
 * One line of the log of near answers: either a candidate and what became of it, or how many
 * look-ups there were. Immutable.
 *
 * @param timeMillis when
 * @param route whose
 * @param tier which kind of near answer
 * @param count how many candidates like this there were, or look-ups if there is no score
 * @param score of the candidate, where it counts: at least that of its step; NaN for look-ups
 * @param refused why its guards did not let it pass; null when they did
 * @param decision what was done; null for a refused one
 * @param verdict what a check found; null without a check
 * @param question what was asked; null unless texts are recorded
 * @param stored what the stored answer was once given to; null unless texts are recorded
 */
public record Observation(
    long timeMillis,
    String route,
    NearTier tier,
    long count,
    float score,
    @Nullable String refused,
    @Nullable Decision decision,
    @Nullable Verdict verdict,
    @Nullable String question,
    @Nullable String stored) {

  /** Look-ups in this tier, with and without a candidate. */
  public static Observation lookups(long timeMillis, String route, NearTier tier, long count) {
    return new Observation(timeMillis, route, tier, count, Float.NaN, null, null, null, null, null);
  }

  /** A candidate that a guard has refused. */
  public static Observation refused(
      long timeMillis, String route, NearTier tier, float score, String reason) {
    return new Observation(timeMillis, route, tier, 1, score, reason, null, null, null, null);
  }

  /** A candidate that passed its guards. */
  public static Observation decided(
      long timeMillis,
      String route,
      NearTier tier,
      float score,
      Decision decision,
      @Nullable Verdict verdict) {
    return new Observation(timeMillis, route, tier, 1, score, null, decision, verdict, null, null);
  }

  /** The same, so many times. */
  public Observation times(long newCount) {
    return new Observation(
        timeMillis, route, tier, newCount, score, refused, decision, verdict, question, stored);
  }

  /** The same with the texts, which only an operator's wish puts into the log. */
  public Observation withTexts(@Nullable String newQuestion, @Nullable String newStored) {
    return new Observation(
        timeMillis, route, tier, count, score, refused, decision, verdict, newQuestion, newStored);
  }

  /** Whether this only counts look-ups. */
  public boolean countsLookups() {
    return Float.isNaN(score);
  }
}
