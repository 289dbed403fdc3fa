package fairlead.server.http;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Turns bytes into strings that exist already, so that a well-known method or path costs nothing.
 *
 * <p>Immutable. A look-up hashes the bytes and compares with one entry in most cases; no allocation
 * unless the text is unknown.
 */
final class KnownStrings {
  private final @Nullable String[] table;

  KnownStrings(Collection<String> known) {
    int size = Integer.highestOneBit(Math.max(4, known.size() * 4 - 1));
    table = new @Nullable String[size];
    for (String text : known) {
      int at = slot(text.hashCode());
      String there = table[at];
      while (there != null && !there.equals(text)) {
        at = (at + 1) & (size - 1);
        there = table[at];
      }
      table[at] = text;
    }
  }

  /** The bytes as ISO 8859-1 text: a known instance if there is one, else a new string. */
  String of(byte[] bytes, int start, int end) {
    int at = slot(Octets.hash(bytes, start, end));
    String there = table[at];
    while (there != null) {
      if (Octets.same(bytes, start, end, there)) {
        return there;
      }
      at = (at + 1) & (table.length - 1);
      there = table[at];
    }
    return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
  }

  private int slot(int hash) {
    return (hash ^ (hash >>> 16)) & (table.length - 1);
  }
}
