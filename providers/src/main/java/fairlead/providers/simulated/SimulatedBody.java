package fairlead.providers.simulated;

import fairlead.providers.wire.ByteSink;
import java.util.concurrent.TimeUnit;

/**
 * The body of a simulated answer as a sequence of steps, pulled by whoever delivers it.
 *
 * <p>Not thread-safe; one per answer. Lifecycle: call {@link #step} and obey it until it is not
 * {@link #PIECE}. Before each step is obeyed, {@link #delayNanos} must pass with everything earlier
 * delivered.
 */
abstract class SimulatedBody {
  /** Bytes were appended. */
  static final int PIECE = 0;

  /** The body is complete as far as its framing goes. */
  static final int END = 1;

  /** The connection closes although the framing says there is more. */
  static final int CLOSE = 2;

  /** The connection is reset. */
  static final int RESET = 3;

  private static final long DEFAULT_SILENCE_MS = 600_000;

  protected final SimulatedBehaviour behaviour;
  private final double bytesPerNano;
  private long bytesLeft;
  private final int afterBytes;
  private long delayNanos;
  private boolean stalled;

  SimulatedBody(SimulatedBehaviour behaviour) {
    this.behaviour = behaviour;
    bytesPerNano = behaviour.number(Knob.BANDWIDTH_BYTES_PER_SECOND, 0) / 1e9;
    long reset = behaviour.countOr(Knob.RESET_AFTER_BYTES, Long.MAX_VALUE);
    long close = behaviour.countOr(Knob.CLOSE_AFTER_BYTES, Long.MAX_VALUE);
    bytesLeft = Math.min(reset, close);
    afterBytes = reset <= close ? RESET : CLOSE;
  }

  /** Length in bytes if nothing goes wrong, or -1 when it is not known in advance. */
  abstract long length();

  /** What comes next, without regard to limits of bytes and bandwidth. */
  protected abstract int produce(ByteSink out);

  /**
   * The next step.
   *
   * @param out empty; filled if the step is {@link #PIECE}
   */
  final int step(ByteSink out) {
    delayNanos = 0;
    if (bytesLeft == 0) {
      return afterBytes;
    }
    int step = produce(out);
    if (step == PIECE) {
      if (out.length() > bytesLeft) {
        out.truncate((int) bytesLeft);
      }
      bytesLeft -= out.length();
      if (bytesPerNano > 0) {
        delayNanos += (long) (out.length() / bytesPerNano);
      }
    }
    return step;
  }

  /** How long to wait before the step that was returned last. */
  final long delayNanos() {
    return delayNanos;
  }

  /** Bytes that take a twentieth of a second at the set bandwidth. */
  protected final int smoothPiece() {
    return bytesPerNano > 0
        ? (int) Math.clamp(bytesPerNano * 50_000_000, 1, 1 << 20)
        : Integer.MAX_VALUE;
  }

  protected final void delay(long nanos) {
    delayNanos += nanos;
  }

  protected final void delayMillis(long millis) {
    delayNanos += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Whether the one silence of this answer is still to come. */
  protected final boolean mayStall() {
    return !stalled;
  }

  /**
   * Falls silent.
   *
   * @return {@link #CLOSE} or {@link #RESET}, or {@link #PIECE} to go on
   */
  protected final int stall() {
    stalled = true;
    delayNanos += silenceNanos(behaviour);
    return afterSilence(behaviour);
  }

  static long silenceNanos(SimulatedBehaviour behaviour) {
    return TimeUnit.MILLISECONDS.toNanos(behaviour.countOr(Knob.SILENCE_MS, DEFAULT_SILENCE_MS));
  }

  static int afterSilence(SimulatedBehaviour behaviour) {
    return switch (behaviour.textOr(Knob.AFTER_SILENCE, "close")) {
      case "continue" -> PIECE;
      case "reset" -> RESET;
      default -> CLOSE;
    };
  }
}
