package fairlead.server.http;

import fairlead.providers.wire.ByteRange;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one request after the other, without its framing and in one piece.
 *
 * <p>Belongs to the connection's thread. A body that fits behind its head stays there; otherwise an
 * array is borrowed, at first at most {@link #FIRST_LOAN_BYTES} however much was announced, and
 * doubled as bytes really come: memory follows what was sent, not what was promised.
 *
 * <p>Two deadlines hold at once: the time between two reads, and the time since the body began,
 * which grows with the bytes received, so that a byte now and then does not keep a connection for
 * ever.
 */
final class BodyReader {
  private static final int FIRST_LOAN_BYTES = 256 * 1024;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private enum State {
    NONE,
    UNREAD,
    READING,
    COMPLETE
  }

  private final RequestInput input;
  private final BufferPool pool;
  private final ConnectionClock clock;
  private final FrontSettings settings;
  private final ChunkDecoder chunks = new ChunkDecoder();

  private State state = State.NONE;
  private boolean chunked;
  private long unread;
  private int windowStart;
  private byte @Nullable [] loan;
  private int length;
  private long startedNanos; // 0 until there is something to wait for
  private long receivedNanos;
  private long received;

  BodyReader(RequestInput input, BufferPool pool, ConnectionClock clock, FrontSettings settings) {
    this.input = input;
    this.pool = pool;
    this.clock = clock;
    this.settings = settings;
  }

  /**
   * Begins with the request whose head was just read.
   *
   * @param headNanos when its last byte had been read
   */
  void begin(RequestHead head, long headNanos) {
    receivedNanos = headNanos;
    chunked = head.chunked();
    unread = chunked ? 0 : Math.max(0, head.contentLength());
    windowStart = input.position;
    length = 0;
    received = 0;
    startedNanos = 0;
    state = head.hasBody() ? State.UNREAD : State.NONE;
    if (chunked) {
      chunks.reset();
    }
  }

  /** Whether nothing of the request is left on the wire. */
  boolean complete() {
    return state == State.NONE || state == State.COMPLETE;
  }

  boolean untouched() {
    return state == State.UNREAD;
  }

  /** Whether the client may still be waiting to be told that its body is wanted. */
  boolean nothingArrived() {
    return state == State.UNREAD && input.isEmpty();
  }

  /** Whether a body that nobody wants is small enough to be read and thrown away. */
  boolean worthDraining(int maximum) {
    return complete() || (state == State.UNREAD && (chunked || unread <= maximum));
  }

  /** Reads everything into {@code body}. */
  void read(ByteRange body) throws IOException {
    if (state == State.NONE) {
      body.clear();
      return;
    }
    if (state != State.UNREAD) {
      throw new IllegalStateException("the body was asked for twice");
    }
    if (unread > settings.maxBodyBytes()) {
      throw tooLarge();
    }
    state = State.READING;
    if (chunked) {
      readChunked();
      byte[] target = loan;
      if (target == null) {
        body.clear();
      } else {
        body.set(target, 0, length);
      }
    } else {
      readFixed(body);
    }
    finish();
  }

  private HttpFailure tooLarge() {
    return Rejection.BODY_TOO_LARGE.failure(settings.maxBodyBytes() + " bytes");
  }

  private void finish() throws HttpFailure {
    if (!clock.stop()) {
      throw Rejection.BODY_TOO_SLOW.failure();
    }
    state = State.COMPLETE;
    if (startedNanos != 0) {
      receivedNanos = System.nanoTime();
    }
  }

  /** When the last byte of what was read had come: of the body, or of the head before that. */
  long receivedNanos() {
    return receivedNanos;
  }

  private void readFixed(ByteRange body) throws IOException {
    int wanted = (int) unread;
    if (input.position + wanted <= input.array().length) {
      while (input.available() < wanted) {
        fill();
      }
      body.set(input.array(), input.position, input.position + wanted);
      input.position += wanted;
      return;
    }
    byte[] target = pool.lend(Math.min(wanted, FIRST_LOAN_BYTES));
    loan = target;
    takeAvailable(wanted);
    while (length < wanted) {
      target = roomFor(wanted, wanted);
      int count = readInto(target, Math.min(wanted, target.length) - length);
      length += count;
    }
    body.set(target, 0, wanted);
  }

  private void readChunked() throws IOException {
    while (true) {
      input.position = chunks.advance(input.array(), input.position, input.limit);
      if (chunks.done()) {
        return;
      }
      long remaining = chunks.remaining();
      if (remaining == 0) {
        refill();
        continue;
      }
      if (remaining > settings.maxBodyBytes() - length) {
        throw tooLarge();
      }
      int wanted = length + (int) remaining;
      byte[] target = roomFor(wanted, settings.maxBodyBytes());
      int before = length;
      if (input.isEmpty()) {
        // enough room for a large read: skip the copy through the window
        int room = Math.min(wanted, target.length) - length;
        if (room >= RequestInput.OWN_BYTES) {
          length += readInto(target, room);
        } else {
          refill();
        }
      } else {
        takeAvailable(Math.min(wanted, target.length));
      }
      if (length > before) {
        chunks.took(length - before);
      }
    }
  }

  /** Copies what is buffered, until the body is {@code upTo} bytes long. */
  private void takeAvailable(int upTo) {
    int count = Math.min(input.available(), upTo - length);
    byte[] target = loan;
    if (count > 0 && target != null) {
      System.arraycopy(input.array(), input.position, target, length, count);
      input.position += count;
      length += count;
    }
  }

  /**
   * The array with room for at least one more byte.
   *
   * @param wanted how long the body is known to become
   * @param ceiling how long it may become
   */
  private byte[] roomFor(int wanted, int ceiling) throws HttpFailure {
    byte[] target = loan;
    if (target == null) {
      target = pool.lend(Math.min(wanted, FIRST_LOAN_BYTES));
      loan = target;
    } else if (length == target.length) {
      byte[] larger = pool.lend((int) Math.min(ceiling, 2L * length));
      System.arraycopy(target, 0, larger, 0, length);
      loan = larger;
      pool.giveBack(target);
      target = larger;
    }
    return target;
  }

  private int readInto(byte[] target, int room) throws IOException {
    startClock();
    int count = input.read(target, length, room);
    if (count <= 0) {
      throw cut();
    }
    received += count;
    return count;
  }

  /** Reads more framing and small data into the space behind the head. */
  private void refill() throws IOException {
    input.position = windowStart;
    input.limit = windowStart;
    fill();
  }

  private void fill() throws IOException {
    startClock();
    int before = input.limit;
    if (!input.fill()) {
      throw cut();
    }
    received += input.limit - before;
  }

  private void startClock() {
    long now = System.nanoTime();
    if (startedNanos == 0) {
      startedNanos = now == 0 ? 1 : now;
    }
    long byGap = now + settings.bodyGapNanos();
    long byRate =
        startedNanos
            + settings.bodyGraceNanos()
            + received * NANOS_PER_SECOND / settings.bodyBytesPerSecond();
    clock.startReading(byGap - byRate < 0 ? byGap : byRate);
  }

  private HttpFailure cut() {
    return clock.stop() ? Rejection.REQUEST_CUT.failure() : Rejection.BODY_TOO_SLOW.failure();
  }

  /**
   * Reads a body that nobody wants and throws it away.
   *
   * @return false if it is longer than {@code maximum}
   */
  boolean drain(int maximum) throws IOException {
    if (complete()) {
      return true;
    }
    if (state != State.UNREAD || unread > maximum) {
      return false;
    }
    state = State.READING;
    long dropped = 0;
    while (!dropOnce()) {
      dropped = Math.addExact(dropped, input.available());
      if (dropped > maximum) {
        boolean _ = clock.stop();
        return false;
      }
    }
    finish();
    return true;
  }

  /** Drops what is buffered and reads on if that was not all; whether it was. */
  private boolean dropOnce() throws IOException {
    while (!input.isEmpty() || (chunked && chunks.done()) || (!chunked && unread == 0)) {
      if (chunked) {
        input.position = chunks.advance(input.array(), input.position, input.limit);
        if (chunks.done()) {
          return true;
        }
        int count = (int) Math.min(chunks.remaining(), input.available());
        if (count > 0) {
          input.position += count;
          chunks.took(count);
        }
      } else {
        int count = (int) Math.min(unread, input.available());
        input.position += count;
        unread -= count;
        if (unread == 0) {
          return true;
        }
      }
    }
    refill();
    return false;
  }

  /** Gives borrowed memory back; the body is no longer valid. */
  void release() {
    byte[] array = loan;
    if (array != null) {
      loan = null;
      pool.giveBack(array);
    }
    state = State.NONE;
  }
}
