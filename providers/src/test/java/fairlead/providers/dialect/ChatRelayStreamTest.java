package fairlead.providers.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ChatChunkScan;
import fairlead.providers.wire.SseEvent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ChatRelayStreamTest {
  private static final String FINISH =
      "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
  private static final String USAGE_ONLY =
      "{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}}";

  private final ChatRelayStream stream = new ChatRelayStream();
  private final ByteSink out = new ByteSink();

  private int event(String name, String data, String whole) {
    SseEvent event = new SseEvent();
    byte[] n = name.getBytes(StandardCharsets.UTF_8);
    byte[] d = data.getBytes(StandardCharsets.UTF_8);
    byte[] w = whole.getBytes(StandardCharsets.UTF_8);
    event.name().set(n, 0, n.length);
    event.data().set(d, 0, d.length);
    event.whole().set(w, 0, w.length);
    out.clear();
    return stream.accept(event, out);
  }

  private int data(String data) {
    return event("", data, "data: " + data + "\n\n");
  }

  private static String delta(String delta) {
    return "{\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":null}]}";
  }

  @Test
  void speaksTheNumbersOfItsInterface() {
    assertThat(ChatChunkScan.CONTENT).isEqualTo(AnswerStream.CONTENT);
    assertThat(ChatChunkScan.FINISH).isEqualTo(AnswerStream.FINISH);
    assertThat(ChatChunkScan.USAGE).isEqualTo(AnswerStream.USAGE);
    assertThat(ChatChunkScan.ERROR).isEqualTo(AnswerStream.ERROR);
    assertThat(ChatChunkScan.MALFORMED).isEqualTo(AnswerStream.MALFORMED);
  }

  @Test
  void passesAWholeStreamAsItCame() {
    stream.begin(true);
    assertThat(data(delta("{\"role\":\"assistant\",\"content\":\"\"}"))).isZero();
    assertThat(data(delta("{\"content\":\"hi\"}"))).isEqualTo(AnswerStream.CONTENT);
    assertThat(out).hasToString("data: " + delta("{\"content\":\"hi\"}") + "\n\n");
    assertThat(data(FINISH)).isEqualTo(AnswerStream.FINISH);
    assertThat(data(USAGE_ONLY)).isEqualTo(AnswerStream.USAGE);
    assertThat(out).hasToString("data: " + USAGE_ONLY + "\n\n");
    assertThat(stream.usage().promptTokens()).isEqualTo(5);
    assertThat(stream.usage().completionTokens()).isEqualTo(7);
    assertThat(data("[DONE]")).isEqualTo(AnswerStream.DONE);
    assertThat(out).hasToString("data: [DONE]\n\n");
    out.clear();
    stream.finish(out);
    assertThat(out.isEmpty()).isTrue();
  }

  @Test
  void keepsAnUnwantedUsageChunk() {
    stream.begin(false);
    assertThat(data(USAGE_ONLY)).isEqualTo(AnswerStream.USAGE);
    assertThat(out.isEmpty()).isTrue();
    assertThat(stream.usage().known()).isTrue();
    // Azure's first chunk has no choices either, but something to say.
    assertThat(data("{\"choices\":[],\"prompt_filter_results\":[]}")).isZero();
    assertThat(out.isEmpty()).isFalse();
    // Usage beside a choice stays.
    String both =
        "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1}}";
    assertThat(data(both)).isEqualTo(AnswerStream.USAGE | AnswerStream.FINISH);
    assertThat(out.isEmpty()).isFalse();
  }

  @Test
  void tellsContentFromSignsOfLife() {
    stream.begin(true);
    String[] content = {
      "{\"content\":\"x\"}",
      "{\"reasoning_content\":\"x\"}",
      "{\"reasoning\":\"x\"}",
      "{\"refusal\":\"x\"}",
      "{\"content\":[{\"type\":\"thinking\",\"thinking\":[]}]}",
      "{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}",
      "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\"}}]}",
      "{\"function_call\":{\"name\":\"f\"}}",
      "{\"audio\":{\"id\":\"a\",\"data\":\"AAAA\"}}",
      "{\"audio\":{\"transcript\":\"x\"}}",
      "{\"cont\\u0065nt\":\"x\"}",
    };
    for (String delta : content) {
      assertThat(data(delta(delta))).as(delta).isEqualTo(AnswerStream.CONTENT);
    }
    String[] nothing = {
      "{}",
      "null",
      "{\"role\":\"assistant\"}",
      "{\"content\":\"\"}",
      "{\"content\":null,\"reasoning\":null,\"refusal\":null,\"tool_calls\":null}",
      "{\"content\":[]}",
      "{\"tool_calls\":[]}",
      "{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"type\":\"function\"}]}",
      "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\"}}]}",
      "{\"audio\":{\"id\":\"a\"}}",
      "{\"unknown\":\"x\"}",
    };
    for (String delta : nothing) {
      assertThat(data(delta(delta))).as(delta).isZero();
      assertThat(out.isEmpty()).isFalse();
    }
    assertThat(data("{\"choices\":[{\"text\":\"x\",\"index\":0,\"finish_reason\":null}]}"))
        .isEqualTo(AnswerStream.CONTENT);
    assertThat(data("{\"choices\":[{\"text\":\"\",\"index\":0}]}")).isZero();
  }

  @Test
  void passesCommentsAndPings() {
    stream.begin(true);
    assertThat(event("", "", ": keep-alive\n\n")).isEqualTo(AnswerStream.ALIVE);
    assertThat(out).hasToString(": keep-alive\n\n");
    assertThat(event("ping", "", "event: ping\n\n")).isEqualTo(AnswerStream.ALIVE);
    assertThat(out).hasToString("event: ping\n\n");
    assertThat(event("", "", "\n")).isEqualTo(AnswerStream.ALIVE);
    assertThat(out).hasToString("\n");
  }

  @Test
  void keepsErrorsToItself() {
    String[] errors = {
      "{\"error\":{\"message\":\"boom\",\"type\":\"server_error\"}}",
      "{\"error\":{\"message\":\"boom\",\"code\":\"server_error\"},\"choices\":[{\"delta\":{\"content\":\"x\"}}]}",
      "{\"object\":\"error\",\"message\":\"boom\",\"type\":\"server_error\",\"code\":500}",
      "{\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\",\"error\":{\"message\":\"boom\",\"code\":\"server_error\"}}]}",
      "{\"error\":\"boom\",\"code\":\"server_error\"}",
    };
    for (String error : errors) {
      stream.begin(true);
      assertThat(data(error) & AnswerStream.ERROR).as(error).isNotZero();
      assertThat(out.isEmpty()).isTrue();
      assertThat(stream.errorMessage()).isEqualTo("boom");
      assertThat(stream.errorType()).isEqualTo("server_error");
    }
    stream.begin(true);
    assertThat(event("error", "{\"error\":{\"message\":\"boom\",\"code\":\"c\"}}", "x\n\n"))
        .isEqualTo(AnswerStream.ERROR);
    assertThat(out.isEmpty()).isTrue();
    assertThat(stream.errorMessage()).isEqualTo("boom");
    assertThat(stream.errorType()).isEqualTo("c");
    for (String reason : new String[] {"error", "insufficient_system_resource", "network_error"}) {
      stream.begin(true);
      int signals = data("{\"choices\":[{\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}");
      assertThat(signals).isEqualTo(AnswerStream.ERROR);
      assertThat(stream.errorMessage()).isEqualTo(reason);
      stream.finish(out);
      assertThat(out.isEmpty()).isTrue();
    }
    stream.begin(true);
    assertThat(data("{\"error\":null,\"choices\":[]}")).isZero();
  }

  @Test
  void keepsWhatItCannotUnderstand() {
    for (String data : new String[] {"{\"choices\":[{\"delta\":{\"content\":\"x", "x", "[]", "5"}) {
      stream.begin(true);
      assertThat(data(data)).as(data).isEqualTo(AnswerStream.MALFORMED);
      assertThat(out.isEmpty()).isTrue();
    }
  }

  @Test
  void endsAFinishedStreamOnce() {
    stream.begin(true);
    data(delta("{\"content\":\"x\"}"));
    out.clear();
    stream.finish(out);
    assertThat(out.isEmpty()).isTrue();
    data(FINISH);
    out.clear();
    stream.finish(out);
    assertThat(out).hasToString("data: [DONE]\n\n");
    stream.finish(out);
    assertThat(out).hasToString("data: [DONE]\n\n");
  }

  @Test
  void anEndMarkWithoutAFinishDoesNotPass() {
    stream.begin(true);
    data(delta("{\"content\":\"x\"}"));
    assertThat(data("[DONE]")).isEqualTo(AnswerStream.DONE);
    assertThat(out.isEmpty()).isTrue();
  }

  @Test
  void aSumAndAnEndMarkAreAFinishToo() {
    // Snowflake never sends a finish reason.
    stream.begin(false);
    data(delta("{\"content\":\"x\"}"));
    assertThat(data(USAGE_ONLY)).isEqualTo(AnswerStream.USAGE);
    assertThat(data("[DONE]")).isEqualTo(AnswerStream.DONE | AnswerStream.FINISH);
    assertThat(out).hasToString("data: [DONE]\n\n");
    stream.begin(false);
    data(delta("{\"content\":\"x\"}"));
    data(USAGE_ONLY);
    out.clear();
    stream.finish(out);
    assertThat(out.isEmpty()).isTrue();
  }

  @Test
  void everyChoiceMustFinish() {
    stream.begin(true);
    data("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}");
    data("{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"}}]}");
    assertThat(data(FINISH)).isZero();
    assertThat(out.isEmpty()).isFalse();
    stream.finish(out);
    assertThat(out).hasToString("data: " + FINISH + "\n\n");
    assertThat(data("{\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}"))
        .isEqualTo(AnswerStream.FINISH);
  }

  @Test
  void completesAnEventThatTheEndOfTheBodyCut() {
    stream.begin(true);
    assertThat(event("", FINISH, "data: " + FINISH)).isEqualTo(AnswerStream.FINISH);
    stream.finish(out);
    assertThat(out).hasToString("data: " + FINISH + "\n\ndata: [DONE]\n\n");
    stream.begin(true);
    data(FINISH);
    assertThat(event("", "[DONE]", "data: [DONE]\r\n")).isEqualTo(AnswerStream.DONE);
    assertThat(out).hasToString("data: [DONE]\r\n\n");
    for (String end : new String[] {"\r\n\r\n", "\n\n", "\r\r", "\r\n\r", "\n\r\n", "\n\r"}) {
      event("", "", ": x" + end);
      assertThat(out).hasToString(": x" + end);
    }
  }
}
