package fairlead.server.exchange;

import fairlead.cache.CacheEntry;
import fairlead.cache.tiers.Tier;
import fairlead.providers.Operation;
import fairlead.providers.wire.ByteSink;
import fairlead.server.caching.AnswerReplay;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Writes an answer from memory: as it is, or as the stream it would have been.
 *
 * <p>Not thread-safe, reusable. Allocates only to grow.
 */
final class MemoryAnswer {
  private static final int KEEP_BYTES = 32 * 1024;

  private final AnswerReplay replay = new AnswerReplay();
  private final AnswerHeaders headers = new AnswerHeaders();
  private final ByteSink events = new ByteSink(0);
  private boolean replayed;

  /**
   * Whether the entry answers the call in the form it wants; to be asked before {@link #send}.
   * Nothing is sent.
   */
  boolean canAnswer(Call call, CacheEntry entry) {
    if (!isStream(call)) {
      return true;
    }
    if (call.usageWanted && entry.completionTokens() < 0) {
      return false; // it is not known what it has cost, and the caller wants to know
    }
    replayed = true;
    return replay.stream(entry.answer(), call.usageWanted, events);
  }

  private static boolean isStream(Call call) {
    return call.stream && call.operation == Operation.CHAT;
  }

  /**
   * Sends the answer of an entry.
   *
   * @param score how alike the requests are; 1 for equal ones
   */
  void send(Call call, CacheEntry entry, Tier tier, float score, long nowMillis)
      throws IOException {
    boolean stream = isStream(call);
    long now = System.nanoTime();
    call.requestNanos = now - call.receivedNanos - call.earlierAttemptsNanos;
    call.answeredNanos = now;
    state(call, tier, score);
    ByteSink lines = head(call, entry, stream, nowMillis);
    if (stream) {
      call.http.beginStream(200, lines);
      call.http.write(events.array(), 0, events.length());
      call.http.endStream();
    } else {
      call.http.respond(200, lines, entry.answer(), 0, entry.answer().length);
    }
  }

  /** Gives memory back that only a large answer needed. */
  void trim() {
    if (replayed) {
      replayed = false;
      replay.trim();
      events.trim(KEEP_BYTES);
    }
  }

  private static void state(Call call, Tier tier, float score) {
    call.cacheState.clear();
    if (tier == Tier.EXACT) {
      call.cacheState.ascii("exact");
      return;
    }
    // Rounded down: 1.00 is only what is equal but for its writing.
    int hundredths = (int) (score * 100);
    call.cacheState.ascii("semantic;score=").decimal(hundredths / 100).append('.');
    call.cacheState.append((char) ('0' + hundredths / 10 % 10));
    call.cacheState.append((char) ('0' + hundredths % 10));
  }

  private ByteSink head(Call call, CacheEntry entry, boolean stream, long nowMillis) {
    if (stream) {
      headers.beginStream(null);
    } else {
      headers.begin(null);
    }
    headers
        .requestId(call.requestId)
        .answeredBy(entry.provider(), entry.model())
        .attempts(0)
        .cacheAndCost(call.cacheState, true)
        .cacheKey(entry.keyHigh(), entry.keyLow());
    if (entry.keyHigh() != call.cacheKeyHigh || entry.keyLow() != call.cacheKeyLow) {
      headers.cacheRequest(call.cacheKeyHigh, call.cacheKeyLow);
    }
    headers
        .age(TimeUnit.MILLISECONDS.toSeconds(nowMillis - entry.storedAtMillis()))
        .overhead(call.requestNanos, 0);
    if (call.explain) {
      headers.line("x-fairlead-route-trace", "answered from memory: " + call.cacheState);
    }
    return headers.lines();
  }
}
