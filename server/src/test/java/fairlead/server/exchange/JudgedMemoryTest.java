package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.judge.TextEmbedder;
import fairlead.cache.tiers.SecondJudge;
import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedProvider;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Near matches that a second judge is asked about, and what becomes of them if it is no help. */
final class JudgedMemoryTest {
  private static final String ANSWER =
      "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":"
          + "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},"
          + "\"finish_reason\":\"stop\"}],"
          + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}";
  private static final String STORED = "What is the capital of France?";
  private static final String NEAR = "What's the capital of France?";
  private static final String CONFIG =
      """
      providers:
        one: { type: openai-compatible, base_url: "http://1.example/v1" }
        sim: { type: simulated }
      routing:
        route: { targets: [one/a] }
      cache:
        exact: { enabled: true }
        semantic: { enabled: true, mode: %s, guards: balanced, recheck_percent: 0, %s }
      """;

  private final ScriptedUpstream upstream = new ScriptedUpstream();
  private final Fake judge = new Fake();
  private @Nullable Rig rig;

  /** Says what a test wants it to. */
  private static final class Fake implements TextEmbedder {
    float @Nullable [] ofStored = {1, 0};
    float @Nullable [] ofNear = {.99f, .141067f};
    boolean late;
    boolean throwing;
    int calls;

    @Override
    public String name() {
      return "fake";
    }

    @Override
    public float @Nullable [] embed(byte[] utf8, int from, int to, long deadlineNanos) {
      calls++;
      if (throwing) {
        throw new IllegalArgumentException("broken");
      }
      while (late) {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
          return null;
        }
        LockSupport.parkNanos(this, left);
      }
      String text = new String(utf8, from, to - from, StandardCharsets.UTF_8);
      return text.equals(STORED) ? ofStored : ofNear;
    }

    @Override
    public void close() {}
  }

  @AfterEach
  void close() {
    if (rig != null) {
      rig.close();
    }
  }

  private Rig judged(String mode, String more) {
    upstream.then(Answer.json(200, ANSWER.formatted("Paris")));
    upstream.then(Answer.json(200, ANSWER.formatted("fresh")));
    Rig made =
        new Rig(
            CONFIG.formatted(mode, more),
            Map.of("one", upstream, "sim", new ScriptedUpstream()),
            judge);
    rig = made;
    return made;
  }

  private static FakeExchange ask(Rig rig, String text) throws IOException {
    FakeExchange http =
        rig.call(
            FakeExchange.chat(
                "{\"model\":\"route\",\"messages\":[{\"role\":\"user\",\"content\":\""
                    + text
                    + "\"}]}"));
    assertThat(http.status).isEqualTo(200);
    Objects.requireNonNull(rig.cache).flush();
    return http;
  }

  private static String near(Rig rig) throws IOException {
    ask(rig, STORED);
    return Objects.requireNonNull(ask(rig, NEAR).responseHeader("x-fairlead-cache"));
  }

  private static String counted(Rig rig) {
    StringBuilder text = new StringBuilder();
    for (SecondJudge.Opinion opinion : SecondJudge.Opinion.values()) {
      text.append(opinion).append(' ').append(rig.metrics.cache().judge(opinion).value());
      text.append(' ');
    }
    return text.toString().strip().toLowerCase(Locale.ROOT);
  }

  @Test
  void itsScoreIsTheMatchs() throws IOException {
    Rig judged = judged("serve", "");
    assertThat(near(judged)).isEqualTo("semantic;score=0.99");
    assertThat(counted(judged)).isEqualTo("agreed 1 refused 0 silent 0");
    // What it said of the stored text is kept.
    assertThat(judge.calls).isEqualTo(2);
    assertThat(ask(judged, NEAR).responseHeader("x-fairlead-cache")).startsWith("semantic");
    assertThat(judge.calls).isEqualTo(3);
  }

  @Test
  void whatItFindsTooDifferentIsAMiss() throws IOException {
    judge.ofNear = new float[] {.9f, .43589f};
    Rig judged = judged("serve", "");
    assertThat(near(judged)).isEqualTo("miss");
    assertThat(counted(judged)).isEqualTo("agreed 0 refused 1 silent 0");
  }

  @Test
  void aFloorUnderSimilarityHoldsForItsScoreToo() throws IOException {
    Rig judged = judged("serve", "similarity_threshold: 0.995");
    assertThat(near(judged)).isEqualTo("miss");
    assertThat(counted(judged)).isEqualTo("agreed 0 refused 1 silent 0");
  }

  @Test
  void whereNearMatchesAreOnlyWatchedItIsAskedToo() throws IOException {
    Rig judged = judged("shadow", "");
    assertThat(near(judged)).isEqualTo("miss");
    assertThat(counted(judged)).isEqualTo("agreed 1 refused 0 silent 0");
    assertThat(judged.total("fairlead_cache_checks_total")).isEqualTo(1);
  }

  @Test
  void silenceAboutTheNewTextIsAMiss() throws IOException {
    judge.ofNear = null;
    Rig judged = judged("serve", "");
    assertThat(near(judged)).isEqualTo("miss");
    assertThat(counted(judged)).isEqualTo("agreed 0 refused 0 silent 1");
  }

  @Test
  void silenceAboutTheStoredTextIsAMiss() throws IOException {
    judge.ofStored = null;
    Rig judged = judged("serve", "");
    assertThat(near(judged)).isEqualTo("miss");
    assertThat(counted(judged)).isEqualTo("agreed 0 refused 0 silent 1");
  }

  @Test
  void latenessIsAMiss() throws IOException {
    judge.late = true;
    Rig judged = judged("serve", "");
    assertThat(near(judged)).isEqualTo("miss");
    assertThat(counted(judged)).isEqualTo("agreed 0 refused 0 silent 1");
  }

  @Test
  void anErrorIsAMissAndNotTheCallers() throws IOException {
    judge.throwing = true;
    Rig judged = judged("serve", "");
    assertThat(near(judged)).isEqualTo("miss");
    assertThat(counted(judged)).isEqualTo("agreed 0 refused 0 silent 1");
  }

  @Test
  void vectorsOfNoUseAreAMiss() throws IOException {
    float[][] useless = {{}, {1}, {1, 0, 0}, {0, 0}, {Float.NaN, 1}, {Float.POSITIVE_INFINITY, 1}};
    for (float[] vector : useless) {
      judge.ofNear = vector;
      Rig judged = judged("serve", "");
      assertThat(near(judged)).isEqualTo("miss");
      assertThat(counted(judged)).isEqualTo("agreed 0 refused 0 silent 1");
      judged.close();
    }
  }

  @Test
  void aVectorThatIsTooLongMakesNothingAlike() throws IOException {
    judge.ofStored = new float[] {70, 0};
    judge.ofNear = new float[] {90, 43.589f};
    Rig judged = judged("serve", "");
    assertThat(near(judged)).isEqualTo("miss");
    assertThat(counted(judged)).isEqualTo("agreed 0 refused 1 silent 0");
  }

  @Test
  void aConfiguredProviderJudges() throws IOException {
    upstream.then(Answer.json(200, ANSWER.formatted("Paris")));
    SimulatedProvider simulated = new SimulatedProvider(SimulatedBehaviour.of(Map.of()));
    Rig judged =
        new Rig(
            CONFIG.formatted(
                "serve",
                "judge: { type: provider, provider: sim, model: e, threshold: 0.8,"
                    + " deadline_ms: 10000 }"),
            Map.of("one", upstream, "sim", simulated));
    rig = judged;
    assertThat(near(judged)).startsWith("semantic;score=0.");
    assertThat(counted(judged)).isEqualTo("agreed 1 refused 0 silent 0");
    assertThat(simulated.requests()).isEqualTo(2);
    assertThat(judged.metrics.attempts("sim", "e", "success").value()).isEqualTo(2);
  }
}
