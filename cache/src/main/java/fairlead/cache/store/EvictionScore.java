package fairlead.cache.store;

import fairlead.cache.CacheEntry;

/**
 * What an entry is worth keeping: the dollars it saves per second and byte. The least goes first.
 *
 * <p>Pure. A few ns.
 *
 * <p>Frequency is hits over the time in the cache, which needs no clock hand and no list: see
 * Blankstein, Sen, Freedman, "Hyperbolic Caching", USENIX ATC 2017, whose cost-aware form this is.
 */
final class EvictionScore {
  /** What a token is taken to cost where nobody knows: the price list of a small model. */
  private static final double NOMINAL_PROMPT_USD = 0.25e-6;

  private static final double NOMINAL_COMPLETION_USD = 2e-6;
  private static final double BYTES_PER_TOKEN = 4;

  /** A new entry counts as this old: what is cheap need not wait until it is old to go. */
  private static final long LEAST_AGE_MILLIS = 60_000;

  private EvictionScore() {}

  static double of(CacheEntry entry, long nowMillis) {
    if (!entry.alive(nowMillis)) {
      return -1;
    }
    return (1.0 + entry.hits()) * unused(perByte(entry), entry.storedAtMillis(), nowMillis);
  }

  /** The score of an entry that was never used: never more than its score, unless it is over. */
  static double unused(double usdPerByte, long storedAtMillis, long nowMillis) {
    return usdPerByte / (double) Math.max(nowMillis - storedAtMillis, LEAST_AGE_MILLIS);
  }

  static double perByte(CacheEntry entry) {
    return savedUsd(entry) / entry.weight();
  }

  /** What a hit saves; more than 0 whatever is known. */
  static double savedUsd(CacheEntry entry) {
    double known = entry.costUsd();
    if (known > 0) {
      return known;
    }
    double prompt = (double) entry.promptTokens();
    if (prompt < 0) {
      prompt = entry.payload().length / BYTES_PER_TOKEN;
    }
    double completion = (double) entry.completionTokens();
    if (completion < 0) {
      completion = entry.answer().length / BYTES_PER_TOKEN;
    }
    return (1 + prompt) * NOMINAL_PROMPT_USD + completion * NOMINAL_COMPLETION_USD;
  }
}
