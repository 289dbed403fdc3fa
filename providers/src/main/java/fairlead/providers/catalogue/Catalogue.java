package fairlead.providers.catalogue;

import static fairlead.providers.catalogue.KnownProvider.Wire.ANTHROPIC;
import static fairlead.providers.catalogue.KnownProvider.Wire.OPENAI;
import static fairlead.providers.catalogue.KnownProvider.Wire.OPENAI_COMPATIBLE;

import fairlead.providers.catalogue.KnownProvider.Wire;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The providers that can be used by name alone, and those that are known but speak a wire this
 * version does not.
 *
 * <p>Immutable and thread-safe; read while a configuration is loaded, never per call.
 *
 * <p>Addresses and environment names are what the providers document for OpenAI clients. Order
 * matters: it is the order in which providers found in the environment are listed. Usage in streams
 * is asked for with {@code stream_options} except where the provider sends it anyway (Mistral: in
 * the finish chunk; Perplexity: in every chunk).
 */
public final class Catalogue {
  private static final List<KnownProvider> PROVIDERS =
      List.of(
          new KnownProvider(
              "openai",
              List.of(),
              OPENAI,
              "https://api.openai.com/v1",
              List.of("OPENAI_API_KEY"),
              List.of(
                  "gpt-",
                  "chatgpt-",
                  "o1",
                  "o3",
                  "o4",
                  "text-embedding-",
                  "omni-moderation-",
                  "dall-e-",
                  "whisper-",
                  "tts-"),
              "gpt-4o-mini",
              true,
              false),
          new KnownProvider(
              "anthropic",
              List.of("claude"),
              ANTHROPIC,
              "https://api.anthropic.com/v1",
              List.of("ANTHROPIC_API_KEY"),
              List.of("claude-"),
              "claude-sonnet-4-5",
              false,
              false),
          // Google's own door for OpenAI clients.
          compatible(
              "gemini",
              List.of("google", "google_ai_studio"),
              "https://generativelanguage.googleapis.com/v1beta/openai",
              List.of("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"),
              List.of("gemini-", "gemma-"),
              "gemini-2.5-flash"),
          compatible(
              "groq",
              List.of(),
              "https://api.groq.com/openai/v1",
              List.of("GROQ_API_KEY"),
              List.of(),
              "llama-3.3-70b-versatile"),
          new KnownProvider(
              "mistral",
              List.of("mistralai"),
              OPENAI_COMPATIBLE,
              "https://api.mistral.ai/v1",
              List.of("MISTRAL_API_KEY"),
              List.of(
                  "mistral-",
                  "ministral-",
                  "magistral-",
                  "codestral-",
                  "devstral-",
                  "pixtral-",
                  "open-mistral-",
                  "open-mixtral-"),
              "mistral-small-latest",
              false,
              false),
          compatible(
              "deepseek",
              List.of(),
              "https://api.deepseek.com",
              List.of("DEEPSEEK_API_KEY"),
              List.of("deepseek-"),
              "deepseek-chat"),
          compatible(
              "openrouter",
              List.of("open_router"),
              "https://openrouter.ai/api/v1",
              List.of("OPENROUTER_API_KEY"),
              List.of(),
              "openrouter/auto"),
          compatible(
              "together",
              List.of("together_ai", "togetherai"),
              "https://api.together.ai/v1",
              List.of("TOGETHER_API_KEY", "TOGETHERAI_API_KEY"),
              List.of(),
              "meta-llama/Llama-3.3-70B-Instruct-Turbo"),
          compatible(
              "xai",
              List.of("x_ai", "grok"),
              "https://api.x.ai/v1",
              List.of("XAI_API_KEY"),
              List.of("grok-"),
              "grok-4-latest"),
          compatible(
              "fireworks",
              List.of("fireworks_ai"),
              "https://api.fireworks.ai/inference/v1",
              List.of("FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY"),
              List.of("accounts/fireworks/"),
              null),
          compatible(
              "cerebras",
              List.of(),
              "https://api.cerebras.ai/v1",
              List.of("CEREBRAS_API_KEY"),
              List.of(),
              "gpt-oss-120b"),
          new KnownProvider(
              "perplexity",
              List.of(),
              OPENAI_COMPATIBLE,
              "https://api.perplexity.ai",
              List.of("PERPLEXITY_API_KEY", "PERPLEXITYAI_API_KEY"),
              List.of("sonar"),
              "sonar",
              false,
              false),
          compatible(
              "nvidia",
              List.of("nvidia_nim", "nim"),
              "https://integrate.api.nvidia.com/v1",
              List.of("NVIDIA_API_KEY", "NVIDIA_NIM_API_KEY"),
              List.of(),
              null),
          compatible(
              "sambanova",
              List.of(),
              "https://api.sambanova.ai/v1",
              List.of("SAMBANOVA_API_KEY"),
              List.of(),
              null),
          compatible(
              "moonshot",
              List.of("moonshotai", "kimi"),
              "https://api.moonshot.ai/v1",
              List.of("MOONSHOT_API_KEY"),
              List.of("kimi-", "moonshot-"),
              "kimi-latest"),
          compatible(
              "dashscope",
              List.of("qwen", "alibaba"),
              "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
              List.of("DASHSCOPE_API_KEY"),
              List.of("qwen-", "qwq-"),
              "qwen-plus"),
          compatible(
              "zai",
              List.of("z_ai", "zhipu", "zhipuai"),
              "https://api.z.ai/api/paas/v4",
              List.of("ZAI_API_KEY", "ZHIPU_API_KEY"),
              List.of("glm-"),
              "glm-4.6"),
          compatible(
              "nebius",
              List.of(),
              "https://api.tokenfactory.nebius.com/v1",
              List.of("NEBIUS_API_KEY"),
              List.of(),
              null),
          compatible(
              "deepinfra",
              List.of(),
              "https://api.deepinfra.com/v1/openai",
              List.of("DEEPINFRA_API_KEY"),
              List.of(),
              null),
          compatible(
              "novita",
              List.of("novita_ai"),
              "https://api.novita.ai/openai",
              List.of("NOVITA_API_KEY"),
              List.of(),
              null),
          compatible(
              "baseten",
              List.of(),
              "https://inference.baseten.co/v1",
              List.of("BASETEN_API_KEY"),
              List.of(),
              null),
          compatible(
              "parasail",
              List.of(),
              "https://api.parasail.io/v1",
              List.of("PARASAIL_API_KEY"),
              List.of(),
              null),
          compatible(
              "hyperbolic",
              List.of(),
              "https://api.hyperbolic.xyz/v1",
              List.of("HYPERBOLIC_API_KEY"),
              List.of(),
              null),
          compatible(
              "ai21",
              List.of(),
              "https://api.ai21.com/studio/v1",
              List.of("AI21_API_KEY"),
              List.of("jamba-"),
              null),
          // No environment name: HF_TOKEN and GITHUB_TOKEN are set on many machines for other ends,
          // and a key must not travel to a model provider unasked.
          compatible(
              "huggingface",
              List.of("hugging_face", "hf"),
              "https://router.huggingface.co/v1",
              List.of(),
              List.of(),
              null),
          compatible(
              "github",
              List.of("github_models"),
              "https://models.github.ai/inference",
              List.of(),
              List.of(),
              null),
          local("ollama", "http://127.0.0.1:11434/v1"),
          local("lmstudio", "http://127.0.0.1:1234/v1"),
          local("vllm", "http://127.0.0.1:8000/v1"));

  /** Known by name, but only through a wire of their own that this version does not speak. */
  private static final List<String> UNSUPPORTED =
      List.of(
          "bedrock",
          "aws_bedrock",
          "amazon_bedrock",
          "sagemaker",
          "azure",
          "azure_openai",
          "azure_ai",
          "vertex",
          "vertex_ai",
          "google_vertex",
          "gemini_native",
          "cohere",
          "watsonx",
          "replicate",
          "databricks",
          "snowflake",
          "cloudflare",
          "workers_ai");

  private static final Map<String, KnownProvider> BY_NAME = byName();

  private Catalogue() {}

  /** Every provider that can be used by name alone. */
  public static List<KnownProvider> providers() {
    return PROVIDERS;
  }

  /** The provider of that name or alias, whatever its case and its dashes, or null. */
  public static @Nullable KnownProvider find(String name) {
    return BY_NAME.get(canonical(name));
  }

  /** Whether the name is a real provider whose wire this version does not speak. */
  public static boolean isUnsupported(String name) {
    return UNSUPPORTED.contains(canonical(name));
  }

  private static String canonical(String name) {
    return name.toLowerCase(Locale.ROOT).replace('-', '_').replace('.', '_');
  }

  private static Map<String, KnownProvider> byName() {
    Map<String, KnownProvider> names = new LinkedHashMap<>();
    for (KnownProvider provider : PROVIDERS) {
      names.put(provider.name(), provider);
      for (String alias : provider.aliases()) {
        names.put(alias, provider);
      }
    }
    return Map.copyOf(names);
  }

  private static KnownProvider compatible(
      String name,
      List<String> aliases,
      String baseUrl,
      List<String> environment,
      List<String> modelPrefixes,
      @Nullable String defaultModel) {
    return new KnownProvider(
        name,
        aliases,
        Wire.OPENAI_COMPATIBLE,
        baseUrl,
        environment,
        modelPrefixes,
        defaultModel,
        true,
        false);
  }

  private static KnownProvider local(String name, String baseUrl) {
    return new KnownProvider(
        name, List.of(), OPENAI_COMPATIBLE, baseUrl, List.of(), List.of(), null, true, true);
  }
}
