package fairlead.providers.http;

import fairlead.providers.UpstreamException;
import java.io.EOFException;
import java.io.IOException;

/**
 * Takes the framing off a response's body (RFC 9112 sections 6 and 7).
 *
 * <p>Belongs to one connection. Lifecycle: 1. {@link #begin}; 2. {@link #read} until -1; {@link
 * #isEnded} tells whether the end that the framing promised has been seen. Cost: one copy from the
 * buffer, none for long pieces, which are read straight into the caller's array.
 */
final class Body {
  private static final int ENDED = 0;
  private static final int FIXED = 1;
  private static final int UNTIL_CLOSE = 2;
  private static final int SIZE_FIRST = 3;
  private static final int SIZE = 4;
  private static final int EXTENSION = 5;
  private static final int SIZE_LF = 6;
  private static final int DATA = 7;
  private static final int DATA_CR = 8;
  private static final int DATA_LF = 9;
  private static final int TRAILER_START = 10;
  private static final int TRAILER = 11;
  private static final int TRAILER_LF = 12;
  private static final int LAST_LF = 13;

  /** 2^60 bytes never come; more digits are leading zeros or an attack on somebody's overflow. */
  private static final int MAX_SIZE_DIGITS = 15;

  /**
   * Nobody sends extensions; signatures of chunks in some storage services have about 100 bytes.
   */
  private static final int MAX_EXTENSION_BYTES = 1_024;

  private static final int MAX_TRAILER_BYTES = 16 * 1024;

  private int state;
  private long remaining;
  private int digits;
  private int skipped;
  private boolean untilClose;

  /** Chooses the framing (RFC 9112 section 6.3). */
  void begin(ResponseHead head) {
    remaining = 0;
    skipped = 0;
    untilClose = false;
    int status = head.status();
    if (status == 204 || status == 304) {
      state = ENDED;
    } else if (head.isChunked()) {
      state = SIZE_FIRST;
    } else if (head.contentLength() >= 0) {
      remaining = head.contentLength();
      state = remaining == 0 ? ENDED : FIXED;
    } else {
      state = UNTIL_CLOSE;
      untilClose = true;
    }
  }

  /** Whether the whole body has been seen. */
  boolean isEnded() {
    return state == ENDED;
  }

  /** How many body bytes are still to come at least. */
  long remainingAtLeast() {
    return state == FIXED || state == DATA ? remaining : 0;
  }

  /** Whether the end of the connection is the end of the body. */
  boolean isUntilClose() {
    return untilClose;
  }

  /** Whether the next {@link #read} has something to say without waiting. */
  boolean isReady(WireBuffer in) {
    return state == ENDED || (in.available() > 0 && (state == FIXED || state == DATA));
  }

  /**
   * Reads body bytes as soon as there are any.
   *
   * @return how many, -1 after the end, 0 only if {@code in} must not wait
   */
  int read(WireBuffer in, byte[] target, int offset, int length) throws IOException {
    return switch (state) {
      case ENDED -> -1;
      case FIXED -> fixed(in, target, offset, length);
      case UNTIL_CLOSE -> {
        int n = in.take(target, offset, length);
        if (n < 0) {
          state = ENDED;
        }
        yield n;
      }
      default -> chunked(in, target, offset, length);
    };
  }

  private int fixed(WireBuffer in, byte[] target, int offset, int length) throws IOException {
    int n = in.take(target, offset, (int) Math.min(length, remaining));
    if (n < 0) {
      throw new EOFException(remaining + " bytes of its Content-Length are missing");
    }
    remaining -= n;
    if (remaining == 0) {
      state = ENDED;
    }
    return n;
  }

  /** Decodes all chunks in the buffer; waits only if that gave nothing. */
  private int chunked(WireBuffer in, byte[] target, int offset, int length) throws IOException {
    int stored = 0;
    while (true) {
      if (in.available() == 0) {
        if (stored > 0) {
          return stored;
        }
        int n;
        if (state == DATA && remaining >= in.window()) {
          n = in.take(target, offset, (int) Math.min(length, remaining));
          if (n > 0) {
            consumed(n);
            return n;
          }
        } else {
          n = in.refill();
        }
        if (n < 0) {
          throw new EOFException(
              state == DATA
                  ? remaining + " bytes of a chunk are missing"
                  : "the last chunk is missing");
        }
        if (n == 0) {
          return 0;
        }
      }
      if (state == DATA) {
        if (stored == length) {
          return stored;
        }
        int n = (int) Math.min(Math.min(length - stored, in.available()), remaining);
        System.arraycopy(in.bytes, in.pos, target, offset + stored, n);
        in.pos += n;
        stored += n;
        consumed(n);
      } else {
        try {
          step(in.bytes[in.pos]);
        } catch (UpstreamException e) {
          if (stored > 0) {
            return stored; // what came before is good; the next call meets the same byte
          }
          throw e;
        }
        in.pos++;
        if (state == ENDED) {
          return stored > 0 ? stored : -1;
        }
      }
    }
  }

  private void consumed(int n) {
    remaining -= n;
    if (remaining == 0) {
      state = DATA_CR;
    }
  }

  private void step(byte b) throws UpstreamException {
    switch (state) {
      case SIZE_FIRST, SIZE -> size(b);
      case EXTENSION -> {
        if (b == '\r') {
          state = SIZE_LF;
        } else if (b == '\n' || ++skipped > MAX_EXTENSION_BYTES) {
          throw malformed(b == '\n' ? "a bare LF" : "a chunk extension over 1 KiB");
        }
      }
      case SIZE_LF -> {
        expect(b, '\n', "LF after a chunk's size");
        skipped = 0;
        state = remaining == 0 ? TRAILER_START : DATA;
      }
      case DATA_CR -> {
        expect(b, '\r', "CR after a chunk's data");
        state = DATA_LF;
      }
      case DATA_LF -> {
        expect(b, '\n', "LF after a chunk's data");
        state = SIZE_FIRST;
      }
      case TRAILER_START, TRAILER -> {
        if (b == '\r') {
          state = state == TRAILER_START ? LAST_LF : TRAILER_LF;
        } else if (b == '\n' || ++skipped > MAX_TRAILER_BYTES) {
          throw malformed(b == '\n' ? "a bare LF in the trailers" : "trailers over 16 KiB");
        } else {
          state = TRAILER;
        }
      }
      case TRAILER_LF -> {
        expect(b, '\n', "LF after a trailer");
        state = TRAILER_START;
      }
      case LAST_LF -> {
        expect(b, '\n', "LF after the trailers");
        state = ENDED;
      }
      default -> throw new IllegalStateException("state: " + state);
    }
  }

  private void size(byte b) throws UpstreamException {
    int digit = Ascii.hex(b);
    if (state == SIZE_FIRST) {
      if (digit < 0) {
        throw malformed("a chunk size that does not begin with a hexadecimal digit");
      }
      remaining = digit;
      digits = 1;
      state = SIZE;
    } else if (digit >= 0) {
      if (++digits > MAX_SIZE_DIGITS) {
        throw malformed("a chunk size of more than " + MAX_SIZE_DIGITS + " digits");
      }
      remaining = remaining << 4 | digit;
    } else if (b == '\r') {
      state = SIZE_LF;
    } else if (b == ';' || b == ' ' || b == '\t') {
      skipped = 0;
      state = EXTENSION;
    } else {
      throw malformed("byte " + b + " in a chunk size");
    }
  }

  private static void expect(byte b, char wanted, String what) throws UpstreamException {
    if (b != wanted) {
      throw malformed("byte " + b + " instead of " + what);
    }
  }

  private static UpstreamException malformed(String what) {
    return new UpstreamException(
        UpstreamException.Kind.MALFORMED_RESPONSE,
        "the response's chunked body is refused: " + what + " (RFC 9112 section 7.1)");
  }
}
