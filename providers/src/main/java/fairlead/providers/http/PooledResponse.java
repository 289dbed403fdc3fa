package fairlead.providers.http;

import fairlead.providers.CallControl;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.wire.ByteRange;
import java.io.IOException;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One response on a pooled connection.
 *
 * <p>Belongs to one thread. An object per call, the only one of the hot path, so that a response
 * used after its release is refused instead of reading somebody else's answer.
 */
final class PooledResponse implements UpstreamResponse {
  private final HttpUpstream upstream;
  private final CallControl control;
  private @Nullable Connection connection;
  private @Nullable GzipDecoder gzip;
  private boolean broken;

  PooledResponse(HttpUpstream upstream, CallControl control, Connection connection) {
    this.upstream = upstream;
    this.control = control;
    this.connection = connection;
    if (connection.head().isGzip() && !connection.body().isEnded()) {
      gzip = new GzipDecoder(connection.body(), connection.buffer());
    }
  }

  @Override
  public int status() {
    return used().head().status();
  }

  /** As declared; a body that is decompressed here has neither its coding nor that length. */
  @Override
  public @Nullable String header(String lowerCaseName) {
    ResponseHead head = used().head();
    return hidden(head, lowerCaseName) ? null : head.value(lowerCaseName);
  }

  @Override
  public boolean findHeader(String lowerCaseName, ByteRange value) {
    ResponseHead head = used().head();
    return !hidden(head, lowerCaseName) && head.find(lowerCaseName, value);
  }

  private static boolean hidden(ResponseHead head, String name) {
    return head.isGzip() && (name.equals("content-encoding") || name.equals("content-length"));
  }

  @Override
  public boolean mayHaveRateHeaders() {
    return used().head().hasRateHeaders();
  }

  @Override
  public boolean isEventStream() {
    return used().head().isEventStream();
  }

  @Override
  public int read(byte[] target, int offset, int length) throws UpstreamException {
    Objects.checkFromIndexSize(offset, length, target.length);
    Connection from = used();
    if (broken) {
      throw new IllegalStateException("the response has failed already");
    }
    if (length == 0) {
      return 0;
    }
    try {
      GzipDecoder decoder = gzip;
      int n =
          decoder != null
              ? decoder.read(target, offset, length)
              : from.body().read(from.buffer(), target, offset, length);
      if (n < 0 && from.body().isUntilClose() && control.failure() != null) {
        throw new IOException("closed by this side"); // not by the server, at the body's end
      }
      return n;
    } catch (IOException e) {
      broken = true;
      UpstreamException failure = upstream.bodyFailure(e, control);
      upstream.discard(from, control);
      throw failure;
    }
  }

  @Override
  public boolean isReady() {
    Connection from = used();
    return gzip == null && from.body().isReady(from.buffer());
  }

  @Override
  public boolean turns(EventLoop loop, BooleanSupplier turn) {
    return !broken && gzip == null && used().turns(loop, turn);
  }

  @Override
  public void release() {
    Connection done = connection;
    if (done == null) {
      return;
    }
    connection = null;
    GzipDecoder decoder = gzip;
    if (decoder != null) {
      decoder.close();
    }
    if (!broken) {
      upstream.release(done, control);
    }
  }

  private Connection used() {
    Connection c = connection;
    if (c == null) {
      throw new IllegalStateException("the response was released");
    }
    return c;
  }
}
