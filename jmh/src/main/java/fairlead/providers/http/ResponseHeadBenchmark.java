package fairlead.providers.http;

import fairlead.providers.UpstreamException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A provider's response head as OpenAI sends it behind its content network. In this package because
 * nothing outside it sees the parser.
 */
@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF here, which text blocks hide
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ResponseHeadBenchmark {
  private final byte[] response =
      ("HTTP/1.1 200 OK\r\nDate: Tue, 03 Feb 2026 10:11:12 GMT\r\n"
              + "Content-Type: application/json\r\nContent-Length: 1024\r\n"
              + "Connection: keep-alive\r\naccess-control-expose-headers: X-Request-ID\r\n"
              + "openai-organization: an-organization\r\nopenai-processing-ms: 412\r\n"
              + "openai-project: proj_x\r\nopenai-version: 2020-10-01\r\n"
              + "x-envoy-upstream-service-time: 431\r\nx-ratelimit-limit-requests: 10000\r\n"
              + "x-ratelimit-limit-tokens: 10000000\r\nx-ratelimit-remaining-requests: 9999\r\n"
              + "x-ratelimit-remaining-tokens: 9999200\r\nx-ratelimit-reset-requests: 6ms\r\n"
              + "x-ratelimit-reset-tokens: 4ms\r\nx-request-id: req_0123456789abcdef\r\n"
              + "cf-cache-status: DYNAMIC\r\nX-Content-Type-Options: nosniff\r\n"
              + "Server: cloudflare\r\nCF-RAY: 9c8b7a6d5e4f3a2b-FRA\r\n"
              + "alt-svc: h3=\":443\"; ma=86400\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII);
  private final ResponseHead head = new ResponseHead();

  /**
   * The parser writes names in lower case in place: from the second time on there are no others.
   */
  @Benchmark
  public long head() throws UpstreamException {
    head.reset();
    if (head.parse(response, response.length) != response.length) {
      throw new IllegalStateException("the head is not complete");
    }
    return head.contentLength();
  }
}
