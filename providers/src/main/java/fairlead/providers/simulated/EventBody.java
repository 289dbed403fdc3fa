package fairlead.providers.simulated;

import fairlead.providers.wire.ByteSink;
import java.util.Arrays;

/**
 * A stream of server-sent events, made one by one while it is delivered; may be endless.
 *
 * <p>Not thread-safe. The parts come in this order: comments, role, empty deltas, tokens, finish,
 * usage, end mark; each fault has its place among them.
 */
final class EventBody extends SimulatedBody {
  /** Stands for a knob that is not set: no token has this number. */
  private static final long NEVER = -1;

  private enum Part {
    COMMENTS,
    ROLE,
    EMPTY_DELTAS,
    BEFORE_TOKENS,
    TOKENS,
    FINISH,
    USAGE,
    DONE,
    END
  }

  private final SimulatedWire wire;
  private final SimulatedAnswer answer;
  private final long gapNanos;
  private final long keepAliveMs;
  private final boolean fixedUp;
  private final ByteSink scratch = new ByteSink(0);
  private Part part = Part.COMMENTS;
  private long comments;
  private long emptyDeltas;
  private long token;
  private long events;

  /**
   * @param gapNanos pause before each token but the first
   */
  EventBody(
      SimulatedBehaviour behaviour, SimulatedWire wire, SimulatedAnswer answer, long gapNanos) {
    super(behaviour);
    this.wire = wire;
    this.answer = answer;
    this.gapNanos = gapNanos;
    keepAliveMs = behaviour.countOr(Knob.KEEP_ALIVE_MS, 100);
    comments = behaviour.countOr(Knob.KEEP_ALIVE_COMMENTS, 0);
    emptyDeltas = behaviour.countOr(Knob.EMPTY_DELTAS, 0);
    fixedUp = behaviour.on(Knob.CRLF) || behaviour.has(Knob.BAD_JSON_EVENT);
  }

  @Override
  long length() {
    return -1;
  }

  @Override
  protected int produce(ByteSink out) {
    int step = PIECE;
    while (out.isEmpty() && step == PIECE) {
      step = part(out);
    }
    if (step == PIECE && fixedUp) {
      fixUp(out);
    }
    return step;
  }

  private int part(ByteSink out) {
    switch (part) {
      case COMMENTS -> {
        if (behaviour.on(Knob.HEADERS_THEN_SILENT) && mayStall()) {
          return stall();
        }
        if (comments > 0) {
          comments--;
          delayMillis(keepAliveMs);
          out.ascii(": keep-alive\n\n");
        } else {
          part = Part.ROLE;
        }
      }
      case ROLE -> {
        if (behaviour.countOr(Knob.ERROR_EVENT_AFTER_TOKENS, NEVER) == 0) {
          part = Part.END;
          wire.errorEvent(out);
          break;
        }
        wire.role(out);
        if (behaviour.on(Knob.DUPLICATE_START)) {
          wire.role(out);
        }
        part = Part.EMPTY_DELTAS;
      }
      case EMPTY_DELTAS -> {
        if (behaviour.on(Knob.ROLE_ONLY) && mayStall()) {
          return stall();
        }
        if (emptyDeltas > 0) {
          emptyDeltas--;
          delayMillis(keepAliveMs);
          wire.token(out, "");
        } else {
          part = Part.BEFORE_TOKENS;
        }
      }
      case BEFORE_TOKENS -> {
        wire.beforeTokens(out);
        part = Part.TOKENS;
      }
      case TOKENS -> {
        return token(out);
      }
      case FINISH -> {
        part = Part.END;
        if (!behaviour.on(Knob.NO_FINISH)) {
          wire.finish(out);
          part = Part.USAGE;
        }
      }
      case USAGE -> {
        wire.usage(out);
        part = Part.DONE;
      }
      case DONE -> {
        part = Part.END;
        if (!behaviour.on(Knob.NO_DONE)) {
          wire.done(out);
        }
      }
      case END -> {
        delayMillis(behaviour.countOr(Knob.SLOW_CLOSE_MS, 0));
        return END;
      }
    }
    return PIECE;
  }

  private int token(ByteSink out) {
    if (token == behaviour.countOr(Knob.STALL_AFTER_TOKENS, NEVER) && mayStall()) {
      return stall();
    }
    if (token == behaviour.countOr(Knob.RESET_AFTER_TOKENS, NEVER)) {
      return RESET;
    }
    if (token == behaviour.countOr(Knob.CLOSE_AFTER_TOKENS, NEVER)) {
      return CLOSE;
    }
    if (token == behaviour.countOr(Knob.END_AFTER_TOKENS, NEVER)) {
      part = Part.END;
      return PIECE;
    }
    if (token == behaviour.countOr(Knob.ERROR_EVENT_AFTER_TOKENS, NEVER)) {
      part = Part.END;
      wire.errorEvent(out);
      return PIECE;
    }
    int length = answer.tokens().size();
    boolean endless = behaviour.on(Knob.ENDLESS) && !answer.isToolCall();
    if (token >= length && !endless) {
      part = Part.FINISH;
      return PIECE;
    }
    if (token == 0) {
      delayMillis(behaviour.countOr(Knob.FIRST_TOKEN_MS, 0));
    } else {
      delay(gapNanos);
    }
    wire.token(out, text(length));
    token++;
    return PIECE;
  }

  private String text(int length) {
    if (token == 0 && behaviour.has(Knob.BIG_EVENT_MB)) {
      return "x".repeat((int) behaviour.countOr(Knob.BIG_EVENT_MB, 1) << 20);
    }
    return token < length ? answer.tokens().get((int) token) : behaviour.text().token(token);
  }

  /** Spoils the event that shall be bad and sets the line ends. */
  private void fixUp(ByteSink out) {
    long bad = behaviour.countOr(Knob.BAD_JSON_EVENT, NEVER);
    boolean insert = behaviour.textOr(Knob.BAD_JSON_MODE, "replace").equals("insert");
    boolean crlf = behaviour.on(Knob.CRLF);
    scratch.clear();
    byte[] bytes = out.array();
    int start = 0;
    for (int i = 1; i < out.length(); i++) {
      if (bytes[i] != '\n' || bytes[i - 1] != '\n') {
        continue;
      }
      boolean comment = bytes[start] == ':';
      if (!comment && ++events == bad) {
        spoil(bytes, start, i - 1);
        if (insert) {
          scratch.append(bytes, start, i + 1 - start);
        }
      } else {
        scratch.append(bytes, start, i + 1 - start);
      }
      start = i + 1;
    }
    out.clear();
    for (int i = 0; i < scratch.length(); i++) {
      if (crlf && scratch.array()[i] == '\n') {
        out.append('\r');
      }
      out.append(scratch.array()[i]);
    }
  }

  private void spoil(byte[] bytes, int start, int end) {
    byte[] mark = {'d', 'a', 't', 'a', ':', ' '};
    int data = start;
    while (data + mark.length < end
        && !Arrays.equals(bytes, data, data + mark.length, mark, 0, mark.length)) {
      data++;
    }
    scratch.append(bytes, start, data + mark.length + (end - data - mark.length) / 2 - start);
    scratch.ascii("\n\n");
  }
}
