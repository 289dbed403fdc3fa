package fairlead.server.tune;

import fairlead.cache.earn.AnswerAgreement.Verdict;
import fairlead.cache.earn.Observation;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A memory that calls of the past are played to, in their order. Not thread-safe. */
public interface ReplayTarget extends AutoCloseable {
  /** Where a call would have been answered from. */
  enum Found {
    /** The same request was there. */
    EXACT,
    /** The same but for writing: case, white space, masked parts of a log. */
    CANONICAL,
    /** A near candidate, which a threshold would have to let pass. */
    NEAR,
    NOTHING,
    /** Such calls are not answered from memory. */
    NOT_ELIGIBLE,
    /** Not a chat request. */
    INVALID
  }

  /**
   * What came of one call.
   *
   * @param verdict how the stored answer compares with the recorded one; null for no comparison
   */
  record Outcome(Found found, @Nullable Verdict verdict) {}

  /** Looks the call up, compares, and stores its answer for those that follow. */
  Outcome replay(RecordedCall call, Consumer<Observation> seen);

  /** What can only be told at the end: look-ups, refusals. */
  void finish(Consumer<Observation> seen);

  @Override
  void close();
}
