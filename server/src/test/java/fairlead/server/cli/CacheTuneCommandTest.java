package fairlead.server.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import fairlead.cache.earn.AnswerAgreement.Verdict;
import fairlead.cache.earn.NearTier;
import fairlead.cache.earn.Observation;
import fairlead.cache.earn.ObservationLog;
import fairlead.cache.earn.RouteTrust.Decision;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command from its arguments to its exit code, with the real tiers below. */
final class CacheTuneCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder = Path.of("");
  private Path config = Path.of("");

  @BeforeEach
  void configured() throws IOException {
    config =
        Files.writeString(
            folder.resolve("f.yaml"),
            """
            providers: { openai: { api_key: k } }
            routing:
              triage:
                providers: [openai]
                cache: { exact: true, semantic: true, similarity_threshold: 0.9, error_budget_percent: 5 }
            cache:
              directory: CACHE
              exact: { enabled: true }
            """
                .replace("CACHE", folder.resolve("cache").toString()));
  }

  private int tune(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return new CommandLine(new CacheTuneCommand(Map.of(), folder))
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  private Path log() throws IOException {
    Path cache = Files.createDirectories(folder.resolve("cache"));
    try (ObservationLog log = new ObservationLog(cache, 1 << 20, false)) {
      log.add(Observation.lookups(1, "triage", NearTier.PROSE, 1_000));
      for (int i = 0; i < 200; i++) {
        log.add(
            Observation.decided(
                i, "triage", NearTier.PROSE, 0.972f, Decision.CHECK, Verdict.AGREES));
      }
      for (int i = 0; i < 50; i++) {
        log.add(
            Observation.decided(
                i, "triage", NearTier.PROSE, 0.952f, Decision.CHECK, Verdict.DIFFERS));
      }
      log.add(Observation.refused(1, "triage", NearTier.PROSE, 0.99f, "NUMBERS").times(7));
    }
    return cache;
  }

  @Test
  void withoutFromItReadsTheLogOfTheConfiguredDirectory() throws IOException {
    Path cache = log();
    assertThat(tune("--config", config.toString())).as(err.toString()).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            from the log: %s, 252 lines

            route triage, tier prose, 1000 look-ups
            refused by guards: numbers 7
              threshold      hits    hit %%   checked   wrong   wrong %%   at most %%
                  0.970       200    20.00       200       0      0.00        2.63
            >     0.955       200    20.00       200       0      0.00        2.63
                  0.950       250    25.00       250      50     20.00       26.49
            > would be served for a budget of 5.00 %% and a floor of 0.9
            """
                .formatted(cache));
  }

  @Test
  void aSmallerBudgetChoosesNothing() throws IOException {
    log();
    assertThat(tune("--config", config.toString(), "--budget", "2")).isZero();
    assertThat(out.toString()).contains("no threshold is certified for a budget of 2.00 %");
  }

  @Test
  void jsonHasTheSameFigures() throws IOException {
    log();
    assertThat(tune("--config", config.toString(), "--json")).isZero();
    Map<String, Object> root = JSON.std.mapFrom(out.toString());
    Object first = ((List<?>) requireNonNull(root.get("tables"))).getFirst();
    assertThat((Map<?, ?>) first)
        .extracting("chosen", "lookups", "floor")
        .containsExactly(0.955, 1_000, 0.9);
    assertThat((List<?>) ((Map<?, ?>) first).get("thresholds")).hasSize(24);
  }

  @Test
  void recordedCallsAreReplayedThroughTheRealTiers() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(call("How can I reset my password?", "Open the settings and choose reset."));
    lines.add(call("How can I reset my password?", "Open the settings and choose reset."));
    lines.add(call("how can I  reset my password?", "Open the settings and choose reset."));
    lines.add(call("What is the capital of France?", "Paris"));
    lines.add(call("How could I reset my password?", "Open the settings and choose reset."));
    Path calls = Files.write(folder.resolve("calls.jsonl"), lines);
    assertThat(tune("--config", config.toString(), "--from", calls.toString()))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .startsWith("replayed: " + calls + ", 5 calls\ncalls: exact 1, canonical 1, ")
        .contains("route triage, tier prose");
    assertThat(tune("--config", config.toString(), "--from", calls.toString(), "--json")).isZero();
    Map<String, Object> root = JSON.std.mapFrom(out.toString());
    assertThat((Map<?, ?>) root.get("calls"))
        .extracting("exact", "canonical", "not_eligible", "invalid", "canonical_wrong")
        .containsExactly(1, 1, 0, 0, 0);
  }

  @Test
  void toolsAreNotReplayed() throws IOException {
    String tools =
        "{\"model\":\"triage\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    Path calls = Files.writeString(folder.resolve("calls.jsonl"), tools + "\n");
    assertThat(tune("--config", config.toString(), "--from", calls.toString())).isZero();
    assertThat(out.toString()).contains("calls: not eligible 1\n");
  }

  @Test
  void wrongUsageIsSaidAndEndsWithTwo() throws IOException {
    assertThat(tune("--from", folder.resolve("gone").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("there is no file " + folder.resolve("gone"));
    assertThat(tune("--budget", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--budget must be above 0 and at most 50: 0.0");
    assertThat(tune("--config", folder.resolve("gone.yaml").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("there is no such file");
    Files.createDirectories(folder.resolve("cache"));
    assertThat(tune("--config", config.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("there is no log of near answers in");
    Path bad = Files.writeString(folder.resolve("bad.jsonl"), "{\"x\":1}\n");
    assertThat(tune("--from", bad.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains(bad + ":1: expected an object")
        .contains("no call in " + bad + " could be used");
    log();
    assertThat(tune("--config", config.toString(), "--route", "other")).isEqualTo(2);
    assertThat(err.toString()).contains("nothing was observed of route other");
    assertThat(tune("--from", bad.toString(), "--from", folder.resolve("cache").toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("give one kind");
    assertThat(tune("--nosuch")).isEqualTo(2);
  }

  @Test
  void withoutADirectoryThereIsNoLogAndItSaysWhatToDo() {
    assertThat(tune()).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "demo has no cache.directory, so there is no log; give recorded calls with --from");
  }

  @Test
  void helpNamesTheFormsAndTheExitCodes() {
    assertThat(tune("--help")).isZero();
    assertThat(out.toString()).contains("--from").contains("OpenAI batch").contains("Exit codes:");
  }

  @Test
  void theGroupAloneShowsItsCommands() {
    assertThat(Main.run("cache")).isEqualTo(2);
    assertThat(Main.run("cache", "tune", "--help")).isZero();
  }

  private static String call(String question, String answer) throws IOException {
    return JSON.std.asString(
        Map.of(
            "request",
            Map.of(
                "model",
                "triage",
                "messages",
                List.of(Map.of("role", "user", "content", question))),
            "response",
            Map.of(
                "choices",
                List.of(Map.of("message", Map.of("content", answer), "finish_reason", "stop")))));
  }
}
