package fairlead.jmh;

import fairlead.providers.CallControl;
import fairlead.providers.Upstream;
import fairlead.providers.UpstreamRequest;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.wire.ByteSink;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A provider that gives the same answer at once, after gathering the request as a socket would;
 * allocates nothing, serves one thread.
 */
final class CannedUpstream implements Upstream, UpstreamResponse {
  private final String contentType;
  private final byte[] answer;
  private final ByteSink wire = new ByteSink(64 * 1024);
  private int at;

  CannedUpstream(String contentType, byte[] answer) {
    this.contentType = contentType;
    this.answer = answer;
  }

  @Override
  public UpstreamResponse open(UpstreamRequest request, CallControl control) {
    wire.clear();
    wire.append(request.head());
    wire.append(request.extraHeaders().array(), 0, request.extraHeaders().length());
    request.body().appendTo(wire);
    at = 0;
    return this;
  }

  @Override
  public int status() {
    return 200;
  }

  @Override
  public @Nullable String header(String lowerCaseName) {
    return lowerCaseName.equals("content-type") ? contentType : null;
  }

  @Override
  public boolean isEventStream() {
    return contentType.startsWith("text/event-stream");
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    int n = Math.min(length, answer.length - at);
    if (n == 0) {
      return -1;
    }
    System.arraycopy(answer, at, target, offset, n);
    at += n;
    return n;
  }

  @Override
  public void release() {
    at = answer.length;
  }

  /** The same provider for any number of threads: each has its own. */
  static final class PerThread implements Upstream {
    private final ThreadLocal<CannedUpstream> upstreams;

    PerThread(Supplier<CannedUpstream> make) {
      upstreams = ThreadLocal.withInitial(make);
    }

    @Override
    public UpstreamResponse open(UpstreamRequest request, CallControl control) {
      return upstreams.get().open(request, control);
    }
  }
}
