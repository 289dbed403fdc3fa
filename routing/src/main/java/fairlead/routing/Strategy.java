package fairlead.routing;

/** How the targets of one priority are ordered for a call. */
public enum Strategy {
  /** At random, in proportion to the weights. */
  WEIGHTED,
  /** As configured. */
  PRIORITY,
  /** As configured, starting one further with every call. */
  ROUND_ROBIN
}
