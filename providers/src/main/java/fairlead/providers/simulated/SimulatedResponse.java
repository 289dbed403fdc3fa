package fairlead.providers.simulated;

import fairlead.providers.CallControl;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamException.Kind;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.wire.ByteSink;
import org.jspecify.annotations.Nullable;

/**
 * A simulated answer delivered inside the process.
 *
 * <p>Belongs to one thread. Pieces without a pause between them are delivered together.
 */
final class SimulatedResponse implements UpstreamResponse {
  private static final int GATHER_BYTES = 16_384;
  private static final int NONE = -1;

  private final SimulatedScript script;
  private final CallControl control;
  private final int mostBytes;
  private final boolean splitUtf8;
  private final ByteSink ready = new ByteSink();
  private final ByteSink held = new ByteSink();
  private int heldStep = NONE;
  private long heldDelayNanos;
  private int at;

  SimulatedResponse(SimulatedScript script, CallControl control) {
    this.script = script;
    this.control = control;
    mostBytes = (int) script.behaviour.countOr(Knob.WRITE_BYTES, Integer.MAX_VALUE);
    splitUtf8 = script.behaviour.on(Knob.SPLIT_UTF8);
  }

  @Override
  public int status() {
    return script.status;
  }

  @Override
  public @Nullable String header(String lowerCaseName) {
    for (SimulatedScript.Header header : script.headers) {
      if (header.name().equals(lowerCaseName)) {
        return header.value();
      }
    }
    return null;
  }

  @Override
  public boolean isEventStream() {
    String type = header("content-type");
    return type != null && type.startsWith("text/event-stream");
  }

  @Override
  public int read(byte[] target, int offset, int length) throws UpstreamException {
    if (length == 0) {
      return 0;
    }
    while (at == ready.length()) {
      ready.clear();
      at = 0;
      if (gather()) {
        return ended();
      }
    }
    int count = Math.min(Math.min(length, mostBytes), ready.length() - at);
    if (splitUtf8) {
      count = untilInsideOfCharacter(count);
    }
    System.arraycopy(ready.array(), at, target, offset, count);
    at += count;
    return count;
  }

  /** Collects what may be delivered now; whether instead the body has ended. */
  private boolean gather() throws UpstreamException {
    while (ready.length() < GATHER_BYTES) {
      if (heldStep == NONE) {
        held.clear();
        heldStep = script.body.step(held);
        heldDelayNanos = script.body.delayNanos();
      }
      boolean lastStep = heldStep != SimulatedBody.PIECE;
      if (!ready.isEmpty() && (heldDelayNanos > 0 || lastStep)) {
        return false;
      }
      SimulatedProvider.await(heldDelayNanos, control);
      heldDelayNanos = 0;
      if (lastStep) {
        return true;
      }
      ready.append(held.array(), 0, held.length());
      heldStep = NONE;
    }
    return false;
  }

  private int ended() throws UpstreamException {
    return switch (heldStep) {
      case SimulatedBody.END -> -1;
      case SimulatedBody.RESET ->
          throw new UpstreamException(
              Kind.BODY_CUT, "the simulated provider reset the connection in the body");
      default ->
          throw new UpstreamException(
              Kind.BODY_CUT, "the simulated provider closed the connection in the body");
    };
  }

  /** Up to and with the first byte of the first character that has several. */
  private int untilInsideOfCharacter(int count) {
    for (int i = 0; i < count; i++) {
      if ((ready.array()[at + i] & 0xc0) == 0xc0) {
        return i + 1;
      }
    }
    return count;
  }

  @Override
  public void release() {
    control.detach();
  }
}
