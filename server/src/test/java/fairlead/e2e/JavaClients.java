package fairlead.e2e;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** The client libraries of this language; stateless. */
final class JavaClients {
  private static final String KEY = "sk-any-caller";
  private static final String QUESTION = "What is the weather in Berlin?";

  private JavaClients() {}

  /** How one library makes a call; what it throws is what it raised. */
  private interface Library {
    String answer(RealClient.Call call, Runnable content) throws Exception;
  }

  static RealClient openAi() {
    return client(JavaClients::openAi);
  }

  static RealClient langChain4j() {
    return client(JavaClients::langChain4j);
  }

  private static RealClient client(Library library) {
    return (call, content) -> {
      try {
        return new RealClient.Seen(true, library.answer(call, content));
      } catch (Exception e) {
        return new RealClient.Seen(false, e.toString());
      }
    };
  }

  private static String openAi(RealClient.Call call, Runnable content) {
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(call.baseUrl())
            .apiKey(KEY)
            .maxRetries(call.retries())
            .build();
    ChatCompletionCreateParams params =
        ChatCompletionCreateParams.builder().model(call.model()).addUserMessage(QUESTION).build();
    try {
      if (!call.stream()) {
        return client
            .chat()
            .completions()
            .create(params)
            .choices()
            .getFirst()
            .message()
            .content()
            .orElse("");
      }
      StringBuilder text = new StringBuilder();
      try (StreamResponse<ChatCompletionChunk> chunks =
          client.chat().completions().createStreaming(params)) {
        Iterator<ChatCompletionChunk> each = chunks.stream().iterator();
        while (each.hasNext()) {
          for (ChatCompletionChunk.Choice choice : each.next().choices()) {
            String more = choice.delta().content().orElse("");
            if (!more.isEmpty() && text.isEmpty()) {
              content.run();
            }
            text.append(more);
          }
        }
      }
      return text.toString();
    } finally {
      client.close();
    }
  }

  private static String langChain4j(RealClient.Call call, Runnable content) {
    if (!call.stream()) {
      return OpenAiChatModel.builder()
          .baseUrl(call.baseUrl())
          .apiKey(KEY)
          .modelName(call.model())
          .maxRetries(call.retries())
          .build()
          .chat(QUESTION);
    }
    CompletableFuture<String> whole = new CompletableFuture<>();
    AtomicBoolean began = new AtomicBoolean();
    OpenAiStreamingChatModel.builder()
        .baseUrl(call.baseUrl())
        .apiKey(KEY)
        .modelName(call.model())
        .build()
        .chat(
            QUESTION,
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(String partial) {
                if (began.compareAndSet(false, true)) {
                  content.run();
                }
              }

              @Override
              public void onCompleteResponse(ChatResponse response) {
                String text = response.aiMessage().text();
                whole.complete(text == null ? "" : text);
              }

              @Override
              public void onError(Throwable error) {
                whole.completeExceptionally(error);
              }
            });
    return whole.join();
  }
}
