package fairlead.server.gameday;

/**
 * Writes the configuration of the gateway under test. Not thread-safe.
 *
 * <p>The scorecard's baseline: at most two retries, 30 s until the head and between pieces, one
 * fallback model, no cache; everything else is left at what Fairlead does by default. In fast
 * timing the defaults that are times are written too, each divided.
 */
final class GatewayConfig {
  private static final long HEAD_MS = 30_000;
  private static final long IDLE_MS = 30_000;
  private static final long FIRST_TOKEN_MS = 10_000;
  private static final long QUEUE_MS = 60_000;
  private static final int MAX_RETRIES = 2;
  private static final long BACKOFF_MS = 250;
  private static final long MAX_BACKOFF_MS = 4_000;
  private static final long PATIENCE_MS = 2_500;
  private static final long MIN_EJECTION_MS = 5_000;
  private static final long MAX_EJECTION_MS = 300_000;
  private static final long SLOW_START_MS = 10_000;

  private final Timing timing;
  private final StringBuilder providers = new StringBuilder("providers:\n");
  private final StringBuilder routes = new StringBuilder("routing:\n");

  GatewayConfig(Timing timing) {
    this.timing = timing;
  }

  /**
   * A target of a route.
   *
   * @param contextWindow 0: not said
   */
  record Target(String provider, String model, long contextWindow) {
    Target(String provider, String model) {
      this(provider, model, 0);
    }

    private String yaml() {
      return "{ provider: "
          + provider
          + ", model: "
          + model
          + (contextWindow > 0 ? ", context_window: " + contextWindow : "")
          + " }";
    }
  }

  /**
   * A provider.
   *
   * @param keys at least one
   * @param prefill whether to say that it continues a last message of the assistant
   */
  GatewayConfig provider(
      String name, boolean anthropic, String baseUrl, int keys, boolean prefill) {
    line(providers, "  ", name, ":");
    line(providers, "    type: ", anthropic ? "anthropic" : "openai-compatible");
    line(providers, "    base_url: ", baseUrl);
    line(providers, "    keys:");
    for (int i = 1; i <= keys; i++) {
      line(providers, "      - { value: gameday-", name, "-" + i, " }");
    }
    line(
        providers,
        "    timeouts: { head_ms: " + timing.ms(HEAD_MS),
        ", idle_ms: " + timing.ms(IDLE_MS),
        fastOnly("first_token_ms", FIRST_TOKEN_MS),
        fastOnly("queue_ms", QUEUE_MS),
        " }");
    line(
        providers,
        "    retries: { max: " + MAX_RETRIES,
        fastOnly("backoff_ms", BACKOFF_MS),
        fastOnly("max_backoff_ms", MAX_BACKOFF_MS),
        fastOnly("patience_ms", PATIENCE_MS),
        " }");
    if (timing.isFast()) {
      line(
          providers,
          "    health: { min_ejection_ms: " + timing.ms(MIN_EJECTION_MS),
          fastOnly("max_ejection_ms", MAX_EJECTION_MS),
          fastOnly("slow_start_ms", SLOW_START_MS),
          " }");
    }
    if (prefill) {
      line(providers, "    prefill: true");
    }
    return this;
  }

  /**
   * A route that prefers its first target.
   *
   * @param timeoutMs until a target's first token; 0: the providers' clocks alone
   */
  GatewayConfig route(String name, Target first, Target second, long timeoutMs) {
    line(routes, "  ", name, ":");
    line(routes, "    strategy: priority");
    if (timeoutMs > 0) {
      line(routes, "    timeout_ms: " + timeoutMs);
    }
    line(routes, "    targets:");
    line(routes, "      - ", first.yaml());
    line(routes, "      - ", second.yaml());
    return this;
  }

  String yaml() {
    return providers.toString() + routes;
  }

  private String fastOnly(String key, long full) {
    return timing.isFast() ? ", " + key + ": " + timing.ms(full) : "";
  }

  private static void line(StringBuilder out, String... parts) {
    for (String part : parts) {
      out.append(part);
    }
    out.append('\n');
  }
}
