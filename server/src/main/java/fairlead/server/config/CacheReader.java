package fairlead.server.config;

import java.util.List;

/** Checks the {@code cache} section, which this version accepts and does not act on. Stateless. */
final class CacheReader {
  private CacheReader() {}

  static void read(Reading reading, Section root) {
    Section cache =
        Lists.child(
            reading,
            root,
            Settings.Root.CACHE,
            Settings.Cache.GROUP,
            "{ exact: { enabled: true } }");
    part(reading, cache, Settings.Cache.EXACT, Settings.Cache.EXACT_GROUP);
    part(reading, cache, Settings.Cache.SEMANTIC, Settings.Cache.SEMANTIC_GROUP);
  }

  private static void part(Reading reading, Section cache, Setting setting, Settings.Group group) {
    if (cache.node(setting) == null) {
      return;
    }
    Section part =
        Lists.child(reading, cache, setting, group, "{ enabled: true, ttl_seconds: 3600 }");
    List<Setting> settings = group.settings();
    if (settings.contains(Settings.Cache.MAX_BYTES)) {
      long _ = part.size(Settings.Cache.MAX_BYTES);
    }
    if (settings.contains(Settings.Cache.THRESHOLD)) {
      double _ = part.decimal(Settings.Cache.THRESHOLD);
      String _ = part.choice(Settings.Cache.MODE);
    }
    int _ = part.integer(Settings.Cache.TTL);
    if (part.flag(Settings.Cache.ENABLED)) {
      cache.warnWithoutEffect(setting);
    }
  }
}
