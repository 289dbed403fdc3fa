package fairlead.server.caching;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.Operation;
import fairlead.providers.Usage;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ChatAnswerScan;
import fairlead.providers.wire.SentText;
import fairlead.server.caching.StorableAnswer.Reason;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Collecting what a caller is sent. */
final class AnswerCaptureTest {
  private static final String ANSWER =
      "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}";

  private final AnswerCapture capture = new AnswerCapture();
  private final SentText text = new SentText();
  private final Usage usage = new Usage();

  private void plain(String body, boolean looked) {
    byte[] bytes = ("-" + body).getBytes(StandardCharsets.UTF_8);
    ChatAnswerScan scan = new ChatAnswerScan();
    scan.scan(bytes, 1, bytes.length);
    capture.sent(Operation.CHAT, bytes, 1, bytes.length - 1, looked ? scan : null);
  }

  private @Nullable Reason read(boolean streamed) {
    return capture.read(
        Operation.CHAT, streamed, usage, new StreamAssembler(), new StorableAnswer());
  }

  private void begin(int maxBytes) {
    capture.begin(maxBytes, true);
    text.begin(capture.notes());
  }

  private void send(String events) {
    ByteSink piece = new ByteSink();
    piece.utf8(events);
    text.accept(piece, 0);
    capture.sent(piece, text);
  }

  private String answer() {
    return new String(capture.answer(), StandardCharsets.UTF_8);
  }

  @Test
  void aPlainAnswerIsKeptAsItWasSentUpToTheBound() {
    for (boolean looked : new boolean[] {true, false}) {
      plain(ANSWER, looked);
      assertThat(capture.isOn()).isFalse();
      capture.begin(1_000, false);
      plain(ANSWER, looked);
      assertThat(capture.isKnown(false, text)).isEqualTo(looked);
      assertThat(looked ? capture.take(false, text, usage) : read(false)).isNull();
      assertThat(answer()).isEqualTo(ANSWER);
      capture.end();
      assertThat(capture.answer()).isEmpty();
      capture.begin(ANSWER.length() - 1, false);
      plain(ANSWER, looked);
      assertThat(looked ? capture.take(false, text, usage) : read(false))
          .isEqualTo(Reason.TOO_LARGE);
      capture.end();
    }
  }

  @Test
  void whatIsNotWholeIsNotKept() {
    capture.begin(1_000, false);
    plain(ANSWER.replace("stop", "length"), true);
    assertThat(capture.take(false, text, usage)).isEqualTo(Reason.NOT_FINISHED);
    capture.begin(1_000, false);
    assertThat(read(false)).as("nothing was sent").isEqualTo(Reason.MALFORMED);
    begin(1_000);
    send("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n");
    assertThat(capture.take(true, text, usage)).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void streamBecomesAnAnswerWithTheCountsOfWhoCounted() {
    usage.prompt(3);
    usage.completion(1);
    begin(1_000);
    send(
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":"
            + "\"stop\"}]}\r\n\r\n: ping\r\n\r\n");
    send("data: [DONE]\r\n\r\n");
    assertThat(capture.isKnown(true, text)).isTrue();
    assertThat(capture.take(true, text, usage)).isNull();
    assertThat(answer())
        .isEqualTo(
            "{\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
                + "\"assistant\",\"content\":\"a\"},\"finish_reason\":\"stop\"}],\"usage\":{"
                + "\"prompt_tokens\":3,\"completion_tokens\":1,\"total_tokens\":4}}");
  }

  @Test
  void eventsOfAStreamThatIsNotPlainAreKeptUpToABound() {
    String thinking = "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"hm\"}}]}\n\n";
    begin(50);
    send(thinking);
    send(thinking);
    assertThat(capture.isKnown(true, text)).isFalse();
    assertThat(capture.isOn()).isTrue();
    send(thinking.repeat(100));
    assertThat(capture.isOn()).isFalse();
  }
}
