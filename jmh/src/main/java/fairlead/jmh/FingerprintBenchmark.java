package fairlead.jmh;

import fairlead.cache.hash.Digest;
import fairlead.cache.hash.HashSecret;
import fairlead.providers.Operation;
import fairlead.providers.wire.RequestScan;
import fairlead.server.caching.RequestFingerprint;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Telling a request apart: 2 KB of plain text in one system and one user message, the same full of
 * escapes, 20 KB of tool schemas; and the bare digest of 2 KB.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FingerprintBenchmark {
  private final HashSecret secret = HashSecret.random();
  private final RequestFingerprint fingerprint = new RequestFingerprint(secret);
  private final Digest digest = new Digest(secret);
  private final byte[] bytes2k = new byte[2048];
  private final RequestScan plain2k = scanned(plain(2048));
  private final RequestScan escaped2k =
      scanned(Bodies.chat(2048, "The build failed in module \\\"core\\\":\\n"));
  private final RequestScan tools20k = scanned(Bodies.withTools(20 << 10));

  private static byte[] plain(int bytes) {
    String line = "The build failed in module core, see the log of the second step. ";
    String text = line.repeat((bytes - 250) / line.length());
    return ("{\"model\":\"build_triage\",\"temperature\":0.2,\"max_tokens\":512,\"messages\":["
            + "{\"role\":\"system\",\"content\":\"You explain failed builds in two sentences.\"},"
            + "{\"role\":\"user\",\"content\":\""
            + text
            + "\"}],\"stream\":true,\"user\":\"ci-agent-7\"}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static RequestScan scanned(byte[] body) {
    RequestScan scan = new RequestScan();
    if (!scan.scan(body, 0, body.length)) {
      throw new IllegalStateException(scan.errorMessage());
    }
    return scan;
  }

  @Benchmark
  public long plain2k() {
    return read(plain2k);
  }

  @Benchmark
  public long escaped2k() {
    return read(escaped2k);
  }

  @Benchmark
  public long tools20k() {
    return read(tools20k);
  }

  private long read(RequestScan scan) {
    fingerprint.read(scan, Operation.CHAT, 1, 2, null);
    return fingerprint.wholeHigh() ^ fingerprint.partitionLow();
  }

  @Benchmark
  public long digest2k() {
    digest.clear();
    digest.absorb(bytes2k, 0, bytes2k.length);
    return digest.low();
  }
}
