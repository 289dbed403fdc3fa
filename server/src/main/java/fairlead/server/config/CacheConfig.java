package fairlead.server.config;

import org.jspecify.annotations.Nullable;

/**
 * The memory for answers, which all routes share: immutable.
 *
 * @param directory where answers are kept across restarts; null: in memory only
 * @param maxDiskBytes the most that the directory may hold
 * @param maxBytes memory for answers
 * @param maxAnswerBytes a longer answer is not kept
 * @param maxEntries the most requests compared for one request: those that agree in everything but
 *     the last words of the user
 * @param maxEntriesPerTenant the most of one caller, or of callers who share
 * @param recordTexts whether the record of near matches holds the requests' texts
 * @param judge a second opinion on near matches; null: none
 * @param direct what calls that name no route may have: {@code PROVIDER/MODEL} and bare models
 */
public record CacheConfig(
    @Nullable String directory,
    long maxDiskBytes,
    long maxBytes,
    int maxAnswerBytes,
    int maxEntries,
    int maxEntriesPerTenant,
    boolean recordTexts,
    @Nullable Judge judge,
    RouteCache direct) {

  /** Nothing is kept; the rest is what holds where nothing is written. */
  public static final CacheConfig OFF =
      new CacheConfig(
          null,
          1_000_000_000,
          256L * 1024 * 1024,
          1_000_000,
          100_000,
          1_000_000,
          false,
          null,
          RouteCache.OFF);

  /**
   * A second opinion on near matches. Without one in time, a near match is none.
   *
   * @param jar for {@link JudgeType#ONNX}: the module; null: it is on the class path
   * @param provider for {@link JudgeType#PROVIDER}: whom to ask for embeddings; else null
   * @param model for {@link JudgeType#PROVIDER}; else null
   * @param threshold the least similarity it must find, 0 to 1
   * @param deadlineMs how long a call waits for it
   */
  public record Judge(
      JudgeType type,
      @Nullable String jar,
      @Nullable String provider,
      @Nullable String model,
      double threshold,
      int deadlineMs) {}

  /** Who gives the second opinion. */
  public enum JudgeType {
    /** A model in this process, from the optional module. */
    ONNX,
    /** The embeddings of a configured provider. */
    PROVIDER
  }
}
