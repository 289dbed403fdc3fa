package fairlead.server.http;

/**
 * Reads a request line and headers from a buffer that fills bit by bit.
 *
 * <p>Not thread-safe; reused. Each byte is looked at twice: once for the end of its line, once for
 * its meaning; nothing is allocated unless the request is refused. A refusal comes with the first
 * line that earns it, not with the end of the head.
 *
 * <p>Lifecycle: 1. {@link #reset}; 2. {@link #parse} with ever more bytes until it returns true or
 * throws. If the bytes move to another place, start again at 1: that is at most twice the work.
 */
final class HeadParser {
  private static final int MAX_EMPTY_LINES = 2;
  private static final int MAX_METHOD = 32;
  private static final int VERSION_LENGTH = 8;

  private final RequestHead head;
  private final int maxLine;
  private final int maxHeaders;
  private final int maxHeaderBytes;

  private int lineStart;
  private int scan;
  private int headersStart;
  private int emptyLines;

  HeadParser(RequestHead head, int maxLine, int maxHeaders, int maxHeaderBytes) {
    this.head = head;
    this.maxLine = maxLine;
    this.maxHeaders = maxHeaders;
    this.maxHeaderBytes = maxHeaderBytes;
  }

  void reset(byte[] bytes, int start) {
    head.reset(bytes);
    lineStart = start;
    scan = start;
    headersStart = -1;
    emptyLines = 0;
  }

  /** Whether nothing but empty lines has been seen. */
  boolean untouched(int limit) {
    return headersStart < 0 && lineStart == limit;
  }

  /**
   * Goes on until the head is complete or {@code limit} is reached.
   *
   * @return whether the head is complete; {@link #end} is then where the body begins
   */
  boolean parse(int limit) throws HttpFailure {
    byte[] bytes = head.bytes();
    int i = scan;
    while (i < limit) {
      byte b = bytes[i];
      if (b < ' ') {
        if (b == '\n') {
          if (i == lineStart || bytes[i - 1] != '\r') {
            throw Rejection.BARE_LF.failure();
          }
          if (line(bytes, lineStart, i - 1)) {
            scan = i + 1;
            return true;
          }
          lineStart = i + 1;
        } else if (b == '\r') {
          if (i + 1 == limit) {
            break;
          }
          if (bytes[i + 1] != '\n') {
            throw Rejection.BARE_CR.failure();
          }
        } else if (b == 0) {
          throw Rejection.NUL_BYTE.failure();
        }
      }
      i++;
    }
    scan = i;
    if (headersStart < 0) {
      checkLine(lineStart, limit - 1);
    } else {
      checkHeaders(limit - 1);
    }
    return false;
  }

  /** Where the body begins, once the head is complete. */
  int end() {
    return scan;
  }

  private void checkLine(int start, int end) throws HttpFailure {
    if (end - start > maxLine) {
      throw Rejection.REQUEST_LINE_TOO_LONG.failure(maxLine + " bytes");
    }
  }

  private void checkHeaders(int end) throws HttpFailure {
    if (end - headersStart > maxHeaderBytes) {
      throw Rejection.HEADERS_TOO_LARGE.failure(maxHeaderBytes + " bytes");
    }
  }

  /** Takes one line without its CRLF; whether it ended the head. */
  private boolean line(byte[] bytes, int start, int end) throws HttpFailure {
    if (headersStart < 0) {
      if (start == end) {
        if (++emptyLines > MAX_EMPTY_LINES) {
          throw Rejection.EMPTY_LINES.failure();
        }
        return false;
      }
      checkLine(start, end);
      requestLine(bytes, start, end);
      headersStart = end + 2;
      return false;
    }
    if (start == end) {
      head.finish();
      return true;
    }
    checkHeaders(end);
    if (head.count() == maxHeaders) {
      throw Rejection.TOO_MANY_HEADERS.failure(Integer.toString(maxHeaders));
    }
    header(bytes, start, end);
    return false;
  }

  private void header(byte[] bytes, int start, int end) throws HttpFailure {
    int colon = start;
    while (colon < end && Octets.isToken(bytes[colon])) {
      colon++;
    }
    if (colon == end || bytes[colon] != ':' || colon == start) {
      throw badName(bytes, start, end, colon);
    }
    int from = colon + 1;
    int to = end;
    while (from < to && Octets.isBlank(bytes[from])) {
      from++;
    }
    while (to > from && Octets.isBlank(bytes[to - 1])) {
      to--;
    }
    if (!Octets.areValue(bytes, from, to)) {
      throw Rejection.HEADER_VALUE_INVALID.failure();
    }
    head.add(start, colon, from, to);
  }

  private static HttpFailure badName(byte[] bytes, int start, int end, int stop) {
    if (Octets.isBlank(bytes[start])) {
      return Rejection.OBSOLETE_FOLDING.failure();
    }
    int colon = Authority.indexOf(bytes, start, end, (byte) ':');
    if (colon < 0) {
      return Rejection.HEADER_WITHOUT_COLON.failure();
    }
    int i = stop;
    while (i < colon && Octets.isBlank(bytes[i])) {
      i++;
    }
    return i == colon && stop > start
        ? Rejection.SPACE_BEFORE_COLON.failure()
        : Rejection.HEADER_NAME_INVALID.failure();
  }

  private void requestLine(byte[] bytes, int start, int end) throws HttpFailure {
    int methodEnd = start;
    while (methodEnd < end && Octets.isToken(bytes[methodEnd])) {
      methodEnd++;
    }
    if (methodEnd == end || bytes[methodEnd] != ' ') {
      throw Authority.indexOf(bytes, start, end, (byte) ' ') < 0
          ? Rejection.REQUEST_LINE_MALFORMED.failure()
          : Rejection.METHOD_INVALID.failure();
    }
    if (methodEnd == start || methodEnd - start > MAX_METHOD) {
      throw Rejection.METHOD_INVALID.failure();
    }
    int targetStart = methodEnd + 1;
    int targetEnd = Authority.indexOf(bytes, targetStart, end, (byte) ' ');
    if (targetEnd <= targetStart) {
      throw Rejection.REQUEST_LINE_MALFORMED.failure();
    }
    version(bytes, targetEnd + 1, end);
    if (!Octets.areTarget(bytes, targetStart, targetEnd)) {
      throw Rejection.TARGET_INVALID.failure();
    }
    head.methodStart = start;
    head.methodEnd = methodEnd;
    target(bytes, targetStart, targetEnd);
  }

  private void version(byte[] bytes, int start, int end) throws HttpFailure {
    if (end - start != VERSION_LENGTH
        || !Octets.same(bytes, start, start + 5, "HTTP/")
        || !isDigit(bytes[start + 5])
        || bytes[start + 6] != '.'
        || !isDigit(bytes[start + 7])) {
      throw Authority.indexOf(bytes, start, end, (byte) ' ') >= 0
          ? Rejection.REQUEST_LINE_MALFORMED.failure()
          : Rejection.VERSION_MALFORMED.failure();
    }
    if (bytes[start + 5] != '1') {
      throw Rejection.VERSION_UNSUPPORTED.failure();
    }
    // RFC 9110 section 2.5: a higher minor version is served as the highest known one
    head.minorVersion = bytes[start + 7] == '0' ? 0 : 1;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private void target(byte[] bytes, int start, int end) throws HttpFailure {
    if (bytes[start] == '/') {
      path(bytes, start, end);
      return;
    }
    if (Octets.same(bytes, head.methodStart, head.methodEnd, "CONNECT")) {
      if (!Authority.isValid(bytes, start, end)) {
        throw Rejection.TARGET_FORM.failure();
      }
      head.pathStart = start;
      head.pathEnd = end;
      return;
    }
    if (end - start == 1 && bytes[start] == '*') {
      if (!Octets.same(bytes, head.methodStart, head.methodEnd, "OPTIONS")) {
        throw Rejection.TARGET_FORM.failure();
      }
      path(bytes, start, end);
      return;
    }
    int authority = start;
    if (end - start > 7 && Octets.sameLower(bytes, start, start + 7, "http://")) {
      authority = start + 7;
    } else if (end - start > 8 && Octets.sameLower(bytes, start, start + 8, "https://")) {
      authority = start + 8;
    } else {
      throw Rejection.TARGET_FORM.failure();
    }
    int authorityEnd = authority;
    while (authorityEnd < end && bytes[authorityEnd] != '/' && bytes[authorityEnd] != '?') {
      authorityEnd++;
    }
    if (!Authority.isValid(bytes, authority, authorityEnd)) {
      throw Rejection.TARGET_FORM.failure();
    }
    head.authorityStart = authority;
    head.authorityEnd = authorityEnd;
    path(bytes, authorityEnd, end);
  }

  private void path(byte[] bytes, int start, int end) {
    int question = Authority.indexOf(bytes, start, end, (byte) '?');
    head.pathStart = start;
    head.pathEnd = question < 0 ? end : question;
    head.queryStart = question < 0 ? end : question + 1;
    head.queryEnd = end;
  }
}
