package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Real clients see the same answer from memory as from the provider, plain or streamed, whichever
 * way it was asked for first.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CacheClientsIT {
  private static final String TEXT = "It is 15 °C \"there\", said the\nweather.";
  private static final int TRIES = 3; // of each question

  private final ReplayUpstream upstream = ReplayUpstream.start();
  private final TalkingProvider provider = new TalkingProvider(_ -> TEXT);
  private final GatewayProcess gateway;

  CacheClientsIT() {
    upstream.on("one", provider);
    gateway =
        GatewayProcess.start(
            "providers:\n"
                + GatewayProcess.provider("one", upstream.baseUrl("one"), Map.of())
                + "routing:\n  r: { targets: [one/m] }\ncache: { exact: true }\n");
  }

  @AfterAll
  void close() throws IOException {
    gateway.close();
    upstream.close();
  }

  private static ChatCompletion stream(OpenAIClient client, ChatCompletionCreateParams params) {
    ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params)) {
      chunks.stream().forEach(whole::accumulate);
    }
    return whole.chatCompletion();
  }

  @Test
  void java() {
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(gateway.baseUrl())
            .apiKey("sk-any-caller")
            .maxRetries(0)
            .build();
    int before = provider.calls();
    for (boolean streamFirst : new boolean[] {false, true}) {
      ChatCompletionCreateParams.Builder plain =
          ChatCompletionCreateParams.builder()
              .model("r")
              .addUserMessage("Does Java see the same, stream first: " + streamFirst + "?");
      ChatCompletionCreateParams once = plain.build();
      ChatCompletionCreateParams streamed =
          plain
              .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
              .build();
      ChatCompletion first =
          streamFirst ? stream(client, streamed) : client.chat().completions().create(once);
      assertThat(first.choices().getFirst().message().content()).hasValue(TEXT);
      for (ChatCompletion again :
          List.of(client.chat().completions().create(once), stream(client, streamed))) {
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.created()).isEqualTo(first.created());
        assertThat(again.model()).isEqualTo(first.model());
        assertThat(again.choices().getFirst().message().content()).hasValue(TEXT);
        assertThat(again.choices().getFirst().finishReason())
            .isEqualTo(first.choices().getFirst().finishReason());
        assertThat(again.usage().orElseThrow().promptTokens())
            .isEqualTo(first.usage().orElseThrow().promptTokens());
        assertThat(again.usage().orElseThrow().completionTokens())
            .isEqualTo(first.usage().orElseThrow().completionTokens());
      }
    }
    client.close();
    assertThat(provider.calls() - before).isEqualTo(2);
  }

  @Test
  void node() throws IOException {
    seesTheSame(ClientPackages.node(), "node memory.mjs", 4);
  }

  @Test
  void python() throws IOException {
    seesTheSame(ClientPackages.python(), "venv/bin/python memory.py", 2);
  }

  private void seesTheSame(Path folder, String command, int questions) throws IOException {
    int before = provider.calls();
    Shell.Result shell = Shell.run(command + " " + gateway.baseUrl(), folder, 90);
    assertThat(shell.exitCode()).as(shell.output()).isZero();
    Map<String, List<Map<String, Object>>> answers = new LinkedHashMap<>();
    for (String line : shell.output().lines().filter(l -> l.startsWith("{")).toList()) {
      Map<String, Object> answer = Recordings.object(line.getBytes(StandardCharsets.UTF_8));
      answers
          .computeIfAbsent(String.valueOf(answer.get("name")), _ -> new ArrayList<>())
          .add(answer);
    }
    assertThat(answers).as(shell.output()).hasSize(questions);
    answers.forEach(
        (name, calls) -> {
          assertThat(calls).as(name).hasSize(TRIES);
          assertThat(calls.getFirst())
              .as(name)
              .containsEntry("ok", true)
              .containsEntry("text", TEXT)
              .containsEntry("promptTokens", 7);
          assertThat(calls).as(name).allMatch(calls.getFirst()::equals);
        });
    assertThat(provider.calls() - before).isEqualTo(questions);
  }
}
