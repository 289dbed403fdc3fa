package fairlead.server.exchange;

import fairlead.providers.Operation;
import fairlead.providers.Upstream;
import fairlead.routing.KeyRing;
import fairlead.server.config.Config;
import fairlead.server.observe.Timer;

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
    this.upstreamSeconds = upstreamSeconds;
    this.firstTokenSeconds = firstTokenSeconds;
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

  /** Whether the provider's wire has this operation at all. */
  boolean serves(Operation operation) {
    return speaksChat() || operation == Operation.CHAT;
  }

  Upstream upstream() {
    return upstream;
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
