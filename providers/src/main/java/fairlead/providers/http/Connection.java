package fairlead.providers.http;

import fairlead.providers.UpstreamRequest;
import fairlead.providers.wire.ByteGather;
import fairlead.providers.wire.ByteSink;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection: sends a request, reads the head of the response, hands out its body.
 *
 * <p>Belongs to one thread at a time; only {@link #abort} may run on any. Lifecycle, again and
 * again until closed:
 *
 * <ol>
 *   <li>{@link #send} writes the request. If that fails the response may still be read: a server
 *       may answer 413 and stop reading.
 *   <li>{@link #readHead} reads up to the end of the final head.
 *   <li>{@link #body} is read.
 *   <li>{@link #isReusable} tells, once the body has ended, whether to begin again.
 * </ol>
 *
 * <p>Cost: 8 KiB of buffer and some 1.5 KB of state per connection; nothing per call.
 */
final class Connection {
  /** How much of an unread body is worth reading to save a handshake. */
  static final int MAX_DRAIN_BYTES = 64 * 1024;

  /** More than a server has reason to send; each costs its sender nothing and us a parse. */
  private static final int MAX_INTERIM_RESPONSES = 8;

  private static final long SERVER_CLOCK_MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final int IDLE = 0;
  private static final int SENT = 1;
  private static final int BODY = 2;

  private static final byte[] CONTENT_LENGTH =
      "Content-Length: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LINE_END = {'\r', '\n'};

  /** Where drained bytes go; written by many threads and never read. */
  private static final byte[] DISCARD = new byte[WireBuffer.SIZE];

  final PooledHost host;
  final Runnable abort;
  final long createdNanos;

  /** When the pool got it back; guarded by the pool's lock. */
  long idleSinceNanos;

  /** When it was given to the call that uses it. */
  long acquiredNanos;

  private final Transport transport;
  private final SendBuffers sendBuffers;
  private final WireBuffer buffer;
  private final ResponseHead head = new ResponseHead();
  private final Body body = new Body();
  private final byte[] digits = new byte[10];
  private int state = IDLE;
  private boolean received;
  private long serverKeepAliveNanos = -1;
  private @Nullable IOException sendFailure;

  Connection(PooledHost host, Transport transport, SendBuffers sendBuffers, long nowNanos) {
    this.host = host;
    this.transport = transport;
    this.sendBuffers = sendBuffers;
    createdNanos = nowNanos;
    idleSinceNanos = nowNanos;
    acquiredNanos = nowNanos;
    buffer = new WireBuffer(transport);
    abort = transport::close;
  }

  /** Whether an idle connection was closed by the peer or has received what it should not have. */
  boolean isStale() {
    require(IDLE);
    return transport.isStale(buffer.bytes);
  }

  /**
   * Writes the request; a failure is kept for {@link #sendFailure}.
   *
   * @param route how the request target is written on the way to this host
   */
  void send(UpstreamRequest request, Route route) {
    require(IDLE);
    state = SENT;
    received = false;
    sendFailure = null;
    ByteGather content = request.body();
    try {
      byte[] start = request.head();
      int line = route.writeTarget(start, this);
      put(start, line, start.length);
      ByteSink extra = request.extraHeaders();
      put(extra.array(), 0, extra.length());
      // RFC 9110 section 8.6: none on a GET without content, 0 on a POST without.
      if (content.length() > 0 || start.length == 0 || start[0] != 'G') {
        put(CONTENT_LENGTH, 0, CONTENT_LENGTH.length);
        putDecimal(content.length());
        put(LINE_END, 0, 2);
      }
      put(LINE_END, 0, 2);
      finish(content);
    } catch (IOException e) {
      sendFailure = e;
    }
  }

  /** Why the last byte of the request could not be handed to the kernel, or null if it was. */
  @Nullable IOException sendFailure() {
    return sendFailure;
  }

  /** Sends what is in the buffer and the content behind it, in one write if they fit into one. */
  private void finish(ByteGather content) throws IOException {
    int taken = 0;
    // Inside TLS there is a write per record of 16 KiB at most, however the bytes are handed over.
    if (content.length() > buffer.bytes.length - buffer.limit && !transport.isTls()) {
      taken = sendBuffers.write(transport.channel(), buffer.bytes, buffer.limit, content);
    }
    if (taken > 0) {
      int head = buffer.limit;
      buffer.limit = 0;
      if (taken < head) {
        transport.write(buffer.bytes, taken, head - taken);
      }
      taken = Math.max(0, taken - head);
    }
    for (int i = 0; i < content.parts(); i++) {
      int start = content.start(i);
      int sent = Math.min(taken, content.end(i) - start);
      taken -= sent;
      put(content.array(i), start + sent, content.end(i));
    }
    flush();
  }

  /** Gathers small pieces in the buffer; long ones go from where they are. */
  void put(byte[] source, int start, int end) throws IOException {
    int at = start;
    while (at < end) {
      if (buffer.limit == 0 && end - at >= buffer.bytes.length) {
        transport.write(source, at, end - at);
        return;
      }
      int n = Math.min(buffer.bytes.length - buffer.limit, end - at);
      System.arraycopy(source, at, buffer.bytes, buffer.limit, n);
      buffer.limit += n;
      at += n;
      if (buffer.limit == buffer.bytes.length) {
        flush();
      }
    }
  }

  private void putDecimal(int value) throws IOException {
    int at = digits.length;
    int rest = value;
    do {
      digits[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    put(digits, at, digits.length);
  }

  private void flush() throws IOException {
    int length = buffer.limit;
    buffer.limit = 0;
    if (length > 0) {
      transport.write(buffer.bytes, 0, length);
    }
  }

  /** Reads the head of the final response. */
  void readHead() throws IOException {
    require(SENT);
    buffer.pos = 0;
    buffer.limit = 0;
    head.reset();
    int interim = 0;
    while (true) {
      int end = head.parse(buffer.bytes, buffer.limit);
      if (end < 0) {
        if (!buffer.hasRoom(ResponseHead.MAX_BYTES)) {
          throw ResponseHead.malformed("it is longer than " + ResponseHead.MAX_BYTES + " bytes");
        }
        if (buffer.more() < 0) {
          throw new EOFException("the connection was closed");
        }
        received = true;
      } else if (head.isInterim()) {
        if (++interim > MAX_INTERIM_RESPONSES) {
          throw ResponseHead.malformed(
              "more than " + MAX_INTERIM_RESPONSES + " interim responses came before it");
        }
        buffer.pos = end;
        buffer.dropRead();
        head.reset();
      } else {
        buffer.pos = end;
        buffer.keepHead(end);
        body.begin(head);
        state = BODY;
        return;
      }
    }
  }

  /** Whether any byte of a response has come since {@link #send}. */
  boolean hasReceived() {
    return received;
  }

  ResponseHead head() {
    return head;
  }

  Body body() {
    return body;
  }

  WireBuffer buffer() {
    return buffer;
  }

  /** Whether the connection can serve another request if its body ends as it should. */
  boolean isPersistent() {
    return state == BODY && sendFailure == null && head.isPersistent() && !body.isUntilClose();
  }

  /** Whether the connection can serve another request now. */
  boolean isReusable() {
    // Bytes behind the end would be taken for the next response.
    return isPersistent() && body.isEnded() && buffer.available() == 0;
  }

  /**
   * Reads what is left of the body and drops it.
   *
   * @param waiting false to take only what has arrived already
   */
  void drain(boolean waiting) throws IOException {
    require(BODY);
    if (!waiting) {
      buffer.stopWaiting();
    }
    try {
      int left = MAX_DRAIN_BYTES;
      while (left > 0 && !body.isEnded()) {
        int n = body.read(buffer, DISCARD, 0, DISCARD.length);
        if (n == 0) {
          return;
        }
        left -= n;
      }
    } finally {
      buffer.startWaiting();
    }
  }

  /**
   * Lets a loop read the body while this thread waits; see {@link
   * fairlead.providers.UpstreamResponse#turns}.
   */
  boolean turns(EventLoop loop, BooleanSupplier turn) {
    require(BODY);
    return !transport.isTls() && new LoopedReads(loop, transport, buffer, body, turn).run();
  }

  /** Makes ready for the next request. */
  void toIdle() {
    require(BODY);
    state = IDLE;
    long seconds = head.keepAliveSeconds();
    // A second of the server's may be shorter than ours by the way there and back.
    serverKeepAliveNanos =
        seconds < 0
            ? -1
            : Math.max(0, TimeUnit.SECONDS.toNanos(seconds) - SERVER_CLOCK_MARGIN_NANOS);
    buffer.reset();
  }

  /** How long the server said it keeps the idle connection, negative if it did not. */
  long serverKeepAliveNanos() {
    return serverKeepAliveNanos;
  }

  private void require(int wanted) {
    if (state != wanted) {
      throw new IllegalStateException("state: " + state + ", not " + wanted);
    }
  }
}
