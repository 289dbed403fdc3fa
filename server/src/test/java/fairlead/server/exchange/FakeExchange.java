package fairlead.server.exchange;

import fairlead.providers.http.EventLoop;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.server.http.HttpExchange;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An exchange without a socket: what was sent is kept, each write as a piece of its own. */
final class FakeExchange implements HttpExchange {
  private final String method;
  private final String path;
  private final byte[] requestBody;
  private final long startedNanos = System.nanoTime();
  private final Map<String, String> requestHeaders = new LinkedHashMap<>();

  private byte @Nullable [] lent;

  int status;
  String headers = "";
  final ByteSink body = new ByteSink();
  final List<String> writes = new ArrayList<>();
  boolean ended;
  boolean aborted;
  @Nullable Runnable gone;

  /** Where {@link #writeNow} is allowed, if anywhere. */
  @Nullable EventLoop loop;

  /** How many bytes a write that does not wait can send each time; 0 for any number. */
  int window;

  /** What such a write has left over. */
  private byte[] unsent = {};

  /** How often the loop has written. */
  int loopWrites;

  /** After this many bytes of body the caller's connection breaks. */
  int breaksAfter = Integer.MAX_VALUE;

  FakeExchange(String method, String path, String body) {
    this.method = method;
    this.path = path;
    this.requestBody = body.getBytes(StandardCharsets.UTF_8);
  }

  static FakeExchange chat(String body) {
    return new FakeExchange("POST", "/v1/chat/completions", body);
  }

  FakeExchange with(String lowerCaseName, String value) {
    requestHeaders.put(lowerCaseName, value);
    return this;
  }

  String text() {
    return body.toString();
  }

  @Nullable String responseHeader(String name) {
    for (String line : headers.split("\r\n")) {
      if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
        return line.substring(name.length() + 1).trim();
      }
    }
    return null;
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public String query() {
    return "";
  }

  @Override
  public @Nullable String header(String lowerCaseName) {
    return requestHeaders.get(lowerCaseName);
  }

  @Override
  public boolean findHeader(String lowerCaseName, ByteRange value) {
    String found = requestHeaders.get(lowerCaseName);
    if (found == null) {
      return false;
    }
    byte[] bytes = found.getBytes(StandardCharsets.US_ASCII);
    value.set(bytes, 0, bytes.length);
    return true;
  }

  @Override
  public boolean hasBody() {
    return requestBody.length > 0;
  }

  @Override
  public ByteRange body() {
    byte[] once = lent;
    if (once != null) {
      lent = null;
      return new ByteRange().set(once, 5, once.length - 2);
    }
    return new ByteRange().set(padded(), 5, 5 + requestBody.length);
  }

  /**
   * Makes the body's array now; it is then handed out once and not kept here, as by the front.
   *
   * @return a reference that does not keep it alive
   */
  WeakReference<byte[]> lendOnce() {
    byte[] made = padded();
    lent = made;
    return new WeakReference<>(made);
  }

  private byte[] padded() {
    // Not at the start of the array, as on a real connection.
    byte[] padded = new byte[requestBody.length + 7];
    System.arraycopy(requestBody, 0, padded, 5, requestBody.length);
    return padded;
  }

  @Override
  public long startedNanos() {
    return startedNanos;
  }

  @Override
  public long receivedNanos() {
    return startedNanos;
  }

  @Override
  public boolean peerIsLoopback() {
    return true;
  }

  @Override
  public void respond(int newStatus, ByteSink newHeaders, byte[] bytes, int offset, int length)
      throws IOException {
    if (committed()) {
      throw new IllegalStateException("responded twice: " + status + " and " + newStatus);
    }
    status = newStatus;
    headers = newHeaders.toString();
    write(bytes, offset, length);
    ended = true;
  }

  @Override
  public void beginStream(int newStatus, ByteSink newHeaders) {
    if (committed()) {
      throw new IllegalStateException("responded twice: " + status + " and " + newStatus);
    }
    status = newStatus;
    headers = newHeaders.toString();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (status == 0 || ended || aborted) {
      throw new IllegalStateException("write in the wrong state");
    }
    body.append(bytes, offset, length);
    writes.add(new String(bytes, offset, length, StandardCharsets.UTF_8));
    if (body.length() > breaksAfter) {
      throw new IOException("Broken pipe");
    }
  }

  @Override
  public @Nullable EventLoop loop() {
    return loop;
  }

  @Override
  public boolean writeNow(byte[] bytes, int offset, int length) throws IOException {
    loopWrites++;
    if (unsent.length > 0) {
      throw new IllegalStateException("the write before was not finished");
    }
    int now = window == 0 ? length : Math.min(length, window);
    write(bytes, offset, now);
    unsent = Arrays.copyOfRange(bytes, offset + now, offset + length);
    return now == length;
  }

  @Override
  public void finishWriting() throws IOException {
    byte[] rest = unsent;
    unsent = new byte[0];
    if (rest.length > 0) {
      write(rest, 0, rest.length);
    }
  }

  @Override
  public void endStream() {
    if (unsent.length > 0) {
      throw new IllegalStateException("ended with bytes unsent");
    }
    if (status == 0 || ended || aborted) {
      throw new IllegalStateException("end in the wrong state");
    }
    ended = true;
  }

  @Override
  public boolean committed() {
    return status != 0;
  }

  @Override
  public void abort() {
    aborted = true;
  }

  @Override
  public void watchCaller(Runnable action) {
    gone = action;
  }

  @Override
  public void unwatch() {
    gone = null;
  }
}
