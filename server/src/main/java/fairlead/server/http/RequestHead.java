package fairlead.server.http;

import fairlead.providers.wire.ByteRange;
import java.util.Arrays;

/**
 * A parsed request line and headers, as positions in the connection's buffer, with what the framing
 * headers mean.
 *
 * <p>Not thread-safe; reused from request to request. Five ints per header; looking a header up
 * compares hashes first and allocates nothing. The rules for framing are those of RFC 9112 section
 * 6, always in their strictest reading.
 */
final class RequestHead {
  private static final int NAME_START = 0;
  private static final int NAME_END = 1;
  private static final int VALUE_START = 2;
  private static final int VALUE_END = 3;
  private static final int HASH = 4;
  private static final int STRIDE = 5;
  private static final int FIRST_HEADERS = 16;
  private static final int MAX_LENGTH_DIGITS = 18;

  private static final String HOST = "host";
  private static final String EXPECT = "expect";
  private static final String CONNECTION = "connection";
  private static final String CONTENT_LENGTH = "content-length";
  private static final String TRANSFER_ENCODING = "transfer-encoding";

  private byte[] bytes = {};
  private int[] table = new int[FIRST_HEADERS * STRIDE];
  private int count;

  /** One bit for each name there is: most that are asked for are not there. */
  private long hashes;

  int methodStart;
  int methodEnd;
  int pathStart;
  int pathEnd;
  int queryStart;
  int queryEnd;
  int authorityStart;
  int authorityEnd;
  int minorVersion = 1;

  private int hostIndex;
  private long contentLength;
  private boolean chunked;
  private boolean close;
  private boolean keepAlive;
  private boolean expectsContinue;
  private boolean expectsUnknown;

  void reset(byte[] newBytes) {
    bytes = newBytes;
    count = 0;
    hashes = 0;
    methodStart = 0;
    methodEnd = 0;
    pathStart = 0;
    pathEnd = 0;
    queryStart = 0;
    queryEnd = 0;
    authorityStart = -1;
    authorityEnd = -1;
    minorVersion = 1;
    hostIndex = -1;
    contentLength = -1;
    chunked = false;
    close = false;
    keepAlive = false;
    expectsContinue = false;
    expectsUnknown = false;
  }

  /** Goes on with a copy that has the same bytes at the same places. */
  void moved(byte[] newBytes) {
    bytes = newBytes;
  }

  byte[] bytes() {
    return bytes;
  }

  int count() {
    return count;
  }

  /** The length the request announces, or -1 if it announces none. */
  long contentLength() {
    return contentLength;
  }

  boolean chunked() {
    return chunked;
  }

  boolean hasBody() {
    return chunked || contentLength > 0;
  }

  boolean expectsContinue() {
    return expectsContinue;
  }

  /** Whether the client lets the connection live after the response (RFC 9112 section 9.3). */
  boolean persistent() {
    return !close && (minorVersion >= 1 || keepAlive);
  }

  boolean isHead() {
    return Octets.same(bytes, methodStart, methodEnd, "HEAD");
  }

  /** Sets {@code value} to the first header of that name. */
  boolean find(String lowerCaseName, ByteRange value) {
    return next(lowerCaseName, 0, value) >= 0;
  }

  /**
   * Sets {@code value} to the first header of that name from this place on.
   *
   * @return the place behind it, or -1 if there is none
   */
  int next(String lowerCaseName, int from, ByteRange value) {
    int hash = lowerCaseName.hashCode();
    if ((hashes & 1L << hash) == 0) {
      return -1;
    }
    for (int i = from; i < count; i++) {
      int at = i * STRIDE;
      if (table[at + HASH] == hash
          && Octets.sameLower(bytes, table[at + NAME_START], table[at + NAME_END], lowerCaseName)) {
        value.set(bytes, table[at + VALUE_START], table[at + VALUE_END]);
        return i + 1;
      }
    }
    return -1;
  }

  /** Adds a header whose characters were checked. */
  void add(int nameStart, int nameEnd, int valueStart, int valueEnd) throws HttpFailure {
    int at = count * STRIDE;
    if (at == table.length) {
      table = Arrays.copyOf(table, table.length * 2);
    }
    int hash = Octets.lowerHash(bytes, nameStart, nameEnd);
    table[at + NAME_START] = nameStart;
    table[at + NAME_END] = nameEnd;
    table[at + VALUE_START] = valueStart;
    table[at + VALUE_END] = valueEnd;
    table[at + HASH] = hash;
    hashes |= 1L << hash;
    count++;
    switch (nameEnd - nameStart) {
      case 4 -> {
        if (is(hash, nameStart, nameEnd, HOST)) {
          host(at);
        }
      }
      case 6 -> {
        if (is(hash, nameStart, nameEnd, EXPECT)) {
          expect(valueStart, valueEnd);
        }
      }
      case 10 -> {
        if (is(hash, nameStart, nameEnd, CONNECTION)) {
          connection(valueStart, valueEnd);
        }
      }
      case 14 -> {
        if (is(hash, nameStart, nameEnd, CONTENT_LENGTH)) {
          length(valueStart, valueEnd);
        }
      }
      case 17 -> {
        if (is(hash, nameStart, nameEnd, TRANSFER_ENCODING)) {
          coding(valueStart, valueEnd);
        }
      }
      default -> {
        // no meaning for the framing
      }
    }
  }

  private boolean is(int hash, int start, int end, String name) {
    return hash == name.hashCode() && Octets.sameLower(bytes, start, end, name);
  }

  private void host(int at) throws HttpFailure {
    if (hostIndex >= 0) {
      throw Rejection.HOST_REPEATED.failure();
    }
    hostIndex = at;
    if (!Authority.isValid(bytes, table[at + VALUE_START], table[at + VALUE_END])) {
      throw Rejection.HOST_INVALID.failure();
    }
  }

  private void expect(int start, int end) {
    if (Octets.sameLower(bytes, start, end, "100-continue")) {
      expectsContinue = true;
    } else {
      expectsUnknown = true;
    }
  }

  private void connection(int start, int end) {
    int from = start;
    for (int i = start; i <= end; i++) {
      if (i == end || bytes[i] == ',') {
        int first = from;
        int last = i;
        while (first < last && Octets.isBlank(bytes[first])) {
          first++;
        }
        while (last > first && Octets.isBlank(bytes[last - 1])) {
          last--;
        }
        close |= Octets.sameLower(bytes, first, last, "close");
        keepAlive |= Octets.sameLower(bytes, first, last, "keep-alive");
        from = i + 1;
      }
    }
  }

  private void length(int start, int end) throws HttpFailure {
    if (contentLength >= 0) {
      throw Rejection.LENGTH_REPEATED.failure();
    }
    if (start == end || end - start > MAX_LENGTH_DIGITS) {
      throw Rejection.LENGTH_INVALID.failure();
    }
    long value = 0;
    for (int i = start; i < end; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        throw Rejection.LENGTH_INVALID.failure();
      }
      value = value * 10 + digit;
    }
    contentLength = value;
  }

  private void coding(int start, int end) throws HttpFailure {
    if (chunked) {
      throw Rejection.CODING_REPEATED.failure();
    }
    if (!Octets.sameLower(bytes, start, end, "chunked")) {
      throw Rejection.CODING_UNKNOWN.failure();
    }
    chunked = true;
  }

  /** Checks what only the whole head can tell. */
  void finish() throws HttpFailure {
    if (chunked && contentLength >= 0) {
      throw Rejection.LENGTH_AND_CODING.failure();
    }
    if (chunked && minorVersion == 0) {
      throw Rejection.CODING_IN_HTTP_1_0.failure();
    }
    if (hostIndex < 0) {
      if (minorVersion >= 1) {
        throw Rejection.HOST_MISSING.failure();
      }
    } else if (authorityStart >= 0
        && !Octets.sameLower(
            bytes,
            authorityStart,
            authorityEnd,
            table[hostIndex + VALUE_START],
            table[hostIndex + VALUE_END])) {
      throw Rejection.TARGET_HOST_MISMATCH.failure();
    }
    if (minorVersion == 0) {
      // RFC 9110 section 10.1.1: expectations of HTTP/1.0 requests are ignored
      expectsContinue = false;
    } else if (expectsUnknown) {
      throw Rejection.EXPECTATION_UNKNOWN.failure();
    }
  }
}
