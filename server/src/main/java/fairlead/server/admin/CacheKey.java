package fairlead.server.admin;

import fairlead.cache.CacheEntry;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The digest of a whole request, as operators write it: 32 hexadecimal digits. Immutable. */
public record CacheKey(long high, long low) {
  private static final int DIGITS = 32;

  /** The key, or null if the text is none. */
  static @Nullable CacheKey parse(String text) {
    if (text.length() != DIGITS) {
      return null;
    }
    for (int i = 0; i < DIGITS; i++) {
      if (!HexFormat.isHexDigit(text.charAt(i))) {
        return null;
      }
    }
    return new CacheKey(
        HexFormat.fromHexDigitsToLong(text, 0, DIGITS / 2),
        HexFormat.fromHexDigitsToLong(text, DIGITS / 2, DIGITS));
  }

  public static CacheKey of(CacheEntry entry) {
    return new CacheKey(entry.keyHigh(), entry.keyLow());
  }

  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
