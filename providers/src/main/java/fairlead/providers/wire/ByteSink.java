package fairlead.providers.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A reusable, growing byte buffer that text is appended to.
 *
 * <p>Not thread-safe: one owner at a time. Appending allocates nothing until the buffer must grow;
 * {@link #clear} keeps the memory, {@link #trim} gives it back.
 */
public final class ByteSink {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private byte[] bytes;
  private int length;

  public ByteSink() {
    this(512);
  }

  public ByteSink(int initialCapacity) {
    bytes = new byte[initialCapacity];
  }

  /** The bytes written so far start at index 0; valid until the next append. */
  public byte[] array() {
    return bytes;
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  public void clear() {
    length = 0;
  }

  /** Forgets everything after {@code newLength}. */
  public void truncate(int newLength) {
    if (newLength < 0 || newLength > length) {
      throw new IllegalArgumentException(
          "newLength must be between 0 and " + length + ": " + newLength);
    }
    length = newLength;
  }

  /** Empties the sink and returns to {@code capacity} bytes if it has grown beyond that. */
  public void trim(int capacity) {
    length = 0;
    if (bytes.length > capacity) {
      bytes = new byte[capacity];
    }
  }

  /** Makes room for {@code more} bytes beyond the present length. */
  public void reserve(int more) {
    int needed = length + more;
    if (needed < 0) {
      throw new OutOfMemoryError("a byte sink cannot hold more than 2 GiB");
    }
    if (needed > bytes.length) {
      int doubled = bytes.length < MAX_ARRAY / 2 ? bytes.length * 2 : MAX_ARRAY;
      bytes = Arrays.copyOf(bytes, Math.max(needed, doubled));
    }
  }

  /** How many bytes fit behind the present length without growing. */
  public int room() {
    return bytes.length - length;
  }

  /** Counts {@code count} bytes that were stored directly behind the present length. */
  public void advance(int count) {
    if (count < 0 || count > bytes.length - length) {
      throw new IllegalArgumentException(
          "count must be between 0 and " + (bytes.length - length) + ": " + count);
    }
    length += count;
  }

  public ByteSink append(byte[] source) {
    return append(source, 0, source.length);
  }

  public ByteSink append(byte[] source, int offset, int count) {
    reserve(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
    return this;
  }

  public ByteSink append(byte b) {
    if (length == bytes.length) {
      reserve(1);
    }
    bytes[length++] = b;
    return this;
  }

  public ByteSink append(char ascii) {
    return append((byte) ascii);
  }

  /** Appends characters below U+0100 as single bytes; others become '?'. */
  @SuppressWarnings("deprecation") // the one copy without an encoder or an allocation
  public ByteSink ascii(String text) {
    int n = text.length();
    reserve(n);
    text.getBytes(0, n, bytes, length);
    length += n;
    return this;
  }

  public ByteSink utf8(String text) {
    return append(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Appends the decimal form of {@code value}. */
  public ByteSink decimal(long value) {
    if (value < 0) {
      if (value == Long.MIN_VALUE) {
        return ascii("-9223372036854775808");
      }
      append((byte) '-');
      value = -value;
    }
    int digits = 1;
    for (long rest = value / 10; rest != 0; rest /= 10) {
      digits++;
    }
    reserve(digits);
    int end = length + digits;
    for (int i = end; i > length; ) {
      bytes[--i] = (byte) ('0' + value % 10);
      value /= 10;
    }
    length = end;
    return this;
  }

  /** Appends the lower-case hexadecimal form of {@code value} without leading zeros. */
  public ByteSink hex(int value) {
    int digits = Math.max(1, (35 - Integer.numberOfLeadingZeros(value)) / 4);
    reserve(digits);
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      bytes[length++] = HEX[(value >>> shift) & 15];
    }
    return this;
  }

  /** Appends the sixteen lower-case hexadecimal digits of {@code value}. */
  public ByteSink hexLong(long value) {
    reserve(16);
    WORD.set(bytes, length, hexDigits(value >>> 32));
    WORD.set(bytes, length + 8, hexDigits(value & 0xFFFF_FFFFL));
    length += 16;
    return this;
  }

  /** The digits of 32 bits, the first one in the uppermost byte. */
  private static long hexDigits(long value) {
    long x = (value | value << 16) & 0x0000_FFFF_0000_FFFFL;
    x = (x | x << 8) & 0x00FF_00FF_00FF_00FFL;
    x = (x | x << 4) & 0x0F0F_0F0F_0F0F_0F0FL;
    long letters = ((x + 0x0606_0606_0606_0606L) >>> 4) & 0x0101_0101_0101_0101L;
    return x + 0x3030_3030_3030_3030L + letters * ('a' - '9' - 1);
  }

  /** Appends {@code text} as a JSON string with its quotes (RFC 8259 section 7). */
  public ByteSink jsonString(String text) {
    append((byte) '"');
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    jsonEscaped(utf8, 0, utf8.length);
    return append((byte) '"');
  }

  /** Appends UTF-8 bytes escaped for the inside of a JSON string, without quotes. */
  public ByteSink jsonEscaped(byte[] utf8, int offset, int count) {
    int end = offset + count;
    int clean = offset;
    for (int i = offset; i < end; i++) {
      byte b = utf8[i];
      if (b == '"' || b == '\\' || (b >= 0 && b < 0x20)) {
        append(utf8, clean, i - clean);
        escape(b);
        clean = i + 1;
      }
    }
    return append(utf8, clean, end - clean);
  }

  private void escape(byte b) {
    append((byte) '\\');
    switch (b) {
      case '"', '\\' -> append(b);
      case '\n' -> append((byte) 'n');
      case '\r' -> append((byte) 'r');
      case '\t' -> append((byte) 't');
      default -> {
        ascii("u00");
        append(HEX[b >> 4]);
        append(HEX[b & 15]);
      }
    }
  }

  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, length);
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  /** The content decoded as UTF-8. */
  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
