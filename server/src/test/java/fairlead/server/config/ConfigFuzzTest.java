package fairlead.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file contains, the loader answers with problems that lie within it. */
class ConfigFuzzTest {
  private static final int MUTANTS = 4_000;
  private static final String CANARY = "canary-51d0";

  private static final List<String> SEEDS =
      List.of(
          """
          server: { host: 127.0.0.1, port: 8080, max_body_bytes: 50MB }
          auth:
            keys:
              - { name: ci, value: env.LONG, routes: [r, "*", openai/gpt-4o], cache_scope: ${H:-all}, admin: true }
          providers:
            openai: { api_key: ${K}, weight: 70, base_url: https://${H:-h.example}/v1 }
            local:
              type: openai-compatible
              base_url: 'http://127.0.0.1:8000/v1'
              keys: [ { value: env.K, weight: 2 }, env.LONG ]
              timeouts: { connect_ms: 2000, total_ms: 120000 }
              headers: { X-Title: "a ${K} b" }
            sim: &s { type: simulated, latency_ms: 5, faults: { status: 503 } }
            sim2: *s
            twin: { type: openai, api_key: ${K}, health: { failure_rate: 0.4 }, concurrency: { max: 9 } }
          routing:
            r: { targets: [ { provider: openai, model: m, priority: 2, timeouts: { idle_ms: 5 } } ], strategy: fastest, timeouts: { head_ms: 9 } }
            s:
              targets: [ { provider: twin, model: "${K}", price: { input: 1, output: 2.5 } }, "openai/${K}" ]
              strategy: cheapest
              hedge: { after: p90, max_percent: 2 }
              sticky: header:x-${K}
              cache: { semantic: true, similarity_threshold: 0.97, share: ci, guards: balanced }
          fallbacks: [ openai/x, { provider: sim, model: a, fallback_to: [ sim2 ] } ]
          cache:
            directory: ${H:-answers}
            exact: { max_bytes: 1GiB, ttl_seconds: 60 }
            semantic: { mode: shadow, allow: [tools, time_words], judge: { type: provider, provider: sim, model: e } }
          """,
          """
          {"providers": {"openai": {"keys": ["env.K", {"value": "${LONG}", "weight": 1.0}]},
          \t"gemini": {"api_key": "\\u0061${K}", "models": ["é", "\\ud83d\\ude00"]}},
           "fallbacks": ["openai/gpt-4o"], "auth": "none", "server": {"port": 0, "tls": null}}
          """);

  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ":",
          ": ",
          ",",
          "\n",
          "\r\n",
          "\t",
          "- ",
          "#",
          "\"",
          "'",
          "\\",
          "|\n",
          ">",
          "&a",
          "*a",
          "!x",
          "!!int ",
          "%",
          "@",
          "`",
          "---\n",
          "...\n",
          "? ",
          "<<: ",
          "${",
          "${K}",
          "${K:-",
          "env.K",
          "env.GONE",
          "file:",
          "file:.",
          "~",
          "null",
          "yes",
          "1e999999999",
          "-1",
          "99999999999999999999",
          "é",
          "😀",
          "\u0000",
          "\uD800",
          "\uFEFF",
          "\u2028",
          "\uE041",
          "{{{{{{{{",
          "[[[[[[[[",
          "providers",
          "type",
          "weight",
          "/",
          "  ",
          "none",
          "NaN",
          ".inf",
          "0x10",
          "\u0085");

  @Test
  void mutantsYieldProblemsWithinTheFile() {
    long seed = Long.getLong("fairlead.seed", 20261121);
    SplittableRandom random = new SplittableRandom(seed);
    ConfigLoader loader =
        new ConfigLoader(Map.of("K", CANARY, "LONG", CANARY + "-of-good-length", "H", "host"));
    for (int i = 0; i < 2; i++) {
      assertThat(loader.load(i == 0 ? "f.yaml" : "f.json", SEEDS.get(i)).errors()).isEmpty();
    }
    int good = 0;
    for (int i = 0; i < MUTANTS; i++) {
      String name = i % 2 == 0 ? "f.yaml" : "f.json";
      String mutant = mutate(SEEDS.get(i % 2), random);
      try {
        Loaded loaded = loader.load(name, mutant);
        good += loaded.config() == null ? 0 : 1;
        assertThat(loaded.config() == null).isEqualTo(!loaded.errors().isEmpty());
        String[] lines = mutant.split("\r\n|\n|\r", -1);
        for (Problem problem : loaded.problems()) {
          check(problem, lines);
        }
      } catch (RuntimeException | AssertionError | StackOverflowError e) {
        fail("seed " + seed + ", mutant " + i + ":\n" + mutant, e);
      }
    }
    // Neither everything nor nothing survives, or the mutations test nothing.
    assertThat(good).as("seed " + seed).isBetween(1, MUTANTS * 9 / 10);
  }

  private static void check(Problem problem, String[] lines) {
    String line = problem.line() <= lines.length ? lines[problem.line() - 1] : "";
    if (problem.line() < 1
        || problem.line() > lines.length
        || problem.column() < 1
        || problem.column() > line.codePointCount(0, line.length()) + 1) {
      fail("outside the file: " + problem);
    }
    if (problem.toString().contains(CANARY)) {
      fail("shows a secret: " + problem);
    }
  }

  private static String mutate(String seed, SplittableRandom random) {
    StringBuilder text = new StringBuilder(seed);
    for (int n = random.nextInt(4); n >= 0; n--) {
      int at = random.nextInt(text.length() + 1);
      int to = Math.min(text.length(), at + 1 + random.nextInt(8));
      switch (random.nextInt(5)) {
        case 0 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 1 -> text.replace(at, to, PIECES.get(random.nextInt(PIECES.size())));
        case 2 -> text.delete(at, to);
        case 3 -> text.insert(random.nextInt(text.length() + 1), text.substring(at, to));
        default -> {
          if (at < text.length()) {
            text.setCharAt(at, (char) (' ' + random.nextInt(95)));
          }
        }
      }
    }
    return text.toString();
  }

  @Test
  void whatMultipliesItselfIsRefusedQuickly() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a").append(i).append(": &a").append(i).append(" [");
      bomb.append(("*a" + (i - 1) + ", ").repeat(9)).append("*a").append(i - 1).append("]\n");
    }
    Loaded loaded = new ConfigLoader(Map.of()).load("bomb.yaml", bomb.toString());
    assertThat(loaded.problems()).hasSize(1);
    assertThat(loaded.problems().getFirst().message())
        .isEqualTo("more than 100000 values, aliases counted in full");

    String wide = "[".repeat(500_000);
    assertThat(new ConfigLoader(Map.of()).load("deep.yaml", wide).problems().getFirst().message())
        .isEqualTo("nested more than 32 levels deep");
    assertThat(new ConfigLoader(Map.of()).load("deep.json", wide).problems().getFirst().message())
        .isEqualTo("nested more than 32 levels deep");
    String long1 = "{\"providers\": [" + "\"é\",".repeat(100_000) + "1]}";
    assertThat(new ConfigLoader(Map.of()).load("wide.json", long1).problems()).isNotEmpty();
    String many = "a: 1\n".repeat(90_000);
    assertThat(new ConfigLoader(Map.of()).load("many.yaml", many).problems())
        .hasSizeLessThanOrEqualTo(Reading.MAX_PROBLEMS);
  }

  @Test
  void filesThatCannotBeReadAreProblems(@TempDir Path directory) throws Exception {
    ConfigLoader loader = new ConfigLoader(Map.of());
    Path missing = directory.resolve("missing.yaml");
    assertThat(loader.load(missing).problems())
        .extracting(Problem::toString)
        .containsExactly(missing + ":1:1: file: there is no such file");
    assertThat(loader.load(directory).problems().getFirst().message()).startsWith("is a directory");

    Path binary =
        Files.write(directory.resolve("b.yaml"), new byte[] {'a', '\n', 'b', (byte) 0xff});
    assertThat(loader.load(binary).problems())
        .extracting(Problem::toString)
        .containsExactly(binary + ":2:2: file: is not UTF-8 from here on; save it as UTF-8");

    Path large = Files.write(directory.resolve("l.yaml"), new byte[ConfigLoader.MAX_BYTES + 1]);
    assertThat(loader.load(large).problems().getFirst().message())
        .isEqualTo("is larger than 1MiB; make it smaller");

    Path marked = Files.writeString(directory.resolve("m.json"), "\uFEFF{\"x\": 1}");
    assertThat(loader.load(marked).problems().getLast().toString())
        .startsWith(marked + ":1:2: x: is not a setting here");
  }
}
