package fairlead.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A chat completion to be asked for, built step by step, as often as wanted.
 *
 * <p>Not thread-safe while it is built.
 */
final class ChatCall {
  static final String PATH = "/v1/chat/completions";

  private final Map<String, Object> body = new LinkedHashMap<>();
  private final List<Map<String, Object>> messages = new ArrayList<>();
  private final StringBuilder headers = new StringBuilder("Content-Type: application/json\r\n");
  private boolean streamed;

  private ChatCall(String model) {
    body.put("model", model);
    body.put("messages", messages);
  }

  /** With no message yet. */
  static ChatCall to(String model) {
    return new ChatCall(model);
  }

  static ChatCall to(String model, String question) {
    return new ChatCall(model).says("user", question);
  }

  ChatCall says(String role, String text) {
    messages.add(Map.of("role", role, "content", text));
    return this;
  }

  /** A member of the body. */
  ChatCall put(String name, Object value) {
    body.put(name, value);
    return this;
  }

  ChatCall stream(boolean wanted) {
    streamed = wanted;
    if (wanted) {
      body.put("stream", true);
      body.put("stream_options", Map.of("include_usage", true));
    }
    return this;
  }

  ChatCall header(String name, String value) {
    headers.append(name).append(": ").append(value).append("\r\n");
    return this;
  }

  ChatCall key(String key) {
    return header("Authorization", "Bearer " + key);
  }

  /** Asks memory only. */
  ChatCall fromMemory() {
    return header("x-fairlead-cache", "only");
  }

  byte[] body() {
    try {
      return Recordings.JSON_READER.asBytes(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void send(RawClient client) throws IOException {
    client.send("POST", PATH, headers.toString(), body());
  }

  RawClient.Response on(RawClient client) throws IOException {
    send(client);
    return client.response();
  }

  /** On a connection of its own. */
  RawClient.Response on(GatewayProcess gateway) throws IOException {
    try (RawClient client = new RawClient(gateway.port())) {
      return on(client);
    }
  }

  /** What an answer to this call says. */
  String text(RawClient.Response response) {
    return Answer.ofOpenAi(response.body(), streamed).text();
  }
}
