package fairlead.server.config;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What somebody may have meant who wrote a name that does not exist. Stateless. */
final class Suggestions {
  private static final int MAX_LISTED = 20;

  /** Longer names are not compared: the table costs their product. */
  private static final int MAX_COMPARED = 64;

  private static final String LITELLM =
      "this is a key of a LiteLLM configuration; here models are named by 'providers' and 'routing'";
  private static final String BIFROST =
      "this is a key of a Bifrost configuration and has no counterpart in this version; remove it";
  private static final String PORTKEY =
      "this is a key of a Portkey configuration; here targets stand under 'routing.NAME.targets'";

  private static final String CONNECT =
      "connections are shared by all routes to a provider; write 'connect_ms' under"
          + " 'providers.NAME.timeouts'";
  private static final Map<String, String> TIMEOUTS =
      Map.of(
          "connect", "write 'connect_ms'",
          "read", "write 'idle_ms'",
          "read_ms", "write 'idle_ms'",
          "request_ms", "write 'total_ms'",
          "ttft_ms", "write 'first_token_ms'");
  private static final Map<String, String> OWN_TIMEOUTS =
      Map.of(
          "connect", CONNECT,
          "connect_ms", CONNECT,
          "read", "write 'idle_ms'",
          "read_ms", "write 'idle_ms'",
          "request_ms", "write 'total_ms'",
          "ttft_ms", "write 'first_token_ms'");

  private static final String ON = "write 'exact: { enabled: true }' or 'semantic: { … }'";
  private static final Map<String, String> CACHE =
      Map.of(
          "enabled", ON,
          "mode", "write it under 'semantic'",
          "type", ON,
          "max_age", "write 'ttl_seconds' under 'exact' or 'semantic'",
          "ttl", "write 'ttl_seconds' under 'exact' or 'semantic'",
          "ttl_seconds", "write it under 'exact' or 'semantic'",
          "similarity_threshold", "write it under 'semantic'",
          "path", "write 'directory'");
  private static final Map<String, String> TIER =
      Map.of(
          "threshold", "write 'similarity_threshold' under 'semantic'",
          "max_age", "write 'ttl_seconds'",
          "ttl", "write 'ttl_seconds'",
          "max_size", "write 'max_bytes' under 'cache.exact'");

  /** Where other gateways' keys went, by the group they are likely to be written in. */
  private static final Map<String, Map<String, String>> HINTS =
      Map.ofEntries(
          Map.entry(
              "",
              Map.ofEntries(
                  Map.entry("model_list", LITELLM),
                  Map.entry("router_settings", LITELLM),
                  Map.entry("litellm_settings", LITELLM),
                  Map.entry("general_settings", LITELLM),
                  Map.entry("environment_variables", LITELLM),
                  Map.entry("client", BIFROST),
                  Map.entry("config_store", BIFROST),
                  Map.entry("logs_store", BIFROST),
                  Map.entry("vector_store", BIFROST),
                  Map.entry("governance", BIFROST),
                  Map.entry("mcp", BIFROST),
                  Map.entry("plugins", BIFROST),
                  Map.entry("strategy", PORTKEY),
                  Map.entry("targets", PORTKEY),
                  Map.entry("retry", "write 'retries' in each provider"),
                  Map.entry("retries", "write 'retries' in each provider"),
                  Map.entry("timeouts", "write 'timeouts' in each provider"),
                  Map.entry("routes", "write 'routing'"),
                  Map.entry("router", "write 'routing'"),
                  Map.entry(
                      "models", "write 'routing' for names callers use, 'models' in a provider"),
                  Map.entry("port", "write it under 'server'"),
                  Map.entry("host", "write it under 'server'"),
                  Map.entry("listen", "write 'server' with 'host' and 'port'"))),
          Map.entry(
              "server",
              Map.of(
                  "address", "write 'host'",
                  "bind", "write 'host'",
                  "max_body", "write 'max_body_bytes'",
                  "max_buffered", "write 'max_buffered_bytes'")),
          Map.entry(
              "auth",
              Map.of(
                  "master_key", "write 'keys' with one entry",
                  "api_keys", "write 'keys'",
                  "tokens", "write 'keys'")),
          Map.entry(
              "providers.NAME",
              Map.ofEntries(
                  Map.entry("key", "write 'api_key'"),
                  Map.entry("token", "write 'api_key'"),
                  Map.entry("provider", "write 'type'"),
                  Map.entry("kind", "write 'type'"),
                  Map.entry("url", "write 'base_url'"),
                  Map.entry("api_base", "write 'base_url'"),
                  Map.entry("endpoint", "write 'base_url'"),
                  Map.entry("custom_host", "write 'base_url'"),
                  Map.entry("network_config", "write 'base_url', 'timeouts', 'retries', 'headers'"),
                  Map.entry("proxy_config", "write 'proxy: http://HOST:PORT'"),
                  Map.entry("max_retries", "write 'retries: { max: N }'"),
                  Map.entry("num_retries", "write 'retries: { max: N }'"),
                  Map.entry("timeout", "write 'timeouts: { total_ms: N }' (milliseconds)"),
                  Map.entry("timeout_ms", "write 'timeouts: { total_ms: N }'"),
                  Map.entry("request_timeout", "write 'timeouts: { total_ms: N }' (milliseconds)"),
                  Map.entry("extra_headers", "write 'headers'"),
                  Map.entry("model", "write 'default_model', or 'models' for the list"),
                  Map.entry(
                      "concurrency_and_buffer_size", "write 'concurrency: { max: N, queue: M }'"),
                  Map.entry("cooldown_time", "write 'health: { min_ejection_ms: N }'"),
                  Map.entry("allowed_fails", "write 'health: { consecutive_failures: N }'"),
                  Map.entry("circuit_breaker", "write 'health'"),
                  Map.entry("organization", "write 'headers: { OpenAI-Organization: … }'"))),
          Map.entry(
              "providers.NAME.keys[]", Map.of("key", "write 'value'", "api_key", "write 'value'")),
          Map.entry("providers.NAME.timeouts", TIMEOUTS),
          Map.entry("routing.NAME.timeouts", OWN_TIMEOUTS),
          Map.entry("routing.NAME.targets[].timeouts", OWN_TIMEOUTS),
          Map.entry("cache", CACHE),
          Map.entry("cache.exact", TIER),
          Map.entry("cache.semantic", TIER),
          Map.entry("routing.NAME.cache", TIER),
          Map.entry(
              "providers.NAME.retries",
              Map.of(
                  "attempts", "write 'max' (repeats, not counting the first)",
                  "max_retries", "write 'max'",
                  "backoff", "write 'backoff_ms'")),
          Map.entry(
              "routing.NAME",
              Map.of(
                  "timeout", "write 'timeout_ms' (milliseconds)",
                  "fallback", "write 'failover: true' and more than one provider",
                  "fallbacks",
                      "write 'targets' in order with 'strategy: priority', or top-level 'fallbacks'",
                  "model", "write 'targets: [ { provider: …, model: … } ]'",
                  "models", "write 'targets: [ { provider: …, model: … } ]'",
                  "retries", "write 'retries' in each provider")));

  private Suggestions() {}

  /** What to say about a key that is no setting of its group. */
  static String unknownKey(String key, List<String> known, String group) {
    if (key.equals("<<")) {
      return "merge keys are not part of YAML 1.2; repeat the settings";
    }
    Map<String, String> hints = HINTS.get(group);
    String hint = hints == null ? null : hints.get(snakeCase(key));
    if (hint != null) {
      return "is not a setting here; " + hint;
    }
    return "is not a setting here"
        + didYouMean(key, known)
        + "; what exists: "
        + String.join(", ", known);
  }

  /** {@code , did you mean 'x'?} or nothing. */
  static String didYouMean(String written, Collection<String> known) {
    String best = closest(written, known);
    return best == null ? "" : ", did you mean '" + best + "'?";
  }

  /** The names, shortened if there are many. */
  static String list(Collection<String> names) {
    if (names.isEmpty()) {
      return "there are none";
    }
    String listed = String.join(", ", names.stream().limit(MAX_LISTED).toList());
    return "there are: " + listed + (names.size() > MAX_LISTED ? ", …" : "");
  }

  private static @Nullable String closest(String written, Collection<String> known) {
    String name = snakeCase(written);
    String best = null;
    int bestDistance = 1 + Math.max(1, Math.min(3, name.length() / 3));
    for (String candidate : known) {
      int distance = distance(name, snakeCase(candidate));
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best;
  }

  /** {@code baseUrl}, {@code base-url} and {@code BASE_URL} are all {@code base_url}. */
  private static String snakeCase(String name) {
    StringBuilder snake = new StringBuilder(name.length() + 4);
    boolean lower = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isUpperCase(c) && lower) {
        snake.append('_');
      }
      lower = Character.isLowerCase(c);
      snake.append(c == '-' || c == ' ' ? '_' : c);
    }
    return snake.toString().toLowerCase(Locale.ROOT);
  }

  /** Levenshtein's distance, with exchanged neighbours counted once. */
  static int distance(String a, String b) {
    if (a.length() > MAX_COMPARED || b.length() > MAX_COMPARED) {
      return Integer.MAX_VALUE;
    }
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(cost[i - 1][j - 1] + change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
