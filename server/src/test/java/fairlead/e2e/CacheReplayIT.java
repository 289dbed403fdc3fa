package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.e2e.FailedBuilds.Failure;
import fairlead.e2e.FailedBuilds.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The failed builds of some tens of projects in the order they happened, each sent for triage
 * through the packaged gateway to a provider whose answer names the failure: so an answer from
 * memory that belongs to another failure is seen.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CacheReplayIT {
  private static final String COMMON_KEY = "sk-common-to-all-projects";

  /**
   * Of the logs as they are: 40.9 % of the builds repeat a failure of their project, but two logs
   * of one failure often show different parts of what came before it.
   */
  private static final double LEAST_HITS = 0.31;

  private static final double LEAST_HITS_OF_FAILURES_ALONE = 0.34;

  /** Of all failures here there is one pair whose marks begin at different lines. */
  private static final int MOST_MARKED_WIDER = 1;

  private static final String INSTRUCTION =
      "You triage failed builds. Name the failure in the log below and its likely cause.";

  private final List<Failure> failures = FailedBuilds.inOrder();
  private final Map<String, String> signatures = new HashMap<>();
  private final Map<String, String> keys = new HashMap<>();
  private final ReplayUpstream upstream = ReplayUpstream.start();
  private final TalkingProvider provider =
      new TalkingProvider(log -> signatures.getOrDefault(log, "no failure"));
  private final GatewayProcess gateway;

  CacheReplayIT() {
    for (Failure failure : failures) {
      signatures.put(failure.log(), failure.signature());
      signatures.put(failure.chunk(), failure.signature());
    }
    Set<String> repos = new LinkedHashSet<>(failures.stream().map(Failure::repo).toList());
    StringBuilder yaml = new StringBuilder("auth:\n  keys:\n");
    yaml.append("    - { name: common, value: ").append(COMMON_KEY).append(" }\n");
    for (String repo : repos) {
      String key = "sk-of-the-project-" + keys.size();
      keys.put(repo, key);
      yaml.append("    - { name: p").append(keys.size()).append(", value: ").append(key);
      yaml.append(" }\n");
    }
    upstream.on("triage", provider);
    yaml.append("providers:\n");
    yaml.append(GatewayProcess.provider("triage", upstream.baseUrl("triage"), Map.of()));
    yaml.append(
        """
        routing:
          build_triage: { targets: [triage/m] }
        cache:
          semantic: { mode: serve, guards: balanced, recheck_percent: 0 }
        """);
    gateway = GatewayProcess.start(yaml.toString());
  }

  @AfterAll
  void close() throws IOException {
    gateway.close();
    upstream.close();
  }

  /** Whose failures they are and how answers are wanted. */
  enum Way {
    ALL_TOGETHER_PLAIN,
    ALL_TOGETHER_STREAMED,
    A_KEY_PER_PROJECT,
    /** Callers send what they know to be the failure, and not the log around it. */
    FAILURE_ALONE;

    boolean streams(int call) {
      return this == ALL_TOGETHER_STREAMED || (compareTo(A_KEY_PER_PROJECT) >= 0 && call % 2 == 1);
    }
  }

  private ChatCall triage(Way way, Failure failure) {
    String key = way == Way.A_KEY_PER_PROJECT ? keys.get(failure.repo()) : COMMON_KEY;
    return ChatCall.to("build_triage")
        .says("system", INSTRUCTION)
        .says("user", way == Way.FAILURE_ALONE ? failure.chunk() : failure.log())
        .header("x-fairlead-cache-scope", way.name())
        .key(String.valueOf(key));
  }

  @ParameterizedTest
  @EnumSource
  void manyAreAnsweredFromMemoryAndNoneWithAnotherFailure(Way way) throws IOException {
    Map<String, Integer> tiers = new TreeMap<>();
    Map<Verdict, Integer> verdicts = new TreeMap<>();
    List<String> notRight = new ArrayList<>();
    String[] results = {"exact", "canonical", "lines", "semantic"};
    double[] before = counts(results);
    int hits = 0;
    try (RawClient client = new RawClient(gateway.port())) {
      Settling settling = new Settling(client, "build_triage", COMMON_KEY);
      for (int i = 0; i < failures.size(); i++) {
        Failure failure = failures.get(i);
        ChatCall call = triage(way, failure).stream(way.streams(i));
        RawClient.Response response = call.on(client);
        assertThat(response.status()).as(response.text()).isEqualTo(200);
        assertThat(response.complete()).isTrue();
        String from = response.header("x-fairlead-cache");
        tiers.merge(from.split(";", 2)[0], 1, Integer::sum);
        String text = call.text(response);
        if (from.equals("miss")) {
          assertThat(text).isEqualTo(failure.signature());
          settling.await();
          continue;
        }
        hits++;
        Verdict verdict = FailedBuilds.verdict(text, failure.signature());
        verdicts.merge(verdict, 1, Integer::sum);
        if (verdict != Verdict.RIGHT) {
          notRight.add(
              verdict
                  + " "
                  + failure.repo()
                  + " "
                  + from
                  + "\n  own    "
                  + failure.signature()
                  + "\n  served "
                  + text);
        }
      }
    }
    double share = (double) hits / failures.size();
    StringBuilder byResult = new StringBuilder();
    double[] after = counts(results);
    after[1] -= failures.size() - hits; // each miss was followed by one question in other letters
    for (int i = 0; i < results.length; i++) {
      byResult.append(' ').append(results[i]).append(' ').append((int) (after[i] - before[i]));
    }
    System.out.printf(
        "%s: %d failures, %d from memory (%.1f %%), by header %s, by tier%s; %s%n",
        way, failures.size(), hits, 100 * share, tiers, byResult, verdicts);
    notRight.forEach(System.out::println);
    assertThat(verdicts.getOrDefault(Verdict.WRONG, 0)).isZero();
    assertThat(verdicts.getOrDefault(Verdict.MARKED_WIDER, 0))
        .isLessThanOrEqualTo(MOST_MARKED_WIDER);
    assertThat(share)
        .isGreaterThanOrEqualTo(
            way == Way.FAILURE_ALONE ? LEAST_HITS_OF_FAILURES_ALONE : LEAST_HITS);
  }

  private double[] counts(String[] results) throws IOException {
    double[] counts = new double[results.length];
    for (int i = 0; i < results.length; i++) {
      counts[i] = gateway.metric("fairlead_cache_requests_total", "result=\"" + results[i] + '"');
    }
    return counts;
  }
}
