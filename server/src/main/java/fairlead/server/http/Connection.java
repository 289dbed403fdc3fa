package fairlead.server.http;

import fairlead.providers.wire.ByteSink;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.spi.ServerConnection;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Serves the requests of one accepted connection, one after the other.
 *
 * <p>Lifecycle: 1. {@link #handle} on the connection's own virtual thread; 2. wait for a request,
 * idle; 3. read its head; 4. let the handler answer; 5. again from 2, or close. The socket is
 * closed here, whatever the reason.
 *
 * <p>Thread-safety: everything belongs to the connection's thread, besides {@link #closeIfIdle} and
 * {@link #abort}. Cost: 2 KiB of buffers while idle; nothing allocated per request besides what the
 * channel needs to park.
 */
final class Connection implements ServerConnection {
  private static final System.Logger LOGGER = System.getLogger(Connection.class.getName());
  private static final int ACTIVE = 0;
  private static final int IDLE = 1;
  private static final int CLOSED = 2;
  private static final int BODY_WINDOW_BYTES = 512;
  private static final int MAX_HEAD_BUFFER = 64 * 1024;
  private static final int LINGER_BYTES = 256 * 1024;

  private final FrontState front;
  private final Transport transport;
  private final ConnectionClock clock;
  private final RequestInput input;
  private final RequestHead head = new RequestHead();
  private final HeadParser parser;
  private final BodyReader body;
  private final ResponseWriter writer;
  private final Exchange exchange;
  private final AtomicInteger state = new AtomicInteger(ACTIVE);
  private volatile @Nullable Thread thread;

  /** When the last byte of the head that was read last had come. */
  private long headNanos;

  Connection(FrontState front, Transport transport, boolean peerIsLoopback) {
    this.front = front;
    this.transport = transport;
    FrontSettings settings = front.settings;
    clock = new ConnectionClock(transport, front.sweeper);
    input = new RequestInput(transport, front.pool);
    parser =
        new HeadParser(
            head, settings.maxLineBytes(), settings.maxHeaders(), settings.maxHeaderBytes());
    body = new BodyReader(input, front.pool, clock, settings);
    writer = new ResponseWriter(transport, clock, front);
    exchange = new Exchange(front, transport, head, input, body, writer, peerIsLoopback);
  }

  static boolean isLoopback(SocketChannel channel) {
    return channel.socket().getInetAddress() != null
        && channel.socket().getInetAddress().isLoopbackAddress();
  }

  @Override
  public void handle(Limit limit) {
    thread = Thread.currentThread();
    front.connections.add(this);
    HttpHandler handler = null;
    try {
      if (front.connections.size() <= front.settings.maxConnections()) {
        handler = front.handlers.newConnection();
        boolean again = true;
        while (again) {
          again = serve(handler);
        }
      }
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.TRACE, "connection ended", e);
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.ERROR, "connection failed", e);
    } catch (Error e) {
      LOGGER.log(System.Logger.Level.ERROR, "connection failed", e);
      throw e;
    } finally {
      close(handler);
    }
  }

  private void close(@Nullable HttpHandler handler) {
    thread = null;
    transport.close();
    clock.close();
    exchange.close();
    body.release();
    input.close();
    front.connections.remove(this);
    if (handler != null) {
      handler.close();
    }
  }

  /** Serves one request; whether another one may follow. */
  private boolean serve(HttpHandler handler) throws IOException {
    long startedNanos;
    try {
      startedNanos = readHead();
    } catch (HttpFailure failure) {
      refuse(failure);
      linger();
      return false;
    }
    if (startedNanos == 0) {
      return false;
    }
    front.inFlight.increment();
    try {
      return exchange(handler, startedNanos);
    } finally {
      body.release();
      front.inFlight.decrement();
    }
  }

  /** Reads a request's head; the time of its first byte, or 0 if there will be none. */
  private long readHead() throws IOException {
    input.rewind();
    parser.reset(input.array(), input.position);
    long startedNanos = System.nanoTime();
    boolean idle = input.isEmpty();
    boolean timed = false;
    if (idle) {
      clock.start(startedNanos + front.settings.idleTimeoutNanos());
      if (!state.compareAndSet(ACTIVE, IDLE) || front.draining()) {
        return 0;
      }
    }
    while (input.isEmpty() || !parser.parse(input.limit)) {
      if (!idle && !timed) {
        timed = true;
        clock.startReading(startedNanos + front.settings.headTimeoutNanos());
      }
      if (input.isFull()) {
        input.makeRoom(MAX_HEAD_BUFFER);
        parser.reset(input.array(), input.position);
      }
      boolean more = input.fill();
      if (idle) {
        idle = false;
        if (!state.compareAndSet(IDLE, ACTIVE)) {
          return 0;
        }
        startedNanos = System.nanoTime();
      } else if (!more && !clock.stop()) {
        throw Rejection.HEAD_TOO_SLOW.failure();
      }
      if (!more) {
        if (input.isEmpty()) {
          return 0;
        }
        throw Rejection.REQUEST_CUT.failure();
      }
    }
    if (!clock.stop() && timed) {
      throw Rejection.HEAD_TOO_SLOW.failure();
    }
    input.position = parser.end();
    if (head.hasBody()
        && input.array().length - input.position < BODY_WINDOW_BYTES
        && input.ensureRoom(BODY_WINDOW_BYTES)) {
      head.moved(input.array());
    }
    startedNanos = startedNanos == 0 ? 1 : startedNanos;
    headNanos = timed ? System.nanoTime() : startedNanos;
    return startedNanos;
  }

  private boolean exchange(HttpHandler handler, long startedNanos) throws IOException {
    body.begin(head, headNanos);
    exchange.begin(startedNanos);
    boolean framed = true;
    try {
      handler.handle(exchange);
      if (!exchange.committed()) {
        throw new HttpFailure(500, "no_answer", "the request was not answered", true);
      }
    } catch (HttpFailure failure) {
      framed = !failure.closes();
      answer(failure);
    } catch (RuntimeException | StackOverflowError e) {
      LOGGER.log(System.Logger.Level.ERROR, "a handler failed", e);
      framed = false;
      answer(new HttpFailure(500, "internal_error", "the gateway failed; see its log", true));
    }
    if (!exchange.complete()) {
      exchange.abort();
      return false;
    }
    try {
      if (framed && exchange.finish()) {
        return true;
      }
    } catch (HttpFailure failure) {
      // the rest of the request is malformed or slow; the answer is on its way all the same
      framed = false;
    }
    if (framed && body.complete() && input.isEmpty()) {
      clock.start(System.nanoTime() + front.settings.lingerNanos());
      transport.finishWriting();
    } else {
      linger();
    }
    return false;
  }

  /** Answers instead of the handler, unless something was sent already. */
  private void answer(HttpFailure failure) throws IOException {
    if (exchange.committed()) {
      return;
    }
    if (failure.closes()) {
      exchange.endConnection();
    }
    ByteSink headers = new ByteSink();
    ByteSink content = new ByteSink();
    front.settings.failureBody().render(failure, exchange.path(), headers, content);
    CallerRequestId.echo(head, headers);
    exchange.respond(failure.status(), headers, content.array(), 0, content.length());
  }

  /** Answers a request whose head could not be read. */
  private void refuse(HttpFailure failure) throws IOException {
    ByteSink headers = new ByteSink();
    ByteSink content = new ByteSink();
    front.settings.failureBody().render(failure, "", headers, content);
    CallerRequestId.echo(head, headers);
    long now = System.nanoTime();
    writer.head(
        failure.status(), headers, content.length(), false, ResponseWriter.Persistence.CLOSE, now);
    writer.flush(content.array(), 0, head.isHead() ? 0 : content.length(), now);
  }

  /**
   * Ends the connection such that the caller can still read the answer: closing with unread input
   * resets it, and a reset discards what the caller has not read yet (RFC 9112 section 9.6).
   */
  private void linger() throws IOException {
    exchange.unwatch();
    clock.start(System.nanoTime() + front.settings.lingerNanos());
    try {
      transport.finishWriting();
    } catch (IOException e) {
      // the answer was sent before; reading on is what lets it arrive
      LOGGER.log(System.Logger.Level.TRACE, "writing could not be finished", e);
    }
    byte[] bytes = input.array();
    int dropped = 0;
    int count;
    do {
      count = input.read(bytes, 0, bytes.length);
      dropped += count;
    } while (count > 0 && dropped < LINGER_BYTES);
  }

  /** Never idle for Helidon, whose own reaper is not wanted: {@link ConnectionClock} is ours. */
  @Override
  public Duration idleTime() {
    return Duration.ZERO;
  }

  /** Called by Helidon when its listener ends. */
  @Override
  public void close(boolean interrupt) {
    if (!front.draining()) {
      throw front.listenerEnded();
    }
    if (interrupt) {
      abort();
    } else {
      closeIfIdle();
    }
  }

  /** Closes unless a request is being served. */
  void closeIfIdle() {
    if (state.compareAndSet(IDLE, CLOSED)) {
      transport.close();
    }
  }

  /** Closes whatever goes on, and wakes the handler if it waits for something else. */
  void abort() {
    transport.close();
    Thread current = thread;
    if (current != null) {
      current.interrupt();
    }
  }
}
