package fairlead.server.http;

/**
 * The grammar of {@code host[:port]} as far as a server needs it (RFC 3986 section 3.2, RFC 9110
 * section 4.2.1).
 *
 * <p>Stateless, allocates nothing.
 */
final class Authority {
  private Authority() {}

  /** Whether the bytes are a non-empty host, bracketed for IPv6, and at most one numeric port. */
  static boolean isValid(byte[] bytes, int start, int end) {
    if (start == end || !Octets.areHost(bytes, start, end)) {
      return false;
    }
    int hostEnd;
    if (bytes[start] == '[') {
      int bracket = indexOf(bytes, start, end, (byte) ']');
      if (bracket <= start + 1 || indexOf(bytes, start + 1, end, (byte) '[') >= 0) {
        return false;
      }
      hostEnd = bracket + 1;
      if (indexOf(bytes, hostEnd, end, (byte) ']') >= 0) {
        return false;
      }
      if (hostEnd < end && bytes[hostEnd] != ':') {
        return false;
      }
    } else {
      if (indexOf(bytes, start, end, (byte) '[') >= 0
          || indexOf(bytes, start, end, (byte) ']') >= 0) {
        return false;
      }
      int colon = indexOf(bytes, start, end, (byte) ':');
      hostEnd = colon < 0 ? end : colon;
      if (hostEnd == start) {
        return false;
      }
    }
    if (end - hostEnd > 6) {
      return false;
    }
    for (int i = hostEnd + 1; i < end; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        return false;
      }
    }
    return true;
  }

  static int indexOf(byte[] bytes, int start, int end, byte wanted) {
    for (int i = start; i < end; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
