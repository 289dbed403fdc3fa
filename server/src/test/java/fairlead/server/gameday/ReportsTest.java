package fairlead.server.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** One result in its three forms. */
final class ReportsTest {
  private static final Result RESULT =
      new Result(
          "fast timing",
          List.of("openai", "anthropic"),
          List.of(
              new Seen()
                  .plain()
                  .primary(0, 503)
                  .fallback(10, 200)
                  .answeredByFallback()
                  .result(Seen.scenario("S04"), "openai"),
              new Seen()
                  .primary(0, 503)
                  .fallback(10, 200)
                  .answeredByFallback()
                  .result(Seen.scenario("S04"), "openai"),
              new Seen()
                  .primary(0, 503)
                  .error(503, "<b>\"down\" & out</b>")
                  .result(Seen.scenario("S04"), "anthropic"),
              new Seen()
                  .primary(0, 200)
                  .error(200, "broke off")
                  .result(Seen.scenario("S08"), "anthropic")),
          List.of(
              new StoryResult("U1", "storm", "", 12, 0, List.of(), List.of("seen: 3"), 5),
              new StoryResult("U2", "half", "", 12, 2, List.of("2 times: x"), List.of(), 5)),
          List.of("A note."),
          1_234);

  @Test
  void theScorecardHasARowForEachScenarioAndColumnsForEachWire() {
    assertThat(Scorecard.text(RESULT).lines().map(String::strip))
        .contains(
            "Game day, fast timing",
            "S04 503 for ever                               pass     pass      -        SAFE",
            "S08 dies after 40 of 60 tokens                 -        -         -        SAFE",
            "passed                                         1/1                0/2",
            "S08 anthropic streamed (the fallback starts anew): SAFE",
            "error in the stream: broke off",
            "seen: 3",
            "! 2 times: x",
            "A note.",
            "NOT passed, 1.2 s");
  }

  @Test
  void jsonHasEveryAttempt() throws IOException {
    Map<String, Object> json = JSON.std.mapFrom(JsonReport.text(RESULT));

    assertThat(json).containsEntry("passed", false).containsEntry("took_ms", 1_234);
    assertThat(json.get("scorecard"))
        .isEqualTo(
            Map.of(
                "openai", Map.of("passed", 1, "of", 1),
                "anthropic", Map.of("passed", 0, "of", 2)));
    assertThat(json.get("runs"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .hasSize(4)
        .first()
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("scenario", "S04")
        .containsEntry("verdict", "pass")
        .containsEntry("attempts", List.of(attempt("p", 0, 503), attempt("f", 10, 200)));
  }

  private static Map<String, Object> attempt(String target, double startMs, int status) {
    return Map.of(
        "target",
        target,
        "key",
        1,
        "start_ms",
        startMs,
        "duration_ms",
        1.0,
        "status",
        status,
        "outcome",
        "complete");
  }

  @Test
  void thePageStandsAloneAndEscapes() {
    String page = HtmlReport.text(RESULT);

    assertThat(page)
        .startsWith("<!doctype html>")
        .endsWith("</html>\n")
        .contains("prefers-color-scheme: dark")
        .contains("&lt;b&gt;&quot;down&quot; &amp; out&lt;/b&gt;")
        .doesNotContain("<b>", "<script", "http://", "https://");
    assertThat(page.split("<svg ", -1)).hasSize(5);
  }

  @Test
  void whatWasNotWaitedForCountsNeitherWay() {
    Scenario scenario = Seen.scenario("S06");
    Observation seen = new Seen().primary(0, 0).error(0, "").observation();
    Judge.Judgement gaveUp = new Judge.Judgement(Verdict.UNKNOWN, List.of("gave up after 40 s"));
    RunResult run =
        new RunResult(scenario, "r", scenario.variants().getFirst(), seen, gaveUp, Verdict.PASS);
    Result result = new Result("t", List.of("r"), List.of(run), List.of(), List.of(), 1);

    assertThat(result.passed()).isTrue();
    assertThat(result.passes("r")).isZero();
    assertThat(Scorecard.text(result))
        .contains("UNKNOWN\n    gave up after 40 s", "UNKNOWN: not waited for to the end")
        .doesNotContain("as is right here");
  }

  @Test
  void aStoryThatCouldNotBeginIsAFailedRow() {
    StoryResult story =
        StoryResult.notPlayed("U5", "killed", new IOException("it did not start:\nno memory"));
    Result result = new Result("t", List.of(), List.of(), List.of(story), List.of(), 1);

    assertThat(result.passed()).isFalse();
    assertThat(Scorecard.text(result))
        .contains(
            "U5 killed", "FAIL\n    ! could not be played: it did not start:\n      no memory");
    assertThat(HtmlReport.text(result)).contains("could not be played");
  }

  @Test
  void passedMeansEverythingWasAsExpected() {
    assertThat(RESULT.passed()).isFalse();
    Scenario scenario = Seen.scenario("S04");
    Observation seen = new Seen().primary(0, 503).error(503, "down").observation();
    RunResult safe =
        new RunResult(
            scenario,
            "alone",
            scenario.variants().getFirst(),
            seen,
            Judge.judge(scenario, seen),
            Verdict.SAFE);

    assertThat(new Result("t", List.of("alone"), List.of(safe), List.of(), List.of(), 1).passed())
        .isTrue();
  }
}
