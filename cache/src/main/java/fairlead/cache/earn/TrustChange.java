package fairlead.cache.earn;

/**
 * One move of a serving threshold, to be logged by who caused it. Immutable.
 *
 * @param gained whether more is served from now on
 * @param from the threshold before; infinite when nothing was served
 * @param to the threshold from now on; infinite when nothing is served
 * @param checks at or above the lower of the two
 * @param wrong of those
 * @param atMillis when
 */
public record TrustChange(
    boolean gained, float from, float to, int checks, int wrong, long atMillis) {

  /** For people: what changed and why. */
  public String text() {
    return (gained ? "trust gained: " : "trust lost: ")
        + words(to)
        + ", before: "
        + words(from)
        + "; "
        + wrong
        + " wrong of "
        + checks
        + " checks, at most "
        + Math.rint(ErrorBudget.upper(wrong, checks) * 10_000) / 100
        + " % with 99 % confidence";
  }

  private static String words(float threshold) {
    return threshold <= 1 ? "serves from " + threshold : "serves nothing";
  }
}
