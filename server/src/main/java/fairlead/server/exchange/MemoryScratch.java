package fairlead.server.exchange;

import fairlead.cache.tiers.AnswerCache;
import fairlead.cache.tiers.Lookup;
import fairlead.cache.tiers.Question;
import fairlead.server.caching.CacheControls;
import fairlead.server.caching.RequestFingerprint;
import fairlead.server.caching.StorableAnswer;
import fairlead.server.caching.StreamAssembler;

/**
 * What looking for an answer and storing one is done with.
 *
 * <p>Not thread-safe: belongs to whoever has borrowed it. Some tens of KB.
 */
final class MemoryScratch {
  final CacheControls controls = new CacheControls();
  final RequestFingerprint fingerprint;
  final CallerSeed seed;
  final Lookup lookup;
  final Question question = new Question();
  final MemoryAnswer answer = new MemoryAnswer();
  final StreamAssembler assembler = new StreamAssembler();
  final StorableAnswer storable = new StorableAnswer();

  MemoryScratch(AnswerCache cache) {
    fingerprint = new RequestFingerprint(cache.secret());
    seed = new CallerSeed(cache.secret());
    lookup = cache.lookup();
  }

  /** Lets go of the call. What a call has not used is not touched: most of it is for hits. */
  void forget() {
    question.forget();
    lookup.forget();
    fingerprint.forget();
    controls.forget();
    answer.trim();
  }
}
