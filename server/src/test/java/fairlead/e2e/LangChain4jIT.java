package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LangChain4j's OpenAI client against the packaged gateway. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LangChain4jIT {
  private static final ChatMessage QUESTION = UserMessage.from("What is the weather in Berlin?");

  private final ClientScene scene;

  LangChain4jIT() throws IOException {
    scene = ClientScene.start();
  }

  @AfterAll
  void close() throws IOException {
    scene.close();
  }

  @ParameterizedTest
  @CsvSource({
    ClientScene.SIMULATED + ",false",
    ClientScene.SIMULATED + ",true",
    ClientScene.OPENAI + ",false",
    ClientScene.OPENAI + ",true",
    ClientScene.ANTHROPIC + ",false",
    ClientScene.ANTHROPIC + ",true"
  })
  void chats(String model, boolean streamed) {
    ChatResponse answer = ask(model, streamed, List.of(QUESTION), List.of());

    assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
    if (model.equals(ClientScene.SIMULATED)) {
      assertThat(answer.aiMessage().text()).isNotBlank();
    } else {
      ClientScene.Conversation recorded = scene.conversation(model);
      Answer expected = recorded.read(streamed ? recorded.stream() : recorded.plain());
      assertThat(answer.aiMessage().text()).isEqualTo(expected.text());
      if (expected.promptTokens() >= 0) {
        assertThat(answer.tokenUsage().inputTokenCount()).isEqualTo((int) expected.promptTokens());
        assertThat(answer.tokenUsage().outputTokenCount())
            .isEqualTo((int) expected.completionTokens());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    ClientScene.SIMULATED + ",false",
    ClientScene.SIMULATED + ",true",
    ClientScene.OPENAI + ",false",
    ClientScene.OPENAI + ",true",
    ClientScene.ANTHROPIC + ",false",
    ClientScene.ANTHROPIC + ",true"
  })
  void usesTools(String model, boolean streamed) {
    boolean simulated = model.equals(ClientScene.SIMULATED);
    Answer.Call recorded = simulated ? null : recordedCall(model, streamed);
    ToolSpecification tool =
        ToolSpecification.builder()
            .name(recorded == null ? "get_weather" : recorded.name())
            .description("Looks something up")
            .parameters(JsonObjectSchema.builder().addStringProperty("city").build())
            .build();
    List<ChatMessage> messages = new ArrayList<>(List.of(QUESTION));

    AiMessage first = ask(model, streamed, messages, List.of(tool)).aiMessage();

    assertThat(first.hasToolExecutionRequests()).isTrue();
    messages.add(first);
    for (ToolExecutionRequest call : first.toolExecutionRequests()) {
      assertThat(call.name()).isEqualTo(tool.name());
      assertThat(call.id()).isNotBlank();
      if (recorded != null) {
        assertThat(Recordings.object(call.arguments().getBytes(StandardCharsets.UTF_8)))
            .isEqualTo(recorded.arguments());
      }
      messages.add(ToolExecutionResultMessage.from(call, "15 °C"));
    }

    AiMessage second = ask(model, streamed, messages, List.of(tool)).aiMessage();

    if (recorded == null) {
      assertThat(second.text()).isNotBlank();
    } else {
      ClientScene.Conversation all = scene.conversation(model);
      Answer expected = all.read(streamed ? all.streamAfterCall() : all.afterCall());
      assertThat(second.text()).isEqualTo(expected.text());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ClientScene.SIMULATED, "recorded_openai/text-embedding-3-small"})
  void embeds(String model) {
    OpenAiEmbeddingModel embeddings =
        OpenAiEmbeddingModel.builder()
            .baseUrl(scene.gateway().baseUrl())
            .apiKey(ClientScene.KEY)
            .modelName(model)
            .maxRetries(0)
            .build();

    assertThat(embeddings.embed("The flaky test").content().dimension()).isGreaterThan(8);
  }

  @Test
  void aWrongKeyIsAnAuthenticationError() {
    assertThatThrownBy(() -> chatModel(ClientScene.OPENAI, "sk-somebody-else").chat("Hello"))
        .isInstanceOf(AuthenticationException.class);
  }

  @Test
  void anUnknownModelIsModelNotFound() {
    assertThatThrownBy(() -> chatModel("no-such-model-here", ClientScene.KEY).chat("Hello"))
        .isInstanceOf(ModelNotFoundException.class);
  }

  private Answer.Call recordedCall(String model, boolean streamed) {
    ClientScene.Conversation recorded = scene.conversation(model);
    return recorded.read(streamed ? recorded.streamCall() : recorded.call()).calls().getFirst();
  }

  private OpenAiChatModel chatModel(String model, String key) {
    return OpenAiChatModel.builder()
        .baseUrl(scene.gateway().baseUrl())
        .apiKey(key)
        .modelName(model)
        .maxRetries(0)
        .build();
  }

  private ChatResponse ask(
      String model, boolean streamed, List<ChatMessage> messages, List<ToolSpecification> tools) {
    ChatRequest request =
        ChatRequest.builder().messages(messages).toolSpecifications(tools).build();
    if (!streamed) {
      return chatModel(model, ClientScene.KEY).chat(request);
    }
    OpenAiStreamingChatModel streaming =
        OpenAiStreamingChatModel.builder()
            .baseUrl(scene.gateway().baseUrl())
            .apiKey(ClientScene.KEY)
            .modelName(model)
            .build();
    CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
    streaming.chat(
        request,
        new StreamingChatResponseHandler() {
          @Override
          public void onCompleteResponse(ChatResponse response) {
            whole.complete(response);
          }

          @Override
          public void onError(Throwable error) {
            whole.completeExceptionally(error);
          }
        });
    return whole.orTimeout(20, TimeUnit.SECONDS).join();
  }
}
