package fairlead.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.server.config.CacheConfig.Judge;
import fairlead.server.config.CacheConfig.JudgeType;
import fairlead.server.config.RouteCache.Allowed;
import fairlead.server.config.RouteCache.Guards;
import fairlead.server.config.RouteCache.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file says of answers from memory, and what each route makes of it. */
class CacheSettingsTest {
  private static final String PROVIDERS = "providers: { sim: { type: simulated } }\n";

  private static Loaded load(String text) {
    return new ConfigLoader(Map.of()).load("f.yaml", PROVIDERS + text);
  }

  private static Config good(String text) {
    Loaded loaded = load(text);
    assertThat(loaded.problems()).isEmpty();
    return Objects.requireNonNull(loaded.config());
  }

  private static RouteCache route(Config config) {
    return Objects.requireNonNull(config.routes().get("r")).cache();
  }

  private static String routing(String cache) {
    return "routing: { r: { providers: [sim], cache: " + cache + " } }\n";
  }

  @Test
  void withoutASectionNothingIsKept() {
    Config config = good("routing: { r: { providers: [sim] } }\n");
    assertThat(config.cache()).isEqualTo(CacheConfig.OFF);
    assertThat(route(config)).isEqualTo(RouteCache.OFF);
    assertThat(good("cache: {}\n").cache()).isEqualTo(CacheConfig.OFF);
    assertThat(good("cache:\n").cache()).isEqualTo(CacheConfig.OFF);
  }

  @Test
  void everythingCanBeSaid(@TempDir Path directory) throws IOException {
    Path jar = directory.resolve("judge.jar");
    try (ZipOutputStream entries = new ZipOutputStream(Files.newOutputStream(jar))) {
      entries.putNextEntry(
          new ZipEntry("META-INF/services/fairlead.cache.judge.TextEmbedderFactory"));
    }
    Config config =
        good(
            """
            cache:
              directory: %s
              max_disk_bytes: 2GB
              exact: { enabled: true, ttl_seconds: 60, max_bytes: 10MB, max_answer_bytes: 64KiB }
              semantic:
                enabled: true
                mode: earn
                guards: balanced
                similarity_threshold: 0.97
                ttl_seconds: 30
                error_budget_percent: 1.5
                recheck_percent: 5
                log_similarity: 0.98
                max_temperature: 0.3
                allow: [time_words, Tools]
                max_entries: 5000
                max_entries_per_tenant: 5000
                record_texts: true
                judge: { type: onnx, jar: %s, threshold: 0.96, deadline_ms: 9 }
            """
                .formatted(directory, jar));
    assertThat(config.cache())
        .isEqualTo(
            new CacheConfig(
                directory.toString(),
                2_000_000_000,
                10_000_000,
                65_536,
                5_000,
                5_000,
                true,
                new Judge(JudgeType.ONNX, jar.toString(), null, null, 0.96, 9),
                new RouteCache(
                    true,
                    true,
                    Mode.EARN,
                    Guards.BALANCED,
                    0.97,
                    0.98,
                    60,
                    30,
                    1.5,
                    5,
                    0.3,
                    Set.of(Allowed.TIME_WORDS, Allowed.TOOLS),
                    null)));
    assertThat(config.cache().direct().ttlSeconds()).isEqualTo(60);
  }

  @Test
  void aJarMustHaveAJudge(@TempDir Path directory) throws IOException {
    Path jar = directory.resolve("other.jar");
    try (ZipOutputStream entries = new ZipOutputStream(Files.newOutputStream(jar))) {
      entries.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
    }
    Path none = Files.writeString(directory.resolve("none.jar"), "no jar");
    for (Path each : List.of(jar, none)) {
      String yaml = "cache: { semantic: { judge: { type: onnx, jar: " + each + " } } }\n";
      assertThat(load(yaml).errors())
          .singleElement()
          .asString()
          .endsWith(
              "cache.semantic.judge.jar: is no jar with a judge; write the path of"
                  + " fairlead-cache-onnx.jar");
    }
  }

  @Test
  void aJudgeMayBeAProvider() {
    Config config =
        good("cache: { semantic: { judge: { type: provider, provider: sim, model: e } } }\n");
    assertThat(config.cache().judge())
        .isEqualTo(new Judge(JudgeType.PROVIDER, null, "sim", "e", 0.95, 250));
    assertThat(good("cache: { semantic: { judge: { type: none } } }\n").cache().judge()).isNull();
    Judge onnx = good("cache: { semantic: { judge: { type: onnx } } }\n").cache().judge();
    assertThat(onnx).isEqualTo(new Judge(JudgeType.ONNX, null, null, null, 0.95, 15));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{ exact: { enabled: true } } | true | false",
        "{ exact: {} } | true | false",
        "{ exact: true } | true | false",
        "{ exact: false } | false | false",
        "{ exact: { enabled: false } } | false | false",
        "{ exact: { enabled: false, ttl_seconds: 5 }, semantic: { enabled: false } } | false | false",
        "{ semantic: { enabled: true } } | true | true",
        "{ semantic: true } | true | true",
        "{ exact: true, semantic: { enabled: false } } | true | false",
      })
  void aPartThatIsWrittenIsOnUnlessItSaysOtherwise(String cache, boolean exact, boolean semantic) {
    Config config = good("cache: " + cache + "\nrouting: { r: { providers: [sim] } }\n");
    assertThat(config.cache().direct().exact()).isEqualTo(exact);
    assertThat(config.cache().direct().semantic()).isEqualTo(semantic);
    assertThat(route(config)).isEqualTo(config.cache().direct());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      nullValues = "-",
      value = {
        // nothing for all
        "- | true | true | false",
        "- | false | false | false",
        "- | { exact: true } | true | false",
        "- | { semantic: true } | true | true",
        "- | { semantic: false } | false | false",
        // equal requests for all
        "{ exact: true } | true | true | false",
        "{ exact: true } | false | false | false",
        "{ exact: true } | { exact: false } | false | false",
        "{ exact: true } | { semantic: true } | true | true",
        "{ exact: true } | { ttl_seconds: 5 } | true | false",
        // both for all
        "{ semantic: true } | true | true | true",
        "{ semantic: true } | false | false | false",
        "{ semantic: true } | { exact: false } | false | false",
        "{ semantic: true } | { semantic: false } | true | false",
        "{ semantic: true } | { exact: false, semantic: false } | false | false",
        "{ semantic: true } | { guards: balanced } | true | true",
        "{ semantic: true } | null | true | true",
      })
  void aRouteHasTheLastWord(@Nullable String cache, String route, boolean exact, boolean semantic) {
    Config config = good((cache == null ? "" : "cache: " + cache + "\n") + routing(route));
    assertThat(route(config).exact()).isEqualTo(exact);
    assertThat(route(config).semantic()).isEqualTo(semantic);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{} | {} | EARN",
        "{ similarity_threshold: 0.92 } | {} | SERVE",
        "{ similarity_threshold: 0.92, mode: earn } | {} | EARN",
        "{ mode: serve } | {} | SERVE",
        "{ mode: observe } | {} | SHADOW",
        "{ mode: SHADOW } | {} | SHADOW",
        "{} | { similarity_threshold: 0.97 } | SERVE",
        "{ mode: shadow } | { similarity_threshold: 0.97 } | SHADOW",
        "{ mode: earn } | { similarity_threshold: 0.97 } | EARN",
        "{ mode: earn } | { mode: serve } | SERVE",
        "{ similarity_threshold: 0.92 } | { mode: earn } | EARN",
        "{ similarity_threshold: 0.92 } | { similarity_threshold: 0.97 } | SERVE",
      })
  void aThresholdIsServedUnlessAModeIsWritten(String semantic, String route, Mode mode) {
    Config config = good("cache: { semantic: " + semantic + " }\n" + routing(semantic(route)));
    assertThat(route(config).mode()).isEqualTo(mode);
  }

  private static String semantic(String route) {
    return route.equals("{}") ? "true" : route;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 3600, 3600",
    "60, 0, 60, 60",
    "0, 7200, 7200, 7200",
    "60, 7200, 60, 7200",
    "7200, 60, 7200, 60",
  })
  void anAgeThatIsNotWrittenIsThatOfTheOtherPart(int exact, int semantic, int equal, int near) {
    Config config =
        good(
            "cache:\n  exact: {"
                + (exact == 0 ? "" : "ttl_seconds: " + exact)
                + "}\n  semantic: {"
                + (semantic == 0 ? "" : "ttl_seconds: " + semantic)
                + "}\n");
    assertThat(config.cache().direct().exactTtlSeconds()).isEqualTo(equal);
    assertThat(config.cache().direct().semanticTtlSeconds()).isEqualTo(near);
    assertThat(config.cache().direct().ttlSeconds()).isEqualTo(Math.max(equal, near));
  }

  @Test
  void aRouteInheritsWhatItDoesNotSay() {
    String all =
        "cache: { exact: { ttl_seconds: 100 }, semantic: { guards: balanced,"
            + " error_budget_percent: 1, recheck_percent: 4, max_temperature: 0.5, allow: [tools],"
            + " log_similarity: 0.99 } }\n";
    RouteCache own =
        route(
            good(
                all
                    + routing(
                        "{ ttl_seconds: 7, guards: strict, error_budget_percent: 3, allow: [],"
                            + " max_temperature: 0, share: agents }")));
    assertThat(own)
        .isEqualTo(
            new RouteCache(
                true, true, Mode.EARN, Guards.STRICT, 0, 0.99, 7, 7, 3, 4, 0, Set.of(), "agents"));
    RouteCache other = route(good(all + routing("{ share: agents }")));
    assertThat(other.allow()).containsExactly(Allowed.TOOLS);
    assertThat(other.guards()).isEqualTo(Guards.BALANCED);
    assertThat(other.exactTtlSeconds()).isEqualTo(100);
    assertThat(other.maxTemperature()).isEqualTo(0.5);
  }

  @Test
  void moreEntriesForOneRequestRaiseThoseOfATenant() {
    CacheConfig cache = good("cache: { semantic: { max_entries: 2000000 } }\n").cache();
    assertThat(cache.maxEntries()).isEqualTo(2_000_000);
    assertThat(cache.maxEntriesPerTenant()).isEqualTo(2_000_000);
  }

  @Test
  void keysMayShare() {
    Config config =
        good(
            "auth: { keys: [ { name: a, value: long-enough-key-1, cache_scope: ci }, { name: b,"
                + " value: long-enough-key-2 } ] }\n");
    assertThat(config.auth().keys())
        .extracting(key -> key.cacheScope())
        .containsExactly("ci", null);
  }

  @Test
  void keysMayAdminister() {
    Config config =
        good(
            "auth: { keys: [ { name: a, value: long-enough-key-1, admin: true }, { name: b,"
                + " value: long-enough-key-2 }, { name: c, value: long-enough-key-3, admin: false }"
                + " ] }\n");
    assertThat(config.auth().keys())
        .extracting(Config.Auth.Key::admin)
        .containsExactly(true, false, false);
    assertThat(config.auth().isAdmin("a")).isTrue();
    assertThat(config.auth().isAdmin("b")).isFalse();
    assertThat(config.auth().isAdmin("nobody")).isFalse();
  }

  @Test
  void whatIsNotMeantLikeThatIsAWarning(@TempDir Path directory) throws IOException {
    assertThat(
            load("cache: { max_disk_bytes: 5MB, exact: { enabled: false }, semantic: {"
                    + " recheck_percent: 0 } }\n"
                    + "routing:\n"
                    + "  r: { providers: [sim], cache: { exact: false, semantic: true } }\n")
                .problems())
        .extracting(Problem::toString)
        .containsExactly(
            "f.yaml:2:26: cache.max_disk_bytes: warning: does nothing without 'directory'; name one"
                + " to keep answers in",
            "f.yaml:2:38: cache.exact: warning: is off, but 'semantic' is on, and an equal request"
                + " is the surest match; equal requests are answered from memory too",
            "f.yaml:2:87: cache.semantic.recheck_percent: warning: is 0, so nobody notices when near"
                + " matches turn wrong; write 0.5 or more",
            "f.yaml:4:42: routing.r.cache.exact: warning: is off, but 'semantic' is on, and an equal"
                + " request is the surest match; equal requests are answered from memory too");
    assertThat(load(routing("{ ttl_seconds: 5 }")).problems())
        .extracting(Problem::toString)
        .containsExactly(
            "f.yaml:2:42: routing.r.cache: warning: turns nothing on; write 'exact: true' in it");
    Path file = Files.createFile(directory.resolve("file"));
    assertThat(load("cache: { directory: " + file + " }\n").errors())
        .extracting(Problem::toString)
        .containsExactly("f.yaml:2:21: cache.directory: is a file; write the path of a directory");
    assertThat(good("cache: { exact: true, directory: " + directory + "/new }\n").cache())
        .extracting(CacheConfig::directory)
        .isEqualTo(directory.resolve("new").toString());
  }

  /**
   * Whatever is written where, what a route ends up with is what its own line or the section says.
   */
  @Test
  void inheritanceHoldsForGeneratedFiles() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    SplittableRandom random = new SplittableRandom(seed);
    List<String> guards = List.of("exact", "strict", "balanced");
    for (int i = 0; i < 500; i++) {
      @Nullable Integer allTtl = random.nextBoolean() ? 1 + random.nextInt(9_999) : null;
      @Nullable Integer ownTtl = random.nextBoolean() ? 1 + random.nextInt(9_999) : null;
      @Nullable String allGuards = random.nextBoolean() ? guards.get(random.nextInt(3)) : null;
      @Nullable String ownGuards = random.nextBoolean() ? guards.get(random.nextInt(3)) : null;
      String text =
          "cache: { exact: {"
              + (allTtl == null ? "" : "ttl_seconds: " + allTtl)
              + "}, semantic: {"
              + (allGuards == null ? "" : "guards: " + allGuards)
              + "} }\n"
              + routing(
                  "{ semantic: true"
                      + (ownTtl == null ? "" : ", ttl_seconds: " + ownTtl)
                      + (ownGuards == null ? "" : ", guards: " + ownGuards)
                      + " }");
      RouteCache cache = route(good(text));
      String expected = ownGuards != null ? ownGuards : allGuards != null ? allGuards : "strict";
      assertThat(cache.guards().name().toLowerCase(Locale.ROOT))
          .as("seed " + seed + ": " + text)
          .isEqualTo(expected);
      assertThat(cache.semanticTtlSeconds())
          .as("seed " + seed + ": " + text)
          .isEqualTo(ownTtl != null ? ownTtl : allTtl != null ? allTtl : 3600);
    }
  }
}
