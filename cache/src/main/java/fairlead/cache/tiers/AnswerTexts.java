package fairlead.cache.tiers;

/** Finds the text in a stored answer, whose form is the server's business. */
@FunctionalInterface
public interface AnswerTexts {
  /** What a person would read of the answer, as UTF-8; empty if there is nothing. */
  byte[] of(byte[] answer);
}
