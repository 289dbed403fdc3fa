package fairlead.server.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes received and not yet consumed: one array that lives as long as the connection, and a
 * larger one on loan while a head does not fit into it.
 *
 * <p>Belongs to the connection's thread. Unread bytes are {@code array[position, limit)}.
 */
@SuppressWarnings("ReferenceEquality") // which array it is, is the question
final class RequestInput {
  /** Enough for a small request in one read; every idle connection holds it. */
  static final int OWN_BYTES = 2 * 1024;

  private final Transport transport;
  private final BufferPool pool;
  private final byte[] own = new byte[OWN_BYTES];
  private byte[] array = own;
  private @Nullable CallerWatch watch;
  int position;
  int limit;

  RequestInput(Transport transport, BufferPool pool) {
    this.transport = transport;
    this.pool = pool;
  }

  /** From now on a read of the watch that is still going on comes first. */
  void watch(CallerWatch newWatch) {
    watch = newWatch;
  }

  byte[] array() {
    return array;
  }

  boolean isEmpty() {
    return position == limit;
  }

  int available() {
    return limit - position;
  }

  /** Starts at the front again if nothing is left; only between requests. */
  void rewind() {
    if (position == limit) {
      position = 0;
      limit = 0;
    }
    if (array != own && limit - position <= OWN_BYTES) {
      byte[] loan = array;
      System.arraycopy(loan, position, own, 0, limit - position);
      limit -= position;
      position = 0;
      array = own;
      pool.giveBack(loan);
    }
  }

  /**
   * Reads more bytes behind the limit.
   *
   * @return false at the end of the stream
   */
  boolean fill() throws IOException {
    int count = read(array, limit, array.length - limit);
    if (count <= 0) {
      return false;
    }
    limit += count;
    return true;
  }

  /** Reads past the buffer, straight to where the bytes are wanted; only when it is empty. */
  int read(byte[] target, int offset, int length) throws IOException {
    CallerWatch current = watch;
    if (current != null && current.holdsInput()) {
      return current.take(target, offset, length);
    }
    return transport.read(target, offset, length);
  }

  boolean isFull() {
    return limit == array.length;
  }

  /**
   * Makes room for more bytes of a head by moving it to the front or into a larger array; all
   * positions in the array change.
   */
  void makeRoom(int maximum) throws HttpFailure {
    if (position > 0) {
      System.arraycopy(array, position, array, 0, limit - position);
      limit -= position;
      position = 0;
      return;
    }
    byte[] old = array;
    byte[] larger = pool.lend(Math.min(old.length * 2, maximum));
    System.arraycopy(old, 0, larger, 0, limit);
    array = larger;
    if (old != own) {
      pool.giveBack(old);
    }
  }

  /**
   * Makes room for {@code room} more bytes behind what is there, which keeps its positions.
   *
   * @return whether {@link #array} has changed
   */
  boolean ensureRoom(int room) throws HttpFailure {
    if (array.length - limit >= room) {
      return false;
    }
    byte[] old = array;
    byte[] larger = pool.lend(limit + room);
    System.arraycopy(old, 0, larger, 0, limit);
    array = larger;
    if (old != own) {
      pool.giveBack(old);
    }
    return true;
  }

  void close() {
    if (array != own) {
      byte[] loan = array;
      array = own;
      pool.giveBack(loan);
    }
    position = 0;
    limit = 0;
  }
}
