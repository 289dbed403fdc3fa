package fairlead.providers.catalogue;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is publicly known of well-known models, as of 2026-08: facts restated from public price
 * lists. They help to choose a target; nobody is billed by them.
 *
 * <p>Immutable, thread-safe. Look-ups allocate: they belong where configurations are read.
 */
public final class Models {
  private static final List<KnownModel> ALL =
      List.of(
          plain("gpt-3.5-turbo", 16_385, 0.5, 1.5),
          plain("gpt-4", 8_192, 30, 60),
          plain("gpt-4-turbo", 128_000, 10, 30),
          plain("gpt-4o", 128_000, 2.5, 10),
          plain("gpt-4o-mini", 128_000, 0.15, 0.6),
          plain("gpt-4.1", 1_047_576, 2, 8),
          plain("gpt-4.1-mini", 1_047_576, 0.4, 1.6),
          plain("gpt-4.1-nano", 1_047_576, 0.1, 0.4),
          thinking("gpt-5", 272_000, 1.25, 10),
          plain("gpt-5-chat", 128_000, 1.25, 10),
          thinking("gpt-5-mini", 272_000, 0.25, 2),
          thinking("gpt-5-nano", 272_000, 0.05, 0.4),
          thinking("gpt-5-pro", 400_000, 15, 120),
          thinking("gpt-5.1", 272_000, 1.25, 10),
          thinking("gpt-5.1-codex-mini", 272_000, 0.25, 2),
          thinking("gpt-5.2", 272_000, 1.75, 14),
          thinking("gpt-5.2-pro", 272_000, 21, 168),
          thinking("gpt-5.3-codex", 272_000, 1.75, 14),
          thinking("gpt-5.4", 1_050_000, 2.5, 15),
          thinking("gpt-5.4-mini", 272_000, 0.75, 4.5),
          thinking("gpt-5.4-nano", 272_000, 0.2, 1.25),
          thinking("gpt-5.4-pro", 1_050_000, 30, 180),
          thinking("gpt-5.5", 1_050_000, 5, 30),
          thinking("gpt-5.5-pro", 1_050_000, 30, 180),
          thinking("gpt-5.6", 1_050_000, 5, 30),
          thinking("gpt-5.6-terra", 1_050_000, 2, 12),
          thinking("gpt-5.6-luna", 1_050_000, 0.2, 1.2),
          thinking("o1", 200_000, 15, 60),
          thinking("o1-pro", 200_000, 150, 600),
          thinking("o3", 200_000, 2, 8),
          thinking("o3-mini", 200_000, 1.1, 4.4),
          thinking("o3-pro", 200_000, 20, 80),
          thinking("o4-mini", 200_000, 1.1, 4.4),
          thinking("gpt-oss-120b", 131_072, 0.15, 0.6),
          thinking("gpt-oss-20b", 131_072, 0.075, 0.3),
          plain("text-embedding-3-small", 8_191, 0.02, 0),
          plain("text-embedding-3-large", 8_191, 0.13, 0),
          plain("text-embedding-ada-002", 8_191, 0.1, 0),
          plain("claude-3-haiku", 200_000, 0.25, 1.25),
          plain("claude-3-opus", 200_000, 15, 75),
          plain("claude-3-5-haiku", 200_000, 0.8, 4),
          plain("claude-3-5-sonnet", 200_000, 3, 15),
          plain("claude-3-7-sonnet", 200_000, 3, 15),
          plain("claude-opus-4", 200_000, 15, 75),
          plain("claude-sonnet-4", 200_000, 3, 15),
          plain("claude-opus-4-1", 200_000, 15, 75),
          plain("claude-opus-4-5", 200_000, 5, 25),
          plain("claude-sonnet-4-5", 200_000, 3, 15),
          plain("claude-haiku-4-5", 200_000, 1, 5),
          plain("claude-opus-4-6", 1_000_000, 5, 25),
          plain("claude-sonnet-4-6", 1_000_000, 3, 15),
          plain("claude-opus-4-7", 1_000_000, 5, 25),
          plain("claude-opus-4-8", 1_000_000, 5, 25),
          plain("claude-sonnet-5", 1_000_000, 2, 10),
          plain("claude-opus-5", 1_000_000, 5, 25),
          plain("claude-fable-5", 1_000_000, 10, 50),
          plain("gemini-2.0-flash", 1_048_576, 0.1, 0.4),
          plain("gemini-2.0-flash-lite", 1_048_576, 0.075, 0.3),
          thinking("gemini-2.5-flash", 1_048_576, 0.3, 2.5),
          plain("gemini-2.5-flash-lite", 1_048_576, 0.1, 0.4),
          thinking("gemini-2.5-pro", 1_048_576, 1.25, 10),
          thinking("gemini-3-pro", 1_048_576, 2, 12),
          thinking("gemini-3-flash", 1_048_576, 0.5, 3),
          thinking("gemini-3.1-pro", 1_048_576, 2, 12),
          thinking("gemini-3.1-flash-lite", 1_048_576, 0.25, 1.5),
          thinking("gemini-3.5-flash", 1_048_576, 1.5, 9),
          thinking("gemini-3.5-flash-lite", 1_048_576, 0.3, 2.5),
          thinking("gemini-3.6-flash", 1_048_576, 1.5, 7.5),
          plain("mistral-large", 262_144, 0.5, 1.5),
          plain("mistral-medium", 262_144, 1.5, 7.5),
          plain("mistral-small", 131_072, 0.06, 0.18),
          plain("codestral", 32_000, 1, 3),
          thinking("magistral-medium", 40_000, 2, 5),
          thinking("magistral-small", 40_000, 0.5, 1.5),
          plain("ministral-8b", 262_144, 0.15, 0.15),
          plain("devstral-medium", 256_000, 0.4, 2),
          plain("devstral-small", 256_000, 0.1, 0.3),
          plain("open-mistral-nemo", 128_000, 0.3, 0.3),
          plain("deepseek-chat", 131_072, 0.28, 0.42),
          thinking("deepseek-reasoner", 131_072, 0.28, 0.42),
          thinking("deepseek-r1", 65_536, 0.55, 2.19),
          thinking("deepseek-v4-flash", 1_000_000, 0.14, 0.28),
          thinking("deepseek-v4-pro", 1_000_000, 0.435, 0.87),
          plain("grok-3", 131_072, 3, 15),
          thinking("grok-3-mini", 131_072, 0.3, 0.5),
          thinking("grok-4", 256_000, 3, 15),
          thinking("grok-4-fast-reasoning", 2_000_000, 0.2, 0.5),
          plain("grok-4-fast-non-reasoning", 2_000_000, 0.2, 0.5),
          thinking("grok-4-1-fast", 2_000_000, 0.2, 0.5),
          plain("grok-4-1-fast-non-reasoning", 2_000_000, 0.2, 0.5),
          thinking("grok-code-fast-1", 256_000, 0.2, 1.5),
          thinking("grok-4.3", 1_000_000, 1.25, 2.5),
          thinking("grok-4.5", 500_000, 2, 6),
          plain("command-r", 128_000, 0.15, 0.6),
          plain("command-r-plus", 128_000, 2.5, 10),
          plain("command-a", 256_000, 2.5, 10),
          plain("command-r7b", 128_000, 0.0375, 0.15),
          plain("llama-3.3-70b-versatile", 128_000, 0.59, 0.79),
          plain("llama-3.1-8b-instant", 128_000, 0.05, 0.08),
          thinking("qwen3-32b", 131_000, 0.29, 0.59),
          plain("sonar", 128_000, 1, 1),
          plain("sonar-pro", 200_000, 3, 15),
          thinking("sonar-reasoning-pro", 128_000, 2, 8),
          thinking("sonar-deep-research", 128_000, 2, 8),
          plain("kimi-k2", 262_144, 0.6, 2.5),
          thinking("kimi-k2-thinking", 262_144, 0.6, 2.5),
          thinking("kimi-k2.5", 262_144, 0.6, 3),
          thinking("kimi-k2.6", 262_144, 0.95, 4),
          thinking("glm-4.5", 128_000, 0.6, 2.2),
          thinking("glm-4.5-air", 128_000, 0.2, 1.1),
          thinking("glm-4.6", 200_000, 0.6, 2.2),
          thinking("glm-4.7", 200_000, 0.6, 2.2),
          thinking("glm-5", 200_000, 1, 3.2));

  private static final Map<String, KnownModel> BY_PREFIX = new HashMap<>();

  static {
    for (KnownModel model : ALL) {
      BY_PREFIX.put(model.prefix(), model);
    }
  }

  private Models() {}

  private static KnownModel plain(String prefix, int context, double input, double output) {
    return new KnownModel(prefix, context, input, output, false);
  }

  private static KnownModel thinking(String prefix, int context, double input, double output) {
    return new KnownModel(prefix, context, input, output, true);
  }

  /** All of them. */
  public static List<KnownModel> all() {
    return ALL;
  }

  /**
   * The model of that name, or null. The longest known beginning of the name counts, if it ends
   * where a part of the name does: {@code gpt-4o-mini-2024-07-18} is {@code gpt-4o-mini}, but
   * {@code gpt-4.5} is not {@code gpt-4}. Owners before it do not matter: {@code openai/gpt-4o},
   * {@code us.anthropic.claude-sonnet-4-5-20250929-v1:0}.
   */
  public static @Nullable KnownModel find(String model) {
    String name = model.toLowerCase(Locale.ROOT);
    name = name.substring(name.lastIndexOf('/') + 1);
    int owner = name.indexOf("anthropic.");
    if (owner >= 0) {
      name = name.substring(owner + "anthropic.".length());
    }
    for (int end = name.length(); end > 0; end--) {
      if (end == name.length() || "-:@".indexOf(name.charAt(end)) >= 0) {
        KnownModel known = BY_PREFIX.get(name.substring(0, end));
        if (known != null) {
          return known;
        }
      }
    }
    return null;
  }

  /**
   * Whether the model thinks before its first visible token without being asked to: the first token
   * may then be late though nothing is wrong. Unknown models are judged by their name.
   */
  public static boolean thinksFirst(String model) {
    String name = model.toLowerCase(Locale.ROOT);
    if (name.contains("non-reasoning") || name.contains("no-thinking")) {
      return false;
    }
    KnownModel known = find(model);
    return (known != null && known.thinksFirst())
        || name.contains("-thinking")
        || name.contains("-reasoning")
        || name.contains("reasoner");
  }
}
