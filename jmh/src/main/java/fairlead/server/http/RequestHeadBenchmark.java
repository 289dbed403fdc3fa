package fairlead.server.http;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A caller's request head as a usual client sends it, and the framing of a body of 16 chunks. In
 * this package because nothing outside it sees a parser.
 */
@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF here, which text blocks hide
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RequestHeadBenchmark {
  private static final int CHUNK_BYTES = 128;
  private static final int CHUNKS = 16;

  private final byte[] request =
      ("POST /v1/chat/completions HTTP/1.1\r\nHost: gateway.internal:8080\r\n"
              + "Accept: application/json\r\nContent-Type: application/json\r\n"
              + "User-Agent: OpenAI/Python 1.109.1\r\nX-Stainless-Lang: python\r\n"
              + "X-Stainless-Package-Version: 1.109.1\r\nX-Stainless-OS: Linux\r\n"
              + "X-Stainless-Arch: x64\r\nX-Stainless-Runtime: CPython\r\n"
              + "X-Stainless-Runtime-Version: 3.12.3\r\nAuthorization: Bearer key-of-an-agent\r\n"
              + "X-Stainless-Async: false\r\nx-stainless-retry-count: 0\r\n"
              + "x-stainless-read-timeout: 600\r\nAccept-Encoding: gzip, deflate\r\n"
              + "Connection: keep-alive\r\nContent-Length: 2048\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII);
  private final byte[] chunked =
      ("80\r\n" + "x".repeat(CHUNK_BYTES) + "\r\n")
          .repeat(CHUNKS)
          .concat("0\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII);
  private final RequestHead head = new RequestHead();
  private final HeadParser parser = new HeadParser(head, 8_192, 100, 32_768);
  private final ChunkDecoder chunks = new ChunkDecoder();

  @Benchmark
  public long head() throws HttpFailure {
    parser.reset(request, 0);
    if (!parser.parse(request.length)) {
      throw new IllegalStateException("the head is not complete");
    }
    return head.contentLength();
  }

  @Benchmark
  public int chunks16() throws HttpFailure {
    chunks.reset();
    int at = 0;
    while (!chunks.done()) {
      at = chunks.advance(chunked, at, chunked.length);
      long data = chunks.remaining();
      if (data > 0) {
        chunks.took(data);
        at += (int) data;
      }
    }
    return at;
  }
}
