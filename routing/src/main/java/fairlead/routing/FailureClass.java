package fairlead.routing;

/**
 * What kind of failure an attempt ended with, and what may be done because of it.
 *
 * <p>The table follows what providers mean by their answers: a rate limit belongs to a key, a
 * server error to a target, a refused request to the request itself.
 */
public enum FailureClass {
  /** Nobody answers: refused, name not found, TLS or proxy failed. */
  UNREACHABLE(Again.AT_ONCE, Elsewhere.YES, true, false, KeyEffect.NONE),
  /** The connection broke before the first byte of an answer. */
  RESET(Again.AT_ONCE, Elsewhere.YES, true, false, KeyEffect.NONE),
  /** The provider failed: 500, 502, 504, 408, 424, or an answer that broke off or made no sense. */
  SERVER_ERROR(Again.AFTER_BACKOFF, Elsewhere.YES, true, false, KeyEffect.NONE),
  /** A stream broke off after its first content; somebody else is more likely to finish it. */
  CUT(Again.AT_ONCE, Elsewhere.YES, true, false, KeyEffect.NONE),
  /** The provider has no room for anybody: 503, 529, a 429 that means capacity. */
  OVERLOADED(Again.AFTER_BACKOFF, Elsewhere.YES, true, true, KeyEffect.NONE),
  /** 429: this key has used up its share for now. */
  RATE_LIMITED(Again.WHEN_TOLD, Elsewhere.YES, false, true, KeyEffect.COOL_DOWN),
  /** What this key may spend is spent. */
  QUOTA(Again.NO, Elsewhere.YES, false, false, KeyEffect.OUT_LONG),
  /** This key is not (or no longer) good here. */
  CREDENTIALS(Again.NO, Elsewhere.YES, false, false, KeyEffect.OUT_UNTIL_CHANGED),
  /** This key is good, but has no access to the model. */
  MODEL_DENIED(Again.NO, Elsewhere.YES, false, false, KeyEffect.MODEL_OUT),
  /** The target does not have this model. */
  MODEL_NOT_FOUND(Again.NO, Elsewhere.YES, false, false, KeyEffect.NONE),
  /** One of the clocks ran out. Slow is not down, but asking a silent target again helps nobody. */
  TIMEOUT(Again.NO, Elsewhere.YES, true, false, KeyEffect.NONE),
  /** The request is longer than the model's window. */
  CONTEXT_LENGTH(Again.NO, Elsewhere.LARGER_WINDOW, false, false, KeyEffect.NONE),
  /** The provider will not answer for what is in the request. */
  CONTENT_FILTER(Again.NO, Elsewhere.BY_POLICY, false, false, KeyEffect.NONE),
  /** The provider does not understand a parameter; one that speaks another dialect may. */
  BAD_PARAMETER(Again.NO, Elsewhere.OTHER_DIALECT, false, false, KeyEffect.NONE),
  /** 413: the body is larger than the provider takes. */
  TOO_LARGE(Again.NO, Elsewhere.OTHER_DIALECT, false, false, KeyEffect.NONE),
  /** The model wrote a tool call that cannot be read; the next draw may be better. */
  TOOL_GENERATION(Again.AT_ONCE, Elsewhere.YES, false, false, KeyEffect.NONE),
  /** The target's wire cannot express this request: nothing was sent. */
  UNSUPPORTED(Again.NO, Elsewhere.YES, false, false, KeyEffect.NONE),
  /** Any other 4xx: the request itself is at fault and would be refused again. */
  REFUSED(Again.NO, Elsewhere.NO, false, false, KeyEffect.NONE),
  /** The caller went away, or the whole call ran out of time. */
  ABANDONED(Again.NO, Elsewhere.NO, false, false, KeyEffect.NONE);

  /** Whether the same target may be asked again within the call. */
  public enum Again {
    NO,
    /** Once, without a pause. */
    AT_ONCE,
    /** After a growing random pause, or after the one the provider asks for. */
    AFTER_BACKOFF,
    /** After the pause the provider asks for, if that is short enough. */
    WHEN_TOLD
  }

  /** Which other targets may succeed. */
  public enum Elsewhere {
    NO,
    YES,
    /** Those with a larger context window. */
    LARGER_WINDOW,
    /** Those that speak another dialect. */
    OTHER_DIALECT,
    /** All, if the route's policy lets such requests move. */
    BY_POLICY
  }

  /** What becomes of the key the attempt was made with. */
  public enum KeyEffect {
    NONE,
    /** It rests until its limit is reset. */
    COOL_DOWN,
    /** It is out for long: somebody has to pay, or a day has to pass. */
    OUT_LONG,
    /** It is out until it is changed. */
    OUT_UNTIL_CHANGED,
    /** It is out for this model only. */
    MODEL_OUT
  }

  private final Again again;
  private final Elsewhere elsewhere;
  private final boolean countsAgainstHealth;
  private final boolean overload;
  private final KeyEffect keyEffect;

  FailureClass(
      Again again,
      Elsewhere elsewhere,
      boolean countsAgainstHealth,
      boolean overload,
      KeyEffect keyEffect) {
    this.again = again;
    this.elsewhere = elsewhere;
    this.countsAgainstHealth = countsAgainstHealth;
    this.overload = overload;
    this.keyEffect = keyEffect;
  }

  /** Whether, and when, the same target may be asked again. */
  public Again again() {
    return again;
  }

  /** Whether another key of the same provider may succeed at once. */
  public boolean otherKey() {
    return keyEffect != KeyEffect.NONE;
  }

  /** Which other targets may succeed. */
  public Elsewhere elsewhere() {
    return elsewhere;
  }

  /** Whether the target is to blame. */
  public boolean countsAgainstHealth() {
    return countsAgainstHealth;
  }

  /** Whether the target says that it gets too much at once. */
  public boolean overload() {
    return overload;
  }

  /** What becomes of the key. */
  public KeyEffect keyEffect() {
    return keyEffect;
  }

  /** The class of an HTTP status of 300 or above, for when nothing finer is known. */
  public static FailureClass ofStatus(int status) {
    return switch (status) {
      case 400 -> BAD_PARAMETER;
      case 401, 403 -> CREDENTIALS;
      case 402 -> QUOTA;
      case 404 -> MODEL_NOT_FOUND;
      case 408, 424 -> SERVER_ERROR;
      case 413 -> TOO_LARGE;
      case 429 -> RATE_LIMITED;
      case 503, 529 -> OVERLOADED;
      default -> status >= 500 || status < 400 ? SERVER_ERROR : REFUSED;
    };
  }
}
