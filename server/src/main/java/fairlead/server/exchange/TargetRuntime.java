package fairlead.server.exchange;

import fairlead.providers.Usage;
import fairlead.providers.dialect.AnthropicTarget;
import fairlead.providers.wire.ByteSink;
import fairlead.routing.FailureClass;
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
  private static final String DYNAMIC_LABEL = "other";

  private final ProviderRuntime provider;
  private final GatewayMetrics metrics;
  private final @Nullable String model;
  private final byte @Nullable [] modelJson;
  private final @Nullable AnthropicTarget messagesTarget;
  private final byte[] headerLines;
  private final Counter success;
  private final String modelLabel;
  private final Counter promptTokens;
  private final Counter completionTokens;
  private final Counter cachedTokens;
  private final Counter cacheWriteTokens;
  private final Counter reasoningTokens;

  /**
   * @param model null: whatever model the caller names
   */
  TargetRuntime(ProviderRuntime provider, @Nullable String model, GatewayMetrics metrics) {
    this(provider, model, model == null ? DYNAMIC_LABEL : model, metrics);
  }

  private TargetRuntime(
      ProviderRuntime provider, @Nullable String model, String label, GatewayMetrics metrics) {
    this.provider = provider;
    this.model = model;
    this.modelLabel = label;
    this.metrics = metrics;
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
      lines.ascii("x-fairlead-model: ").ascii(HeaderText.safe(model)).ascii("\r\n");
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
    return new TargetRuntime(provider, named, DYNAMIC_LABEL, metrics);
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
