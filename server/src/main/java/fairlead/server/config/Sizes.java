package fairlead.server.config;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes such as {@code 65536}, {@code 50MB} (decimal) and {@code 256MiB} (binary). Stateless. */
final class Sizes {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*([kmg]i?b?|b)?");

  private static final String[] BINARY = {"GiB", "MiB", "KiB"};

  private Sizes() {}

  /** Bytes, or empty if the text is not a size. */
  static OptionalLong parse(String text) {
    Matcher matcher = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    String unit = matcher.group(2) == null ? "" : matcher.group(2);
    long base = unit.contains("i") ? 1024 : 1000;
    long factor =
        switch (unit.isEmpty() ? 'b' : unit.charAt(0)) {
          case 'k' -> base;
          case 'm' -> base * base;
          case 'g' -> base * base * base;
          default -> 1;
        };
    long count = Long.parseLong(matcher.group(1));
    return count > Long.MAX_VALUE / factor
        ? OptionalLong.of(Long.MAX_VALUE)
        : OptionalLong.of(count * factor);
  }

  /** In the largest binary unit that divides it. */
  static String format(long bytes) {
    long factor = 1024L * 1024 * 1024;
    for (String unit : BINARY) {
      if (bytes >= factor && bytes % factor == 0) {
        return bytes / factor + unit;
      }
      factor /= 1024;
    }
    return Long.toString(bytes);
  }
}
