package fairlead.providers.http;

import fairlead.providers.UpstreamException;
import fairlead.providers.wire.ByteRange;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Parses the head of a response line by line and keeps where its fields are.
 *
 * <p>Belongs to one connection. Strict where leniency could let two parties disagree on where a
 * message ends: each refusal names its rule. Allocates only for heads with very many fields; {@link
 * #value} allocates the string.
 */
final class ResponseHead {
  /** Several times what any provider sends; beyond it somebody is feeding us. */
  static final int MAX_BYTES = 32 * 1024;

  /** Providers send about 30 fields, behind a content network 50. */
  static final int MAX_FIELDS = 128;

  private static final int MAX_KEEP_ALIVE_SECONDS = 3_600;

  /** Four numbers a field: start and end of the name, start and end of the value. */
  private int[] places = new int[4 * 32];

  private byte[] bytes = {};
  private int fields;
  private int lineStart;
  private int scanned;

  private int status;
  private boolean http10;
  private boolean close;
  private boolean keepAlive;
  private boolean chunked;
  private boolean eventStream;
  private boolean gzip;
  private boolean otherCoding;
  private boolean rateHeaders;
  private long contentLength;
  private long keepAliveSeconds;

  void reset() {
    fields = 0;
    lineStart = 0;
    scanned = 0;
    status = 0;
    http10 = false;
    close = false;
    keepAlive = false;
    chunked = false;
    eventStream = false;
    gzip = false;
    otherCoding = false;
    rateHeaders = false;
    contentLength = -1;
    keepAliveSeconds = -1;
  }

  /**
   * Continues with the lines in {@code buffer[0, limit)}; the array may be another one if it begins
   * with the same bytes. Writes names in lower case into it.
   *
   * @return the index after the head, or -1 if it goes on behind {@code limit}
   */
  int parse(byte[] buffer, int limit) throws UpstreamException {
    bytes = buffer;
    int at = scanned;
    while (at < limit) {
      if (buffer[at] != '\n') {
        at++;
        continue;
      }
      int end = at - 1;
      if (end < lineStart || buffer[end] != '\r') {
        throw malformed("a line ends without CR (RFC 9112 section 2.2)");
      }
      int start = lineStart;
      at++;
      lineStart = at;
      scanned = at;
      if (status == 0) {
        statusLine(start, end);
      } else if (start < end) {
        field(start, end);
      } else {
        checkFraming();
        return at;
      }
    }
    scanned = at;
    return -1;
  }

  private void statusLine(int start, int end) throws UpstreamException {
    byte[] b = bytes;
    boolean shape =
        end - start >= 12
            && b[start] == 'H'
            && b[start + 1] == 'T'
            && b[start + 2] == 'T'
            && b[start + 3] == 'P'
            && b[start + 4] == '/'
            && b[start + 5] == '1'
            && b[start + 6] == '.'
            && (b[start + 7] == '1' || b[start + 7] == '0')
            && b[start + 8] == ' '
            && (end - start == 12 || b[start + 12] == ' ');
    int code = 0;
    for (int i = start + 9; shape && i < start + 12; i++) {
      shape = b[i] >= '0' && b[i] <= '9';
      code = code * 10 + b[i] - '0';
    }
    for (int i = start + 12; shape && i < end; i++) {
      shape = Ascii.isField(b[i]);
    }
    if (!shape || code < 100 || code > 599) {
      throw malformed(
          "the status line is not 'HTTP/1.1 nnn reason' (RFC 9112 section 4): "
              + shown(start, end));
    }
    status = code;
    http10 = b[start + 7] == '0';
  }

  private void field(int start, int end) throws UpstreamException {
    byte[] b = bytes;
    int colon = start;
    while (colon < end && Ascii.isToken(b[colon])) {
      if (b[colon] >= 'A' && b[colon] <= 'Z') {
        b[colon] = (byte) (b[colon] + 32);
      }
      colon++;
    }
    if (colon == start || colon == end || b[colon] != ':') {
      throw malformed(
          "a field line is not 'name: value' (RFC 9112 section 5): " + shown(start, end));
    }
    for (int i = colon + 1; i < end; i++) {
      if (!Ascii.isField(b[i])) {
        throw malformed(
            "the field "
                + shown(start, colon)
                + " contains the control character "
                + b[i]
                + " (RFC 9110 section 5.5)");
      }
    }
    int from = colon + 1;
    int to = end;
    while (from < to && isBlank(b[from])) {
      from++;
    }
    while (to > from && isBlank(b[to - 1])) {
      to--;
    }
    if (fields == MAX_FIELDS) {
      throw malformed("it has more than " + MAX_FIELDS + " fields");
    }
    if (fields * 4 == places.length) {
      places = Arrays.copyOf(places, places.length * 2);
    }
    int place = fields++ * 4;
    places[place] = start;
    places[place + 1] = colon;
    places[place + 2] = from;
    places[place + 3] = to;
    rateHeaders |=
        startsWith(start, colon, "x-ratelimit-")
            || startsWith(start, colon, "anthropic-ratelimit-");
    known(start, colon, from, to);
  }

  private boolean startsWith(int start, int end, String name) {
    int length = name.length();
    if (end - start < length || bytes[start] != name.charAt(0)) {
      return false;
    }
    int same = 1;
    while (same < length && bytes[start + same] == name.charAt(same)) {
      same++;
    }
    return same == length;
  }

  private void known(int start, int colon, int from, int to) throws UpstreamException {
    switch (colon - start) {
      case 10 -> {
        if (is(start, colon, "connection")) {
          close |= hasToken(from, to, "close");
          keepAlive |= hasToken(from, to, "keep-alive");
        } else if (is(start, colon, "keep-alive")) {
          keepAliveSeconds = timeoutParameter(from, to);
        }
      }
      case 12 -> {
        if (is(start, colon, "content-type")) {
          String type = "text/event-stream";
          eventStream =
              Ascii.startsWithIgnoreCase(bytes, from, to, type)
                  && (to - from == type.length() || !Ascii.isToken(bytes[from + type.length()]));
        }
      }
      case 14 -> {
        if (is(start, colon, "content-length")) {
          length(from, to);
        }
      }
      case 16 -> {
        if (is(start, colon, "content-encoding")) {
          boolean first = !gzip && !otherCoding;
          gzip = is(from, to, "gzip") || is(from, to, "x-gzip");
          otherCoding = !first || (!gzip && from < to && !is(from, to, "identity"));
        }
      }
      case 17 -> {
        if (is(start, colon, "transfer-encoding")) {
          if (chunked || !is(from, to, "chunked")) {
            throw malformed(
                "its Transfer-Encoding is not one 'chunked' (RFC 9112 section 6.1): "
                    + shown(from, to));
          }
          chunked = true;
        }
      }
      default -> {}
    }
  }

  private void length(int from, int to) throws UpstreamException {
    long value = 0;
    boolean fine = from < to && to - from <= 18;
    for (int i = from; fine && i < to; i++) {
      fine = bytes[i] >= '0' && bytes[i] <= '9';
      value = value * 10 + bytes[i] - '0';
    }
    if (!fine || (contentLength >= 0 && contentLength != value)) {
      throw malformed(
          "its Content-Length is not one number (RFC 9112 section 6.3): " + shown(from, to));
    }
    contentLength = value;
  }

  private void checkFraming() throws UpstreamException {
    if (chunked && contentLength >= 0) {
      throw malformed(
          "it has both Transfer-Encoding and Content-Length (RFC 9112 section 6.3), a sign of"
              + " response splitting");
    }
    if (status == 101) {
      throw malformed("status 101, but no upgrade was asked for (RFC 9110 section 15.2.2)");
    }
  }

  int status() {
    return status;
  }

  boolean isInterim() {
    return status < 200;
  }

  boolean isEventStream() {
    return eventStream;
  }

  boolean isChunked() {
    return chunked;
  }

  boolean isGzip() {
    return gzip && !otherCoding;
  }

  /** Whether the body is in a coding that was not asked for and cannot be read. */
  boolean isUnknownCoding() {
    return otherCoding;
  }

  /** The body's length as stated, or -1. */
  long contentLength() {
    return contentLength;
  }

  /** Whether the server leaves the connection open afterwards (RFC 9112 section 9.3). */
  boolean isPersistent() {
    // A chunked HTTP/1.0 response is faulty; its connection is not used again (section 6.1).
    return !close && (!http10 || (keepAlive && !chunked));
  }

  /** How long the server says it keeps an idle connection, or -1. */
  long keepAliveSeconds() {
    return keepAliveSeconds;
  }

  /** Whether a field tells what is left of a rate limit. */
  boolean hasRateHeaders() {
    return rateHeaders;
  }

  /** Sets {@code value} to the first value of that name; whether there is one. */
  boolean find(String lowerCaseName, ByteRange value) {
    for (int place = 0; place < fields * 4; place += 4) {
      if (matches(places[place], places[place + 1], lowerCaseName)) {
        value.set(bytes, places[place + 2], places[place + 3]);
        return true;
      }
    }
    return false;
  }

  /** The first value of that name, or null. */
  @Nullable String value(String lowerCaseName) {
    for (int place = 0; place < fields * 4; place += 4) {
      if (matches(places[place], places[place + 1], lowerCaseName)) {
        int from = places[place + 2];
        return new String(bytes, from, places[place + 3] - from, StandardCharsets.ISO_8859_1);
      }
    }
    return null;
  }

  private boolean matches(int start, int end, String name) {
    if (end - start != name.length()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (bytes[start + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean is(int start, int end, String lowerCase) {
    return Ascii.equalsIgnoreCase(bytes, start, end, lowerCase);
  }

  private boolean hasToken(int from, int to, String token) {
    int start = from;
    while (start < to) {
      int end = start;
      while (end < to && bytes[end] != ',') {
        end++;
      }
      int last = end;
      while (start < last && isBlank(bytes[start])) {
        start++;
      }
      while (last > start && isBlank(bytes[last - 1])) {
        last--;
      }
      if (is(start, last, token)) {
        return true;
      }
      start = end + 1;
    }
    return false;
  }

  private long timeoutParameter(int from, int to) {
    for (int at = from; at < to; at++) {
      if (Ascii.startsWithIgnoreCase(bytes, at, to, "timeout=")) {
        long seconds = 0;
        int digit = at + 8;
        while (digit < to && bytes[digit] >= '0' && bytes[digit] <= '9') {
          seconds = Math.min(MAX_KEEP_ALIVE_SECONDS, seconds * 10 + bytes[digit] - '0');
          digit++;
        }
        return digit == at + 8 ? -1 : seconds;
      }
    }
    return -1;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** At most 80 characters, control characters as dots. */
  private String shown(int start, int end) {
    StringBuilder out = new StringBuilder("'");
    for (int i = start; i < end && i < start + 80; i++) {
      out.append(bytes[i] >= ' ' && bytes[i] < 127 ? (char) bytes[i] : '.');
    }
    return out.append(end - start > 80 ? "…'" : "'").toString();
  }

  static UpstreamException malformed(String what) {
    return new UpstreamException(
        UpstreamException.Kind.MALFORMED_RESPONSE, "the response's head is refused: " + what);
  }
}
