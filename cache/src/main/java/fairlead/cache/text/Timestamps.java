package fairlead.cache.text;

/** Finds the timestamp with which a collector of logs begins every line (RFC 3339, or a time). */
final class Timestamps {
  private static final String DATE = "dddd-dd-dd";
  private static final String TIME = "dd:dd:dd";

  private Timestamps() {}

  /** Where the line goes on after its timestamp; where it starts if it has none. */
  static int after(byte[] line, int from, int to) {
    boolean bracket = to > from && line[from] == '[';
    int at = bracket ? from + 1 : from;
    if (matches(line, at, to, DATE)) {
      at += DATE.length();
      if (at >= to || (line[at] != 'T' && line[at] != ' ')) {
        return from;
      }
      at++;
    }
    if (!matches(line, at, to, TIME)) {
      return from;
    }
    at += TIME.length();
    if (at + 1 < to && (line[at] == '.' || line[at] == ',') && Ascii.isDigit(line[at + 1])) {
      at = Ascii.digitsEnd(line, at + 1, to);
    }
    if (at < to && line[at] == 'Z') {
      at++;
    } else if (matches(line, at, to, "+dd:dd")) {
      at += 6;
    }
    if (bracket) {
      if (at >= to || line[at] != ']') {
        return from;
      }
      at++;
    }
    if (at < to && line[at] != ' ') {
      return from;
    }
    return Math.min(at + 1, to);
  }

  /** d is a digit, + a sign. */
  private static boolean matches(byte[] line, int from, int to, String shape) {
    if (from + shape.length() > to) {
      return false;
    }
    for (int i = 0; i < shape.length(); i++) {
      byte b = line[from + i];
      char wanted = shape.charAt(i);
      boolean fits =
          switch (wanted) {
            case 'd' -> Ascii.isDigit(b);
            case '+' -> b == '+' || b == '-';
            default -> b == wanted;
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }
}
