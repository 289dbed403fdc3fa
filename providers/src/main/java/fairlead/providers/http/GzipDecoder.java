package fairlead.providers.http;

import fairlead.providers.UpstreamException;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes a gzip body (RFC 1952) as it arrives, checking checksum and length of each member.
 *
 * <p>Belongs to one response; {@link #close} gives back native memory. Providers are asked not to
 * compress, so this is for those who do it all the same: it allocates its state per response. What
 * a small body may swell to is bounded.
 */
final class GzipDecoder implements AutoCloseable {
  /** No answer of a model is as long; batch files may be tens of megabytes. */
  static final long MAX_DECODED_BYTES = 256L << 20;

  /** Text reaches 20, an all-equal embedding 200, deflate's own limit is 1,032. */
  static final int MAX_RATIO = 256;

  /** Below this a ratio says nothing and hurts nobody. */
  private static final long RATIO_FREE_BYTES = 1L << 20;

  private static final int MAX_HEADER_BYTES = 4_096;

  private static final int HEADER = 0;
  private static final int DEFLATE = 1;
  private static final int BETWEEN = 2;
  private static final int ENDED = 3;

  private static final int FLAG_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;

  private final Body body;
  private final WireBuffer in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] packed = new byte[4_096];
  private int pos;
  private int limit;
  private int state = HEADER;
  private long memberBytes;
  private long decoded;
  private long encoded;

  GzipDecoder(Body body, WireBuffer in) {
    this.body = body;
    this.in = in;
  }

  /** As {@link Body#read}, decoded. */
  int read(byte[] target, int offset, int length) throws IOException {
    while (true) {
      switch (state) {
        case HEADER -> {
          if (encoded == 0 && !fill()) {
            state = ENDED; // an empty body is an empty answer
          } else {
            header();
            state = DEFLATE;
          }
        }
        case DEFLATE -> {
          int n = inflate(target, offset, length);
          if (n > 0) {
            return n;
          }
        }
        case BETWEEN -> state = pos < limit || fill() ? HEADER : ENDED;
        default -> {
          return -1;
        }
      }
    }
  }

  private int inflate(byte[] target, int offset, int length) throws IOException {
    int n;
    try {
      n = inflater.inflate(target, offset, length);
    } catch (DataFormatException e) {
      throw malformed("broken deflate data: " + e.getMessage());
    }
    if (n > 0) {
      crc.update(target, offset, n);
      memberBytes += n;
      decoded += n;
      if (decoded > MAX_DECODED_BYTES
          || (decoded > RATIO_FREE_BYTES && decoded / MAX_RATIO > encoded)) {
        throw malformed(
            encoded + " bytes swell to more than " + decoded + ", as a decompression bomb does");
      }
    } else if (inflater.finished()) {
      pos = limit - inflater.getRemaining();
      trailer();
      state = BETWEEN;
    } else if (inflater.needsDictionary()) {
      throw malformed("deflate data that needs a dictionary");
    } else {
      if (!fill()) {
        throw new EOFException("the gzip data ends early");
      }
      inflater.setInput(packed, 0, limit);
    }
    return n;
  }

  private void header() throws IOException {
    if (next() != 0x1f || next() != 0x8b || next() != 8) {
      throw malformed("no gzip header");
    }
    int flags = next();
    skip(6);
    if ((flags & FLAG_EXTRA) != 0) {
      skip(next() | next() << 8);
    }
    int bounded = MAX_HEADER_BYTES;
    for (int text = flags & (FLAG_NAME | FLAG_COMMENT); text != 0; text &= text - 1) {
      while (next() != 0) {
        if (--bounded == 0) {
          throw malformed("a gzip header over " + MAX_HEADER_BYTES + " bytes");
        }
      }
    }
    if ((flags & FLAG_CRC) != 0) {
      skip(2);
    }
    inflater.reset();
    crc.reset();
    memberBytes = 0;
    inflater.setInput(packed, pos, limit - pos);
  }

  private void trailer() throws IOException {
    long sum = word();
    long size = word();
    if (sum != crc.getValue() || size != (memberBytes & 0xffff_ffffL)) {
      throw malformed("the gzip checksum or length does not fit the data");
    }
  }

  private long word() throws IOException {
    return next() | (long) next() << 8 | (long) next() << 16 | (long) next() << 24;
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int _ = next();
    }
  }

  private int next() throws IOException {
    if (pos == limit && !fill()) {
      throw new EOFException("the gzip data ends early");
    }
    return packed[pos++] & 255;
  }

  private boolean fill() throws IOException {
    int n = body.read(in, packed, 0, packed.length);
    pos = 0;
    limit = Math.max(n, 0);
    encoded += limit;
    return n > 0;
  }

  @Override
  public void close() {
    inflater.end();
  }

  private static UpstreamException malformed(String what) {
    return new UpstreamException(
        UpstreamException.Kind.MALFORMED_RESPONSE, "the response's gzip body is refused: " + what);
  }
}
