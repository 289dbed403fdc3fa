package fairlead.server.caching;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.core.ObjectMappers;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import fairlead.providers.Operation;
import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What OpenAI's own client makes of the stream of a stored answer. */
final class OpenAiAccumulatorTest {
  private static final int MAX_BYTES = 1 << 20;

  private final AnswerReplay replay = new AnswerReplay();
  private final StorableAnswer storable = new StorableAnswer();

  @Test
  void theClientGetsTheStoredMessageBack() throws IOException {
    int tried = 0;
    for (Recorded.Chat chat : Recorded.chats()) {
      if (chat.status() != 200
          || chat.isStream()
          || !chat.source().contains("openai")
          || storable.check(Operation.CHAT, chat.bytes(), MAX_BYTES) != null) {
        continue;
      }
      tried++;
      ChatCompletion stored =
          ObjectMappers.jsonMapper().readValue(chat.response(), ChatCompletion.class);
      ChatCompletion accumulated = accumulated(chat);
      assertThat(accumulated.id()).as(chat.source()).isEqualTo(stored.id());
      assertThat(accumulated.model()).as(chat.source()).isEqualTo(stored.model());
      assertThat(accumulated.created()).as(chat.source()).isEqualTo(stored.created());
      assertThat(accumulated.usage()).as(chat.source()).isEqualTo(stored.usage());
      assertThat(accumulated.choices()).as(chat.source()).hasSameSizeAs(stored.choices());
      for (int i = 0; i < stored.choices().size(); i++) {
        ChatCompletion.Choice back = accumulated.choices().get(i);
        ChatCompletion.Choice choice = stored.choices().get(i);
        assertThat(back.index()).as(chat.source()).isEqualTo(choice.index());
        assertThat(back.finishReason()).as(chat.source()).isEqualTo(choice.finishReason());
        assertThat(back.message().content())
            .as(chat.source())
            .isEqualTo(choice.message().content());
        assertThat(back.message().refusal())
            .as(chat.source())
            .isEqualTo(choice.message().refusal());
      }
    }
    assertThat(tried).isGreaterThan(10);
  }

  private ChatCompletion accumulated(Recorded.Chat chat) throws IOException {
    ByteSink events = new ByteSink();
    assertThat(replay.stream(chat.bytes(), true, events)).as(chat.source()).isTrue();
    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    for (String event : events.toString().split("\n\n", -1)) {
      if (!event.isEmpty() && !event.equals("data: [DONE]")) {
        String data = event.substring("data: ".length());
        accumulator.accumulate(
            ObjectMappers.jsonMapper().readValue(data, ChatCompletionChunk.class));
      }
    }
    return accumulator.chatCompletion();
  }
}
