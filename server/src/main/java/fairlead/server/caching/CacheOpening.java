package fairlead.server.caching;

import fairlead.cache.earn.ObservationLog;
import fairlead.cache.store.Journal;
import fairlead.cache.tiers.AnswerCache;
import fairlead.cache.tiers.SecondJudge;
import fairlead.providers.Operation;
import fairlead.server.config.CacheConfig;
import fairlead.server.config.Config;
import fairlead.server.observe.CacheMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Opens the memory for answers that a configuration asks for. Stateless. */
public final class CacheOpening {
  private static final byte[] NOTHING = {};

  /** Of the heap, for answers. */
  private static final int HEAP_PERCENT = 40;

  /** About 100,000 checks. */
  private static final long OBSERVATIONS_MAX_BYTES = 16_000_000;

  private CacheOpening() {}

  /** Whether any call may be answered from memory. */
  public static boolean wanted(Config config) {
    for (Config.Route route : config.routes().values()) {
      if (route.cache().exact()) {
        return true;
      }
    }
    return config.cache().direct().exact();
  }

  /**
   * Opens it.
   *
   * @param judge a second opinion on near matches; null: none
   * @throws IOException if its directory cannot be used
   */
  public static AnswerCache open(
      CacheConfig config, @Nullable SecondJudge judge, CacheMetrics metrics) throws IOException {
    AnswerCache.Limits limits =
        new AnswerCache.Limits(
            effectiveBytes(config),
            config.maxEntries(),
            config.maxEntriesPerTenant(),
            config.maxDiskBytes());
    if (effectiveBytes(config) < config.maxBytes()) {
      System.getLogger("fairlead.cache")
          .log(
              System.Logger.Level.DEBUG, // so it is with the launcher's heap and no setting
              "cache.exact.max_bytes is more than "
                  + HEAP_PERCENT
                  + " % of the heap: answers get "
                  + (effectiveBytes(config) >> 20)
                  + " MiB (the heap is set by -Xmx)");
    }
    CountedEvents events = new CountedEvents(metrics);
    String directory = config.directory();
    AnswerCache cache =
        directory == null
            ? AnswerCache.inMemory(
                limits, System::currentTimeMillis, CacheOpening::text, judge, events)
            : AnswerCache.open(
                Path.of(directory),
                limits,
                System::currentTimeMillis,
                CacheOpening::text,
                judge,
                events);
    if (directory != null) {
      cache.observe(
          new ObservationLog(Path.of(directory), OBSERVATIONS_MAX_BYTES, config.recordTexts()));
    }
    Journal journal = cache.journal();
    metrics.size(cache::entries, cache::bytes, () -> journal == null ? 0 : journal.bytes());
    return cache;
  }

  /**
   * What answers may take: no more than the heap can do without. A cache that fills must not end
   * the process.
   */
  public static long effectiveBytes(CacheConfig config) {
    long most = Runtime.getRuntime().maxMemory() / 100 * HEAP_PERCENT;
    return Math.min(config.maxBytes(), most);
  }

  /** What a person would read of a stored chat completion. */
  private static byte[] text(byte[] answer) {
    StorableAnswer reader = new StorableAnswer();
    return reader.check(Operation.CHAT, answer, Integer.MAX_VALUE) == null
        ? Arrays.copyOfRange(reader.text(), reader.textStart(), reader.textEnd())
        : NOTHING;
  }
}
