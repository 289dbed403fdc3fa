package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.UpstreamException;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Streams that break after their first content: the caller gets all of the text, once, or an error.
 */
class RescueTest {
  private static final String ASK =
      "{\"model\":\"route\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]%s}";
  private static final String ROLE = "{\"role\":\"assistant\",\"content\":\"\"}";
  private static final String DONE = "data: [DONE]\n\n";
  private static final List<String> WORDS =
      List.of("Das ", "Haus ", "ist \\\"grün\\\" ", "und \\ud83d\\ude00 ", "älter", ".\\n");

  private final ScriptedUpstream first = new ScriptedUpstream();
  private final ScriptedUpstream second = new ScriptedUpstream();

  private static String yaml(String secondType, String more) {
    return """
    providers:
      one: { type: openai-compatible, base_url: "http://1.example/v1", retries: { max: 1, backoff_ms: 1, max_backoff_ms: 1 } }
      two: { type: %s, base_url: "http://2.example", api_key: "two-key-of-some-length", stream_usage: true }
    routing:
      route: { strategy: priority, targets: [one/small, two/claude-sonnet-4-5] %s }
    """
        .formatted(secondType, more);
  }

  private Rig rig(String more) {
    return new Rig(yaml("openai-compatible", more), Map.of("one", first, "two", second));
  }

  private static String chunk(String model, String delta, String finish) {
    return "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"model\":\""
        + model
        + "\",\"choices\":[{\"index\":0,\"delta\":"
        + delta
        + ",\"finish_reason\":"
        + finish
        + "}]}\n\n";
  }

  private static String word(String model, String text) {
    return chunk(model, "{\"content\":\"" + text + "\"}", "null");
  }

  private static String stop(String model) {
    return chunk(model, "{}", "\"stop\"");
  }

  /** The whole answer. */
  private static String stream(String model) {
    StringBuilder text = new StringBuilder(chunk(model, ROLE, "null"));
    for (String word : WORDS) {
      text.append(word(model, word));
    }
    return text.append(stop(model)).append(DONE).toString();
  }

  /** What a client would show. */
  private static String shown(String events) {
    StringBuilder text = new StringBuilder();
    for (String event : events.split("\n\n")) {
      int at = event.indexOf("\"content\":\"");
      if (event.startsWith("data: {") && at >= 0) {
        int from = at + 11;
        int to = from;
        while (event.charAt(to) != '"') {
          to += event.charAt(to) == '\\' ? 2 : 1;
        }
        text.append(event, from, to);
      }
    }
    return text.toString()
        .replace("\\ud83d\\ude00", "😀")
        .replace("\\u00fc", "ü")
        .replace("\\\"", "\"")
        .replace("\\n", "\n");
  }

  private static String whole() {
    return "Das Haus ist \"grün\" und 😀 älter.\n";
  }

  private FakeExchange ask(Rig rig) throws IOException {
    return rig.call(FakeExchange.chat(ASK.formatted("")));
  }

  @Test
  void anotherTargetFinishesWhatOneBegan() throws IOException {
    first.then(
        Answer.stream(word("small", "Das "), word("small", "Haus "))
            .thenFails(UpstreamException.Kind.BODY_CUT));
    second.then(Answer.stream(stream("large")));
    try (Rig rig = rig("")) {
      FakeExchange http = ask(rig);
      assertThat(http.status).isEqualTo(200);
      assertThat(http.ended).isTrue();
      assertThat(http.aborted).isFalse();
      assertThat(shown(http.text())).isEqualTo(whole());
      // What follows is the second target's, byte for byte, and says so.
      assertThat(http.text())
          .isEqualTo(
              word("small", "Das ")
                  + word("small", "Haus ")
                  + word("large", WORDS.get(2))
                  + word("large", WORDS.get(3))
                  + word("large", WORDS.get(4))
                  + word("large", WORDS.get(5))
                  + stop("large")
                  + DONE);
      assertThat(rig.series("fairlead_rescues_total{")).contains("restarted").endsWith(" 1.0");
      assertThat(first.attempts())
          .as("nobody asks the same target while there is another")
          .isEqualTo(1);
    }
  }

  /** Cut after every byte, in one piece and in many. */
  @Test
  void whereverItIsCutNoWordIsLostAndNoneComesTwice() throws IOException {
    byte[] all = stream("small").getBytes(StandardCharsets.UTF_8);
    String other =
        chunk("large", ROLE, "null")
            + word("large", "Das Haus ist \\\"gr\\u00fcn\\\" u")
            + word("large", "nd 😀 älter.")
            + word("large", "\\n")
            + stop("large")
            + DONE;
    for (int cut = 0; cut < all.length; cut++) {
      for (int size : new int[] {7, all.length}) {
        ScriptedUpstream breaks = new ScriptedUpstream();
        Answer answer = Answer.stream();
        for (int at = 0; at < cut; at += size) {
          answer.piece(Arrays.copyOfRange(all, at, Math.min(cut, at + size)));
        }
        breaks.then(answer.thenFails(UpstreamException.Kind.BODY_CUT));
        try (Rig rig =
            new Rig(
                yaml("openai-compatible", ""),
                Map.of("one", breaks, "two", new ScriptedUpstream().then(Answer.stream(other))))) {
          FakeExchange http = ask(rig);
          assertThat(shown(http.text()))
              .as("cut after %d of %d", cut, all.length)
              .isEqualTo(whole());
          assertThat(http.ended).isTrue();
          assertThat(http.text()).endsWith(DONE).containsOnlyOnce("[DONE]");
        }
      }
    }
  }

  @Test
  void aTextThatGoesAnotherWayEndsInAnError() throws IOException {
    first.then(Answer.stream(word("small", "Das "), word("small", "Haus ")));
    second.then(Answer.stream(word("large", "Das "), word("large", "Heim "), stop("large"), DONE));
    try (Rig rig = rig("")) {
      FakeExchange http = ask(rig);
      assertThat(http.text())
          .startsWith(
              word("small", "Das ") + word("small", "Haus ") + "event: error\ndata: {\"error\":")
          .contains("differs from the text that was sent already")
          .doesNotContain("Heim")
          .doesNotContain("[DONE]");
      assertThat(http.aborted).isTrue();
    }
  }

  @Test
  void aTargetThatContinuesIsGivenTheBeginning() throws IOException {
    first.then(Answer.stream(word("small", "Das "), word("small", "Haus ")));
    second.then(Answer.stream(word("large", " ist "), word("large", "alt."), stop("large"), DONE));
    try (Rig rig =
        new Rig(
            yaml("openai-compatible", "").replace("stream_usage: true", "prefill: true"),
            Map.of("one", first, "two", second))) {
      FakeExchange http = ask(rig);
      assertThat(second.bodies.getFirst())
          .contains(
              "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},"
                  + "{\"role\":\"assistant\",\"content\":\"Das Haus\"}]");
      assertThat(shown(http.text())).isEqualTo("Das Haus ist alt.");
      assertThat(rig.series("fairlead_rescues_total{")).contains("resumed");
    }
  }

  @Test
  void aTargetThatRefusesABeginningIsAskedAnewAndRemembered() throws IOException {
    String refusal =
        "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":"
            + "\"This model does not support assistant message prefill.\"}}";
    first
        .then(Answer.stream(word("small", "Das "), word("small", "Haus ")))
        .then(Answer.stream(word("small", "Das "), word("small", "Haus ")));
    second
        .then(Answer.json(400, refusal))
        .then(Answer.stream(stream("large")))
        .then(Answer.stream(stream("large")));
    try (Rig rig =
        new Rig(
            yaml("openai-compatible", "").replace("stream_usage: true", "prefill: true"),
            Map.of("one", first, "two", second))) {
      FakeExchange http = ask(rig);
      assertThat(shown(http.text())).isEqualTo(whole());
      assertThat(http.text()).doesNotContain("prefill");
      assertThat(second.bodies.get(1)).doesNotContain("assistant");
      assertThat(shown(ask(rig).text())).isEqualTo(whole());
      assertThat(second.attempts()).as("the refusal is known now").isEqualTo(3);
    }
  }

  @Test
  void whatCannotBeContinuedSoundlyEndsInAnError() throws IOException {
    String call =
        "{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}";
    String[][] cases = {
      {",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", word("small", "Das ")},
      {",\"response_format\":{\"type\":\"json_object\"}", word("small", "{")},
      {",\"n\":2", word("small", "Das ")},
      {"", chunk("small", call, "null")},
      {"", chunk("small", "{\"reasoning_content\":\"Hm\"}", "null") + word("small", "Das ")},
    };
    for (String[] one : cases) {
      ScriptedUpstream breaks = new ScriptedUpstream().then(Answer.stream(one[1]));
      ScriptedUpstream other = new ScriptedUpstream().then(Answer.stream(stream("large")));
      try (Rig rig = new Rig(yaml("openai-compatible", ""), Map.of("one", breaks, "two", other))) {
        FakeExchange http = rig.call(FakeExchange.chat(ASK.formatted(one[0])));
        assertThat(http.text())
            .as(one[0] + one[1])
            .contains("event: error")
            .doesNotContain("[DONE]");
        assertThat(http.aborted).isTrue();
        assertThat(other.attempts()).isZero();
        assertThat(rig.series("fairlead_rescues_total{")).contains("unsound");
      }
    }
  }

  @Test
  void anAnthropicStreamIsFinishedByAnother() throws IOException {
    String answer =
        """
        event: message_start
        data: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant",\
        "model":"claude-sonnet-4-5","content":[],"usage":{"input_tokens":9,"output_tokens":1}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" ist alt."}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}

        event: message_stop
        data: {"type":"message_stop"}

        """;
    first.then(Answer.stream(word("small", "Das "), word("small", "Haus")));
    second.then(Answer.stream(answer));
    try (Rig rig = new Rig(yaml("anthropic", ""), Map.of("one", first, "two", second))) {
      FakeExchange http =
          rig.call(
              FakeExchange.chat(ASK.formatted(",\"stream_options\":{\"include_usage\":true}")));
      assertThat(second.bodies.getFirst()).contains("\"role\":\"assistant\"").contains("Das Haus");
      assertThat(shown(http.text())).isEqualTo("Das Haus ist alt.");
      assertThat(http.text()).contains("\"completion_tokens\":7").endsWith(DONE);
    }
  }

  @Test
  void aLoneTargetIsAskedOnceMore() throws IOException {
    first
        .then(Answer.stream(word("small", "Das "), word("small", "Haus ")))
        .then(Answer.stream(stream("small")));
    try (Rig rig =
        new Rig(
            yaml("openai-compatible", "").replace(", two/claude-sonnet-4-5", ""),
            Map.of("one", first, "two", second))) {
      assertThat(shown(ask(rig).text())).isEqualTo(whole());
      assertThat(first.attempts()).isEqualTo(2);
    }
  }

  @Test
  void whatBreaksTwiceIsFinishedByTheThird() throws IOException {
    ScriptedUpstream third = new ScriptedUpstream().then(Answer.stream(stream("last")));
    first.then(Answer.stream(word("small", "Das ")));
    second.then(Answer.stream(word("large", "Das "), word("large", "Haus ")));
    String yaml =
        yaml("openai-compatible", "")
            .replace(
                "routing:",
                "  three: { type: openai-compatible, base_url: \"http://3.example/v1\" }\nrouting:")
            .replace("claude-sonnet-4-5]", "claude-sonnet-4-5, three/m]");
    try (Rig rig = new Rig(yaml, Map.of("one", first, "two", second, "three", third))) {
      FakeExchange http = ask(rig);
      assertThat(shown(http.text())).isEqualTo(whole());
      assertThat(http.text()).endsWith(DONE);
    }
  }

  @Test
  void nobodyLeftMeansAnErrorThatTellsTheStory() throws IOException {
    first.then(Answer.stream(word("small", "Das ")));
    second.then(Answer.json(401, "{}"));
    try (Rig rig = rig("")) {
      FakeExchange http = ask(rig);
      assertThat(http.text())
          .startsWith(word("small", "Das ") + "event: error\ndata: ")
          .contains("one/small: the stream ended without a finish reason")
          .contains("two/claude-sonnet-4-5: HTTP 401")
          .doesNotContain("[DONE]");
      assertThat(http.aborted).isTrue();
    }
  }

  @Test
  void aRefusalOfTheBeginningIsOnlyHeldAgainstWhoRefusedIt() throws IOException {
    ScriptedUpstream zero =
        new ScriptedUpstream()
            .then(
                Answer.json(
                    400,
                    "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":"
                        + "\"This model does not support assistant message prefill.\"}}"));
    first.then(Answer.stream(word("small", "Das "), word("small", "Haus ")));
    second
        .then(Answer.failing(UpstreamException.Kind.RESET_BEFORE_RESPONSE))
        .then(Answer.stream(word("large", " ist "), word("large", "alt."), stop("large"), DONE));
    String yaml =
        yaml("openai-compatible", "")
            .replace(
                "stream_usage: true",
                "prefill: true, retries: { backoff_ms: 1, max_backoff_ms: 1 }")
            .replace(
                "routing:",
                "  zero: { type: anthropic, api_key: zero-key-of-some-length }\nrouting:")
            .replace("targets: [", "targets: [zero/claude-opus-4-6, ");
    try (Rig rig = new Rig(yaml, Map.of("zero", zero, "one", first, "two", second))) {
      assertThat(shown(ask(rig).text())).isEqualTo("Das Haus ist alt.");
      assertThat(second.bodies.get(1)).contains("assistant");
    }
  }

  @Test
  void aStreamThatOutlastsTheWholeCallTimedOut() throws IOException {
    first.then(Answer.stream(word("small", "Das ")).thenFails(UpstreamException.Kind.CALL_TIMEOUT));
    second.then(Answer.stream(stream("large")));
    try (Rig rig = rig("")) {
      FakeExchange http = ask(rig);
      assertThat(http.text()).contains("event: error").contains("stream_timeout");
      assertThat(second.attempts()).as("there is no time left for another").isZero();
    }
  }
}
