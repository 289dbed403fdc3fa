package fairlead.providers.simulated;

import fairlead.providers.wire.ByteSink;

/**
 * A body that is known from the start: a plain answer or an error.
 *
 * <p>Not thread-safe. Faults that are given in tokens happen at the same share of the bytes.
 */
final class WholeBody extends SimulatedBody {
  private final byte[] bytes;
  private final int stallAt;
  private final int resetAt;
  private final int closeAt;
  private int at;
  private boolean closing;

  /**
   * @param tokens how many tokens the bytes stand for
   */
  WholeBody(SimulatedBehaviour behaviour, byte[] bytes, int tokens) {
    super(behaviour);
    this.bytes = bytes;
    stallAt = behaviour.on(Knob.HEADERS_THEN_SILENT) ? 0 : share(Knob.STALL_AFTER_TOKENS, tokens);
    resetAt = share(Knob.RESET_AFTER_TOKENS, tokens);
    closeAt =
        Math.min(share(Knob.CLOSE_AFTER_TOKENS, tokens), share(Knob.END_AFTER_TOKENS, tokens));
  }

  private int share(Knob knob, int tokens) {
    long after = behaviour.countOr(knob, -1);
    if (after < 0 || after >= tokens) {
      return Integer.MAX_VALUE;
    }
    return (int) (after * bytes.length / tokens);
  }

  @Override
  long length() {
    return bytes.length;
  }

  @Override
  protected int produce(ByteSink out) {
    if (at == stallAt && mayStall()) {
      int after = stall();
      if (after != PIECE) {
        return after;
      }
    }
    if (at == resetAt) {
      return RESET;
    }
    if (at == closeAt) {
      return CLOSE;
    }
    if (at == bytes.length) {
      if (!closing) {
        closing = true;
        delayMillis(behaviour.countOr(Knob.SLOW_CLOSE_MS, 0));
      }
      return END;
    }
    int end = (int) Math.min(bytes.length, at + (long) smoothPiece());
    end = cut(end, stallAt);
    end = cut(end, resetAt);
    end = cut(end, closeAt);
    out.append(bytes, at, end - at);
    at = end;
    return PIECE;
  }

  private int cut(int end, int limit) {
    return limit > at && limit < end ? limit : end;
  }
}
