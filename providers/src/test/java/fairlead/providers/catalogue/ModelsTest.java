package fairlead.providers.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelsTest {
  private static final String PRICES =
      "prices/litellm.model_prices_and_context_window.2026-08-01.json";

  private static final List<String> OWNERS =
      List.of(
          "",
          "gemini/",
          "mistral/",
          "deepseek/",
          "xai/",
          "groq/",
          "groq/openai/",
          "groq/qwen/",
          "perplexity/",
          "moonshot/",
          "zai/");

  @ParameterizedTest
  @CsvSource({
    "gpt-4o-mini-2024-07-18, gpt-4o-mini",
    "gpt-4o, gpt-4o",
    "GPT-4o-2024-08-06, gpt-4o",
    "gpt-4-0613, gpt-4",
    "gpt-4.5-preview, ",
    "gpt-40, ",
    "openai/gpt-oss-120b, gpt-oss-120b",
    "o1-2024-12-17, o1",
    "o12, ",
    "claude-sonnet-4-20250514, claude-sonnet-4",
    "claude-sonnet-4-5@20250929, claude-sonnet-4-5",
    "us.anthropic.claude-opus-4-6-v1:0, claude-opus-4-6",
    "anthropic/claude-3-5-haiku-latest, claude-3-5-haiku",
    "gemini-2.5-flash-lite-preview, gemini-2.5-flash-lite",
    "grok-4-1-fast-non-reasoning, grok-4-1-fast-non-reasoning",
    "deepseek/deepseek-chat:free, deepseek-chat",
    "my-own-model, ",
    "'', ",
    "/, ",
  })
  void theLongestBeginningCounts(String name, @Nullable String prefix) {
    KnownModel found = Models.find(name);
    assertThat(found == null ? null : found.prefix()).isEqualTo(prefix);
  }

  @ParameterizedTest
  @CsvSource({
    "o1, true",
    "o3-mini-2025-01-31, true",
    "o4-mini, true",
    "gpt-5-mini, true",
    "gpt-5.2, true",
    "gpt-5-chat-latest, false",
    "gpt-4o, false",
    "deepseek-reasoner, true",
    "deepseek-chat, false",
    "some-model-thinking, true",
    "qwen3-235b-a22b-thinking-2507, true",
    "grok-4, true",
    "grok-4-fast-non-reasoning, false",
    "grok-9-reasoning, true",
    "grok-9-non-reasoning, false",
    "claude-sonnet-4-5, false",
    "unknown, false",
  })
  void itIsKnownWhoThinksFirst(String name, boolean thinks) {
    assertThat(Models.thinksFirst(name)).isEqualTo(thinks);
  }

  @Test
  void figuresAreOfTheRightOrder() {
    assertThat(Models.all()).hasSizeGreaterThan(60);
    assertThat(Models.all().stream().map(KnownModel::prefix)).doesNotHaveDuplicates();
    for (KnownModel model : Models.all()) {
      assertThat(Models.find(model.prefix())).isSameAs(model);
      assertThat(model.contextTokens()).as(model.prefix()).isBetween(8_000, 2_000_000);
      assertThat(model.inputUsdPerMillion()).as(model.prefix()).isBetween(0.01, 200.0);
      assertThat(model.outputUsdPerMillion()).as(model.prefix()).isBetween(0.0, 1_000.0);
    }
  }

  @Test
  void figuresAgreeWithThePriceList() throws IOException {
    Map<String, Object> list = JSON.std.mapFrom(Files.readString(data().resolve(PRICES)));
    TreeSet<String> checked = new TreeSet<>();
    for (KnownModel model : Models.all()) {
      Map<?, ?> entry = entry(list, model.prefix());
      if (entry != null) {
        compare(model, entry);
        checked.add(model.prefix());
      }
    }
    assertThat(checked).hasSizeGreaterThan(80);
  }

  /** Of several versions the present one. */
  private static @Nullable Map<?, ?> entry(Map<String, Object> list, String prefix) {
    for (String suffix : new String[] {"-latest", "", "-preview", "-versatile"}) {
      for (String owner : OWNERS) {
        if (list.get(owner + prefix + suffix) instanceof Map<?, ?> entry) {
          return entry;
        }
      }
    }
    return null;
  }

  private static void compare(KnownModel model, Map<?, ?> entry) {
    double input = perMillion(entry, "input_cost_per_token");
    double output = perMillion(entry, "output_cost_per_token");
    assertThat(model.inputUsdPerMillion())
        .as(model.prefix() + " input")
        .isBetween(input * 0.6, input * 1.6);
    assertThat(model.outputUsdPerMillion())
        .as(model.prefix() + " output")
        .isBetween(output * 0.6, output * 1.6);
    if (entry.get("max_input_tokens") instanceof Number context) {
      assertThat((double) model.contextTokens())
          .as(model.prefix() + " context")
          .isBetween(context.doubleValue() * 0.19, context.doubleValue() * 1.1);
    }
  }

  private static double perMillion(Map<?, ?> entry, String key) {
    Object value = entry.get(key);
    return value instanceof Number number ? number.doubleValue() * 1e6 : 0;
  }

  private static Path data() {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      Path data = dir.resolveSibling("shared").resolve("data");
      if (Files.isDirectory(data)) {
        return data;
      }
    }
    Assumptions.abort("no shared/data directory beside the repository: the price list is absent");
    throw new AssertionError("unreachable");
  }
}
