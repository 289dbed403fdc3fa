package fairlead.jmh;

import fairlead.providers.wire.ByteGather;
import fairlead.providers.wire.RequestEdits;
import fairlead.providers.wire.RequestScan;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Reading a request body: 2 KB of usual chat, 20 KB dense with tool schemas, 2 KB of Chinese. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RequestScanBenchmark {
  private static final byte[] NEW_MODEL = "gpt-4o-mini".getBytes(StandardCharsets.UTF_8);

  private final byte[] chat2k = Bodies.chat(2048, "The build failed in module \\\"core\\\":\\n");
  private final byte[] chinese2k = Bodies.chat(2048, "构建在模块中失败了，请看日志。");
  private final byte[] tools20k = Bodies.withTools(20 << 10);
  private final RequestScan scan = new RequestScan();
  private final RequestEdits edits = new RequestEdits();
  private final ByteGather gather = new ByteGather();

  @Benchmark
  public boolean chat2k() {
    return scan.scan(chat2k, 0, chat2k.length);
  }

  @Benchmark
  public boolean chinese2k() {
    return scan.scan(chinese2k, 0, chinese2k.length);
  }

  @Benchmark
  public boolean tools20k() {
    return scan.scan(tools20k, 0, tools20k.length);
  }

  @Benchmark
  public int chat2kWithEdits() {
    scan.scan(chat2k, 0, chat2k.length);
    edits.begin().model(scan, NEW_MODEL, 0, NEW_MODEL.length).includeUsage(scan);
    edits.cutFallbacks(scan).appendTo(scan, gather.clear());
    return gather.length();
  }
}
