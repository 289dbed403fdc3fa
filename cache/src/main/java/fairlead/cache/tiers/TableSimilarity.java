package fairlead.cache.tiers;

import fairlead.cache.embed.TokenTable;
import fairlead.cache.guard.WordSimilarity;

/** How alike two words are by the rows of the token table. Immutable, safe for any thread. */
final class TableSimilarity implements WordSimilarity {
  private final TokenTable table;

  TableSimilarity(TokenTable table) {
    this.table = table;
  }

  @Override
  public int id(byte[] lowerCase, int from, int to) {
    return table.vocabulary().wordId(lowerCase, from, to);
  }

  @Override
  public float cosine(int a, int b) {
    return table.wordCosine(a, b);
  }
}
