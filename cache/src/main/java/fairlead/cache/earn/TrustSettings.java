package fairlead.cache.earn;

/**
 * What an operator asks of one near tier of one route.
 *
 * @param mode what may happen at all
 * @param tier whose scores these are
 * @param budget the share of wrong answers among the served that is accepted, above 0, below 1
 * @param recheck the share of hits that is checked for ever, 0 to 1
 * @param floor no score below is ever served
 * @param version of what makes scores and verdicts (embedder, guards): evidence of another version
 *     counts for nothing; without white space
 */
public record TrustSettings(
    Mode mode, NearTier tier, double budget, double recheck, float floor, String version) {

  /** 2 % of what is served may be wrong. */
  public static final double DEFAULT_BUDGET = 0.02;

  /** 2 % of hits are checked for ever. */
  public static final double DEFAULT_RECHECK = 0.02;

  /** How far trust may go. */
  public enum Mode {
    /** Near answers are not looked for. */
    OFF,
    /** Would-be hits are checked and never served. */
    SHADOW,
    /** Would-be hits are checked until a threshold is certified, then served from there. */
    EARN,
    /** Hits are served from the floor at once; trouble steps back, and only tests climb again. */
    SERVE
  }

  public TrustSettings {
    if (!(budget > 0 && budget < 1)) {
      throw new IllegalArgumentException("budget must be above 0 and below 1: " + budget);
    }
    if (!(recheck >= 0 && recheck <= 1)) {
      throw new IllegalArgumentException("recheck must be 0 to 1: " + recheck);
    }
    if (!(floor >= 0 && floor <= 1)) {
      throw new IllegalArgumentException("floor must be 0 to 1: " + floor);
    }
    if (version.isEmpty() || version.chars().anyMatch(c -> c <= ' ')) {
      throw new IllegalArgumentException("version must have no white space: '" + version + "'");
    }
  }

  /** The usual settings for a mode. */
  public static TrustSettings of(Mode mode, NearTier tier, float floor, String version) {
    return new TrustSettings(mode, tier, DEFAULT_BUDGET, DEFAULT_RECHECK, floor, version);
  }

  /** The step that holds the floor: nothing below it can be served. */
  int floorStep() {
    return tier.step(Math.max(floor, tier.lowest()));
  }

  /** The least score that a step serves. */
  float threshold(int step) {
    return step < 0 ? Float.POSITIVE_INFINITY : Math.max(floor, tier.threshold(step));
  }

  /** The least score that is worth looking at: in shadow also what the floor would not serve. */
  float least() {
    return switch (mode) {
      case OFF -> Float.POSITIVE_INFINITY;
      case SHADOW -> tier.lowest();
      case EARN, SERVE -> Math.max(floor, tier.lowest());
    };
  }
}
