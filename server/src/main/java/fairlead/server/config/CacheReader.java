package fairlead.server.config;

import fairlead.server.config.CacheConfig.Judge;
import fairlead.server.config.CacheSettings.Exact;
import fairlead.server.config.CacheSettings.Semantic;
import fairlead.server.config.RouteCache.Guards;
import fairlead.server.config.RouteCache.Mode;
import fairlead.server.config.Tree.Scalar;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code cache} section, which holds for all routes that say nothing else. Not
 * thread-safe.
 */
final class CacheReader {
  private static final String EXAMPLE = "{ exact: { enabled: true } }";
  private static final String PART = "{ enabled: true, ttl_seconds: 3600 }";

  private final Reading reading;
  private final Section cache;
  private final Section exact;
  private final Section semantic;

  CacheReader(Reading reading, Section root) {
    this.reading = reading;
    cache = Lists.child(reading, root, Settings.Root.CACHE, CacheSettings.GROUP, EXAMPLE);
    exact = part(CacheSettings.EXACT, Exact.GROUP);
    semantic = part(CacheSettings.SEMANTIC, Semantic.GROUP);
  }

  /** The settings of a tier; none where only true or false is written. */
  private Section part(Setting setting, Settings.Group group) {
    if (cache.node(setting) instanceof Scalar scalar) {
      return new Section(
          reading,
          new Tree.Mapping(List.of(), scalar.line(), scalar.column(), 1),
          cache.path(setting),
          group);
    }
    return Lists.child(reading, cache, setting, group, PART);
  }

  /**
   * What the section says.
   *
   * @param targets for the provider a judge may ask
   */
  CacheConfig read(Targets targets) {
    CacheConfig absent = CacheConfig.OFF;
    String directory = directory();
    long maxDisk = cache.size(CacheSettings.MAX_DISK);
    if (directory == null && cache.node(CacheSettings.MAX_DISK) != null) {
      cache.warning(
          CacheSettings.MAX_DISK, "does nothing without 'directory'; name one to keep answers in");
    }
    long maxBytes = exact.size(Exact.MAX_BYTES);
    long maxAnswer = exact.size(Exact.MAX_ANSWER);
    if (maxAnswer > maxBytes) {
      exact.error(
          Exact.MAX_ANSWER, "is " + maxAnswer + ", more than max_bytes; write at most " + maxBytes);
    }
    int maxEntries = semantic.integer(Semantic.MAX_ENTRIES);
    return new CacheConfig(
        directory,
        maxDisk,
        maxBytes,
        (int) Math.min(maxAnswer, Integer.MAX_VALUE),
        maxEntries,
        semantic.atLeast(Semantic.MAX_ENTRIES_PER_TENANT, Semantic.MAX_ENTRIES, maxEntries),
        semantic.flag(Semantic.RECORD_TEXTS, absent.recordTexts()),
        judge(targets),
        direct());
  }

  /** Whether the section itself says how far near matches are trusted. */
  boolean saysMode() {
    return semantic.node(Semantic.MODE) != null;
  }

  private RouteCache direct() {
    boolean near = isOn(CacheSettings.SEMANTIC, semantic, Semantic.ENABLED);
    boolean equal = isOn(CacheSettings.EXACT, exact, Exact.ENABLED);
    if (near && !equal && cache.node(CacheSettings.EXACT) != null) {
      warnNearWithoutEqual(cache, CacheSettings.EXACT);
    }
    RouteCache absent = RouteCache.OFF;
    int exactTtl = exact.integer(Exact.TTL, 0);
    int semanticTtl = semantic.integer(Semantic.TTL, 0);
    if (exactTtl == 0) {
      exactTtl = semanticTtl == 0 ? absent.exactTtlSeconds() : semanticTtl;
    }
    double threshold = semantic.decimal(Semantic.THRESHOLD, absent.similarityThreshold());
    Mode unwritten = semantic.node(Semantic.THRESHOLD) == null ? absent.mode() : Mode.SERVE;
    double recheck = semantic.decimal(Semantic.RECHECK);
    if (recheck == 0) {
      semantic.warning(
          Semantic.RECHECK,
          "is 0, so nobody notices when near matches turn wrong; write 0.5 or more");
    }
    return new RouteCache(
        equal || near,
        near,
        mode(semantic, Semantic.MODE, unwritten),
        guards(semantic, Semantic.GUARDS, absent.guards()),
        threshold,
        semantic.decimal(Semantic.LOG_SIMILARITY),
        exactTtl,
        semanticTtl == 0 ? exactTtl : semanticTtl,
        semantic.decimal(Semantic.ERROR_BUDGET),
        recheck,
        semantic.decimal(Semantic.MAX_TEMPERATURE),
        RouteCacheReader.allowed(reading, semantic, Semantic.ALLOW, absent.allow()),
        null);
  }

  /** A tier that is written is on, unless it says otherwise. */
  private boolean isOn(Setting setting, Section part, Setting enabled) {
    Tree node = cache.node(setting);
    return node instanceof Scalar ? cache.flag(setting, false) : node != null && part.flag(enabled);
  }

  static void warnNearWithoutEqual(Section section, Setting setting) {
    section.warning(
        setting,
        "is off, but 'semantic' is on, and an equal request is the surest match; equal requests are"
            + " answered from memory too");
  }

  static Mode mode(Section section, Setting setting, Mode absent) {
    if (section.node(setting) == null) {
      return absent;
    }
    return switch (section.choice(setting)) {
      case "earn" -> Mode.EARN;
      case "serve" -> Mode.SERVE;
      case "shadow", "observe" -> Mode.SHADOW;
      default -> absent; // after a report
    };
  }

  static Guards guards(Section section, Setting setting, Guards absent) {
    if (section.node(setting) == null) {
      return absent;
    }
    return switch (section.choice(setting)) {
      case "exact" -> Guards.EXACT;
      case "strict" -> Guards.STRICT;
      case "balanced" -> Guards.BALANCED;
      default -> absent; // after a report
    };
  }

  private @Nullable Judge judge(Targets targets) {
    Section judge =
        Lists.optional(
            reading,
            semantic,
            Semantic.JUDGE,
            CacheSettings.Judge.GROUP,
            "{ type: provider, provider: NAME, model: MODEL }");
    return judge == null ? null : new JudgeReader(reading, judge).read(targets);
  }

  private @Nullable String directory() {
    String name = cache.text(CacheSettings.DIRECTORY);
    if (name == null) {
      return null;
    }
    try {
      Path path = reading.references().directory().resolve(name);
      if (Files.exists(path) && !Files.isDirectory(path)) {
        cache.error(CacheSettings.DIRECTORY, "is a file; write the path of a directory");
      } else if (Files.exists(path) && !Files.isWritable(path)) {
        cache.error(CacheSettings.DIRECTORY, "may not be written to; check its permissions");
      }
      return path.toString();
    } catch (InvalidPathException e) {
      cache.error(CacheSettings.DIRECTORY, "is not a path; write the path of a directory");
      return null;
    }
  }
}
