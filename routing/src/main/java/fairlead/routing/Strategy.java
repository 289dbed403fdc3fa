package fairlead.routing;

/** How the targets of one priority are ordered for a call. */
public enum Strategy {
  /** At random, in proportion to the weights. */
  WEIGHTED,
  /** As configured. */
  PRIORITY,
  /** As configured, starting one further with every call. */
  ROUND_ROBIN,
  /** Fewest calls in flight per weight first. */
  LEAST_BUSY,
  /**
   * Of two drawn by weight the one with less time to its first token, in-flight calls included
   * (Mitzenmacher, 2001: two choices are enough, and never send everybody to the same one).
   */
  FASTEST,
  /** Lowest price first, unknown ones last; equal prices at random by weight. */
  CHEAPEST
}
