package fairlead.e2e;

import fairlead.e2e.ReplayUpstream.Connection;
import fairlead.e2e.ReplayUpstream.Received;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A provider that answers every chat, plain or streamed, with what a function makes of it.
 *
 * <p>Thread-safe, if the function is.
 */
final class TalkingProvider implements ReplayUpstream.Script {
  private final Function<String, String> answers;
  private final AtomicInteger calls = new AtomicInteger();

  /**
   * @param answers from the last user text to the text of the answer
   */
  TalkingProvider(Function<String, String> answers) {
    this.answers = answers;
  }

  /** How often it was asked. */
  int calls() {
    return calls.get();
  }

  @Override
  public void answer(Received request, Connection connection) throws IOException {
    calls.incrementAndGet();
    Map<String, Object> body = Recordings.object(request.body());
    String text = answers.apply(lastText(body));
    if (Boolean.TRUE.equals(body.get("stream"))) {
      stream(connection, text);
    } else {
      connection.respond(200, "application/json", plain(text), ReplayUpstream.Framing.LENGTH, 0);
    }
  }

  /** What the last message says. */
  static String lastText(Map<String, Object> body) {
    List<?> messages = (List<?>) body.getOrDefault("messages", List.of());
    Map<?, ?> last = (Map<?, ?>) messages.getLast();
    return String.valueOf(last.get("content"));
  }

  static byte[] plain(String text) throws IOException {
    return ("{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\","
            + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
            + quoted(text)
            + "},\"finish_reason\":\"stop\"}],\"usage\":"
            + usage(text)
            + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** In two pieces, with usage in an event of its own. */
  static void stream(Connection connection, String text) throws IOException {
    int half = text.offsetByCodePoints(0, text.codePointCount(0, text.length()) / 2);
    connection.beginEvents();
    connection.event(Connection.chatChunk("{\"role\":\"assistant\",\"content\":\"\"}", "null"));
    for (String piece : List.of(text.substring(0, half), text.substring(half))) {
      connection.event(Connection.chatChunk("{\"content\":" + quoted(piece) + "}", "null"));
    }
    connection.event(Connection.chatChunk("{}", "\"stop\""));
    connection.event(
        "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
            + "\"choices\":[],\"usage\":"
            + usage(text)
            + "}");
    connection.event("[DONE]");
    connection.endChunks();
  }

  private static String usage(String text) {
    int tokens = 1 + text.length() / 4;
    return "{\"prompt_tokens\":7,\"completion_tokens\":"
        + tokens
        + ",\"total_tokens\":"
        + (7 + tokens)
        + "}";
  }

  private static String quoted(String text) throws IOException {
    return Recordings.JSON_READER.asString(text);
  }
}
