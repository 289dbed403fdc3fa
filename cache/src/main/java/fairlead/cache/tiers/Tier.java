package fairlead.cache.tiers;

/** Where an answer was found, from the safest to the boldest. */
public enum Tier {
  /** The same request, byte order of keys and white space aside. */
  EXACT,
  /** Everything equal but the writing of the last user text: case, white space, masked numbers. */
  CANONICAL,
  /** Everything equal but the last user text, a question that says the same. */
  PROSE,
  /** Everything equal but the last user text, a log with nearly the same lines. */
  LINES
}
