package fairlead.cache.guard;

/** Why two questions do not share an answer. */
public enum Refusal {
  /** A number, a unit, a quantity or a date is on one side only. */
  NUMBERS,
  /** A path, address, version, flag or name from code is on one side only. */
  IDENTIFIERS,
  /** What stands in quotation marks differs. */
  QUOTED,
  /** One denies and the other does not. */
  NEGATION,
  /** One says the opposite word of the other. */
  ANTONYMS,
  /** A name, or a word of which none stands for another, is on one side only. */
  NAMES,
  /** The same words in another order. */
  WORD_ORDER,
  /** Who, where, when, why, how much, or yes and no: they ask for different things. */
  QUESTION_KIND,
  /** From, against, my, his: who and which way round differs. */
  ROLE_WORDS,
  /** A word that carries meaning has no counterpart. */
  UNMATCHED_WORDS
}
