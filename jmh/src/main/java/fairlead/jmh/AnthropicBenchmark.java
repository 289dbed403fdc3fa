package fairlead.jmh;

import fairlead.providers.UpstreamException;
import fairlead.providers.dialect.AnswerStream;
import fairlead.providers.dialect.AnthropicAnswer;
import fairlead.providers.dialect.AnthropicRequest;
import fairlead.providers.dialect.AnthropicStream;
import fairlead.providers.dialect.AnthropicTarget;
import fairlead.providers.dialect.RefusedRequestException;
import fairlead.providers.wire.ByteSink;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Between the chat wire and the Messages wire: requests of 2 KB and of 20 KB of tool schemas, a
 * whole answer, and streams of 100 pieces of text, of thinking and of a tool call's arguments.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AnthropicBenchmark {
  private static final int PIECES = 100;

  private final AnthropicTarget target =
      AnthropicTarget.of("claude-sonnet-4-5", 4_096, AnthropicTarget.Door.DIRECT);
  private final byte[] chat2k =
      text(Bodies.chat(2_048, "The build failed. "), ",\"fallbacks\":[\"openai/gpt-4o-mini\"]");
  private final byte[] tools20k = Bodies.withTools(20 << 10);
  private final byte[] answer = answer().getBytes(StandardCharsets.UTF_8);
  private final EventRelay texts = new EventRelay(MessagesBodies.text(PIECES));
  private final EventRelay thoughts = new EventRelay(MessagesBodies.thinking(PIECES));
  private final EventRelay arguments = new EventRelay(MessagesBodies.tool(PIECES));
  private final AnthropicRequest request = new AnthropicRequest();
  private final AnthropicAnswer answers = new AnthropicAnswer(() -> 1_763_000_000);
  private final AnswerStream stream = new AnthropicStream(() -> 1_763_000_000);
  private final ByteSink out = new ByteSink(64 << 10);

  private static byte[] text(byte[] body, String without) {
    return new String(body, StandardCharsets.UTF_8)
        .replace(without, "")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String answer() {
    return "{\"id\":\"msg_01\",\"type\":\"message\",\"role\":\"assistant\",\"model\":"
        + "\"claude-sonnet-4-5\",\"content\":[{\"type\":\"text\",\"text\":\""
        + "A test timed out. ".repeat(40)
        + "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":"
        + "{\"input_tokens\":400,\"cache_read_input_tokens\":0,\"output_tokens\":160}}";
  }

  @Benchmark
  public int request2k() throws RefusedRequestException {
    return translated(chat2k);
  }

  @Benchmark
  public int requestTools20k() throws RefusedRequestException {
    return translated(tools20k);
  }

  private int translated(byte[] body) throws RefusedRequestException {
    out.clear();
    request.translate(body, 0, body.length, target, out);
    return out.length();
  }

  @Benchmark
  public int answer1k() {
    out.clear();
    int signals = answers.translate(answer, 0, answer.length, out);
    if ((signals & AnswerStream.FINISH) == 0) {
      throw new IllegalStateException("signals " + signals);
    }
    return out.length();
  }

  @Benchmark
  public long stream100() throws UpstreamException {
    return texts.through(stream, Integer.MAX_VALUE);
  }

  @Benchmark
  public long streamThinking100() throws UpstreamException {
    return thoughts.through(stream, Integer.MAX_VALUE);
  }

  @Benchmark
  public long streamTool100() throws UpstreamException {
    return arguments.through(stream, Integer.MAX_VALUE);
  }
}
