package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.e2e.Recordings.Exchange;
import fairlead.e2e.ReplayUpstream.Framing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Every recorded answer of Anthropic's Messages through the packaged gateway, asked for in the
 * OpenAI wire: same text, same tool calls, exact usage.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AnthropicGoldenIT {
  private final List<Exchange> exchanges = Recordings.anthropic();
  private final ReplayUpstream upstream = ReplayUpstream.start();
  private final GatewayProcess gateway;

  AnthropicGoldenIT() {
    StringBuilder providers = new StringBuilder("providers:\n");
    for (int i = 0; i < exchanges.size(); i++) {
      providers.append(
          GatewayProcess.provider(
              "a" + i,
              upstream.origin("a" + i),
              Map.of("type", "anthropic", "api_key", "sk-ant-" + i)));
    }
    gateway = GatewayProcess.start(providers.toString());
  }

  @AfterAll
  void close() throws IOException {
    gateway.close();
    upstream.close();
  }

  @Test
  void everyRecordedAnswerBecomesTheSameChatAnswer() throws IOException {
    List<String> differences = new ArrayList<>();
    int streams = 0;
    int errors = 0;
    for (int i = 0; i < exchanges.size(); i++) {
      Exchange exchange = exchanges.get(i);
      upstream.on("a" + i, exchange, i % 2 == 0 ? Framing.CHUNKED : Framing.LENGTH, i % 3 * 11);
      boolean stream = Boolean.TRUE.equals(Recordings.object(exchange.request()).get("stream"));
      String options = stream ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" : "";
      RawClient.Response answer =
          RawClient.post(
              gateway.port(),
              "/v1/chat/completions",
              "{\"model\":\"a"
                  + i
                  + "/"
                  + exchange.model()
                  + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]"
                  + options
                  + "}");
      ReplayUpstream.Received sent = upstream.take("a" + i);
      if (!sent.path().endsWith("/v1/messages")
          || !sent.header("x-api-key").equals("sk-ant-" + i)
          || sent.header("anthropic-version").isEmpty()
          || !exchange.model().equals(Recordings.object(sent.body()).get("model"))) {
        differences.add(exchange + ": sent " + sent.head() + sent.text());
      }
      if (exchange.status() != 200) {
        errors++;
        compareError(exchange, answer, differences);
      } else {
        streams += stream ? 1 : 0;
        compare(exchange, stream, answer, differences);
      }
    }
    System.out.println(
        "anthropic through the gateway: "
            + exchanges.size()
            + " exchanges, "
            + streams
            + " streams, "
            + errors
            + " errors, differences: "
            + differences.size());
    assertThat(differences).isEmpty();
  }

  private static void compare(
      Exchange exchange, boolean stream, RawClient.Response answer, List<String> differences) {
    if (answer.status() != 200 || !answer.complete()) {
      differences.add(exchange + ": " + answer.status() + " " + answer.text());
      return;
    }
    Answer expected = Answer.ofAnthropic(exchange.response(), stream);
    Answer found = Answer.ofOpenAi(answer.body(), stream);
    if (!expected.equals(found)) {
      differences.add(exchange + ":\n  expected " + expected + "\n  found    " + found);
    }
    if (stream) {
      compareStream(exchange, answer.text(), differences);
    }
  }

  private static void compareStream(Exchange exchange, String stream, List<String> differences) {
    List<Map<String, Object>> events = Answer.events(stream.getBytes(StandardCharsets.UTF_8));
    String first = events.getFirst().toString();
    String last = events.getLast().toString();
    if (!first.contains("role=assistant")
        || !last.contains("choices=[]")
        || !stream.endsWith("data: [DONE]\n\n")) {
      differences.add(exchange + ": not in the order of a chat stream: " + stream);
    }
  }

  private static void compareError(
      Exchange exchange, RawClient.Response answer, List<String> differences) {
    Map<String, Object> expected =
        Recordings.child(Recordings.object(exchange.response()), "error");
    Map<String, Object> found = Recordings.child(Recordings.object(answer.body()), "error");
    if (answer.status() != exchange.status()
        || !String.valueOf(found.get("message"))
            .contains(String.valueOf(expected.get("message")))) {
      differences.add(exchange + ": error became " + answer.status() + " " + answer.text());
    }
  }
}
