package fairlead.providers.wire;

import java.util.Arrays;

/**
 * A body made of parts of other arrays, in order: an edited request without copying the unedited
 * bytes.
 *
 * <p>Not thread-safe; reusable after {@link #clear}. The parts are not copied and must stay as they
 * are until the body was sent.
 */
public final class ByteGather {
  private byte[][] arrays = new byte[8][];
  private int[] starts = new int[8];
  private int[] ends = new int[8];
  private int parts;
  private int length;

  public ByteGather clear() {
    Arrays.fill(arrays, 0, parts, null);
    parts = 0;
    length = 0;
    return this;
  }

  /** Adds {@code array[start, end)}; empty parts are dropped. */
  public ByteGather add(byte[] array, int start, int end) {
    if (start < 0 || end < start || end > array.length) {
      throw new IndexOutOfBoundsException(
          "part [" + start + ", " + end + ") of an array of " + array.length);
    }
    if (start == end) {
      return this;
    }
    if (parts == arrays.length) {
      arrays = Arrays.copyOf(arrays, parts * 2);
      starts = Arrays.copyOf(starts, parts * 2);
      ends = Arrays.copyOf(ends, parts * 2);
    }
    arrays[parts] = array;
    starts[parts] = start;
    ends[parts] = end;
    parts++;
    length = Math.addExact(length, end - start);
    return this;
  }

  /** Sum of all parts in bytes. */
  public int length() {
    return length;
  }

  public int parts() {
    return parts;
  }

  public byte[] array(int part) {
    return arrays[part];
  }

  public int start(int part) {
    return starts[part];
  }

  public int end(int part) {
    return ends[part];
  }

  /** Copies all parts, in order. */
  public void appendTo(ByteSink sink) {
    sink.reserve(length);
    for (int i = 0; i < parts; i++) {
      sink.append(arrays[i], starts[i], ends[i] - starts[i]);
    }
  }
}
