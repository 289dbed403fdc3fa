package fairlead.server.exchange;

import fairlead.providers.Operation;
import fairlead.providers.Upstream;
import fairlead.providers.catalogue.KnownProvider;
import fairlead.providers.dialect.Prefill;
import fairlead.routing.KeyRing;
import fairlead.routing.Retry;
import fairlead.server.config.Config;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.Timer;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One configured provider with everything a call needs of it, worked out beforehand.
 *
 * <p>Immutable but for the health of its keys; thread-safe.
 */
final class ProviderRuntime {
  private final Config.Provider settings;
  private final Upstream upstream;
  private final KeyRing keys;
  private final byte[][][] heads;
  private final Retry retry;
  private final ProviderSecrets secrets;
  private final Timer upstreamSeconds;
  private final Timer firstTokenSeconds;

  /**
   * @param heads request line and constant headers by key and {@link Operation} ordinal
   */
  ProviderRuntime(
      Config.Provider settings,
      Upstream upstream,
      KeyRing keys,
      byte[][][] heads,
      Timer upstreamSeconds,
      Timer firstTokenSeconds) {
    this.settings = settings;
    this.upstream = upstream;
    this.keys = keys;
    this.heads = heads;
    this.secrets = new ProviderSecrets(settings);
    this.retry =
        new Retry(
            settings.retries().max(),
            TimeUnit.MILLISECONDS.toNanos(settings.retries().patienceMs()),
            TimeUnit.MILLISECONDS.toNanos(settings.retries().backoffMs()),
            TimeUnit.MILLISECONDS.toNanos(settings.retries().maxBackoffMs()));
    this.upstreamSeconds = upstreamSeconds;
    this.firstTokenSeconds = firstTokenSeconds;
  }

  /**
   * Works it out.
   *
   * @param states where the keys' health is
   */
  static ProviderRuntime of(
      Config.Provider settings, Upstream upstream, TargetStates states, GatewayMetrics metrics) {
    // A provider that asks for no credential has one key that is empty.
    List<Config.ProviderKey> keys =
        settings.keys().isEmpty()
            ? List.of(new Config.ProviderKey("none", "", 1))
            : settings.keys();
    return new ProviderRuntime(
        settings,
        upstream,
        states.keys(settings, keys),
        ProviderHeads.of(settings, keys),
        metrics.upstreamSeconds(settings.name()),
        metrics.firstTokenSeconds(settings.name()));
  }

  String name() {
    return settings.name();
  }

  Config.Provider settings() {
    return settings;
  }

  /** Whether the provider speaks the hub's wire, so that bytes can be relayed as they are. */
  boolean speaksChat() {
    return settings.type() != Config.ProviderType.ANTHROPIC;
  }

  /** Whether the provider continues the beginning of an answer with this model. */
  boolean continuesText(String model) {
    Boolean written = settings.failover().prefill();
    if (written != null) {
      return written;
    }
    return Prefill.supported(
        switch (settings.type()) {
          case ANTHROPIC -> KnownProvider.Wire.ANTHROPIC;
          case OPENAI -> KnownProvider.Wire.OPENAI;
          case OPENAI_COMPATIBLE, SIMULATED -> KnownProvider.Wire.OPENAI_COMPATIBLE;
        },
        settings.baseUrl(),
        model);
  }

  /** Whether the beginning of an answer must be marked as such. */
  boolean wantsPrefixMark() {
    return Prefill.mistral(settings.baseUrl());
  }

  /** The name of a key, for people. */
  String keyName(int key) {
    return settings.keys().isEmpty() ? "none" : settings.keys().get(key).name();
  }

  /** Whether the provider's wire has this operation at all. */
  boolean serves(Operation operation) {
    return speaksChat() || operation == Operation.CHAT;
  }

  Upstream upstream() {
    return upstream;
  }

  /** Tells whether text quotes our credentials. */
  ProviderSecrets secrets() {
    return secrets;
  }

  /** The rules for repeats. */
  Retry retry() {
    return retry;
  }

  KeyRing keys() {
    return keys;
  }

  byte[] head(int key, Operation operation) {
    return heads[key][operation.ordinal()];
  }

  Timer upstreamSeconds() {
    return upstreamSeconds;
  }

  Timer firstTokenSeconds() {
    return firstTokenSeconds;
  }
}
