package fairlead.server.exchange;

import fairlead.cache.CacheEntry;
import fairlead.cache.tiers.Pending;
import fairlead.cache.tiers.Question;
import fairlead.providers.Usage;
import fairlead.providers.wire.ByteRange;
import fairlead.server.caching.AnswerCapture;
import fairlead.server.caching.StorableAnswer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes an entry of what a caller was sent, if it may be one.
 *
 * <p>Not thread-safe: one per connection, which holds something only between the request and its
 * answer. Runs after the caller has the answer; allocates the entry.
 */
final class Remembering {
  private static final int MAX_TAGS = 8;
  private static final int MAX_TAG_BYTES = 512;
  private static final String[] NO_TAGS = {};
  private static final byte[] NOTHING = {};

  private final Call call;
  private final SharedCache shared;

  private long partitionHigh;
  private long partitionLow;
  private byte[] payload = NOTHING;

  Remembering(Call call, SharedCache shared) {
    this.call = call;
    this.shared = shared;
  }

  /** Keeps what an entry holds of its question. */
  void keep(Question question) {
    if (question.isFuzzy()) {
      partitionHigh = question.partitionHigh();
      partitionLow = question.partitionLow();
      payload = question.copyOfText();
    }
  }

  /**
   * Looks at what was sent; stores it, and compares it with what might have been served.
   *
   * @param after what the look-up has left
   * @param ttlMillis how long it may be kept; 0: not at all
   * @param awaited whether it is stored however full memory is, since others wait for it or an
   *     older one was there
   * @param nowMillis the time of day
   * @return the entry, or null if there is none
   */
  @Nullable CacheEntry remember(
      RouteCaching of,
      String tenant,
      @Nullable Pending after,
      long ttlMillis,
      boolean awaited,
      long nowMillis) {
    AnswerCapture capture = call.capture;
    boolean turnedAway = ttlMillis > 0 && !awaited && !isAdmitted(capture, nowMillis);
    if (turnedAway && (after == null || !after.isCheck())) {
      shared.turnedAway();
      return null;
    }
    StorableAnswer.Reason reason =
        capture.isKnown(call.streamed, call.text)
            ? capture.take(call.streamed, call.text, call.served)
            : read(capture);
    if (reason != null) {
      shared.dropped(reason);
      return null;
    }
    if (after != null) {
      shared.cache().check(after, capture.answer());
    }
    if (ttlMillis <= 0) {
      return null;
    }
    if (turnedAway) {
      shared.turnedAway();
      return null;
    }
    CacheEntry entry = entry(of, tenant, capture.answer(), nowMillis, ttlMillis);
    return shared.cache().remember(after, entry) ? entry : null;
  }

  private boolean isAdmitted(AnswerCapture capture, long nowMillis) {
    int bytes = payload.length + capture.roughBytes(call.text);
    return shared.cache().admits(call.cacheKeyHigh, call.cacheKeyLow, bytes, nowMillis);
  }

  private StorableAnswer.@Nullable Reason read(AnswerCapture capture) {
    MemoryScratch with = shared.borrow();
    try {
      return capture.read(
          call.operation, call.streamed, call.served, with.assembler, with.storable);
    } finally {
      with.storable.forget();
      with.assembler.trim();
      shared.giveBack(with);
    }
  }

  private CacheEntry entry(
      RouteCaching of, String tenant, byte[] answer, long nowMillis, long ttlMillis) {
    Usage usage = call.served;
    TargetRuntime by = call.servedBy;
    CacheEntry.Builder entry =
        new CacheEntry.Builder()
            .key(call.cacheKeyHigh, call.cacheKeyLow)
            .partition(partitionHigh, partitionLow)
            .payload(payload)
            .owner(tenant, of.route())
            .tags(tags())
            .answer(answer)
            .lives(nowMillis, nowMillis + ttlMillis);
    if (by != null) {
      String model = by.model();
      entry.answeredBy(
          by.provider().name(),
          HeaderText.safe(
              model == null ? call.dynamicModel.toString() : model, HeaderText.MAX_NAME_CHARS));
      if (usage.known()) {
        entry.saves(
            usage.promptTokens(),
            usage.completionTokens(),
            by.costUsd(usage.promptTokens(), usage.completionTokens()));
      }
    }
    return entry.build();
  }

  /** What the caller has called the request, {@code a=b,c=d}; the rest of a long list is left. */
  private String[] tags() {
    ByteRange header = call.header;
    if (!call.http.findHeader("x-fairlead-tags", header)
        || header.isEmpty()
        || header.length() > MAX_TAG_BYTES) {
      return NO_TAGS;
    }
    String text = HeaderText.safe(header.toString());
    List<String> tags = new ArrayList<>();
    int from = 0;
    while (from <= text.length() && tags.size() < MAX_TAGS) {
      int comma = text.indexOf(',', from);
      int to = comma < 0 ? text.length() : comma;
      String tag = text.substring(from, to).strip();
      if (!tag.isEmpty()) {
        tags.add(tag);
      }
      from = to + 1;
    }
    return tags.toArray(NO_TAGS);
  }

  /** Lets go of the question. */
  void forget() {
    partitionHigh = 0;
    partitionLow = 0;
    payload = NOTHING;
  }
}
