package fairlead.server.exchange;

import fairlead.providers.Operation;
import fairlead.providers.UpstreamRequest;
import fairlead.providers.dialect.AnthropicRequest;
import fairlead.providers.dialect.AnthropicTarget;
import fairlead.providers.dialect.RefusedRequestException;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.RequestEdits;
import fairlead.providers.wire.RequestScan;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes the request for one target: the caller's bytes with the few edits for the same wire, a
 * translation for another.
 *
 * <p>The edits are: the model's name where the target has its own; {@code
 * stream_options.include_usage} where the provider's settings ask for it; {@code fallbacks}, which
 * are for us, cut out. Everything else stays byte for byte.
 *
 * <p>Not thread-safe: one per connection. The same wire allocates nothing.
 */
final class RequestEncoder {
  private static final int KEEP_BYTES = 32 * 1024;

  /** Headers of the caller that providers shall see, each with the form it is sent in. */
  private static final String[] FORWARDED = {
    "traceparent", "tracestate", "idempotency-key", "openai-beta", "anthropic-beta"
  };

  private static final int MAX_FORWARDED_BYTES = 1024;

  private final RequestEdits edits = new RequestEdits();
  private final AnthropicRequest anthropic = new AnthropicRequest();
  private final ByteSink translated = new ByteSink(0);
  private final ByteSink model = new ByteSink(64);
  private final ByteRange header = new ByteRange();
  private @Nullable String param;
  private String code = "";

  /**
   * Fills the request's extra headers and body.
   *
   * @return null, or why this target's wire cannot express the request
   */
  @Nullable String encode(
      Call call, RequestScan scan, TargetRuntime target, UpstreamRequest request) {
    forwardHeaders(call, request.extraHeaders());
    if (target.provider().speaksChat()) {
      sameWire(call, scan, target, request);
      return null;
    }
    return translate(call, scan, target, request);
  }

  private void sameWire(
      Call call, RequestScan scan, TargetRuntime target, UpstreamRequest request) {
    edits.begin();
    byte[] own = target.modelJson();
    if (own != null) {
      if (!same(scan, own)) {
        edits.model(scan, own, 0, own.length);
      }
    } else if (call.dynamicModel.length() != scan.modelEnd() - scan.modelStart()) {
      model.clear();
      model.jsonEscaped(
          call.dynamicModel.array(), call.dynamicModel.start(), call.dynamicModel.length());
      edits.model(scan, model.array(), 0, model.length());
    }
    if (call.stream
        && call.operation != Operation.EMBEDDINGS
        && target.provider().settings().streamUsage()) {
      edits.includeUsage(scan);
    }
    edits.cutFallbacks(scan);
    edits.appendTo(scan, request.body());
  }

  private static boolean same(RequestScan scan, byte[] model) {
    return Arrays.equals(scan.array(), scan.modelStart(), scan.modelEnd(), model, 0, model.length);
  }

  private @Nullable String translate(
      Call call, RequestScan scan, TargetRuntime target, UpstreamRequest request) {
    translated.clear();
    AnthropicTarget messages = target.messagesTarget();
    if (messages == null) {
      messages =
          AnthropicTarget.of(
              call.dynamicModel.toString(),
              target.provider().settings().maxTokensDefault(),
              AnthropicTarget.Door.DIRECT);
    }
    try {
      anthropic.translate(scan.array(), scan.start(), scan.end(), messages, translated);
    } catch (RefusedRequestException e) {
      param = e.param();
      code = e.code();
      return String.valueOf(e.getMessage());
    }
    request.body().add(translated.array(), 0, translated.length());
    return null;
  }

  private void forwardHeaders(Call call, ByteSink out) {
    for (String name : FORWARDED) {
      if (call.http.findHeader(name, header) && header.length() <= MAX_FORWARDED_BYTES) {
        out.ascii(name).ascii(": ");
        out.append(header.array(), header.start(), header.length());
        out.ascii("\r\n");
      }
    }
  }

  /** The field that cannot be expressed, after {@link #encode} gave a reason. */
  @Nullable String param() {
    return param;
  }

  /** The error code that goes with {@link #param}. */
  String code() {
    return code;
  }

  /** Gives memory back that only a large translation needed, and lets go of the request. */
  void trim() {
    header.clear();
    if (translated.array().length > KEEP_BYTES) {
      translated.trim(0);
    }
  }
}
