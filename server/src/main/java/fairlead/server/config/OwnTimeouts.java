package fairlead.server.config;

/**
 * The clocks that a route or a target has of its own, in milliseconds: immutable.
 *
 * <p>Each is as in {@link Config.Timeouts}, or {@link #INHERITED} where the level below decides: a
 * target's clock goes before its route's, a route's before the provider's. Connections are shared
 * by all routes, so their clock is the provider's alone.
 */
public record OwnTimeouts(
    int headMs, int firstTokenMs, int firstTokenPerKbMs, int queueMs, int idleMs, int totalMs) {
  /** Not written here. Zero means something of its own. */
  public static final int INHERITED = -1;

  /** No clock is written. */
  public static final OwnTimeouts NONE =
      new OwnTimeouts(INHERITED, INHERITED, INHERITED, INHERITED, INHERITED, INHERITED);

  /** The clocks that hold where these stand above those of a provider. */
  public Config.Timeouts over(Config.Timeouts below) {
    return new Config.Timeouts(
        below.connectMs(),
        first(headMs, below.headMs()),
        first(firstTokenMs, below.firstTokenMs()),
        first(firstTokenPerKbMs, below.firstTokenPerKbMs()),
        first(queueMs, below.queueMs()),
        first(idleMs, below.idleMs()),
        first(totalMs, below.totalMs()));
  }

  /** What is written here, else what is written there. */
  public OwnTimeouts over(OwnTimeouts below) {
    return new OwnTimeouts(
        first(headMs, below.headMs),
        first(firstTokenMs, below.firstTokenMs),
        first(firstTokenPerKbMs, below.firstTokenPerKbMs),
        first(queueMs, below.queueMs),
        first(idleMs, below.idleMs),
        first(totalMs, below.totalMs));
  }

  private static int first(int own, int below) {
    return own == INHERITED ? below : own;
  }
}
