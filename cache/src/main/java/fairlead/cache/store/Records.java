package fairlead.cache.store;

import fairlead.cache.CacheEntry;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The form of a segment of the {@link Journal}: a header, then records.
 *
 * <p>Stateless.
 *
 * <pre>
 * segment  magic and version (8), mark of the secret (8), record...
 * record   length of the body (4), type (4), CRC-32C of the body (4),
 *          CRC-32C of these twelve bytes (4), body
 * </pre>
 *
 * <p>The head has a sum of its own so that the length can be believed when the body cannot: a
 * damaged body costs its own record, a damaged head the rest of its segment. Nothing searches for
 * the next record: bodies hold callers' bytes, which could look like one.
 */
final class Records {
  static final long MAGIC = 0x464C444A4F555201L; // "FLDJOUR", version 1
  static final int SEGMENT_HEAD = 16;
  static final int RECORD_HEAD = 16;

  /** Above it a length is not believed, and an entry not written. */
  static final int MAX_BODY = 64 << 20;

  static final int INSERT = 1;
  static final int DELETE = 2;
  static final int BLOCKER = 3;
  static final int LIFT = 4;

  /** Key and time of storing: what tells an entry from an earlier one with the same key. */
  static final int IDENTITY_BYTES = 3 * 8;

  private Records() {}

  static void segmentHead(long secretMark, ByteBuffer out) {
    out.putLong(MAGIC).putLong(secretMark);
  }

  static void identity(CacheEntry entry, ByteBuffer out) {
    out.putLong(entry.keyHigh()).putLong(entry.keyLow()).putLong(entry.storedAtMillis());
  }

  /**
   * Fills the head in front of a body that has been written from {@code start + RECORD_HEAD} on.
   */
  static void seal(ByteBuffer out, int start, int type) {
    int bodyAt = start + RECORD_HEAD;
    int length = out.position() - bodyAt;
    out.putInt(start, length);
    out.putInt(start + 4, type);
    out.putInt(start + 8, crc(out, bodyAt, length));
    out.putInt(start + 12, crc(out, start, 12));
  }

  static int crc(ByteBuffer buffer, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(at, length));
    return (int) crc.getValue();
  }
}
