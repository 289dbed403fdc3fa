package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.UpstreamException;
import fairlead.providers.http.EventLoop;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A stream that is relayed on a loop once it is steady: what the caller gets is what its own thread
 * would have sent.
 */
@Timeout(60)
final class SteadyStreamTest {
  private static final String ASK =
      "{\"model\":\"route\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";

  /** Longer than a stream may take and not be steady. */
  private static final int PAUSE_MILLIS = 6;

  private final ScriptedUpstream first = new ScriptedUpstream();
  private final ScriptedUpstream second = new ScriptedUpstream();
  private EventLoop loop;
  private Rig rig;

  @BeforeEach
  void open() throws IOException {
    loop = new EventLoop("loop-under-test");
    rig =
        new Rig(
            """
            providers:
              one: { type: openai-compatible, base_url: "http://1.example/v1", retries: { max: 0 } }
              two: { type: anthropic, base_url: "http://2.example", api_key: "two-key-of-some-length" }
            routing:
              route: { strategy: priority, targets: [one/small, two/claude-sonnet-4-5] }
              translated: { targets: [two/claude-sonnet-4-5] }
            """,
            Map.of("one", first, "two", second));
  }

  @AfterEach
  void close() {
    rig.close();
    loop.close();
  }

  private static String word(String text) {
    return "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
        + text
        + "\"},\"finish_reason\":null}]}\n\n";
  }

  private static final String BEGIN = word("Das ") + word("Haus");
  private static final String MORE = word(" ist");
  private static final String REST =
      word(" grün")
          + ": ping\n\n"
          + word(" und")
          + word(" älter")
          + "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
          + "data: {\"id\":\"x\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\n"
          + "data: [DONE]\n\n";

  /** An answer whose rest comes in a steady stream, in these pieces. */
  private static Answer steady(byte[]... rest) {
    Answer answer = Answer.stream(BEGIN).pause(PAUSE_MILLIS).piece(MORE);
    for (byte[] piece : rest) {
      answer.piece(piece);
    }
    return answer;
  }

  private FakeExchange ask(Answer answer, @Nullable EventLoop on, int window) throws IOException {
    first.then(answer);
    if (first.attempts() > 0) {
      first.drop();
    }
    FakeExchange http = FakeExchange.chat(ASK);
    http.loop = on;
    http.window = window;
    return rig.call(http);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50})
  void everySplitGivesWhatOneThreadGives(int window) throws IOException {
    byte[] rest = REST.getBytes(StandardCharsets.UTF_8);
    String expected = ask(steady(rest), null, 0).text();
    assertThat(expected).contains("Das ").contains(" älter").endsWith("[DONE]\n\n");
    int onLoop = 0;
    for (int cut = 1; cut < rest.length; cut++) {
      FakeExchange http =
          ask(
              steady(Arrays.copyOf(rest, cut), Arrays.copyOfRange(rest, cut, rest.length)),
              loop,
              window);
      assertThat(http.text()).as("cut at %s", cut).isEqualTo(expected);
      assertThat(http.ended).isTrue();
      onLoop += http.loopWrites;
    }
    assertThat(onLoop).isPositive();
  }

  @Test
  void everyPieceOfOneByte() throws IOException {
    byte[] rest = REST.getBytes(StandardCharsets.UTF_8);
    String expected = ask(steady(rest), null, 0).text();
    byte[][] bytes = new byte[rest.length][];
    for (int i = 0; i < rest.length; i++) {
      bytes[i] = new byte[] {rest[i]};
    }
    FakeExchange http = ask(steady(bytes), loop, 0);
    assertThat(http.text()).isEqualTo(expected);
    assertThat(http.loopWrites).isGreaterThan(2);
  }

  @Test
  void aTranslatedStreamIsTheSame() throws IOException {
    String begin =
        """
        event: message_start
        data: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"c","content":[],"stop_reason":null,"usage":{"input_tokens":3,"output_tokens":1}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}

        """;
    String delta =
        """
        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}}

        """;
    String end =
        """
        event: content_block_stop
        data: {"type":"content_block_stop","index":0}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":4}}

        event: message_stop
        data: {"type":"message_stop"}

        """;
    String[] texts = new String[2];
    for (int i = 0; i < 2; i++) {
      second.then(
          Answer.stream(begin).pause(PAUSE_MILLIS).piece(delta).piece(delta).piece(delta + end));
      FakeExchange http = FakeExchange.chat(ASK.replace("route", "translated"));
      http.loop = i == 0 ? null : loop;
      rig.call(http);
      assertThat(http.loopWrites > 0).isEqualTo(i == 1);
      // created is the time of the answer
      texts[i] = http.text().replaceAll("\"created\":[0-9]+", "\"created\":0");
    }
    assertThat(texts[1]).isEqualTo(texts[0]).contains("[DONE]");
  }

  @Test
  void anEventTooLargeForOneChunkIsWrittenByTheCallsThread() throws IOException {
    String large = word("x".repeat(40_000));
    byte[] rest = (word("a") + large + REST).getBytes(StandardCharsets.UTF_8);
    String expected = ask(steady(rest), null, 0).text();
    FakeExchange http = ask(steady(rest), loop, 0);
    assertThat(http.text()).isEqualTo(expected).hasSizeGreaterThan(40_000);
  }

  @Test
  void aBreakIsMendedAsElsewhere() throws IOException {
    String[] texts = new String[2];
    int asked = 0;
    for (int i = 0; i < 2; i++) {
      second.then(Answer.failing(UpstreamException.Kind.CONNECT_REFUSED));
      FakeExchange http =
          ask(
              steady(word(" so").getBytes(StandardCharsets.UTF_8))
                  .thenFails(UpstreamException.Kind.BODY_CUT),
              i == 0 ? null : loop,
              0);
      assertThat(http.loopWrites > 0).isEqualTo(i == 1);
      texts[i] = http.text().replaceAll("after [0-9]+ ms", "after some ms");
      assertThat(second.attempts()).isGreaterThan(asked);
      asked = second.attempts();
    }
    assertThat(texts[1])
        .isEqualTo(texts[0])
        .startsWith(BEGIN + MORE + word(" so"))
        .contains("\"error\"")
        .doesNotContain("[DONE]");
  }

  @Test
  void aMalformedEventOnTheLoopIsAnError() throws IOException {
    second.then(Answer.failing(UpstreamException.Kind.CONNECT_REFUSED));
    FakeExchange http =
        ask(
            steady(
                word(" so").getBytes(StandardCharsets.UTF_8),
                "data: {\"choices\":\n\n".getBytes(StandardCharsets.UTF_8)),
            loop,
            0);
    assertThat(http.loopWrites).isPositive();
    assertThat(http.text()).contains("\"error\"").doesNotContain("[DONE]");
  }

  @Test
  void aCallerWhoseConnectionBreaksOnTheLoopEndsTheCall() {
    first.then(steady(word(" so").getBytes(StandardCharsets.UTF_8), new byte[] {'\n'}));
    FakeExchange http = FakeExchange.chat(ASK);
    http.loop = loop;
    http.breaksAfter = (BEGIN + MORE).length();
    assertThatThrownBy(() -> rig.call(http)).isInstanceOf(IOException.class);
    assertThat(http.loopWrites).isEqualTo(1);
    assertThat(first.released).isEqualTo(1);
    assertThat(second.attempts()).isZero();
  }

  @Test
  void aStreamThatEndsBeforeItIsSteadyStaysOnItsThread() throws IOException {
    FakeExchange http = ask(Answer.stream(BEGIN + MORE, REST), loop, 0);
    assertThat(http.ended).isTrue();
    assertThat(http.loopWrites).isZero();
  }
}
