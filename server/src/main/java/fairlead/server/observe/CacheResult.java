package fairlead.server.observe;

import java.util.Locale;

/** How a call fared with the memory for answers; each call has one. */
public enum CacheResult {
  /** Nothing there: a provider was asked. */
  MISS,
  /** Answered from an equal request. */
  EXACT,
  /** Answered from a request that differs in case, white space or what is masked in a log. */
  CANONICAL,
  /** Answered from a request that means the same. */
  SEMANTIC,
  /** Answered from a build log with nearly the same lines. */
  LINES,
  /** Answered with the answer an equal call was waiting for. */
  JOINED,
  /** A near match was there, and a provider was asked all the same to compare. */
  CHECKED,
  /** A provider was asked because the caller wanted a fresh answer. */
  REFRESHED,
  /** Refused because the caller wanted an answer from memory only, and there was none. */
  ABSENT,
  /** The call may not be answered from memory, not even from an equal one: tools and the like. */
  INELIGIBLE,
  /** Off for the route or by the caller. */
  OFF;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** What metrics and administration call it. */
  public String label() {
    return label;
  }
}
