package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The official Java client against the packaged gateway. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OpenAiJavaIT {
  private final ClientScene scene;
  private final OpenAIClient client;

  OpenAiJavaIT() throws IOException {
    scene = ClientScene.start();
    client = client(ClientScene.KEY);
  }

  @BeforeAll
  void says() {
    System.out.println(
        "openai-java 4.100.0, gateway ready after " + scene.gateway().readyMillis() + " ms");
  }

  @AfterAll
  void close() throws IOException {
    client.close();
    scene.close();
  }

  private OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(scene.gateway().baseUrl())
        .apiKey(key)
        .maxRetries(0)
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {ClientScene.SIMULATED, ClientScene.OPENAI, ClientScene.ANTHROPIC})
  void plainChat(String model) {
    ChatCompletion answer = client.chat().completions().create(question(model).build());

    String text = answer.choices().getFirst().message().content().orElseThrow();
    assertThat(answer.choices().getFirst().finishReason().asString()).isEqualTo("stop");
    assertThat(answer.usage().orElseThrow().totalTokens()).isPositive();
    if (model.equals(ClientScene.SIMULATED)) {
      assertThat(text).isNotBlank();
    } else {
      ClientScene.Conversation recorded = scene.conversation(model);
      Answer expected = recorded.read(recorded.plain());
      assertThat(text).isEqualTo(expected.text());
      assertThat(answer.usage().orElseThrow().promptTokens()).isEqualTo(expected.promptTokens());
      assertThat(answer.usage().orElseThrow().completionTokens())
          .isEqualTo(expected.completionTokens());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ClientScene.SIMULATED, ClientScene.OPENAI, ClientScene.ANTHROPIC})
  void streamedChat(String model) {
    ChatCompletionCreateParams params =
        question(model)
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();

    ChatCompletion answer = stream(params);

    String text = answer.choices().getFirst().message().content().orElseThrow();
    assertThat(answer.choices().getFirst().finishReason().asString()).isEqualTo("stop");
    if (model.equals(ClientScene.SIMULATED)) {
      String plain =
          client
              .chat()
              .completions()
              .create(question(model).build())
              .choices()
              .getFirst()
              .message()
              .content()
              .orElseThrow();
      assertThat(text).isEqualTo(plain);
      assertThat(answer.usage().orElseThrow().completionTokens()).isPositive();
    } else {
      ClientScene.Conversation recorded = scene.conversation(model);
      Answer expected = recorded.read(recorded.stream());
      assertThat(text).isEqualTo(expected.text());
      if (expected.promptTokens() >= 0) {
        assertThat(answer.usage().orElseThrow().promptTokens()).isEqualTo(expected.promptTokens());
        assertThat(answer.usage().orElseThrow().completionTokens())
            .isEqualTo(expected.completionTokens());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ClientScene.SIMULATED, ClientScene.OPENAI, ClientScene.ANTHROPIC})
  void toolRoundTrip(String model) {
    roundTrip(model, false);
  }

  @ParameterizedTest
  @ValueSource(strings = {ClientScene.SIMULATED, ClientScene.OPENAI, ClientScene.ANTHROPIC})
  void streamedToolRoundTrip(String model) {
    roundTrip(model, true);
  }

  private void roundTrip(String model, boolean streamed) {
    String tool = toolName(model, streamed);
    ChatCompletionCreateParams.Builder params = question(model).addFunctionTool(tool(tool));

    ChatCompletion first = answer(params.build(), streamed);

    assertThat(first.choices().getFirst().finishReason().asString()).isEqualTo("tool_calls");
    ChatCompletionMessage message = first.choices().getFirst().message();
    List<ChatCompletionMessageFunctionToolCall> calls =
        message.toolCalls().orElseThrow().stream().map(call -> call.asFunction()).toList();
    assertThat(calls).isNotEmpty();
    params.addMessage(message);
    for (ChatCompletionMessageFunctionToolCall call : calls) {
      assertThat(call.function().name()).isEqualTo(tool);
      Map<String, Object> arguments =
          Recordings.object(call.function().arguments().getBytes(StandardCharsets.UTF_8));
      if (!model.equals(ClientScene.SIMULATED)) {
        assertThat(arguments)
            .isEqualTo(recordedCall(model, streamed).calls().getFirst().arguments());
      }
      params.addMessage(
          ChatCompletionToolMessageParam.builder().toolCallId(call.id()).content("15 °C").build());
    }

    ChatCompletion second = answer(params.build(), streamed);

    assertThat(second.choices().getFirst().finishReason().asString()).isEqualTo("stop");
    String text = second.choices().getFirst().message().content().orElseThrow();
    if (model.equals(ClientScene.SIMULATED)) {
      assertThat(text).isNotBlank();
    } else {
      ClientScene.Conversation recorded = scene.conversation(model);
      Answer expected = recorded.read(streamed ? recorded.streamAfterCall() : recorded.afterCall());
      assertThat(text).isEqualTo(expected.text());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ClientScene.SIMULATED, "recorded_openai/text-embedding-3-small"})
  void embeddings(String model) {
    CreateEmbeddingResponse answer =
        client
            .embeddings()
            .create(EmbeddingCreateParams.builder().model(model).input("The flaky test").build());

    assertThat(answer.data()).isNotEmpty();
    assertThat(answer.data().getFirst().embedding()).hasSizeGreaterThan(8);
    assertThat(answer.usage().promptTokens()).isPositive();
  }

  @Test
  void aWrongCallerKeyIsUnauthorized() {
    OpenAIClient stranger = client("sk-somebody-else");
    UnauthorizedException refused =
        catchThrowableOfType(
            UnauthorizedException.class,
            () -> stranger.chat().completions().create(question(ClientScene.OPENAI).build()));
    stranger.close();

    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.getMessage()).doesNotContain("sk-somebody-else");
  }

  @Test
  void aRefusalOfTheProvidersKeyIsNotTakenForTheCallers() {
    OpenAIServiceException failed =
        catchThrowableOfType(
            OpenAIServiceException.class,
            () -> client.chat().completions().create(question(ClientScene.BAD_KEY).build()));

    assertThat(failed.getMessage()).doesNotContain("sk-wrong");
    System.out.println("provider's key refused: caller sees " + failed.statusCode());
  }

  @Test
  void anUnknownModelIsNotFoundAndSaysWhatThereIs() {
    NotFoundException missing =
        catchThrowableOfType(
            NotFoundException.class,
            () -> client.chat().completions().create(question("no-such-model-here").build()));

    assertThat(missing.code()).contains("model_not_found");
    assertThat(missing.getMessage()).contains("no-such-model-here");
  }

  @Test
  void theProvidersOwnNotFoundComesThrough() {
    NotFoundException missing =
        catchThrowableOfType(
            NotFoundException.class,
            () ->
                client
                    .chat()
                    .completions()
                    .create(question("recorded_openai/gpt-nonexistent").build()));

    assertThat(missing.getMessage()).contains("gpt-4.1-nano-wrong");
  }

  @Test
  void aMalformedRequestIsABadRequest() {
    BadRequestException bad =
        catchThrowableOfType(
            BadRequestException.class,
            () ->
                client
                    .chat()
                    .completions()
                    .create(
                        question(ClientScene.OPENAI)
                            .putAdditionalBodyProperty("model", JsonValue.from(42))
                            .build()));

    assertThat(bad.statusCode()).isEqualTo(400);
  }

  @Test
  void listsModels() {
    List<String> ids = client.models().list().data().stream().map(Model::id).toList();

    System.out.println("models: " + ids);
    assertThat(ids).anyMatch(id -> id.endsWith("listed-model"));
  }

  private String toolName(String model, boolean streamed) {
    return model.equals(ClientScene.SIMULATED)
        ? "get_weather"
        : recordedCall(model, streamed).calls().getFirst().name();
  }

  private Answer recordedCall(String model, boolean streamed) {
    ClientScene.Conversation recorded = scene.conversation(model);
    return recorded.read(streamed ? recorded.streamCall() : recorded.call());
  }

  private static ChatCompletionCreateParams.Builder question(String model) {
    return ChatCompletionCreateParams.builder()
        .model(model)
        .addUserMessage("What is the weather in Berlin?");
  }

  private static FunctionDefinition tool(String name) {
    return FunctionDefinition.builder()
        .name(name)
        .description("Looks something up")
        .parameters(
            FunctionParameters.builder()
                .putAdditionalProperty("type", JsonValue.from("object"))
                .putAdditionalProperty(
                    "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                .build())
        .build();
  }

  private ChatCompletion answer(ChatCompletionCreateParams params, boolean streamed) {
    return streamed ? stream(params) : client.chat().completions().create(params);
  }

  private ChatCompletion stream(ChatCompletionCreateParams params) {
    ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params)) {
      chunks.stream().forEach(whole::accumulate);
    }
    return whole.chatCompletion();
  }
}
