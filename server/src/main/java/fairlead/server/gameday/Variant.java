package fairlead.server.gameday;

/**
 * One way to play a scenario. Immutable.
 *
 * @param name empty where there is only one
 * @param primary knobs of the primary
 * @param fallback knobs of the fallback
 * @param prefill whether the configuration says that the fallback continues a last message of the
 *     assistant
 * @param anthropicFallback only where the fallback speaks Anthropic's wire
 */
record Variant(
    String name, String primary, String fallback, boolean prefill, boolean anthropicFallback) {

  static Variant of(String primary) {
    return new Variant("", primary, "", false, false);
  }

  static Variant named(String name, String primary) {
    return new Variant(name, primary, "", false, false);
  }

  boolean appliesTo(Wire wire) {
    return !anthropicFallback || wire.isFallbackAnthropic();
  }
}
