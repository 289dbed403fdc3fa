package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import fairlead.routing.CircuitBreaker;
import fairlead.routing.KeyRing;
import fairlead.routing.TargetHealth;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import java.io.IOException;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A target is as short of quota as the key that has most left. */
class KeyQuotasTest {
  private static final long SECOND = 1_000_000_000L;

  /** What a target gets of its calls where a tenth is left. */
  private static final double TENTH_LEFT = 0.525;

  private static TargetHealth health(long now) {
    return new TargetHealth(
        new TargetHealth.Settings(
            new CircuitBreaker.Settings(5, 0.5, 10, SECOND, SECOND, 0), 1, 0, 0.2),
        now);
  }

  private static KeyRing ring(int keys, long now) {
    double[] weights = new double[keys];
    java.util.Arrays.fill(weights, 1);
    return new KeyRing(weights, now);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - 5 * SECOND, Long.MIN_VALUE})
  void oneKeyIsTheTarget(long start) {
    TargetHealth health = health(start);
    KeyQuotas quotas = new KeyQuotas(ring(1, start), health, start);
    quotas.report(0, 0.1, start + 60 * SECOND, start);
    assertThat(health.quota().share(start)).isCloseTo(TENTH_LEFT, within(0.001));
    assertThat(health.quota().share(start + 60 * SECOND)).isEqualTo(1);
    quotas.report(0, 0.9, start + 60 * SECOND, start + SECOND);
    assertThat(health.quota().share(start + SECOND)).isEqualTo(1);
    quotas.report(0, 0, start - SECOND, start + SECOND); // its reset has passed
    assertThat(health.quota().share(start + SECOND)).isEqualTo(1);
  }

  @Test
  void aFreshKeyKeepsTheTargetAtItsWholeShare() {
    TargetHealth health = health(0);
    KeyQuotas quotas = new KeyQuotas(ring(2, 0), health, 0);
    quotas.report(0, 0, 60 * SECOND, 0);
    assertThat(health.quota().share(0)).as("the other key is unused").isEqualTo(1);
    quotas.report(1, 0.1, 20 * SECOND, 0);
    assertThat(health.quota().share(0)).as("the better one").isCloseTo(TENTH_LEFT, within(0.001));
    quotas.report(0, 0, 60 * SECOND, SECOND);
    assertThat(health.quota().share(SECOND)).isCloseTo(TENTH_LEFT, within(0.001));
    assertThat(health.quota().share(20 * SECOND)).as("one of them is whole again").isEqualTo(1);
    quotas.report(0, 0, 60 * SECOND, 21 * SECOND);
    assertThat(health.quota().share(21 * SECOND)).isEqualTo(1);
  }

  @Test
  void keysThatCannotBeUsedDoNotCount() {
    TargetHealth health = health(0);
    KeyRing ring = ring(4, 0);
    KeyQuotas quotas = new KeyQuotas(ring, health, 0);
    ring.rest(1, 30 * SECOND);
    ring.out(2, 30 * SECOND);
    health.denyKey(3, 30 * SECOND);
    quotas.report(0, 0.1, 60 * SECOND, 0);
    assertThat(health.quota().share(0)).isCloseTo(TENTH_LEFT, within(0.001));
    quotas.report(0, 0.1, 60 * SECOND, 31 * SECOND);
    assertThat(health.quota().share(31 * SECOND)).as("they are back").isEqualTo(1);
  }

  /** Against the rule in its plainest form. */
  @Test
  void generatedReportsAgreeWithAListOfThem() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 300; round++) {
      int keys = 1 + random.nextInt(5);
      long start = random.nextLong();
      TargetHealth health = health(start);
      KeyRing ring = ring(keys, start);
      KeyQuotas quotas = new KeyQuotas(ring, health, start);
      double[] share = new double[keys];
      long[] until = new long[keys];
      long now = 0;
      for (int step = 0; step < 30; step++) {
        now += random.nextLong(1, 5) * SECOND;
        int key = random.nextInt(keys);
        if (random.nextInt(6) == 0) {
          ring.rest(key, start + now + 7 * SECOND);
          continue;
        }
        share[key] = random.nextInt(12) / 50.0;
        until[key] = now + random.nextLong(1, 20) * SECOND;
        quotas.report(key, share[key], start + until[key], start + now);
        double best = 0;
        for (int i = 0; i < keys; i++) {
          if (i == key || ring.ready(i, start + now)) {
            best = Math.max(best, until[i] <= now ? 1 : share[i]);
          }
        }
        double expected = best >= 0.2 ? 1 : 0.05 + 0.95 * best / 0.2;
        assertThat(health.quota().share(start + now))
            .as("seed %d, round %d, step %d", seed, round, step)
            .isCloseTo(expected, within(0.001));
      }
    }
  }

  @Test
  void callsReportForTheKeyTheyWereMadeWith() throws IOException {
    String answer =
        "{\"id\":\"x\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,"
            + "\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}";
    ScriptedUpstream upstream =
        new ScriptedUpstream()
            .then(
                Answer.json(200, answer)
                    .header("x-ratelimit-limit-requests", "1000")
                    .header("x-ratelimit-remaining-requests", "100")
                    .header("x-ratelimit-reset-requests", "10m"));
    String yaml =
        """
        providers:
          p:
            type: openai-compatible
            base_url: "http://p.example/v1"
            keys: [ "key-of-a-test-1", "key-of-a-test-2" ]
        routing: { r: { targets: [p/m] } }
        """;
    try (Rig rig = new Rig(yaml, Map.of("p", upstream))) {
      boolean[] used = new boolean[2];
      for (int i = 0; i < 200 && !(used[0] && used[1]); i++) {
        assertThat(rig.target("p").quotaShare()).as("a key is fresh").isEqualTo(1);
        FakeExchange http =
            rig.call(
                FakeExchange.chat(
                    "{\"model\":\"r\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"));
        assertThat(http.status).isEqualTo(200);
        used[upstream.heads.getLast().contains("key-of-a-test-1") ? 0 : 1] = true;
      }
      assertThat(used).containsExactly(true, true);
      assertThat(rig.target("p").quotaShare()).isCloseTo(TENTH_LEFT, within(0.001));
    }
  }
}
