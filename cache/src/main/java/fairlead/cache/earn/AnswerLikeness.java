package fairlead.cache.earn;

/** How alike the wording of two texts is, such as the cosine of their embeddings. */
@FunctionalInterface
public interface AnswerLikeness {
  /**
   * @return at most 1, where 1 is the same; NaN when nothing can be said about these texts
   */
  float of(byte[] a, int aFrom, int aTo, byte[] b, int bFrom, int bTo);
}
