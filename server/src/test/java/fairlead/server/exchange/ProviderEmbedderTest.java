package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedProvider;
import fairlead.server.config.Config;
import fairlead.server.config.ConfigLoader;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.MetricsRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A provider as second judge: what it says, and what its troubles cost. */
final class ProviderEmbedderTest {
  private static final String CONFIG =
      """
      providers:
        one:
          type: openai-compatible
          base_url: "http://1.example/v1"
          keys: [ { name: a, value: secret-a } ]
      """;
  private static final String VECTOR =
      "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":"
          + "[3,-4.0e0]}],\"model\":\"m\",\"usage\":{\"prompt_tokens\":5,\"total_tokens\":5}}";

  private final DeadlineSweeper sweeper = new DeadlineSweeper(1);
  private final GatewayMetrics metrics = new GatewayMetrics(new MetricsRegistry());
  private final TargetStates states = new TargetStates(metrics);
  private final ScriptedUpstream upstream = new ScriptedUpstream();
  private final Config.Provider settings =
      Objects.requireNonNull(
          Objects.requireNonNull(new ConfigLoader(Map.of()).load("test.yaml", CONFIG).config())
              .providers()
              .get("one"));

  private @Nullable ProviderEmbedder last;

  @AfterEach
  void close() {
    if (last != null) {
      last.close();
    }
    sweeper.close();
  }

  private ProviderEmbedder embedder(Upstream at, int concurrent) {
    ProviderEmbedder made =
        new ProviderEmbedder(
            ProviderRuntime.of(settings, at, states, metrics), "m o", concurrent, sweeper, metrics);
    last = made;
    return made;
  }

  private static float @Nullable [] embed(ProviderEmbedder embedder, String text, long millis) {
    byte[] utf8 = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
    return embedder.embed(
        utf8, 1, utf8.length - 1, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private long attempts(String outcome) {
    return metrics.attempts("one", "m o", outcome).value();
  }

  @Test
  void aVectorIsAskedForInTheProvidersWire() {
    upstream.then(Answer.json(200, VECTOR));
    ProviderEmbedder embedder = embedder(upstream, 8);
    assertThat(embed(embedder, "a \"quoted\"\nünïcode", 10_000)).containsExactly(.6f, -.8f);
    assertThat(upstream.bodies)
        .containsExactly("{\"model\":\"m o\",\"input\":\"a \\\"quoted\\\"\\nünïcode\"}");
    assertThat(upstream.heads.getFirst())
        .startsWith("POST /v1/embeddings HTTP/1.1\r\n")
        .contains("Authorization: Bearer secret-a\r\n");
    assertThat(embedder.name()).isEqualTo("one/m_o");
    assertThat(attempts("success")).isEqualTo(1);
    assertThat(metrics.tokens("one", "m o", "prompt").value()).isEqualTo(5);
    assertThat(upstream.released).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no JSON",
        "[]",
        "{\"data\":[]}",
        "{\"data\":[{\"embedding\":\"AACAPw==\"}]}",
        "{\"data\":[{\"embedding\":[]}]}",
        "{\"data\":[{\"embedding\":[0,0]}]}",
        "{\"data\":[{\"embedding\":[1,null]}]}",
        "{\"data\":[{\"embedding\":[1,1e999]}]}",
        "{\"data\":[{\"embedding\":[1,2",
        "{\"error\":{\"message\":\"no\"}}"
      })
  void whatIsNoVectorIsNoOpinion(String body) {
    upstream.then(Answer.json(200, body));
    assertThat(embed(embedder(upstream, 8), "text", 10_000)).isNull();
    assertThat(attempts("server_error")).isEqualTo(1);
  }

  @Test
  void anEndlessAnswerIsNoOpinion() {
    Answer answer = Answer.json(200, "{\"data\":[{\"embedding\":[1");
    for (int i = 0; i < 20; i++) {
      answer.piece(",1".repeat(50_000));
    }
    upstream.then(answer.piece("]}]}"));
    assertThat(embed(embedder(upstream, 8), "text", 10_000)).isNull();
  }

  @Test
  void refusalsAndBreaksAreNoOpinionAndSayNothingOfKeysAndTargets() {
    upstream.then(Answer.json(401, "{}"));
    upstream.then(Answer.json(429, "{}").header("retry-after", "60"));
    upstream.then(Answer.failing(UpstreamException.Kind.CONNECT_REFUSED));
    upstream.then(Answer.json(200, "{\"data\":").thenFails(UpstreamException.Kind.BODY_CUT));
    upstream.then(Answer.json(200, VECTOR));
    ProviderEmbedder embedder = embedder(upstream, 8);
    for (int i = 0; i < 4; i++) {
      assertThat(embed(embedder, "text", 10_000)).isNull();
    }
    assertThat(embed(embedder, "text", 10_000)).isNotNull();
    assertThat(attempts("credentials")).isEqualTo(1);
    assertThat(attempts("rate_limited")).isEqualTo(1);
    assertThat(attempts("unreachable")).isEqualTo(1);
    assertThat(attempts("server_error")).isEqualTo(1);
    assertThat(states.keys(settings, settings.keys()).ready(0, System.nanoTime())).isTrue();
  }

  @Test
  void aKeyThatIsOutForModelCallsIsNotTried() {
    upstream.then(Answer.json(200, VECTOR));
    ProviderEmbedder embedder = embedder(upstream, 8);
    states.keys(settings, settings.keys()).out(0, System.nanoTime() + TimeUnit.HOURS.toNanos(1));
    assertThat(embed(embedder, "text", 10_000)).isNull();
    assertThat(upstream.attempts()).isZero();
  }

  @Test
  void aProviderInTroubleIsLeftAlone() {
    upstream.then(Answer.json(500, "{}"));
    ProviderEmbedder embedder = embedder(upstream, 8);
    for (int i = 0; i < 20; i++) {
      assertThat(embed(embedder, "text", 10_000)).isNull();
    }
    assertThat(upstream.attempts()).isEqualTo(5);
  }

  @Test
  void textsThatAreRefusedAreNoTrouble() {
    upstream.then(Answer.json(400, "{}"));
    ProviderEmbedder embedder = embedder(upstream, 8);
    for (int i = 0; i < 20; i++) {
      assertThat(embed(embedder, "text", 10_000)).isNull();
    }
    assertThat(upstream.attempts()).isEqualTo(20);
  }

  @Test
  void nothingIsAskedForNothingOrTooLate() {
    upstream.then(Answer.json(200, VECTOR));
    ProviderEmbedder embedder = embedder(upstream, 8);
    assertThat(embed(embedder, "", 10_000)).isNull();
    assertThat(embed(embedder, "text", 0)).isNull();
    assertThat(upstream.attempts()).isZero();
  }

  @Test
  void whoIsLateIsNotWaitedForAndMayStillFinish() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    upstream.then(Answer.json(200, VECTOR));
    ProviderEmbedder embedder =
        embedder(
            (request, control) -> {
              asked.countDown();
              awaitQuietly(answer);
              return upstream.open(request, control);
            },
            1);
    assertThat(embed(embedder, "text", 50)).isNull();
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    // Its place is taken until it has ended.
    assertThat(embed(embedder, "other", 10_000)).isNull();
    assertThat(attempts("success")).isZero();
    answer.countDown();
    while (attempts("success") == 0) {
      Thread.onSpinWait();
    }
    assertThat(embed(embedder, "other", 10_000)).isNotNull();
  }

  @Test
  void closingEndsWhatIsUnderWay() throws InterruptedException, ExecutionException {
    SimulatedProvider slow =
        new SimulatedProvider(SimulatedBehaviour.of(Map.of("latency_ms", "60000")));
    ProviderEmbedder embedder = embedder(slow, 8);
    FutureTask<float @Nullable []> waiting =
        new FutureTask<>(() -> embed(embedder, "text", 60_000));
    Thread.ofVirtual().start(waiting);
    while (slow.requests() == 0) {
      Thread.onSpinWait();
    }
    embedder.close();
    assertThat(waiting.get()).isNull();
    assertThat(embed(embedder, "text", 10_000)).isNull();
    assertThat(slow.requests()).isEqualTo(1);
    assertThat(attempts("abandoned")).isEqualTo(1);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
