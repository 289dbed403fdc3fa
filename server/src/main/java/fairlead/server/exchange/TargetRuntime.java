package fairlead.server.exchange;

import fairlead.providers.Usage;
import fairlead.providers.catalogue.KnownModel;
import fairlead.providers.catalogue.Models;
import fairlead.providers.dialect.AnthropicTarget;
import fairlead.providers.wire.ByteSink;
import fairlead.routing.Candidate;
import fairlead.routing.FailureClass;
import fairlead.server.config.Config;
import fairlead.server.config.OwnTimeouts;
import fairlead.server.observe.Counter;
import fairlead.server.observe.GatewayMetrics;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One target of a route: a provider and the model to ask it for, with its series and header lines.
 *
 * <p>Immutable, thread-safe.
 */
final class TargetRuntime {
  static final String DYNAMIC_LABEL = "other";

  private final ProviderRuntime provider;
  private final TargetState state;
  private final OwnTimeouts ownTimeouts;
  private final OwnTimeouts routeTimeouts;
  private final Config.Timeouts timeouts;
  private final long contextWindow;
  private final double price;
  private final GatewayMetrics metrics;
  private final @Nullable String model;
  private final @Nullable KnownModel known;
  private final byte @Nullable [] modelJson;
  private final @Nullable AnthropicTarget messagesTarget;
  private final byte[] headerLines;
  private final Counter success;
  private final String modelLabel;
  private final boolean reasoning;
  private final boolean continuesText;
  private final Counter promptTokens;
  private final Counter completionTokens;
  private final Counter cachedTokens;
  private final Counter cacheWriteTokens;
  private final Counter reasoningTokens;

  /**
   * @param model null: whatever model the caller names
   * @param contextWindow in tokens, or 0 where it is not known
   * @param price US dollars per million tokens, input and output weighed; NaN where not known
   * @param ownTimeouts the target's own clocks
   * @param routeTimeouts its route's, which hold where the target has none of its own
   */
  TargetRuntime(
      ProviderRuntime provider,
      TargetState state,
      @Nullable String model,
      long contextWindow,
      double price,
      OwnTimeouts ownTimeouts,
      OwnTimeouts routeTimeouts,
      GatewayMetrics metrics) {
    this(
        provider,
        state,
        model,
        model == null ? DYNAMIC_LABEL : model,
        contextWindow,
        price,
        ownTimeouts,
        routeTimeouts,
        metrics);
  }

  private TargetRuntime(
      ProviderRuntime provider,
      TargetState state,
      @Nullable String model,
      String label,
      long contextWindow,
      double price,
      OwnTimeouts ownTimeouts,
      OwnTimeouts routeTimeouts,
      GatewayMetrics metrics) {
    this.provider = provider;
    this.state = state;
    this.model = model;
    this.modelLabel = label;
    this.contextWindow = contextWindow;
    this.price = price;
    this.ownTimeouts = ownTimeouts;
    this.routeTimeouts = routeTimeouts;
    this.timeouts = ownTimeouts.over(routeTimeouts).over(provider.settings().timeouts());
    this.metrics = metrics;
    this.known = model == null ? null : Models.find(model);
    this.reasoning = model != null && KnownModels.reasons(model);
    this.continuesText = model != null && provider.continuesText(model);
    String name = provider.name();
    ByteSink lines = new ByteSink();
    lines.ascii("x-fairlead-provider: ").ascii(name).ascii("\r\n");
    messagesTarget =
        model == null || provider.speaksChat()
            ? null
            : AnthropicTarget.of(
                model, provider.settings().maxTokensDefault(), AnthropicTarget.Door.DIRECT);
    if (model == null) {
      modelJson = null;
    } else {
      ByteSink json = new ByteSink();
      json.jsonString(model);
      byte[] quoted = json.toByteArray();
      modelJson = Arrays.copyOfRange(quoted, 1, quoted.length - 1);
      lines
          .ascii("x-fairlead-model: ")
          .ascii(HeaderText.safe(model, HeaderText.MAX_NAME_CHARS))
          .ascii("\r\n");
    }
    headerLines = lines.toByteArray();
    success = metrics.attempts(name, label, "success");
    promptTokens = metrics.tokens(name, label, "prompt");
    completionTokens = metrics.tokens(name, label, "completion");
    cachedTokens = metrics.tokens(name, label, "cached");
    cacheWriteTokens = metrics.tokens(name, label, "cache_write");
    reasoningTokens = metrics.tokens(name, label, "reasoning");
  }

  /** The same target for one call, with the model a caller named; metrics call it "other". */
  TargetRuntime forModel(String named) {
    return new TargetRuntime(
        provider,
        state,
        named,
        DYNAMIC_LABEL,
        KnownModels.contextWindow(named),
        price,
        ownTimeouts,
        routeTimeouts,
        metrics);
  }

  /** The same target as part of a route with these clocks, which go before those of its own. */
  TargetRuntime inRoute(OwnTimeouts other) {
    return other.equals(OwnTimeouts.NONE)
        ? this
        : new TargetRuntime(
            provider,
            state,
            model,
            modelLabel,
            contextWindow,
            price,
            ownTimeouts,
            other.over(routeTimeouts),
            metrics);
  }

  /** The clocks of an attempt here. */
  Config.Timeouts timeouts() {
    return timeouts;
  }

  /** What a call with so many tokens costs here, in US dollars; NaN where it is not known. */
  double costUsd(long prompt, long completion) {
    return KnownModels.costUsd(known, price, prompt, completion);
  }

  /** What routing must know to choose among targets. */
  Candidate candidate(double weight, int priority) {
    return new Candidate(
        state.health(),
        provider.keys(),
        weight,
        priority,
        price,
        contextWindow,
        provider.settings().type().ordinal());
  }

  TargetState state() {
    return state;
  }

  /** Provider and model, for people. */
  String shown() {
    return model == null ? provider.name() : provider.name() + "/" + model;
  }

  /** What metrics call the model. */
  String label() {
    return modelLabel;
  }

  /** Whether the model thinks before its first visible token. */
  boolean reasoning() {
    return reasoning;
  }

  /** Whether the target goes on from the beginning of an answer, as far as is known now. */
  boolean continuesText() {
    return continuesText && !state.health().prefillRefused();
  }

  /** Whether the beginning of an answer must be marked as such. */
  boolean wantsPrefixMark() {
    return provider.wantsPrefixMark();
  }

  static String label(FailureClass failure) {
    return failure.name().toLowerCase(Locale.ROOT);
  }

  ProviderRuntime provider() {
    return provider;
  }

  /** The model this target stands for, or null for whatever the caller names. */
  @Nullable String model() {
    return model;
  }

  /** The model as the inside of a JSON string, or null for whatever the caller names. */
  byte @Nullable [] modelJson() {
    return modelJson;
  }

  /** What the Messages wire must know of the model, or null for another wire or any model. */
  @Nullable AnthropicTarget messagesTarget() {
    return messagesTarget;
  }

  /** Response header lines that say who answers. */
  byte[] headerLines() {
    return headerLines;
  }

  void succeeded(Usage usage) {
    success.increment();
    used(usage);
  }

  /** Counts what a provider reported, also where the answer then broke off. */
  void used(Usage usage) {
    if (usage.known()) {
      promptTokens.add(usage.promptTokens());
      completionTokens.add(usage.completionTokens());
      cachedTokens.add(usage.cachedTokens());
      cacheWriteTokens.add(usage.cacheWriteTokens());
      reasoningTokens.add(usage.reasoningTokens());
    }
  }

  /** Counts a failure; its series is looked up then, so that what never fails has none. */
  void failed(FailureClass failure) {
    metrics.attempts(provider.name(), modelLabel, label(failure)).increment();
  }
}
