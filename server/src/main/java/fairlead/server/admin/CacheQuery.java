package fairlead.server.admin;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a query says of entries: which, how many, and whether their texts are wanted. Immutable.
 *
 * @param limit the most that are wanted
 * @param body whether texts are wanted
 */
record CacheQuery(CacheSelection selection, int limit, boolean body) {
  static final int MAX_LIMIT = 1_000;

  /** With texts: answers may have a megabyte each. */
  static final int MAX_BODIES = 20;

  private static final int DEFAULT_LIMIT = 50;
  private static final List<String> SELECTORS = List.of("key", "route", "tag", "tenant");

  /** A query that looks entries up. */
  static CacheQuery toFind(String query) throws AdminRefusal {
    Map<String, String> given =
        parameters(query, List.of("key", "route", "tag", "tenant", "limit", "body"));
    boolean body = flag(given, "body");
    int most = body ? MAX_BODIES : MAX_LIMIT;
    int limit = Math.min(DEFAULT_LIMIT, most);
    String written = given.get("limit");
    if (written != null) {
      limit = number(written);
      if (limit < 1 || limit > most) {
        throw AdminRefusal.invalid(
            "limit",
            "'limit' must be a number from 1 to "
                + most
                + (body ? " with body=1" : "")
                + ", not '"
                + AdminBody.shown(written)
                + "'.");
      }
    }
    return new CacheQuery(selection(given), limit, body);
  }

  /** A query that ends entries: it must say which. */
  static CacheQuery toRemove(String query) throws AdminRefusal {
    Map<String, String> given = parameters(query, List.of("key", "route", "tag", "tenant", "all"));
    boolean all = flag(given, "all");
    boolean some = SELECTORS.stream().anyMatch(given::containsKey);
    if (all == some) {
      throw AdminRefusal.invalid(
          all ? "all" : null,
          all
              ? "'all' stands beside a selector; send one or the other."
              : "Say which entries are to go: key, route, tag or tenant, or all=1 for every one.");
    }
    return new CacheQuery(selection(given), 0, false);
  }

  private static CacheSelection selection(Map<String, String> given) throws AdminRefusal {
    String written = given.get("key");
    CacheKey key = written == null ? null : key("key", written);
    return new CacheSelection(key, given.get("route"), given.get("tag"), given.get("tenant"));
  }

  static CacheKey key(String param, String written) throws AdminRefusal {
    CacheKey key = CacheKey.parse(written);
    if (key == null) {
      throw AdminRefusal.invalid(
          param,
          "'"
              + param
              + "' must be the 32 hexadecimal digits of an entry, not '"
              + AdminBody.shown(written)
              + "'.");
    }
    return key;
  }

  private static boolean flag(Map<String, String> given, String name) throws AdminRefusal {
    String written = given.get(name);
    if (written == null || written.equals("0") || written.equals("false")) {
      return false;
    }
    if (!written.equals("1") && !written.equals("true")) {
      throw AdminRefusal.invalid(
          name, "'" + name + "' must be 1 or 0, not '" + AdminBody.shown(written) + "'.");
    }
    return true;
  }

  /** The number, or -1 where there is none. */
  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static Map<String, String> parameters(String query, List<String> known)
      throws AdminRefusal {
    Map<String, String> given = new LinkedHashMap<>();
    for (String part : query.split("&", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      int equals = part.indexOf('=');
      String name = decoded(equals < 0 ? part : part.substring(0, equals));
      String value = decoded(equals < 0 ? "" : part.substring(equals + 1));
      if (name == null || value == null) {
        throw AdminRefusal.invalid(
            null, "The query is not percent-encoded UTF-8 at '" + AdminBody.shown(part) + "'.");
      }
      if (!known.contains(name)) {
        throw AdminRefusal.invalid(
            AdminBody.shown(name),
            "'"
                + AdminBody.shown(name)
                + "' is not a parameter here; there are: "
                + String.join(", ", known)
                + ".");
      }
      if (value.isEmpty()) {
        throw AdminRefusal.invalid(name, "'" + name + "' is empty.");
      }
      if (given.put(name, value) != null) {
        throw AdminRefusal.invalid(name, "'" + name + "' is there twice.");
      }
    }
    return given;
  }

  /** The text without percent-encoding (RFC 3986, 2.1; a plus is a space), or null if it is bad. */
  private static @Nullable String decoded(String text) {
    byte[] bytes = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        if (i + 2 >= text.length()
            || !HexFormat.isHexDigit(text.charAt(i + 1))
            || !HexFormat.isHexDigit(text.charAt(i + 2))) {
          return null;
        }
        bytes[length++] = (byte) HexFormat.fromHexDigits(text, i + 1, i + 3);
        i += 2;
      } else if (c > '~') {
        return null;
      } else {
        bytes[length++] = (byte) (c == '+' ? ' ' : c);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
