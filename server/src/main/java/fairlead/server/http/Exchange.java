package fairlead.server.http;

import fairlead.providers.http.EventLoop;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The exchange of one connection, reused for each of its requests.
 *
 * <p>Belongs to the connection's thread, or to its loop while that thread waits, besides {@link
 * #abort}. The states of the response: NONE, then COMPLETE by {@link #respond}; or STREAMING by
 * {@link #beginStream} and COMPLETE by {@link #endStream}; BROKEN by {@link #abort} or a failed
 * write. A call out of turn is refused with the state.
 */
final class Exchange implements HttpExchange {
  private static final int DRAINED_BYTES = 64 * 1024;

  private enum State {
    NONE,
    STREAMING,
    COMPLETE,
    BROKEN
  }

  private final FrontState front;
  private final Transport transport;
  private final RequestHead head;
  private final RequestInput input;
  private final BodyReader bodyReader;
  private final ResponseWriter writer;
  private final boolean peerIsLoopback;
  private final ByteRange found = new ByteRange();
  private final ByteRange body = new ByteRange();

  private State state = State.NONE;
  private boolean committed;
  private boolean persistent;
  private boolean bodyAllowed;
  private boolean chunked;
  private boolean continueSent;
  private long startedNanos;
  private @Nullable String method;
  private @Nullable String path;
  private @Nullable CallerWatch watch;

  Exchange(
      FrontState front,
      Transport transport,
      RequestHead head,
      RequestInput input,
      BodyReader bodyReader,
      ResponseWriter writer,
      boolean peerIsLoopback) {
    this.front = front;
    this.transport = transport;
    this.head = head;
    this.input = input;
    this.bodyReader = bodyReader;
    this.writer = writer;
    this.peerIsLoopback = peerIsLoopback;
  }

  /** Begins with the request whose head was just read. */
  void begin(long newStartedNanos) {
    startedNanos = newStartedNanos;
    state = State.NONE;
    committed = false;
    continueSent = false;
    persistent = head.persistent();
    method = null;
    path = null;
  }

  /** From now on the response says that the connection ends, and it does. */
  void endConnection() {
    persistent = false;
  }

  /** Whether the handler has answered completely. */
  boolean complete() {
    return state == State.COMPLETE;
  }

  /** Whether the connection may serve another request after this one. */
  boolean persistent() {
    return persistent && state == State.COMPLETE;
  }

  @Override
  public String method() {
    String known = method;
    if (known == null) {
      known = front.methods.of(head.bytes(), head.methodStart, head.methodEnd);
      method = known;
    }
    return known;
  }

  @Override
  public String path() {
    String known = path;
    if (known == null) {
      known =
          head.pathStart == head.pathEnd
              ? "/"
              : front.paths.of(head.bytes(), head.pathStart, head.pathEnd);
      path = known;
    }
    return known;
  }

  @Override
  public String query() {
    return head.queryStart == head.queryEnd
        ? ""
        : new ByteRange().set(head.bytes(), head.queryStart, head.queryEnd).toString();
  }

  @Override
  public @Nullable String header(String lowerCaseName) {
    return head.find(lowerCaseName, found) ? found.toString() : null;
  }

  @Override
  public boolean findHeader(String lowerCaseName, ByteRange value) {
    return head.find(lowerCaseName, value);
  }

  @Override
  public int nextHeader(String lowerCaseName, int from, ByteRange value) {
    return head.next(lowerCaseName, from, value);
  }

  @Override
  public boolean hasBody() {
    return head.hasBody();
  }

  @Override
  public ByteRange body() throws IOException {
    if (head.expectsContinue()
        && !committed
        && bodyReader.nothingArrived()
        && head.contentLength() <= front.settings.maxBodyBytes()) {
      continueSent = true;
      writer.sendContinue();
    }
    bodyReader.read(body);
    return body;
  }

  @Override
  public long startedNanos() {
    return startedNanos;
  }

  @Override
  public long receivedNanos() {
    return bodyReader.receivedNanos();
  }

  @Override
  public boolean peerIsLoopback() {
    return peerIsLoopback;
  }

  @Override
  public void respond(int status, ByteSink headers, byte[] bytes, int offset, int length)
      throws IOException {
    require(State.NONE);
    start(status, false);
    // RFC 9110 section 8.6: no Content-Length with 1xx and 204; 304 may leave it out
    boolean announced = status >= 200 && status != 204 && status != 304;
    long now = System.nanoTime();
    writer.head(status, headers, announced ? length : -1, false, persistence(), now);
    writer.flush(bytes, offset, bodyAllowed ? length : 0, now);
    state = State.COMPLETE;
  }

  @Override
  public void beginStream(int status, ByteSink headers) throws IOException {
    require(State.NONE);
    start(status, true);
    boolean hasContent = status >= 200 && status != 204 && status != 304;
    chunked = head.minorVersion >= 1 && hasContent;
    if (hasContent && !chunked) {
      // RFC 9112 section 6.3: towards HTTP/1.0 the end of the connection is the end of the body
      persistent = false;
    }
    writer.head(status, headers, -1, chunked, persistence(), System.nanoTime());
    state = State.STREAMING;
  }

  /** Decides what the response says about the connection; nothing more is refused from here on. */
  private void start(int status, boolean streaming) throws IOException {
    committed = true;
    bodyAllowed = status >= 200 && status != 204 && status != 304 && !head.isHead();
    if (front.draining()
        || !bodyReader.worthDraining(DRAINED_BYTES)
        || (head.expectsContinue() && !continueSent && bodyReader.nothingArrived())) {
      persistent = false;
    }
    // a failed write must not look like a finished response
    state = State.BROKEN;
    CallerWatch current = watch;
    if (current != null) {
      current.beforeWriting(streaming);
    }
  }

  private ResponseWriter.Persistence persistence() {
    if (!persistent) {
      return ResponseWriter.Persistence.CLOSE;
    }
    return head.minorVersion == 0
        ? ResponseWriter.Persistence.KEEP_ALIVE
        : ResponseWriter.Persistence.SILENT;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    require(State.STREAMING);
    if (length == 0) {
      return;
    }
    state = State.BROKEN;
    if (!bodyAllowed) {
      writer.flush();
    } else if (chunked) {
      writer.chunk(bytes, offset, length);
    } else {
      writer.flush(bytes, offset, length, System.nanoTime());
    }
    state = State.STREAMING;
  }

  @Override
  public @Nullable EventLoop loop() {
    return state == State.STREAMING && chunked && bodyAllowed && transport.isNonBlocking()
        ? transport.loop()
        : null;
  }

  @Override
  public boolean writeNow(byte[] bytes, int offset, int length) throws IOException {
    require(State.STREAMING);
    state = State.BROKEN;
    boolean all = length == 0 || writer.chunkNow(bytes, offset, length);
    state = State.STREAMING;
    return all;
  }

  @Override
  public void finishWriting() throws IOException {
    require(State.STREAMING);
    state = State.BROKEN;
    writer.flush();
    state = State.STREAMING;
  }

  @Override
  public void endStream() throws IOException {
    require(State.STREAMING);
    state = State.BROKEN;
    if (chunked && bodyAllowed) {
      writer.lastChunk();
    } else {
      writer.flush();
    }
    state = State.COMPLETE;
  }

  private void require(State wanted) {
    if (state != wanted) {
      throw new IllegalStateException("the response is " + state + ", not " + wanted);
    }
  }

  @Override
  public boolean committed() {
    return committed;
  }

  @Override
  public void abort() {
    state = State.BROKEN;
    committed = true;
    persistent = false;
    transport.close();
  }

  @Override
  public void watchCaller(Runnable gone) {
    if (!bodyReader.complete()) {
      throw new IllegalStateException("read the body before watching the caller");
    }
    CallerWatch current = watch;
    if (current == null) {
      current = new CallerWatch(transport, front.sweeper);
      watch = current;
      input.watch(current);
    }
    current.start(gone, receivedNanos() + front.settings.watchDelayNanos());
  }

  @Override
  public void unwatch() {
    CallerWatch current = watch;
    if (current != null) {
      current.stop();
    }
  }

  /**
   * Ends the exchange after the handler has returned.
   *
   * @return whether the connection may go on
   */
  boolean finish() throws IOException {
    unwatch();
    // The body goes back to the pool; an idle connection must not keep its array alive.
    body.clear();
    found.clear();
    return persistent() && bodyReader.drain(DRAINED_BYTES);
  }

  void close() {
    CallerWatch current = watch;
    if (current != null) {
      current.close();
    }
    writer.release();
  }
}
