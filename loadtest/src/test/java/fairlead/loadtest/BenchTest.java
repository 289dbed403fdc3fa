package fairlead.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A whole short run with processes of its own. */
@Timeout(120)
final class BenchTest {
  private static final Target.Written NO_URLS =
      new Target.Written(List.of(), List.of(), List.of(), List.of(), List.of());
  private static final Plan.Timing SHORT = new Plan.Timing(2, 0.2, 0.2, 0.1);

  private final StringWriter printed = new StringWriter();
  private final List<String> progress = new ArrayList<>();

  private Results run(List<String> loads, Target.Written urls, Plan.Own own) throws Exception {
    Plan plan = Plan.of(loads, urls, own, SHORT, Plan.OpenLoop.of(Plan.CLOSED, "poisson", 64));
    return Bench.run(plan, new PrintWriter(printed, true), progress::add);
  }

  @Test
  void openAndClosedLoopsAreMeasuredSideBySide() throws Exception {
    Results results =
        run(
            List.of("plain-1", "stream-4", "plain@100"),
            NO_URLS,
            new Plan.Own(List.of("straight", "nginx", "haproxy", "fairlead"), 0, "", null));

    assertThat(results.hasErrors()).as(printed.toString()).isFalse();
    assertThat(printed.toString())
        .contains("### plain 1 KB, c=1", "### 101 events in one piece, c=4")
        .contains("### plain 1 KB, 100 requests/s", "equal requests")
        .contains("fairlead is left out")
        .containsPattern("\\| straight \\| – \\|( – \\|)? \\d+ ±\\d+ % \\|")
        .containsPattern("nginx is not installed|\\| nginx \\| [0-9.]+ ±\\d+ % \\| 1.00 ");
    assertThat(results.samples()).hasSize(3);
    assertThat(results.samples().values())
        .allSatisfy(load -> assertThat(load.get("straight")).hasSize(2));
    assertThat(progress).contains("plain-1: round 2 of 2");
  }

  @Test
  void aUrlIsMeasuredBesideWhatIsStartedAndOneThatIsGoneHoldsUpNobody() throws Exception {
    int port = Child.freePort();
    int gone = Child.freePort();
    String pid = Long.toString(ProcessHandle.current().pid());
    Results results =
        run(
            List.of("plain-2"),
            new Target.Written(
                List.of("up=http://127.0.0.1:" + port, "gone=http://127.0.0.1:" + gone),
                List.of("up=sk-1"),
                List.of(),
                List.of(),
                List.of("up=" + pid)),
            new Plan.Own(List.of("straight"), port, "latency_ms=5", null));

    assertThat(results.hasErrors()).isTrue();
    assertThat(printed.toString())
        .contains("differing requests")
        .containsPattern("\\| straight \\| – .* 0 \\|\n")
        .containsPattern("\\| up \\| [0-9.]+ .* 0 \\|\n")
        .containsPattern("\\| gone \\| – .*refused.* \\|\n");
    assertThat(results.samples().values())
        .allSatisfy(
            load ->
                assertThat(load.get("up"))
                    .allSatisfy(sample -> assertThat(sample.get(Figure.P50)).isGreaterThan(5_000)));
  }
}
