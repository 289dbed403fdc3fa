package fairlead.server.config;

/** What providers, routes and keys may be called: the names appear in metrics and headers. */
final class Names {
  static final String RULE =
      "is not usable as a name; write up to 64 letters, digits, '_', '-' or '.', starting with a"
          + " letter or digit";

  private static final int MAX_LENGTH = 64;

  private Names() {}

  static boolean isValid(String name) {
    if (name.isEmpty() || name.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean alphanumeric =
          (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!alphanumeric && (i == 0 || (c != '_' && c != '-' && c != '.'))) {
        return false;
      }
    }
    return true;
  }

  /** RFC 9110, 5.6.2: a field name is a token. */
  static boolean isHeader(String name) {
    return name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");
  }
}
