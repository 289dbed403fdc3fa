package fairlead.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import fairlead.server.config.Config.Auth.Mode;
import fairlead.server.config.Config.ContentFilter;
import fairlead.server.config.Config.MidStream;
import fairlead.server.config.Config.ProviderType;
import fairlead.server.config.Config.Strategy;
import fairlead.server.config.Config.Target;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The shapes people publish, and the one with everything, read as they stand. */
class ConfigShapesTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "ANTHROPIC_KEY", "a-canary",
          "OPENAI_KEY", "o-canary",
          "OPENAI_API_KEY", "oa-canary",
          "ANTHROPIC_API_KEY", "an-canary",
          "GEMINI_API_KEY", "ge-canary",
          "CI_GATEWAY_KEY", "ci-canary-of-good-length",
          "KEY_A", "ka-canary",
          "KEY_B", "kb-canary");

  private final ConfigLoader loader = new ConfigLoader(ENVIRONMENT);

  private Config good(String name, String text) {
    Loaded loaded = loader.load(name, text);
    assertThat(loaded.errors()).isEmpty();
    return Objects.requireNonNull(loaded.config());
  }

  private static Config.Provider provider(Config config, String name) {
    return Objects.requireNonNull(config.providers().get(name), name);
  }

  @Test
  void shortYaml() {
    String text =
        """
        providers:
          anthropic_primary: { type: anthropic, api_key: ${ANTHROPIC_KEY}, weight: 70 }
          openai_secondary:  { type: openai,    api_key: ${OPENAI_KEY},    weight: 30 }

        routing:
          build_triage:
            providers: [anthropic_primary, openai_secondary]
            failover: true
            timeout_ms: 8000

        cache:
          semantic: { enabled: true, similarity_threshold: 0.92, ttl_seconds: 3600 }
        """;
    Config config = good("gateway.yaml", text);

    assertThat(config.providers().values())
        .extracting(p -> p.name(), p -> p.type(), p -> p.weight(), p -> p.baseUrl())
        .containsExactly(
            tuple(
                "anthropic_primary", ProviderType.ANTHROPIC, 70.0, "https://api.anthropic.com/v1"),
            tuple("openai_secondary", ProviderType.OPENAI, 30.0, "https://api.openai.com/v1"));
    assertThat(provider(config, "anthropic_primary").keys())
        .containsExactly(new Config.ProviderKey("key-1", "a-canary", 1));
    assertThat(config.routes().get("build_triage"))
        .isEqualTo(
            new Config.Route(
                "build_triage",
                List.of(
                    new Target("anthropic_primary", null, 70, 0),
                    new Target("openai_secondary", null, 30, 0)),
                Strategy.WEIGHTED,
                true,
                8000,
                MidStream.RESUME,
                ContentFilter.ERROR,
                null,
                null,
                OwnTimeouts.NONE,
                config.cache().direct()));
    assertThat(config.cache().direct())
        .extracting(
            RouteCache::exact,
            RouteCache::semantic,
            RouteCache::mode,
            RouteCache::guards,
            RouteCache::similarityThreshold,
            RouteCache::ttlSeconds)
        .containsExactly(true, true, RouteCache.Mode.SERVE, RouteCache.Guards.STRICT, 0.92, 3600);
    assertThat(config.auth().mode()).isEqualTo(Mode.LOOPBACK_ONLY);
    assertThat(loader.load("gateway.yaml", text).problems()).isEmpty();
  }

  @Test
  void jsonWithKeyListsAndFallbacks() {
    Config config =
        good(
            "config.json",
            """
            {
            \t"providers": {
            \t\t"openai": { "keys": ["env.OPENAI_API_KEY"] },
            \t\t"anthropic": { "keys": ["env.ANTHROPIC_API_KEY", "env.KEY_A"] },
            \t\t"gemini": { "keys": ["env.GEMINI_API_KEY"] }
            \t},
            \t"fallbacks": ["anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash"]
            }
            """);

    assertThat(config.providers().values())
        .extracting(p -> p.name(), p -> p.type(), p -> p.keys().size(), p -> p.baseUrl())
        .containsExactly(
            tuple("openai", ProviderType.OPENAI, 1, "https://api.openai.com/v1"),
            tuple("anthropic", ProviderType.ANTHROPIC, 2, "https://api.anthropic.com/v1"),
            tuple(
                "gemini",
                ProviderType.OPENAI_COMPATIBLE,
                1,
                "https://generativelanguage.googleapis.com/v1beta/openai"));
    assertThat(config.fallbacks())
        .containsExactly(
            new Target("anthropic", "claude-sonnet-4-5", 1, 0),
            new Target("gemini", "gemini-2.5-flash", 1, 0));
    assertThat(config.routes()).isEmpty();
  }

  @Test
  void yamlWithWeightedKeysAndFallbackRules() {
    Config config =
        good(
            "bridge.yaml",
            """
            providers:
              openai:
                keys:
                  - value: env.OPENAI_API_KEY
                    weight: 1.0
              anthropic:
                keys:
                  - value: env.ANTHROPIC_API_KEY
                    weight: 0.5
                  - value: env.KEY_A
                    weight: 0.5

            fallbacks:
              - provider: openai
                model: gpt-4o
                fallback_to:
                  - provider: anthropic
                    model: claude-sonnet-4-5
            """);

    assertThat(provider(config, "anthropic").keys())
        .containsExactly(
            new Config.ProviderKey("key-1", "an-canary", 0.5),
            new Config.ProviderKey("key-2", "ka-canary", 0.5));
    assertThat(config.fallbacks()).isEmpty();
    assertThat(config.fallbackRules())
        .containsExactly(
            new Config.FallbackRule(
                "openai", "gpt-4o", List.of(new Target("anthropic", "claude-sonnet-4-5", 1, 0))));
  }

  @Test
  void aShapeWithBedrockIsRefusedAtItsLineAndNothingElseIsSaid() {
    Loaded yaml =
        loader.load(
            "bridge.yaml",
            """
            providers:
              openai:
                keys:
                  - value: env.OPENAI_API_KEY
                    weight: 1.0
              bedrock:
                keys:
                  - value: env.NOT_SET_HERE
                    bedrock_key_config: { region: us-east-1 }
            fallbacks:
              - provider: openai
                model: gpt-4o
                fallback_to:
                  - provider: bedrock
                    model: anthropic.claude-v2
            """);
    assertThat(yaml.config()).isNull();
    assertThat(yaml.problems()).hasSize(1);
    assertThat(yaml.problems().getFirst().toString())
        .startsWith(
            "bridge.yaml:6:3: providers.bedrock: providers of type 'bedrock' are not supported in"
                + " this version; remove it, or write 'type' as one of openai, anthropic,"
                + " openai-compatible, simulated, gemini, ");

    Loaded json =
        loader.load(
            "config.json",
            """
            {"providers": {
              "mine": {"type": "bedrock", "keys": ["env.NOT_SET"], "region": "x"},
              "openai": {"keys": ["env.OPENAI_API_KEY"]}},
             "fallbacks": ["mine/x", "openai/gpt-4o"]}
            """);
    assertThat(json.problems()).hasSize(1);
    assertThat(json.problems().getFirst().toString())
        .startsWith(
            "config.json:2:20: providers.mine.type: 'bedrock' is not supported in this version");
  }

  @Test
  void everythingAtOnce() {
    String hash = "5e88".repeat(16);
    String text =
        """
        server: { host: 127.0.0.1, port: 8080 }

        auth:                     # callers' keys
          keys:
            - { name: ci-agents, value: env.CI_GATEWAY_KEY, routes: [build_triage] }
            - { name: nightly, sha256: %s, routes: ["*"] }

        providers:
          anthropic_primary: { type: anthropic, api_key: ${ANTHROPIC_KEY}, weight: 70 }
          openai_secondary:  { type: openai,    api_key: ${OPENAI_KEY},    weight: 30 }
          local:
            type: openai-compatible
            base_url: http://127.0.0.1:8000/v1
            keys: [ { value: env.KEY_A, weight: 2 }, env.KEY_B ]
            timeouts: { connect_ms: 2000, first_token_ms: 8000, idle_ms: 15000, total_ms: 120000 }
            retries: { max: 2, backoff_ms: 250, max_backoff_ms: 4000 }

        routing:
          build_triage:
            providers: [anthropic_primary, openai_secondary]   # weighted by their weights; or
            # targets: [ {provider: …, model: …, weight: …, priority: …} ]
            strategy: weighted        # weighted | priority | round_robin | least_busy | fastest
            failover: true
            timeout_ms: 8000
            mid_stream: resume        # resume | restart | error
            hedge: { after: p95, max_percent: 5 }
            cache: { semantic: false }

        cache:
          exact: { enabled: true, ttl_seconds: 3600, max_bytes: 256MB }
          semantic: { enabled: true, similarity_threshold: 0.92, ttl_seconds: 3600, mode: serve }
        """
            .formatted(hash);
    Config config = good("fairlead.yaml", text);

    assertThat(config.source()).isEqualTo("fairlead.yaml");
    assertThat(config.server().host()).isEqualTo("127.0.0.1");
    assertThat(config.server().port()).isEqualTo(8080);
    assertThat(config.auth().mode()).isEqualTo(Mode.KEYS);
    assertThat(config.auth().keys())
        .extracting(k -> k.name(), k -> k.routes())
        .containsExactly(tuple("ci-agents", Set.of("build_triage")), tuple("nightly", Set.of("*")));
    Config.Provider local = provider(config, "local");
    assertThat(local.baseUrl()).isEqualTo("http://127.0.0.1:8000/v1");
    assertThat(local.keys())
        .containsExactly(
            new Config.ProviderKey("key-1", "ka-canary", 2),
            new Config.ProviderKey("key-2", "kb-canary", 1));
    assertThat(local.timeouts())
        .isEqualTo(new Config.Timeouts(2000, 0, 8000, 50, 60_000, 15000, 120_000));
    assertThat(local.retries()).isEqualTo(new Config.Retries(2, 250, 4000));
    Config.Route route = Objects.requireNonNull(config.routes().get("build_triage"));
    assertThat(route.midStream()).isEqualTo(MidStream.RESUME);
    assertThat(route.hedge()).isEqualTo(new Config.Hedge(0, 95, 5));
    assertThat(route.cache().exact()).isTrue();
    assertThat(route.cache().semantic()).isFalse();
    assertThat(config.cache().direct().semantic()).isTrue();
    assertThat(config.cache().maxBytes()).isEqualTo(256_000_000);
    assertThat(loader.load("fairlead.yaml", text).problems()).isEmpty();
  }
}
