package fairlead.server.caching;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.server.http.HttpExchange;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A request of which only the headers are looked at. */
final class HeadersOnly implements HttpExchange {
  private final String[] lines;

  HeadersOnly(String... namesAndValues) {
    lines = namesAndValues;
  }

  @Override
  public int nextHeader(String lowerCaseName, int from, ByteRange value) {
    for (int i = from; i < lines.length; i += 2) {
      if (lines[i].equals(lowerCaseName)) {
        byte[] found = lines[i + 1].getBytes(StandardCharsets.UTF_8);
        value.set(found, 0, found.length);
        return i + 2;
      }
    }
    return -1;
  }

  @Override
  public boolean findHeader(String lowerCaseName, ByteRange value) {
    return nextHeader(lowerCaseName, 0, value) >= 0;
  }

  @Override
  public @Nullable String header(String lowerCaseName) {
    ByteRange value = new ByteRange();
    return findHeader(lowerCaseName, value) ? value.toString() : null;
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
  public boolean hasBody() {
    return false;
  }

  @Override
  public ByteRange body() {
    return new ByteRange();
  }

  @Override
  public long startedNanos() {
    return 0;
  }

  @Override
  public long receivedNanos() {
    return 0;
  }

  @Override
  public boolean peerIsLoopback() {
    return true;
  }

  @Override
  public void respond(int status, ByteSink lines, byte[] body, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void beginStream(int status, ByteSink lines) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void endStream() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean committed() {
    return false;
  }

  @Override
  public void abort() {}

  @Override
  public void watchCaller(Runnable gone) {}

  @Override
  public void unwatch() {}
}
