package fairlead.server.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A connection whose peer sends bytes in given portions and then nothing more. */
final class ScriptedTransport implements Transport {
  private final byte[] bytes;
  private final int[] cuts;
  private int position;
  private int cut;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private int writes;

  /**
   * @param cuts where one read ends and the next begins, ascending
   */
  ScriptedTransport(byte[] bytes, int... cuts) {
    this.bytes = bytes;
    this.cuts = cuts;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (position == bytes.length) {
      return -1;
    }
    while (cut < cuts.length && cuts[cut] <= position) {
      cut++;
    }
    int end = cut < cuts.length ? cuts[cut] : bytes.length;
    int count = Math.min(length, end - position);
    System.arraycopy(bytes, position, target, offset, count);
    position += count;
    return count;
  }

  @Override
  public int write(byte[] source, int offset, int length) {
    written.write(source, offset, length);
    writes++;
    return length;
  }

  /** What was written, without the dates. */
  String written() {
    return written.toString(StandardCharsets.ISO_8859_1).replaceAll("Date: [^\r]*\r\n", "");
  }

  int writes() {
    return writes;
  }

  @Override
  public void stopReading() {
    position = bytes.length;
  }

  @Override
  public void finishWriting() {}

  @Override
  public void close() {
    position = bytes.length;
  }
}
