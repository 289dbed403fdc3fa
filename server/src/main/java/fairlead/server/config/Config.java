package fairlead.server.config;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything a configuration says, validated and with defaults filled in: immutable.
 *
 * @param source where it came from, for people: a file name, "environment keys", "demo"
 * @param providers by name, in file order
 * @param routes by name, in file order
 * @param fallbacks tried in order after everything a call was meant for has failed
 * @param fallbackRules tried before {@code fallbacks} when the failed target is the rule's
 */
public record Config(
    String source,
    Server server,
    Auth auth,
    Map<String, Provider> providers,
    Map<String, Route> routes,
    List<Target> fallbacks,
    List<FallbackRule> fallbackRules) {

  /** A configuration without default fallbacks. */
  public Config(
      String source,
      Server server,
      Auth auth,
      Map<String, Provider> providers,
      Map<String, Route> routes) {
    this(source, server, auth, providers, routes, List.of(), List.of());
  }

  /** The same configuration with another listener. */
  public Config withServer(Server other) {
    return new Config(source, other, auth, providers, routes, fallbacks, fallbackRules);
  }

  /**
   * The listener and its limits.
   *
   * @param maxBodyBytes largest request body, 1 KiB to 1 GiB
   * @param maxBufferedBytes all request bodies in memory at once
   * @param headerTimeoutMs from the first byte of a request to the end of its headers
   * @param bodyTimeoutMs longest pause between two pieces of a body
   * @param idleTimeoutMs longest wait for the next request on a kept connection
   * @param drainTimeoutMs how long streams may go on after a stop was asked for
   * @param maxConnections 0: derived from the descriptor limit
   */
  public record Server(
      String host,
      int port,
      long maxBodyBytes,
      long maxBufferedBytes,
      int headerTimeoutMs,
      int bodyTimeoutMs,
      int idleTimeoutMs,
      int drainTimeoutMs,
      int maxConnections,
      @Nullable Tls tls) {

    /** The same settings at another address; null keeps what is there. */
    public Server at(@Nullable String otherHost, @Nullable Integer otherPort) {
      return new Server(
          otherHost == null ? host : otherHost,
          otherPort == null ? port : otherPort,
          maxBodyBytes,
          maxBufferedBytes,
          headerTimeoutMs,
          bodyTimeoutMs,
          idleTimeoutMs,
          drainTimeoutMs,
          maxConnections,
          tls);
    }
  }

  /** PEM files of the listener's certificate chain and private key. */
  public record Tls(String certificateFile, String keyFile) {}

  /**
   * Callers' keys.
   *
   * @param mode how callers are checked
   */
  public record Auth(Mode mode, List<Key> keys) {
    public enum Mode {
      /** Nothing was said: no keys are asked for, and only loopback may be bound. */
      LOOPBACK_ONLY,
      /** {@code auth: none} was written: no keys are asked for, on any address. */
      NONE,
      /** Every call needs one of the keys. */
      KEYS
    }

    /**
     * One caller's key.
     *
     * @param sha256 of the key's UTF-8 bytes, 32 bytes
     * @param routes route names this key may use; {@code *} means all
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a record
    public record Key(String name, byte[] sha256, Set<String> routes) {}
  }

  /** Which wire a provider speaks. */
  public enum ProviderType {
    OPENAI,
    OPENAI_COMPATIBLE,
    ANTHROPIC,
    SIMULATED
  }

  /**
   * One provider.
   *
   * @param baseUrl without a trailing slash and with the version segment ({@code
   *     https://api.openai.com/v1}); empty for simulated
   * @param keys empty for a provider that needs none
   * @param weight for routes that name only the provider; 0 drains
   * @param models model names this provider is known to serve, for requests that name a bare model
   *     and for the model list; may be empty
   * @param defaultModel the model for routes that name only the provider; null: the type's default
   * @param streamUsage whether to ask for usage in streams ({@code stream_options.include_usage})
   * @param maxTokensDefault for wires that require a limit when the caller gave none
   * @param headers extra request headers
   * @param proxy {@code http://…} or {@code socks5://…}, or null
   * @param simulated knobs of the simulated provider; empty otherwise
   * @param modelPrefixes a bare model name that starts with one of these is this provider's, unless
   *     some provider lists it in {@code models}; may be empty
   */
  public record Provider(
      String name,
      ProviderType type,
      String baseUrl,
      List<ProviderKey> keys,
      double weight,
      List<String> models,
      @Nullable String defaultModel,
      boolean streamUsage,
      int maxTokensDefault,
      Map<String, String> headers,
      @Nullable String proxy,
      Timeouts timeouts,
      Retries retries,
      Map<String, String> simulated,
      List<String> modelPrefixes) {

    /** A provider that claims no bare model names beyond {@code models}. */
    public Provider(
        String name,
        ProviderType type,
        String baseUrl,
        List<ProviderKey> keys,
        double weight,
        List<String> models,
        @Nullable String defaultModel,
        boolean streamUsage,
        int maxTokensDefault,
        Map<String, String> headers,
        @Nullable String proxy,
        Timeouts timeouts,
        Retries retries,
        Map<String, String> simulated) {
      this(
          name,
          type,
          baseUrl,
          keys,
          weight,
          models,
          defaultModel,
          streamUsage,
          maxTokensDefault,
          headers,
          proxy,
          timeouts,
          retries,
          simulated,
          List.of());
    }

    /** Whether a request for the bare model name is meant for this provider by its prefix. */
    public boolean servesByPrefix(String model) {
      for (int i = 0; i < modelPrefixes.size(); i++) {
        if (model.startsWith(modelPrefixes.get(i))) {
          return true;
        }
      }
      return false;
    }
  }

  /** One credential; {@code name} is what metrics call it ({@code key-1}), never the value. */
  public record ProviderKey(String name, String value, double weight) {
    @Override
    public String toString() {
      return "ProviderKey[" + name + ", weight=" + weight + "]";
    }
  }

  /** The five clocks, in milliseconds. */
  public record Timeouts(int connectMs, int headMs, int firstTokenMs, int idleMs, int totalMs) {}

  /** Repeats on the same target. */
  public record Retries(int max, int backoffMs, int maxBackoffMs) {}

  /**
   * One route.
   *
   * @param timeoutMs after which a target without a first token counts as failed; 0: the provider's
   *     clocks alone
   */
  public record Route(
      String name, List<Target> targets, Strategy strategy, boolean failover, int timeoutMs) {}

  public enum Strategy {
    WEIGHTED,
    PRIORITY,
    ROUND_ROBIN
  }

  /**
   * What to try when one particular target has failed.
   *
   * @param model null: any model of the provider
   */
  public record FallbackRule(String provider, @Nullable String model, List<Target> to) {}

  /**
   * One target of a route.
   *
   * @param model null: the model the caller named, else the provider's default
   */
  public record Target(String provider, @Nullable String model, double weight, int priority) {}
}
