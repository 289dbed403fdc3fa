package fairlead.server.exchange;

import fairlead.providers.Operation;
import fairlead.providers.UpstreamRequest;
import fairlead.providers.dialect.AnthropicRequest;
import fairlead.providers.dialect.AnthropicTarget;
import fairlead.providers.dialect.RefusedRequestException;
import fairlead.providers.wire.ByteGather;
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
 * are for us, cut out; {@code max_tokens} under its newer name where the model has refused the old
 * one; and the beginning of the answer where the target is to continue it. Everything else stays
 * byte for byte.
 *
 * <p>Not thread-safe: one per connection. The same wire allocates nothing.
 */
final class RequestEncoder {
  private static final int KEEP_BYTES = 32 * 1024;

  private final RequestEdits edits = new RequestEdits();
  private @Nullable AnthropicRequest anthropic; // made for the first target that needs it
  private final ByteSink translated = new ByteSink(0);
  private final ByteSink model = new ByteSink(64);
  private final ByteSink edited = new ByteSink(0);
  private final ByteGather gathered = new ByteGather();
  private boolean oldTokenLimit;
  private @Nullable String param;
  private String code = "";

  /**
   * Fills the request's extra headers and body.
   *
   * @param rescue null, or what knows the beginning of the answer
   * @return null, or why this target's wire cannot express the request
   */
  @Nullable String encode(
      Call call,
      RequestScan scan,
      TargetRuntime target,
      UpstreamRequest request,
      @Nullable Rescue rescue) {
    request.extraHeaders().append(call.forwardedHeaders.array(), 0, call.forwardedHeaders.length());
    edits.begin();
    oldTokenLimit = false;
    boolean prefixed = false;
    if (rescue != null && rescue.attempt(target.continuesText())) {
      prefixed = true;
      edits.prefill(
          scan, rescue.text().array(), 0, rescue.text().length(), target.wantsPrefixMark());
    }
    if (target.provider().speaksChat()) {
      sameWire(call, scan, target, request);
      return null;
    }
    if (!prefixed) {
      return translate(call, target, request, scan.array(), scan.start(), scan.end());
    }
    edited.clear();
    edits.appendTo(scan, gathered);
    gathered.appendTo(edited);
    gathered.clear();
    return translate(call, target, request, edited.array(), 0, edited.length());
  }

  private void sameWire(
      Call call, RequestScan scan, TargetRuntime target, UpstreamRequest request) {
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
    if (call.operation == Operation.CHAT && scan.maxTokensKeyAt() >= 0) {
      oldTokenLimit = !target.state().wantsMaxCompletionTokens(target.model(), call.dynamicModel);
      if (!oldTokenLimit) {
        edits.renameMaxTokens(scan);
      }
    }
    edits.appendTo(scan, request.body());
  }

  private static boolean same(RequestScan scan, byte[] model) {
    return Arrays.equals(scan.array(), scan.modelStart(), scan.modelEnd(), model, 0, model.length);
  }

  private @Nullable String translate(
      Call call, TargetRuntime target, UpstreamRequest request, byte[] chat, int start, int end) {
    translated.clear();
    AnthropicTarget messages = target.messagesTarget();
    if (messages == null) {
      messages =
          AnthropicTarget.of(
              call.dynamicModel.toString(),
              target.provider().settings().maxTokensDefault(),
              AnthropicTarget.Door.DIRECT);
    }
    AnthropicRequest translator = anthropic;
    if (translator == null) {
      translator = new AnthropicRequest();
      anthropic = translator;
    }
    try {
      translator.translate(chat, start, end, messages, translated);
    } catch (RefusedRequestException e) {
      param = e.param();
      code = e.code();
      return String.valueOf(e.getMessage());
    }
    request.body().add(translated.array(), 0, translated.length());
    return null;
  }

  /** Whether the request went out with a {@code max_tokens} that could have been renamed. */
  boolean oldTokenLimit() {
    return oldTokenLimit;
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
    edits.begin();
    gathered.clear();
    edited.trim(0);
    if (translated.array().length > KEEP_BYTES) {
      translated.trim(0);
    }
  }
}
