package fairlead.server.http;

/**
 * The framing of a chunked request body (RFC 9112 section 7.1), one byte after the other, wherever
 * the stream is cut.
 *
 * <p>Not thread-safe; reused. Finds where data is and leaves copying it to the caller. Extensions
 * and trailers are checked, bounded and dropped.
 *
 * <p>Lifecycle: 1. {@link #reset}; 2. {@link #advance} over framing until {@link #remaining} is
 * positive; 3. take that many bytes of data with {@link #took}, in any portions; again from 2 until
 * {@link #done}.
 */
final class ChunkDecoder {
  private static final int MAX_SIZE_DIGITS = 15;
  static final int MAX_EXTENSION_BYTES = 4 * 1024;
  static final int MAX_TRAILER_BYTES = 8 * 1024;

  private enum State {
    SIZE_FIRST,
    SIZE,
    SIZE_BLANK,
    EXTENSION_NAME_FIRST,
    EXTENSION_NAME,
    EXTENSION_VALUE_FIRST,
    EXTENSION_VALUE,
    EXTENSION_QUOTED,
    EXTENSION_ESCAPE,
    EXTENSION_AFTER,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_FIRST,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    LAST_LF,
    DONE
  }

  private State state = State.DONE;
  private long remaining;
  private int digits;
  private int extensionBytes;
  private int trailerBytes;

  void reset() {
    state = State.SIZE_FIRST;
    remaining = 0;
    digits = 0;
    extensionBytes = 0;
    trailerBytes = 0;
  }

  boolean done() {
    return state == State.DONE;
  }

  /** How many bytes of data come next; 0 while there is framing to read. */
  long remaining() {
    return state == State.DATA ? remaining : 0;
  }

  /** Notes that {@code count} bytes of data were taken. */
  void took(long count) {
    if (state != State.DATA || count > remaining) {
      throw new IllegalStateException(
          "took " + count + " of " + remaining + " bytes in state " + state);
    }
    remaining -= count;
    if (remaining == 0) {
      state = State.DATA_CR;
    }
  }

  /**
   * Reads framing.
   *
   * @return where it stopped: at data, after the end of the body, or at {@code end}
   */
  int advance(byte[] bytes, int start, int end) throws HttpFailure {
    int i = start;
    while (i < end && state != State.DATA && state != State.DONE) {
      state = next(bytes[i++]);
    }
    return i;
  }

  private State next(byte b) throws HttpFailure {
    return switch (state) {
      case SIZE_FIRST, SIZE -> size(b);
      case SIZE_BLANK, EXTENSION_NAME_FIRST, EXTENSION_NAME -> extensionName(b);
      case EXTENSION_VALUE_FIRST, EXTENSION_VALUE -> extensionValue(b);
      case EXTENSION_QUOTED, EXTENSION_ESCAPE -> quoted(b);
      case EXTENSION_AFTER -> {
        countExtension();
        yield afterExtension(b, State.EXTENSION_AFTER);
      }
      case SIZE_LF -> {
        expect(b, '\n', Rejection.CHUNK_SIZE_INVALID);
        yield remaining > 0 ? State.DATA : State.TRAILER_FIRST;
      }
      case DATA_CR -> expect(b, '\r', Rejection.CHUNK_END_INVALID, State.DATA_LF);
      case DATA_LF -> {
        expect(b, '\n', Rejection.CHUNK_END_INVALID);
        digits = 0;
        yield State.SIZE_FIRST;
      }
      case TRAILER_FIRST, TRAILER_NAME, TRAILER_VALUE -> trailer(b);
      case TRAILER_LF -> expect(b, '\n', Rejection.TRAILER_INVALID, State.TRAILER_FIRST);
      case LAST_LF -> expect(b, '\n', Rejection.TRAILER_INVALID, State.DONE);
      case DATA, DONE -> throw new IllegalStateException("no framing in state " + state);
    };
  }

  private static State expect(byte b, char wanted, Rejection otherwise, State then)
      throws HttpFailure {
    expect(b, wanted, otherwise);
    return then;
  }

  private static void expect(byte b, char wanted, Rejection otherwise) throws HttpFailure {
    if (b != wanted) {
      throw otherwise.failure();
    }
  }

  private State size(byte b) throws HttpFailure {
    int digit = Octets.hexDigit(b);
    if (digit >= 0) {
      if (++digits > MAX_SIZE_DIGITS) {
        throw Rejection.CHUNK_SIZE_OVERFLOW.failure();
      }
      remaining = remaining << 4 | digit;
      return State.SIZE;
    }
    if (state == State.SIZE_FIRST) {
      throw Rejection.CHUNK_SIZE_INVALID.failure();
    }
    if (b == '\r') {
      return State.SIZE_LF;
    }
    if (b == ';') {
      countExtension();
      return State.EXTENSION_NAME_FIRST;
    }
    if (Octets.isBlank(b)) {
      countExtension();
      return State.SIZE_BLANK;
    }
    throw Rejection.CHUNK_SIZE_INVALID.failure();
  }

  private void countExtension() throws HttpFailure {
    if (++extensionBytes > MAX_EXTENSION_BYTES) {
      throw Rejection.CHUNK_EXTENSION_TOO_LONG.failure(MAX_EXTENSION_BYTES + " bytes in all");
    }
  }

  private State extensionName(byte b) throws HttpFailure {
    countExtension();
    if (state == State.SIZE_BLANK) {
      // blanks are allowed before an extension only, RFC 9112 section 7.1.1
      if (b == ';') {
        return State.EXTENSION_NAME_FIRST;
      }
      if (Octets.isBlank(b)) {
        return State.SIZE_BLANK;
      }
      throw Rejection.CHUNK_SIZE_INVALID.failure();
    }
    if (Octets.isToken(b)) {
      return State.EXTENSION_NAME;
    }
    if (state == State.EXTENSION_NAME_FIRST) {
      if (Octets.isBlank(b)) {
        return State.EXTENSION_NAME_FIRST;
      }
      throw Rejection.CHUNK_EXTENSION_INVALID.failure();
    }
    return b == '=' ? State.EXTENSION_VALUE_FIRST : afterExtension(b, State.EXTENSION_AFTER);
  }

  private State extensionValue(byte b) throws HttpFailure {
    countExtension();
    if (Octets.isToken(b)) {
      return State.EXTENSION_VALUE;
    }
    if (state == State.EXTENSION_VALUE_FIRST) {
      if (b == '"') {
        return State.EXTENSION_QUOTED;
      }
      throw Rejection.CHUNK_EXTENSION_INVALID.failure();
    }
    return afterExtension(b, State.EXTENSION_AFTER);
  }

  private State quoted(byte b) throws HttpFailure {
    countExtension();
    if (b != '\t' && ((b >= 0 && b < ' ') || b == 0x7f)) {
      throw Rejection.CHUNK_EXTENSION_INVALID.failure();
    }
    if (state == State.EXTENSION_ESCAPE) {
      return State.EXTENSION_QUOTED;
    }
    return switch (b) {
      case '\\' -> State.EXTENSION_ESCAPE;
      case '"' -> State.EXTENSION_AFTER;
      default -> State.EXTENSION_QUOTED;
    };
  }

  private static State afterExtension(byte b, State blank) throws HttpFailure {
    if (b == '\r') {
      return State.SIZE_LF;
    }
    if (b == ';') {
      return State.EXTENSION_NAME_FIRST;
    }
    if (Octets.isBlank(b)) {
      return blank;
    }
    throw Rejection.CHUNK_EXTENSION_INVALID.failure();
  }

  private State trailer(byte b) throws HttpFailure {
    if (state == State.TRAILER_FIRST && b == '\r') {
      return State.LAST_LF;
    }
    if (++trailerBytes > MAX_TRAILER_BYTES) {
      throw Rejection.TRAILERS_TOO_LARGE.failure(MAX_TRAILER_BYTES + " bytes");
    }
    if (state == State.TRAILER_VALUE) {
      if (b == '\r') {
        return State.TRAILER_LF;
      }
      if (b != '\t' && ((b >= 0 && b < ' ') || b == 0x7f)) {
        throw Rejection.TRAILER_INVALID.failure();
      }
      return State.TRAILER_VALUE;
    }
    if (Octets.isToken(b)) {
      return State.TRAILER_NAME;
    }
    if (state == State.TRAILER_NAME && b == ':') {
      return State.TRAILER_VALUE;
    }
    throw Rejection.TRAILER_INVALID.failure();
  }
}
