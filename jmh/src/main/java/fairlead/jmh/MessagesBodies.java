package fairlead.jmh;

import java.nio.charset.StandardCharsets;

/** Streams as the Messages wire has them: one block in so many pieces. */
final class MessagesBodies {
  private MessagesBodies() {}

  static byte[] text(int pieces) {
    return stream(
        "{\"type\":\"text\",\"text\":\"\"}",
        "{\"type\":\"text_delta\",\"text\":\" token\"}",
        pieces,
        "end_turn");
  }

  static byte[] thinking(int pieces) {
    return stream(
        "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}",
        "{\"type\":\"thinking_delta\",\"thinking\":\" a thought\"}",
        pieces,
        "end_turn");
  }

  static byte[] tool(int pieces) {
    return stream(
        "{\"type\":\"tool_use\",\"id\":\"toolu_01\",\"name\":\"read_file\",\"input\":{}}",
        "{\"type\":\"input_json_delta\",\"partial_json\":\"\\\"path\\\": \"}",
        pieces,
        "tool_use");
  }

  private static byte[] stream(String block, String delta, int pieces, String stop) {
    StringBuilder text = new StringBuilder();
    event(
        text,
        "message_start",
        "\"message\":{\"id\":\"msg_01\",\"type\":\"message\",\"role\":\"assistant\",\"model\":"
            + "\"claude-sonnet-4-5\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,"
            + "\"usage\":{\"input_tokens\":14,\"output_tokens\":1}}");
    event(text, "content_block_start", "\"index\":0,\"content_block\":" + block);
    for (int i = 0; i < pieces; i++) {
      event(text, "content_block_delta", "\"index\":0,\"delta\":" + delta);
    }
    event(text, "content_block_stop", "\"index\":0");
    event(
        text,
        "message_delta",
        "\"delta\":{\"stop_reason\":\""
            + stop
            + "\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":100}");
    text.append("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void event(StringBuilder text, String type, String members) {
    text.append("event: ")
        .append(type)
        .append("\ndata: {\"type\":\"")
        .append(type)
        .append("\",")
        .append(members)
        .append("}\n\n");
  }
}
