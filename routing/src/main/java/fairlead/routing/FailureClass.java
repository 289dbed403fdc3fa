package fairlead.routing;

/**
 * What kind of failure an attempt ended with, and what may be tried because of it.
 *
 * <p>The table follows what providers mean by their answers: a rate limit belongs to a key, a
 * server error to a target, a refused request to the request itself.
 */
public enum FailureClass {
  /** Nobody answered: refused, reset before the first byte, TLS or name look-up failed. */
  UNREACHABLE(true, false, true),
  /** The provider failed: 408, 424, 5xx, 529, or an answer that broke off or made no sense. */
  SERVER_ERROR(true, false, true),
  /** 429: this key has used up its share. */
  RATE_LIMITED(false, true, true),
  /** 401, 402, 403: this key is not (or no longer) good here. */
  CREDENTIALS(false, true, true),
  /** One of the clocks ran out. Slow is not down, but asking a silent target again helps nobody. */
  TIMEOUT(false, false, true),
  /** 404: the target does not have this model. */
  NOT_FOUND(false, false, true),
  /** The target's wire cannot express this request. */
  UNSUPPORTED(false, false, true),
  /** Any other 4xx: the request itself is at fault and would be refused again. */
  REFUSED(false, false, false),
  /** The caller went away, or the whole call ran out of time. */
  ABANDONED(false, false, false);

  private final boolean sameTarget;
  private final boolean otherKey;
  private final boolean otherTarget;

  FailureClass(boolean sameTarget, boolean otherKey, boolean otherTarget) {
    this.sameTarget = sameTarget;
    this.otherKey = otherKey;
    this.otherTarget = otherTarget;
  }

  /** Whether the same target may be asked again after a pause. */
  public boolean sameTarget() {
    return sameTarget;
  }

  /** Whether another key of the same provider may succeed at once. */
  public boolean otherKey() {
    return otherKey;
  }

  /** Whether another target may succeed. */
  public boolean otherTarget() {
    return otherTarget;
  }

  /** The class of an HTTP status of 300 or above. */
  public static FailureClass ofStatus(int status) {
    return switch (status) {
      case 401, 402, 403 -> CREDENTIALS;
      case 404 -> NOT_FOUND;
      case 408, 424 -> SERVER_ERROR;
      case 429 -> RATE_LIMITED;
      default -> status >= 500 || status < 400 ? SERVER_ERROR : REFUSED;
    };
  }
}
