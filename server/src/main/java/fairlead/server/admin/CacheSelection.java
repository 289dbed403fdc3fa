package fairlead.server.admin;

import fairlead.cache.CacheEntry;
import org.jspecify.annotations.Nullable;

/**
 * Which entries are meant: those that have all of what is given, every entry where nothing is.
 * Immutable.
 *
 * @param key of one entry, or null
 * @param route its name, or null
 * @param tag {@code name=value}, or a name alone for all its values; or null
 * @param tenant whose, or null
 */
public record CacheSelection(
    @Nullable CacheKey key, @Nullable String route, @Nullable String tag, @Nullable String tenant) {

  /** Every entry. */
  public static final CacheSelection ALL = new CacheSelection(null, null, null, null);

  /** Whether the entry is one of those. */
  public boolean matches(CacheEntry entry) {
    return (key == null || (key.high() == entry.keyHigh() && key.low() == entry.keyLow()))
        && (route == null || route.equals(entry.route()))
        && (tenant == null || tenant.equals(entry.tenant()))
        && (tag == null || hasTag(entry, tag));
  }

  private static boolean hasTag(CacheEntry entry, String wanted) {
    boolean whole = wanted.indexOf('=') >= 0;
    for (String tag : entry.tags()) {
      int equals = tag.indexOf('=');
      boolean same =
          (whole || equals < 0)
              ? tag.equals(wanted)
              : equals == wanted.length() && tag.startsWith(wanted);
      if (same) {
        return true;
      }
    }
    return false;
  }
}
