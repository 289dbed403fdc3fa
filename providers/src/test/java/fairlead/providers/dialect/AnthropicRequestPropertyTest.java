package fairlead.providers.dialect;

import static fairlead.providers.dialect.Recorded.list;
import static fairlead.providers.dialect.Recorded.map;
import static fairlead.providers.dialect.Recorded.string;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import fairlead.providers.dialect.AnthropicTarget.Door;
import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whatever chat request is accepted, the Messages request made of it is sound. */
class AnthropicRequestPropertyTest {
  private static final List<String> RECORDINGS =
      List.of(
          "wire/envoy-ai-gateway-openai.jsonl",
          "wire/pydantic-ai-vcr/api.cerebras.ai.jsonl",
          "wire/pydantic-ai-vcr/api.deepseek.com.jsonl",
          "wire/pydantic-ai-vcr/api.groq.com.jsonl",
          "wire/pydantic-ai-vcr/api.mistral.ai.jsonl",
          "wire/pydantic-ai-vcr/api.openai.com.jsonl",
          "wire/pydantic-ai-vcr/api.z.ai.jsonl",
          "wire/pydantic-ai-vcr/myorg-myaccount.snowflakecomputing.com.jsonl",
          "wire/pydantic-ai-vcr/openrouter.ai.jsonl",
          "wire/pydantic-ai-vcr/router.huggingface.co.jsonl",
          "wire/ruby_llm-vcr/azure-ai-services.jsonl",
          "wire/ruby_llm-vcr/deepseek.jsonl",
          "wire/ruby_llm-vcr/gpustack-vllm.jsonl",
          "wire/ruby_llm-vcr/mistral.jsonl",
          "wire/ruby_llm-vcr/ollama-cloud.jsonl",
          "wire/ruby_llm-vcr/ollama-local.jsonl",
          "wire/ruby_llm-vcr/openai.jsonl",
          "wire/ruby_llm-vcr/openrouter.jsonl",
          "wire/ruby_llm-vcr/perplexity.jsonl");
  private static final String[] TEXTS = {
    "", " ", "\n\t", "hello", "trailing \n", "\"quoted\" \\ \u0001", "äöü 漢字 😀", "{\"a\":1}"
  };
  private static final AnthropicTarget[] TARGETS = {
    AnthropicTarget.of("claude-sonnet-4-5", 4096, Door.DIRECT),
    AnthropicTarget.of("claude-opus-5", 4096, Door.DIRECT),
  };

  private final AnthropicRequest request = new AnthropicRequest();

  @Test
  void generatedRequests() throws IOException {
    long seed = Long.getLong("fairlead.seed", 20261121);
    System.out.println("AnthropicRequestPropertyTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int accepted = 0;
    for (int i = 0; i < 3000; i++) {
      String chat = JSON.std.asString(chat(random));
      AnthropicTarget target = TARGETS[random.nextInt(TARGETS.length)];
      byte[] body = chat.getBytes(UTF_8);
      ByteSink out = new ByteSink();
      try {
        request.translate(body, 0, body.length, target, out);
      } catch (RefusedRequestException e) {
        // the only request of this generator that cannot be said is one without any text
        assertThat(e.param()).as("seed %d: %s", seed, chat).isEqualTo("messages");
        continue;
      }
      accepted++;
      try {
        sound(out.toString(), target);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + chat + " became " + out, e);
      }
    }
    assertThat(accepted).isGreaterThan(2000);
  }

  @TestFactory
  Stream<DynamicTest> recordedRequests() {
    List<DynamicTest> tests = new ArrayList<>();
    int[] accepted = new int[1];
    for (String file : RECORDINGS) {
      List<Recorded.Exchange> chats =
          Recorded.exchanges(file).stream()
              .filter(exchange -> exchange.uri().contains("chat/completions"))
              .toList();
      assertThat(chats).as(file).isNotEmpty();
      tests.add(
          DynamicTest.dynamicTest(
              file, () -> chats.forEach(exchange -> accepted[0] += recorded(exchange))));
    }
    tests.add(
        DynamicTest.dynamicTest(
            "most are accepted", () -> assertThat(accepted[0]).isGreaterThan(150)));
    return tests.stream();
  }

  private int recorded(Recorded.Exchange exchange) {
    byte[] body = exchange.request().getBytes(UTF_8);
    for (AnthropicTarget target : TARGETS) {
      ByteSink out = new ByteSink();
      try {
        request.translate(body, 0, body.length, target, out);
      } catch (RefusedRequestException e) {
        assertThat(e.code()).as(e.getMessage()).isNotEqualTo("invalid_json");
        assertThat(e.param()).as(exchange.name()).isNotNull();
        return 0;
      }
      sound(out.toString(), target);
    }
    return 1;
  }

  private static void sound(String json, AnthropicTarget target) {
    Map<String, Object> sent = Recorded.object(json);
    assertThat(sent).containsEntry("model", target.model());
    assertThat(((Number) Recorded.required(sent.get("max_tokens"))).longValue()).isPositive();
    if (sent.containsKey("system")) {
      noEmptyText(list(sent.get("system")));
    }
    boolean toolsUsed = false;
    String last = "";
    Set<String> open = Set.of();
    List<Object> turns = list(sent.get("messages"));
    assertThat(turns).isNotEmpty();
    for (Object each : turns) {
      Map<String, Object> turn = map(each);
      String role = string(turn.get("role"));
      assertThat(role).isIn("user", "assistant").isNotEqualTo(last);
      last = role;
      List<Object> content = list(turn.get("content"));
      assertThat(content).isNotEmpty();
      noEmptyText(content);
      Set<String> called = new LinkedHashSet<>();
      Set<String> answered = new LinkedHashSet<>();
      boolean textSeen = false;
      for (Object part : content) {
        Map<String, Object> block = map(part);
        switch (string(block.get("type"))) {
          case "tool_use" -> {
            assertThat(string(block.get("id"))).matches("[a-zA-Z0-9_-]+");
            assertThat(block.get("input")).isInstanceOf(Map.class);
            called.add(string(block.get("id")));
          }
          case "tool_result" -> {
            assertThat(textSeen).as("results come first").isFalse();
            answered.add(string(block.get("tool_use_id")));
          }
          default -> textSeen = true;
        }
      }
      assertThat(open).containsAll(answered);
      open = called;
      toolsUsed |= !called.isEmpty();
    }
    if (toolsUsed) {
      assertThat(sent).containsKey("tools");
    }
    if (sent.containsKey("tool_choice")) {
      assertThat(list(sent.get("tools"))).isNotEmpty();
    }
    assertThat(sent.containsKey("temperature") && sent.containsKey("top_p")).isFalse();
    if (sent.get("thinking") instanceof Map<?, ?> thinking
        && thinking.get("budget_tokens") instanceof Number budget) {
      assertThat(budget.longValue())
          .isBetween(1024L, ((Number) Recorded.required(sent.get("max_tokens"))).longValue() - 1);
    }
  }

  private static void noEmptyText(List<Object> blocks) {
    for (Object block : blocks) {
      if ("text".equals(map(block).get("type"))) {
        assertThat(string(map(block).get("text"))).isNotBlank();
      }
    }
  }

  private static Map<String, Object> chat(SplittableRandom random) {
    Map<String, Object> chat = new LinkedHashMap<>();
    List<Object> messages = new ArrayList<>();
    int count = random.nextInt(9);
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(5)) {
        case 0 -> messages.add(message(random, random.nextBoolean() ? "system" : "developer"));
        case 1, 2 -> messages.add(message(random, "user"));
        case 3 -> messages.add(message(random, "assistant"));
        default -> calls(random, i, messages);
      }
    }
    chat.put("messages", messages);
    chat.put("model", "x");
    if (random.nextBoolean()) {
      chat.put("max_tokens", 1 + random.nextInt(5000));
    }
    if (random.nextBoolean()) {
      chat.put("temperature", random.nextInt(20) / 10.0);
    }
    if (random.nextBoolean()) {
      chat.put("top_p", random.nextInt(10) / 10.0);
    }
    if (random.nextInt(3) == 0) {
      chat.put("reasoning_effort", random.nextBoolean() ? "high" : "minimal");
    }
    if (random.nextInt(3) == 0) {
      chat.put("tools", List.of(Map.of("type", "function", "function", Map.of("name", "f"))));
    }
    if (random.nextInt(3) == 0) {
      chat.put("tool_choice", random.nextBoolean() ? "required" : "auto");
    }
    if (random.nextInt(3) == 0) {
      chat.put("stop", List.of(TEXTS[random.nextInt(TEXTS.length)]));
    }
    return chat;
  }

  private static Map<String, Object> message(SplittableRandom random, String role) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", role);
    message.put("content", content(random));
    return message;
  }

  private static Object content(SplittableRandom random) {
    if (random.nextBoolean()) {
      return TEXTS[random.nextInt(TEXTS.length)];
    }
    List<Object> parts = new ArrayList<>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      parts.add(Map.of("type", "text", "text", TEXTS[random.nextInt(TEXTS.length)]));
    }
    return parts;
  }

  private static void calls(SplittableRandom random, int turn, List<Object> messages) {
    Map<String, Object> assistant = message(random, "assistant");
    List<Object> calls = new ArrayList<>();
    List<Object> results = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      String id = "call:" + turn + "." + i;
      String arguments = new String[] {"", "{}", "{\"a\": [1, \"x\"]}"}[random.nextInt(3)];
      calls.add(
          Map.of(
              "id",
              id,
              "type",
              "function",
              "function",
              Map.of("name", "f", "arguments", arguments)));
      Map<String, Object> result = message(random, "tool");
      result.put("tool_call_id", id);
      results.add(result);
    }
    assistant.put("tool_calls", calls);
    if (random.nextBoolean()) {
      assistant.put(
          "thinking_blocks",
          List.of(Map.of("type", "thinking", "thinking", "t", "signature", "s")));
    }
    messages.add(assistant);
    messages.addAll(results);
  }
}
