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
 * @param cache the memory for answers
 */
public record Config(
    String source,
    Server server,
    Auth auth,
    Map<String, Provider> providers,
    Map<String, Route> routes,
    List<Target> fallbacks,
    List<FallbackRule> fallbackRules,
    CacheConfig cache) {

  /** A configuration that keeps no answers. */
  public Config(
      String source,
      Server server,
      Auth auth,
      Map<String, Provider> providers,
      Map<String, Route> routes,
      List<Target> fallbacks,
      List<FallbackRule> fallbackRules) {
    this(source, server, auth, providers, routes, fallbacks, fallbackRules, CacheConfig.OFF);
  }

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
    return new Config(source, other, auth, providers, routes, fallbacks, fallbackRules, cache);
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
    /** Whether the key of that name administers the memory of all tenants. */
    public boolean isAdmin(String name) {
      for (Key key : keys) {
        if (key.admin() && key.name().equals(name)) {
          return true;
        }
      }
      return false;
    }

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
     * @param cacheScope keys with the same one share answers from memory; null: nobody does
     * @param admin whether it sees and ends everybody's answers in memory, not only its tenant's
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a record
    public record Key(
        String name,
        byte[] sha256,
        Set<String> routes,
        @Nullable String cacheScope,
        boolean admin) {
      /** A key that shares no answers and administers nothing. */
      public Key(String name, byte[] sha256, Set<String> routes) {
        this(name, sha256, routes, null, false);
      }
    }
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
   * @param failover what decides when its targets are passed over
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
      List<String> modelPrefixes,
      Failover failover) {

    /** A provider that claims no bare model names beyond {@code models}, with default health. */
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
          List.of(),
          Failover.of(type));
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

  /**
   * What decides when a provider's targets are passed over, and what may be asked of them.
   *
   * @param health when a target is ejected and how it returns
   * @param concurrency how many calls a target gets at once
   * @param prefill whether a last message of the assistant is continued; null: as is known of the
   *     model
   * @param contextWindow in tokens, of the provider's models; 0: as is known of the model
   */
  public record Failover(
      Health health, Concurrency concurrency, @Nullable Boolean prefill, long contextWindow) {
    /** What holds where nothing is written. */
    public static Failover of(ProviderType type) {
      return new Failover(Health.DEFAULTS, Concurrency.DEFAULTS, null, 0);
    }
  }

  /**
   * When a target is ejected and how it returns.
   *
   * @param consecutiveFailures so many in a row eject; 1 or more
   * @param failureRate this share of recent calls ejects, above 0 to 1
   * @param minCalls the rate says nothing before so many recent calls
   * @param minEjectionMs the first ejection
   * @param maxEjectionMs the longest
   * @param slowStartMs until a returned target has its whole share again; 0: at once
   */
  public record Health(
      int consecutiveFailures,
      double failureRate,
      int minCalls,
      int minEjectionMs,
      int maxEjectionMs,
      int slowStartMs) {
    public static final Health DEFAULTS = new Health(5, 0.5, 10, 5_000, 300_000, 10_000);
  }

  /**
   * How many calls one target of a provider gets at once.
   *
   * @param max the ceiling of the adaptive limit; 0: no limit
   * @param min its floor
   * @param queue how many calls may wait for a place; 0: none
   * @param queueMs how long one may wait
   */
  public record Concurrency(int max, int min, int queue, int queueMs) {
    public static final Concurrency DEFAULTS = new Concurrency(100_000, 4, 100, 5_000);
  }

  /** One credential; {@code name} is what metrics call it ({@code key-1}), never the value. */
  public record ProviderKey(String name, String value, double weight) {
    @Override
    public String toString() {
      return "ProviderKey[" + name + ", weight=" + weight + "]";
    }
  }

  /**
   * The clocks of an attempt, in milliseconds.
   *
   * @param connectMs connection and TLS
   * @param headMs until the head of the response; 0: by rule, see {@code docs/failover.md}
   * @param firstTokenMs until the first content of a stream; 0: by rule
   * @param firstTokenPerKbMs more patience for the first content, per KiB of the request
   * @param queueMs for the first content, and between pieces of it, while the provider shows that
   *     it is alive
   * @param idleMs between pieces of content
   * @param totalMs the whole call
   */
  public record Timeouts(
      int connectMs,
      int headMs,
      int firstTokenMs,
      int firstTokenPerKbMs,
      int queueMs,
      int idleMs,
      int totalMs) {
    /** Clocks that do not depend on the request's size or on signs of life. */
    public Timeouts(int connectMs, int headMs, int firstTokenMs, int idleMs, int totalMs) {
      this(connectMs, headMs, firstTokenMs, 0, firstTokenMs, idleMs, totalMs);
    }
  }

  /**
   * Repeats on the same target.
   *
   * @param patienceMs the longest wait a provider may ask for before the next target is asked
   *     instead; four times as long where there is no other target
   * @param budgetPercent repeats as a share of calls, so that a storm never doubles the load
   */
  public record Retries(
      int max, int backoffMs, int maxBackoffMs, int patienceMs, double budgetPercent) {
    public static final int PATIENCE_MS = 2_500;
    public static final double BUDGET_PERCENT = 20;

    /** Repeats with the usual patience and budget. */
    public Retries(int max, int backoffMs, int maxBackoffMs) {
      this(max, backoffMs, maxBackoffMs, PATIENCE_MS, BUDGET_PERCENT);
    }
  }

  /**
   * One route.
   *
   * @param timeoutMs after which a target without a first token counts as failed; 0: the provider's
   *     clocks alone
   * @param midStream what to do when a stream breaks after its first content
   * @param contentFilter whether another target may answer what one refuses to
   * @param hedge null: no second copies
   * @param sticky null: every call is chosen for anew
   * @param timeouts what the route says itself of the clocks of its targets
   * @param cache what its calls may have from memory
   */
  public record Route(
      String name,
      List<Target> targets,
      Strategy strategy,
      boolean failover,
      int timeoutMs,
      MidStream midStream,
      ContentFilter contentFilter,
      @Nullable Hedge hedge,
      @Nullable Sticky sticky,
      OwnTimeouts timeouts,
      RouteCache cache) {
    /** A route whose answers are not kept. */
    public Route(
        String name,
        List<Target> targets,
        Strategy strategy,
        boolean failover,
        int timeoutMs,
        MidStream midStream,
        ContentFilter contentFilter,
        @Nullable Hedge hedge,
        @Nullable Sticky sticky,
        OwnTimeouts timeouts) {
      this(
          name,
          targets,
          strategy,
          failover,
          timeoutMs,
          midStream,
          contentFilter,
          hedge,
          sticky,
          timeouts,
          RouteCache.OFF);
    }

    /** A route with its providers' clocks. */
    public Route(
        String name,
        List<Target> targets,
        Strategy strategy,
        boolean failover,
        int timeoutMs,
        MidStream midStream,
        ContentFilter contentFilter,
        @Nullable Hedge hedge,
        @Nullable Sticky sticky) {
      this(
          name,
          targets,
          strategy,
          failover,
          timeoutMs,
          midStream,
          contentFilter,
          hedge,
          sticky,
          OwnTimeouts.NONE);
    }

    /** A route with what holds where nothing is written. */
    public Route(
        String name, List<Target> targets, Strategy strategy, boolean failover, int timeoutMs) {
      this(
          name,
          targets,
          strategy,
          failover,
          timeoutMs,
          MidStream.RESUME,
          ContentFilter.ERROR,
          null,
          null);
    }
  }

  /** How the targets of one priority are chosen among. */
  public enum Strategy {
    WEIGHTED,
    PRIORITY,
    ROUND_ROBIN,
    LEAST_BUSY,
    FASTEST,
    CHEAPEST
  }

  /** What to do when a stream breaks after its first content. */
  public enum MidStream {
    /** Let another target continue the text, else as {@link #RESTART}. */
    RESUME,
    /** Ask anew and pass on what follows what was sent, else as {@link #ERROR}. */
    RESTART,
    /** End with an error event. */
    ERROR
  }

  /** Whether another target may answer what one refuses to for its content. */
  public enum ContentFilter {
    ERROR,
    FAILOVER
  }

  /**
   * A second copy of a call whose first is late.
   *
   * @param afterMs a fixed time, or 0
   * @param percentile of the usual time to the first content, 1 to 99; 0 where {@code afterMs} is
   *     set
   * @param maxPercent second copies as a share of calls, above 0 to 100
   */
  public record Hedge(int afterMs, int percentile, double maxPercent) {}

  /**
   * What keeps calls of one session on one target.
   *
   * @param header lower-case name of the request header, or null: the request's {@code user}
   */
  public record Sticky(@Nullable String header) {}

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
   * @param contextWindow in tokens; 0: the provider's, else as is known of the model
   * @param price null: as is known of the model
   * @param timeouts what the target says itself of its clocks
   */
  public record Target(
      String provider,
      @Nullable String model,
      double weight,
      int priority,
      long contextWindow,
      @Nullable Price price,
      OwnTimeouts timeouts) {
    /** A target with the clocks of its route. */
    public Target(
        String provider,
        @Nullable String model,
        double weight,
        int priority,
        long contextWindow,
        @Nullable Price price) {
      this(provider, model, weight, priority, contextWindow, price, OwnTimeouts.NONE);
    }

    /** A target of which only what is known of its model is known. */
    public Target(String provider, @Nullable String model, double weight, int priority) {
      this(provider, model, weight, priority, 0, null);
    }
  }

  /** US dollars per million tokens. */
  public record Price(double input, double output) {}
}
