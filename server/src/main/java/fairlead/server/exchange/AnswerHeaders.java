package fairlead.server.exchange;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes the header lines of an answer: who answered, after how many attempts, and what the gateway
 * itself cost.
 *
 * <p>Not thread-safe: one per connection. Allocates nothing after the sink has grown.
 */
final class AnswerHeaders {
  private static final byte[] CONTENT_TYPE = ascii("Content-Type: ");
  private static final byte[] JSON = ascii("Content-Type: application/json\r\n");
  private static final byte[] EVENT_STREAM =
      ascii("Content-Type: text/event-stream; charset=utf-8\r\n");
  private static final byte[] UNBUFFERED =
      ascii("Cache-Control: no-cache\r\nX-Accel-Buffering: no\r\n");
  private static final byte[] REQUEST_ID = ascii("x-request-id: ");
  private static final byte[] PROVIDER = ascii("x-fairlead-provider: ");
  private static final byte[] MODEL = ascii("x-fairlead-model: ");
  private static final byte[] AGE = ascii("Age: ");
  private static final byte[] ATTEMPTS = ascii("x-fairlead-attempts: ");
  private static final byte[] CACHE = ascii("x-fairlead-cache: ");
  private static final byte[] COST_UNKNOWN = ascii("\r\nx-fairlead-cost-usd: unknown\r\n");
  private static final byte[] COST_NOTHING = ascii("\r\nx-fairlead-cost-usd: 0.000000\r\n");
  private static final byte[] CACHE_KEY = ascii("x-fairlead-cache-key: ");
  private static final byte[] CACHE_REQUEST = ascii("x-fairlead-cache-request: ");
  private static final byte[] OVERHEAD = ascii("x-fairlead-overhead-us: ");
  private static final byte[] TIMING_REQUEST = ascii("Server-Timing: request;dur=");
  private static final byte[] TIMING_RESPONSE = ascii(", response;dur=");
  private static final byte[] CRLF = {'\r', '\n'};

  private static final int USUAL_BYTES = 768;

  private final ByteSink lines = new ByteSink(0); // many never say anything: errors, say

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  ByteSink lines() {
    return lines;
  }

  /** Starts with the content type; null stands for JSON. */
  AnswerHeaders begin(@Nullable String contentType) {
    start(contentType, JSON);
    return this;
  }

  /** Starts the head of a stream. */
  AnswerHeaders beginStream(@Nullable String contentType) {
    start(contentType, EVENT_STREAM);
    lines.append(UNBUFFERED);
    return this;
  }

  private void start(@Nullable String contentType, byte[] usual) {
    lines.clear();
    lines.reserve(USUAL_BYTES);
    if (contentType == null) {
      lines.append(usual);
    } else {
      lines.append(CONTENT_TYPE).ascii(contentType).append(CRLF);
    }
  }

  AnswerHeaders requestId(ByteSink id) {
    lines.append(REQUEST_ID).append(id.array(), 0, id.length()).append(CRLF);
    return this;
  }

  /**
   * @param dynamicModel what was sent as the model where the target names none
   */
  AnswerHeaders target(TargetRuntime target, ByteRange dynamicModel) {
    lines.append(target.headerLines());
    if (target.model() == null) {
      lines.append(MODEL);
      for (int i = dynamicModel.start(); i < dynamicModel.end(); i++) {
        byte b = dynamicModel.array()[i];
        lines.append(b >= ' ' && b <= '~' ? b : (byte) '?');
      }
      lines.append(CRLF);
    }
    return this;
  }

  AnswerHeaders attempts(int attempts) {
    lines.append(ATTEMPTS).decimal(attempts).append(CRLF);
    return this;
  }

  /**
   * What the cache had to do with it, and what the answer cost.
   *
   * @param state such as {@code miss}
   * @param remembered whether it came from memory, which costs nothing
   */
  AnswerHeaders cacheAndCost(ByteSink state, boolean remembered) {
    lines.append(CACHE).append(state.array(), 0, state.length());
    lines.append(remembered ? COST_NOTHING : COST_UNKNOWN);
    return this;
  }

  /** Under which key operators find the stored answer. */
  AnswerHeaders cacheKey(long high, long low) {
    lines.append(CACHE_KEY).hexLong(high).hexLong(low).append(CRLF);
    return this;
  }

  /** The key of the request itself, where it is answered from another one's entry. */
  AnswerHeaders cacheRequest(long high, long low) {
    lines.append(CACHE_REQUEST).hexLong(high).hexLong(low).append(CRLF);
    return this;
  }

  /** Who gave an answer that comes from memory now. */
  AnswerHeaders answeredBy(String provider, String model) {
    lines.append(PROVIDER).ascii(provider).append(CRLF);
    lines.append(MODEL).ascii(HeaderText.safe(model, HeaderText.MAX_NAME_CHARS)).append(CRLF);
    return this;
  }

  /** How old an answer from memory is (RFC 9111 section 5.1), in seconds. */
  AnswerHeaders age(long seconds) {
    lines.append(AGE).decimal(Math.max(0, seconds)).append(CRLF);
    return this;
  }

  /**
   * Time in the gateway, in the two phases before and after the provider.
   *
   * @param requestNanos from the whole request being here to the first attempt, and between
   *     attempts
   * @param responseNanos from the provider's answer to this head
   */
  AnswerHeaders overhead(long requestNanos, long responseNanos) {
    long requestUs = Math.max(0, requestNanos / 1_000);
    long responseUs = Math.max(0, responseNanos / 1_000);
    lines.append(OVERHEAD).decimal(requestUs + responseUs).append(CRLF);
    lines.append(TIMING_REQUEST);
    millis(requestUs);
    lines.append(TIMING_RESPONSE);
    millis(responseUs);
    lines.append(CRLF);
    return this;
  }

  private void millis(long us) {
    lines.decimal(us / 1_000).append('.');
    long rest = us % 1_000;
    lines.append((byte) ('0' + rest / 100));
    lines.append((byte) ('0' + rest / 10 % 10));
    lines.append((byte) ('0' + rest % 10));
  }

  AnswerHeaders line(String name, String value) {
    lines.ascii(name).ascii(": ").ascii(value).append(CRLF);
    return this;
  }
}
