package fairlead.jmh;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.server.http.HttpExchange;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The same request again and again, its answer counted and thrown away; allocates nothing. */
final class CannedExchange implements HttpExchange {
  private final byte[] request;
  private final byte[] authorization;
  private final ByteRange body = new ByteRange();
  private long sent;
  private long startedNanos;

  CannedExchange(byte[] request, String key) {
    this.request = request;
    this.authorization = ("Bearer " + key).getBytes(StandardCharsets.US_ASCII);
  }

  /** Bytes of bodies sent so far, so that nothing of the work can be left out. */
  long sent() {
    return sent;
  }

  @Override
  public String method() {
    return "POST";
  }

  @Override
  public String path() {
    return "/v1/chat/completions";
  }

  @Override
  public String query() {
    return "";
  }

  @Override
  public @Nullable String header(String lowerCaseName) {
    return null;
  }

  @Override
  public boolean findHeader(String lowerCaseName, ByteRange value) {
    if (!lowerCaseName.equals("authorization")) {
      return false;
    }
    value.set(authorization, 0, authorization.length);
    return true;
  }

  @Override
  public boolean hasBody() {
    return true;
  }

  @Override
  public ByteRange body() {
    startedNanos = System.nanoTime();
    return body.set(request, 0, request.length);
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
  public void respond(int status, ByteSink headers, byte[] bytes, int offset, int length) {
    if (status != 200) {
      throw new IllegalStateException(
          status + ": " + new String(bytes, offset, length, StandardCharsets.UTF_8));
    }
    sent += length + headers.length();
  }

  @Override
  public void beginStream(int status, ByteSink headers) {
    sent += headers.length();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    sent += length;
  }

  @Override
  public void endStream() {
    sent++;
  }

  @Override
  public boolean committed() {
    return false;
  }

  @Override
  public void abort() {
    throw new IllegalStateException("the call was aborted");
  }

  @Override
  public void watchCaller(Runnable gone) {
    // The caller of a benchmark stays.
  }

  @Override
  public void unwatch() {
    // The caller of a benchmark stays.
  }
}
