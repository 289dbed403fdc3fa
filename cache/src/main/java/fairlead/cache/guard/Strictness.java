package fairlead.cache.guard;

/** How much two questions may differ in words and still share an answer. */
public enum Strictness {
  /** Not at all: every word that counts is the same and stands in the same place. */
  EXACT,
  /** Same facts, same kind of question, same roles, same order of the words they share. */
  STRICT,
  /** Same facts; order counts where words such as prepositions say that it does. */
  BALANCED
}
