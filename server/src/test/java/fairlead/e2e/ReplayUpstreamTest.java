package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import fairlead.e2e.Recordings.Exchange;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fixtures themselves: what they replay is what a client sees, without a gateway between. */
final class ReplayUpstreamTest {
  private final ReplayUpstream upstream = ReplayUpstream.start();

  @AfterEach
  void close() throws IOException {
    upstream.close();
  }

  @ParameterizedTest
  @CsvSource({"LENGTH,0", "LENGTH,3", "CHUNKED,0", "CHUNKED,1", "CHUNKED,7", "CLOSE,0", "CLOSE,5"})
  void theBodyIsReplayedWhateverTheFraming(ReplayUpstream.Framing framing, int piece)
      throws IOException {
    byte[] body = "data: {\"é\":1}\r\n\r\n: x\n\ndata: [DONE]\n\n".getBytes(StandardCharsets.UTF_8);
    Exchange exchange =
        new Exchange("made up", "/x", "m", new byte[0], 201, "text/event-stream", body);
    upstream.on("name", exchange, framing, piece);
    URI uri = URI.create(upstream.baseUrl("name"));

    RawClient.Response answer = RawClient.post(uri.getPort(), uri.getPath() + "/x", "{\"a\": 1}");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.complete()).isTrue();
    assertThat(answer.body()).isEqualTo(body);
    assertThat(upstream.take("name").text()).isEqualTo("{\"a\": 1}");
  }

  @Test
  void everyRecordingIsRead() {
    List<Exchange> openAi = Recordings.openAiWire();
    List<Exchange> anthropic = Recordings.anthropic();

    System.out.println(
        openAi.size() + " exchanges in the OpenAI wire, " + anthropic.size() + " of Anthropic's");
    assertThat(openAi).hasSizeGreaterThan(200);
    assertThat(anthropic).hasSizeGreaterThan(50);
    assertThat(openAi)
        .allSatisfy(
            exchange ->
                assertThat(
                        Recordings.object(Recordings.withModel(exchange.request(), "x/\"é\""))
                            .get("model"))
                    .isEqualTo("x/\"é\""));
  }

  @Test
  void aRealClientReadsAReplayAsTheSlowReaderDoes() {
    Exchange plain = Recordings.find(Recordings.openAiWire(), "envoy-ai", "chat-basic#0");
    upstream.on("name", plain, ReplayUpstream.Framing.CHUNKED, 100);
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(upstream.baseUrl("name"))
            .apiKey("sk-x")
            .maxRetries(0)
            .build();

    String text =
        client
            .chat()
            .completions()
            .create(ChatCompletionCreateParams.builder().model("m").addUserMessage("Hi").build())
            .choices()
            .getFirst()
            .message()
            .content()
            .orElseThrow();
    client.close();

    assertThat(text).isEqualTo(Answer.ofOpenAi(plain.response(), false).text());
    assertThat(upstream.take("name").header("authorization")).isEqualTo("Bearer sk-x");
  }
}
