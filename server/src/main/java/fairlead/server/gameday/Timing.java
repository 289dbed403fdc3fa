package fairlead.server.gameday;

/**
 * How long the waits of a game day are: as the catalogue says, or a tenth of it. Immutable.
 *
 * @param divisor of every time that is written down
 */
record Timing(int divisor) {
  static final Timing FULL = new Timing(1);
  static final Timing FAST = new Timing(10);

  static Timing of(boolean fast) {
    return fast ? FAST : FULL;
  }

  boolean isFast() {
    return divisor > 1;
  }

  /**
   * The catalogue's milliseconds, or these in fast timing: for limits a tenth of which leaves no
   * room for a starved machine.
   */
  long ms(long full, long fast) {
    return isFast() ? fast : full;
  }

  /** Milliseconds of the catalogue in this timing. */
  long ms(long full) {
    return full / divisor;
  }

  /** Seconds of the catalogue in this timing, as a header says them: 2 or 0.2. */
  String seconds(int full) {
    return isFast() ? Double.toString((double) full / divisor) : Integer.toString(full);
  }
}
