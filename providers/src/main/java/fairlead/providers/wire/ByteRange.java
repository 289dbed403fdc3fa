package fairlead.providers.wire;

import java.nio.charset.StandardCharsets;

/**
 * A part of a byte array, reusable: the way ranges are handed about without allocating.
 *
 * <p>Not thread-safe. The bytes belong to somebody else and are valid only as long as that owner
 * says.
 */
public final class ByteRange {
  private static final byte[] NONE = {};

  private byte[] array = NONE;
  private int start;
  private int end;

  public ByteRange set(byte[] newArray, int newStart, int newEnd) {
    array = newArray;
    start = newStart;
    end = newEnd;
    return this;
  }

  public void clear() {
    set(NONE, 0, 0);
  }

  public byte[] array() {
    return array;
  }

  public int start() {
    return start;
  }

  /** The index after the last byte. */
  public int end() {
    return end;
  }

  public int length() {
    return end - start;
  }

  public boolean isEmpty() {
    return start == end;
  }

  /** The bytes decoded as UTF-8; allocates. */
  @Override
  public String toString() {
    return new String(array, start, end - start, StandardCharsets.UTF_8);
  }
}
