package fairlead.jmh;

import java.nio.charset.StandardCharsets;

/** Request bodies and answer streams of usual shape and given size. */
final class Bodies {
  private Bodies() {}

  /** A chat request of about {@code bytes} bytes whose messages repeat {@code text}. */
  static byte[] chat(int bytes, String text) {
    StringBuilder body = new StringBuilder();
    body.append("{\"model\":\"build_triage\",\"stream\":true,\"temperature\":0.2,")
        .append("\"max_tokens\":512,\"user\":\"ci-agent-7\",\"messages\":[")
        .append(
            "{\"role\":\"system\",\"content\":\"You explain failed builds in two sentences.\"},");
    String[] roles = {"user", "assistant", "user"};
    int textBytes = text.getBytes(StandardCharsets.UTF_8).length;
    int repeats = Math.max(1, (bytes - 350) / (roles.length * textBytes));
    for (int i = 0; i < roles.length; i++) {
      body.append(i == 0 ? "" : ",")
          .append("{\"role\":\"")
          .append(roles[i])
          .append("\",\"content\":\"")
          .append(text.repeat(repeats))
          .append("\"}");
    }
    body.append("],\"fallbacks\":[\"openai/gpt-4o-mini\"]}");
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** A chat request of at least {@code bytes} bytes made of tool schemas. */
  static byte[] withTools(int bytes) {
    StringBuilder body = new StringBuilder();
    body.append(
            "{\"model\":\"build_triage\",\"messages\":[{\"role\":\"user\",\"content\":\"go\"}],")
        .append("\"tools\":[");
    for (int i = 0; body.length() < bytes; i++) {
      body.append(i == 0 ? "" : ",")
          .append("{\"type\":\"function\",\"function\":{\"name\":\"tool_")
          .append(i)
          .append("\",\"description\":\"Reads a file of the project.\",\"parameters\":{")
          .append("\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},")
          .append("\"from\":{\"type\":\"integer\",\"minimum\":1},\"deep\":{\"type\":\"boolean\"}},")
          .append("\"required\":[\"path\"],\"additionalProperties\":false}}}");
    }
    return body.append("]}").toString().getBytes(StandardCharsets.UTF_8);
  }

  /** One chunk of a streamed chat answer, as OpenAI writes it. */
  static String chunk(String delta, String finishReason) {
    return "{\"id\":\"chatcmpl-CbqFzPLmGkPpPyLWmKv1KLJNkYxZ0\",\"object\":\"chat.completion.chunk\","
        + "\"created\":1763000000,\"model\":\"gpt-4o-mini-2024-07-18\",\"service_tier\":\"default\","
        + "\"system_fingerprint\":\"fp_560af6e559\",\"choices\":[{\"index\":0,\"delta\":"
        + delta
        + ",\"logprobs\":null,\"finish_reason\":"
        + finishReason
        + "}],\"usage\":null}";
  }

  /** A streamed answer: a role, {@code events} pieces of text, a finish, usage, the end mark. */
  static byte[] stream(int events) {
    StringBuilder text = new StringBuilder();
    event(text, chunk("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}", "null"));
    for (int i = 0; i < events; i++) {
      event(text, chunk("{\"content\":\" token" + i + "\"}", "null"));
    }
    event(text, chunk("{}", "\"stop\""));
    event(
        text,
        "{\"id\":\"chatcmpl-CbqFzPLmGkPpPyLWmKv1KLJNkYxZ0\",\"object\":\"chat.completion.chunk\","
            + "\"choices\":[],\"usage\":{\"prompt_tokens\":14,\"completion_tokens\":100,"
            + "\"total_tokens\":114,\"prompt_tokens_details\":{\"cached_tokens\":0},"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":0}}}");
    event(text, "[DONE]");
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** An answer of 1 KB. */
  static byte[] answer() {
    return ("{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1763000000,"
            + "\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
            + "\"assistant\",\"content\":\""
            + "A test timed out. ".repeat(40)
            + "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":400,"
            + "\"completion_tokens\":160,\"total_tokens\":560}}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void event(StringBuilder text, String data) {
    text.append("data: ").append(data).append("\n\n");
  }
}
