package fairlead.server.config;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one route's calls may have from memory, with everything inherited filled in: immutable.
 *
 * @param exact whether an equal request is answered from memory
 * @param semantic whether a request that means the same is; never without {@code exact}
 * @param mode how far near matches are trusted
 * @param guards what must agree besides the similarity
 * @param similarityThreshold no near match of prose below this is served, 0 to 1; 0: {@code guards}
 *     alone says how alike texts must be
 * @param logSimilarity the same for build logs, which are compared line by line
 * @param exactTtlSeconds how old an answer to an equal request may be
 * @param semanticTtlSeconds how old an answer to a request that means the same may be
 * @param errorBudgetPercent the share of wrong answers among near matches that must not be
 *     exceeded, above 0 to 50
 * @param recheckPercent the share of served near matches that is asked anew to compare, 0 to 100
 * @param maxTemperature requests above this have no near matches, 0 to 2
 * @param allow what is usually not answered from memory and is here
 * @param share the name under which all callers of the route share answers; null: each key its own
 */
public record RouteCache(
    boolean exact,
    boolean semantic,
    Mode mode,
    Guards guards,
    double similarityThreshold,
    double logSimilarity,
    int exactTtlSeconds,
    int semanticTtlSeconds,
    double errorBudgetPercent,
    double recheckPercent,
    double maxTemperature,
    Set<Allowed> allow,
    @Nullable String share) {

  /** No call is answered from memory; the rest is what holds where nothing is written. */
  public static final RouteCache OFF =
      new RouteCache(
          false, false, Mode.EARN, Guards.STRICT, 0, 0.95, 3_600, 3_600, 2, 2, 1, Set.of(), null);

  public RouteCache {
    if (semantic && !exact) {
      throw new IllegalArgumentException("semantic answers without exact ones");
    }
    allow = Set.copyOf(allow);
  }

  /** How far near matches are trusted. */
  public enum Mode {
    /** They are recorded and compared, and never served. */
    SHADOW,
    /** They are compared until they have proved to be right often enough, then served. */
    EARN,
    /** They are served from the threshold on, at once. */
    SERVE
  }

  /** What must agree besides the similarity. */
  public enum Guards {
    /** Everything but case, white space and the like: there are no near matches. */
    EXACT,
    /** All that is known to change a meaning, and no word without a partner in the other text. */
    STRICT,
    /** Numbers, names, negation, opposites; the rest is left to the similarity. */
    BALANCED
  }

  /** What is usually not answered from memory. */
  public enum Allowed {
    /** Requests that speak of today, now, the latest. */
    TIME_WORDS,
    /** Requests that bring tools or functions. */
    TOOLS,
    /** Requests with images, audio or files. */
    IMAGES,
    /** Requests that name an end user. */
    USER
  }

  /** How long an answer is kept: as long as any match may use it. */
  public int ttlSeconds() {
    return semantic ? Math.max(exactTtlSeconds, semanticTtlSeconds) : exactTtlSeconds;
  }
}
