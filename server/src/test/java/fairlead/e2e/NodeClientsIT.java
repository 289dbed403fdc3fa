package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Node clients, {@code openai} and {@code ai} with {@code @ai-sdk/openai-compatible}, against
 * the packaged gateway. Skipped where Node or npm is missing or the packages cannot be installed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NodeClientsIT {
  private static final List<String> MODELS =
      List.of(ClientScene.SIMULATED, ClientScene.OPENAI, ClientScene.ANTHROPIC);

  private final Path folder;
  private final ClientScene scene;

  NodeClientsIT() throws IOException {
    folder = ClientPackages.node();
    scene = ClientScene.start();
  }

  @AfterAll
  void close() throws IOException {
    scene.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai.mjs", "ai.mjs"})
  void everyScenarioGoesAsItWouldWithTheProviderItself(String script) throws IOException {
    List<Map<String, Object>> cases =
        MODELS.stream()
            .map(
                model ->
                    Map.<String, Object>of(
                        "model",
                        model,
                        "tool",
                        tool(model, false),
                        "streamTool",
                        tool(model, true)))
            .toList();
    Map<String, Map<String, Object>> results = run(script, cases);
    List<String> wrong = new ArrayList<>();
    for (String model : MODELS) {
      for (boolean stream : new boolean[] {false, true}) {
        checkText(model, stream, result(results, (stream ? "stream " : "plain ") + model), wrong);
        checkTools(
            model, stream, result(results, (stream ? "stream-tools " : "tools ") + model), wrong);
      }
    }
    for (Map.Entry<String, Integer> failure :
        Map.of("unknown model", 404, "wrong key", 401).entrySet()) {
      Map<String, Object> result = result(results, failure.getKey());
      if (!failure.getValue().equals(result.get("status"))) {
        wrong.add(failure.getKey() + ": " + result);
      }
    }
    System.out.println(script + ": " + results.size() + " scenarios, unexpected: " + wrong.size());
    assertThat(wrong).isEmpty();
    results.forEach(
        (name, result) ->
            assertThat(String.valueOf(result.get("message")))
                .as(name)
                .doesNotContain("sk-somebody-else"));
  }

  private Map<String, Map<String, Object>> run(String script, Object cases) throws IOException {
    Files.write(folder.resolve("cases.json"), Recordings.JSON_READER.asBytes(cases));
    Shell.Result node =
        Shell.run(
            "node "
                + script
                + " "
                + scene.gateway().baseUrl()
                + " "
                + ClientScene.KEY
                + " \"$(cat cases.json)\"",
            folder,
            90);
    assertThat(node.exitCode()).as(node.output()).isZero();
    Map<String, Map<String, Object>> results = new LinkedHashMap<>();
    try (Stream<String> lines = node.output().lines()) {
      lines
          .filter(line -> line.startsWith("{"))
          .map(line -> Recordings.object(line.getBytes(StandardCharsets.UTF_8)))
          .forEach(result -> results.put(String.valueOf(result.get("name")), result));
    }
    return results;
  }

  private static Map<String, Object> result(Map<String, Map<String, Object>> results, String name) {
    return results.getOrDefault(name, Map.of("message", "the script did not get to " + name));
  }

  private void checkText(
      String model, boolean stream, Map<String, Object> result, List<String> wrong) {
    String text = String.valueOf(result.get("text"));
    boolean right = "stop".equals(result.get("finish"));
    if (model.equals(ClientScene.SIMULATED)) {
      right &= !text.isBlank() && number(result, "completionTokens") > 0;
    } else {
      ClientScene.Conversation recorded = scene.conversation(model);
      Answer expected = recorded.read(stream ? recorded.stream() : recorded.plain());
      right &= text.equals(expected.text());
      if (expected.promptTokens() >= 0) {
        right &= number(result, "promptTokens") == expected.promptTokens();
        right &= number(result, "completionTokens") == expected.completionTokens();
      }
    }
    if (!right) {
      wrong.add((stream ? "stream " : "plain ") + model + ": " + result);
    }
  }

  private void checkTools(
      String model, boolean stream, Map<String, Object> result, List<String> wrong) {
    boolean right = "tool_calls".equals(result.get("finish"));
    List<?> calls = result.get("calls") instanceof List<?> list ? list : List.of();
    right &= !calls.isEmpty();
    for (Object call : calls) {
      right &= call instanceof Map<?, ?> map && tool(model, stream).equals(map.get("name"));
    }
    String text = String.valueOf(result.get("text"));
    if (model.equals(ClientScene.SIMULATED)) {
      right &= !text.isBlank() && result.containsKey("text");
    } else {
      ClientScene.Conversation recorded = scene.conversation(model);
      Answer expected = recorded.read(stream ? recorded.streamCall() : recorded.call());
      right &= calls.size() == expected.calls().size();
      for (int i = 0; right && i < calls.size(); i++) {
        right =
            calls.get(i) instanceof Map<?, ?> call
                && expected.calls().get(i).arguments().equals(call.get("arguments"));
      }
      right &=
          text.equals(
              recorded.read(stream ? recorded.streamAfterCall() : recorded.afterCall()).text());
    }
    if (!right) {
      wrong.add((stream ? "stream-tools " : "tools ") + model + ": " + result);
    }
  }

  private static long number(Map<String, Object> result, String name) {
    return result.get(name) instanceof Number number ? number.longValue() : -1;
  }

  private String tool(String model, boolean stream) {
    if (model.equals(ClientScene.SIMULATED)) {
      return "get_weather";
    }
    ClientScene.Conversation recorded = scene.conversation(model);
    return recorded
        .read(stream ? recorded.streamCall() : recorded.call())
        .calls()
        .getFirst()
        .name();
  }
}
