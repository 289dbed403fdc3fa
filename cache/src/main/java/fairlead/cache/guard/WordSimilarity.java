package fairlead.cache.guard;

import fairlead.cache.embed.TokenTable;
import fairlead.cache.embed.WordPiece;

/** How alike two single words are in meaning. Immutable, safe for any thread. */
public interface WordSimilarity {
  /** Knows no word: only equal words match. */
  WordSimilarity NONE =
      new WordSimilarity() {
        @Override
        public int id(byte[] lowerCase, int from, int to) {
          return -1;
        }

        @Override
        public float cosine(int a, int b) {
          return 0;
        }
      };

  /** Words that are one token of the table, by the cosine of their rows. */
  static WordSimilarity of(TokenTable table) {
    WordPiece vocabulary = table.vocabulary();
    return new WordSimilarity() {
      @Override
      public int id(byte[] lowerCase, int from, int to) {
        return vocabulary.wordId(lowerCase, from, to);
      }

      @Override
      public float cosine(int a, int b) {
        return table.wordCosine(a, b);
      }
    };
  }

  /** The number of a word in ASCII lower case, below 65,535, or -1 when it is not known whole. */
  int id(byte[] lowerCase, int from, int to);

  /** From -1 to 1, for two numbers that {@link #id} gave. */
  float cosine(int a, int b);
}
