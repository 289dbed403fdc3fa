package fairlead.server.caching;

/** Why a request stays out of the cache or out of a part of it. */
public enum NotCached {
  /** The route does not cache. */
  ROUTE_OFF("route_off"),
  /** The caller wants neither an answer from the cache nor this one in it. */
  CALLER_OFF("caller_off"),
  TOOLS("tools"),
  TOOL_TURNS("tool_turns"),
  ATTACHMENTS("attachments"),
  OTHER_MODALITIES("modalities"),
  SEARCH("search"),
  SEVERAL_ANSWERS("several_answers"),
  LOGPROBS("logprobs"),
  STORE("store"),
  PROVIDER_STATE("provider_state"),
  SEED("seed"),
  USER("user"),
  /** Warmer than the route lets its answers repeat. */
  TEMPERATURE("temperature"),
  /** There is no single text that could be compared. */
  NO_PAYLOAD("no_payload"),
  /** Embeddings are compared as a whole only. */
  OPERATION("operation");

  private static final NotCached[] VALUES = values();
  private static final NotCached[] BY_TRAIT = byTrait();

  private final String label;

  NotCached(String label) {
    this.label = label;
  }

  /** As metrics and explanations have it. */
  public String label() {
    return label;
  }

  /** Its place in a set. */
  public int bit() {
    return 1 << ordinal();
  }

  /** Whether it is among {@code reasons}, one bit each. */
  public boolean in(int reasons) {
    return (reasons & bit()) != 0;
  }

  /** The first of {@code reasons}, which are not 0. */
  public static NotCached first(int reasons) {
    return VALUES[Integer.numberOfTrailingZeros(reasons)];
  }

  /** The reasons that traits give, one bit each. */
  static int of(int traits) {
    int reasons = 0;
    for (int rest = traits; rest != 0; rest &= rest - 1) {
      reasons |= BY_TRAIT[Integer.numberOfTrailingZeros(rest)].bit();
    }
    return reasons;
  }

  private static NotCached[] byTrait() {
    Trait[] traits = Trait.values();
    NotCached[] reasons = new NotCached[traits.length];
    for (Trait trait : traits) {
      reasons[trait.ordinal()] = valueOf(trait.name());
    }
    return reasons;
  }
}
