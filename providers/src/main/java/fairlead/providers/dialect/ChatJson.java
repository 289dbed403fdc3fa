package fairlead.providers.dialect;

import fairlead.providers.Usage;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;

/**
 * The pieces that a chat completion and its chunks share.
 *
 * <p>Stateless; appends only.
 */
final class ChatJson {
  private ChatJson() {}

  /** Appends the usage object as CompletionUsage of the OpenAI specification has it. */
  static void usage(Usage usage, ByteSink out) {
    out.ascii("{\"prompt_tokens\":").decimal(usage.promptTokens());
    out.ascii(",\"completion_tokens\":").decimal(usage.completionTokens());
    out.ascii(",\"total_tokens\":").decimal(usage.totalTokens());
    out.ascii(",\"prompt_tokens_details\":{\"cached_tokens\":").decimal(usage.cachedTokens());
    out.ascii(",\"cache_write_tokens\":").decimal(usage.cacheWriteTokens());
    out.ascii("},\"completion_tokens_details\":{\"reasoning_tokens\":");
    out.decimal(usage.reasoningTokens()).ascii("}}");
  }

  /** Appends {@code ,"native_finish_reason":"..."} unless {@code inside} is empty. */
  static void nativeReason(ByteRange inside, ByteSink out) {
    if (!inside.isEmpty()) {
      JsonText.append(out.ascii(",\"native_finish_reason\":\""), inside).append('"');
    }
  }
}
