package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import fairlead.providers.Operation;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteRange;
import fairlead.server.config.ConfigLoader;
import fairlead.server.config.Loaded;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import fairlead.server.governance.CallerKeys;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.MetricsRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where a model name leads, what comes after it, and who may use it; seen from whole calls. */
class SnapshotTest {
  private static final String ANSWER =
      "{\"id\":\"x\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,"
          + "\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}";

  /** The published shape with rules and no routes, with a provider more. */
  private static final String RULES =
      """
      providers:
        openai: { keys: [ { value: env.KEY, weight: 1.0 } ], retries: { max: 0 } }
        backup: { type: openai-compatible, base_url: "http://b.example/v1", retries: { max: 0 } }
      fallbacks:
        - provider: openai
          model: gpt-4o
          fallback_to:
            - { provider: backup, model: large }
      """;

  /** Two providers that list one model, and one each has alone. */
  private static final String SHARED =
      """
      providers:
        one: { type: openai-compatible, base_url: "http://1.example/v1", models: [m, own], retries: { max: 0 } }
        two: { type: openai-compatible, base_url: "http://2.example/v1", models: [m], retries: { max: 0 } }
      routing:
        route: { targets: [one/own] }
      """;

  private final DeadlineSweeper sweeper = new DeadlineSweeper(5);
  private final GatewayMetrics metrics = new GatewayMetrics(new MetricsRegistry());
  private final ModelExchange exchange = new ModelExchange(metrics, sweeper);
  private final Map<String, ScriptedUpstream> upstreams = new LinkedHashMap<>();

  /** Who was asked for what, in order, as {@code provider/model}. */
  private final List<String> asked = new ArrayList<>();

  @AfterEach
  void close() {
    exchange.close();
    sweeper.close();
  }

  private Snapshot snapshot(String yaml) {
    Loaded loaded = new ConfigLoader(Map.of("KEY", "canary")).load("test.yaml", yaml);
    assertThat(loaded.errors()).isEmpty();
    return new SnapshotBuilder(
            settings -> {
              upstreams.put(settings.name(), new ScriptedUpstream());
              return (request, control) -> {
                ScriptedUpstream upstream = Objects.requireNonNull(upstreams.get(settings.name()));
                int before = upstream.attempts();
                try {
                  return upstream.open(request, control);
                } finally {
                  asked.add(settings.name() + "/" + model(upstream.bodies.get(before)));
                }
              };
            },
            metrics)
        .build(Objects.requireNonNull(loaded.config()));
  }

  private static String model(String body) {
    int start = body.indexOf("\"model\":\"") + 9;
    return body.substring(start, body.indexOf('"', start));
  }

  /** One call to which every provider answers with {@code status}: everything there is is tried. */
  private FakeExchange call(
      Snapshot snapshot, int status, CallerKeys.Caller caller, String model, String more)
      throws IOException {
    asked.clear();
    Answer answer = Answer.json(status, status == 200 ? ANSWER : "{}");
    upstreams.replaceAll((name, used) -> new ScriptedUpstream().then(answer));
    FakeExchange http =
        FakeExchange.chat(
            "{\"model\":\""
                + model
                + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]"
                + more
                + "}");
    exchange.handle(http, Operation.CHAT, snapshot, caller);
    return http;
  }

  /** Everything that is tried for a model, one after the other. */
  private List<String> tried(Snapshot snapshot, String model) throws IOException {
    FakeExchange http = call(snapshot, 503, CallerKeys.Caller.ANYONE, model, "");
    assertThat(http.status).as(http.text()).isGreaterThanOrEqualTo(500);
    return List.copyOf(asked);
  }

  private static CallerKeys.Caller caller(String... routes) {
    return new CallerKeys.Caller("agent", new byte[32], Set.of(routes));
  }

  @Test
  void aProviderThatIsNamedIsMeantEvenIfAnotherListsAModelOfThatName() throws IOException {
    Snapshot snapshot =
        snapshot(
            """
            providers:
              openai: { type: openai-compatible, base_url: "http://1.example/v1" }
              router: { type: openai-compatible, base_url: "http://2.example/v1", models: [openai/m, other/m] }
            """);
    call(snapshot, 200, CallerKeys.Caller.ANYONE, "openai/m", "");
    assertThat(asked).containsExactly("openai/m");
    call(snapshot, 200, CallerKeys.Caller.ANYONE, "router/openai/m", "");
    assertThat(asked).containsExactly("router/openai/m");
    call(snapshot, 200, CallerKeys.Caller.ANYONE, "other/m", "");
    assertThat(asked).containsExactly("router/other/m");
  }

  @Test
  void aDrainedProviderThatIsNamedIsAskedBeforeItsFallbacks() throws IOException {
    Snapshot snapshot =
        snapshot(
            """
            providers:
              one: { type: openai-compatible, base_url: "http://1.example/v1", weight: 0, retries: { max: 0 } }
              two: { type: openai-compatible, base_url: "http://2.example/v1" }
            fallbacks: [two/n]
            """);
    call(snapshot, 500, CallerKeys.Caller.ANYONE, "one/m", "");
    assertThat(asked).startsWith("one/m", "two/n");
  }

  @Test
  void aRuleForAModelHoldsForDirectCalls() throws IOException {
    Snapshot snapshot = snapshot(RULES);
    assertThat(tried(snapshot, "openai/gpt-4o")).containsExactly("openai/gpt-4o", "backup/large");
    assertThat(tried(snapshot, "openai/gpt-4o-mini")).containsExactly("openai/gpt-4o-mini");
    assertThat(tried(snapshot, "backup/gpt-4o")).containsExactly("backup/gpt-4o");
  }

  @Test
  void aRuleForAModelHoldsForItsBareName() throws IOException {
    // By how the name begins.
    assertThat(tried(snapshot(RULES), "gpt-4o")).containsExactly("openai/gpt-4o", "backup/large");
    // By the list of models; the other rule is for a provider that does not serve the name.
    String listed =
        """
        providers:
          one: { type: openai-compatible, base_url: "http://1.example/v1", models: [m], retries: { max: 0 } }
          two: { type: openai-compatible, base_url: "http://2.example/v1", retries: { max: 0 } }
        fallbacks:
          - { provider: one, model: m, fallback_to: [two/x] }
          - { provider: two, model: m, fallback_to: [two/y] }
        """;
    assertThat(tried(snapshot(listed), "m")).containsExactly("one/m", "two/x");
    assertThat(tried(snapshot(listed), "two/m")).containsExactly("two/m", "two/y");
    // Because there is one provider only.
    String only =
        """
        providers:
          one: { type: openai-compatible, base_url: "http://1.example/v1", retries: { max: 0 } }
        fallbacks:
          - { provider: one, model: a/b, fallback_to: [one/c] }
        """;
    assertThat(tried(snapshot(only), "a/b")).containsExactly("one/a/b", "one/c");
    assertThat(tried(snapshot(only), "one/a/b")).containsExactly("one/a/b", "one/c");
  }

  @Test
  void aRuleDoesNotTakeANameFromTheProviderItBeginsWith() throws IOException {
    // "gpt-" is how names begin that belong to openai.
    String yaml =
        """
        providers:
          openai: { api_key: env.KEY, retries: { max: 0 } }
          gpt-own: { type: openai-compatible, base_url: "http://2.example/v1", retries: { max: 0 } }
        fallbacks:
          - { provider: openai, model: gpt-own/x, fallback_to: [openai/y] }
        """;
    Snapshot snapshot = snapshot(yaml);
    assertThat(tried(snapshot, "gpt-own/x")).containsExactly("gpt-own/x");
    assertThat(tried(snapshot, "openai/gpt-own/x")).containsExactly("openai/gpt-own/x", "openai/y");
  }

  @Test
  void aRuleForAModelHoldsForRoutesThatNameOnlyTheProvider() throws IOException {
    String yaml =
        """
        providers:
          one: { type: openai-compatible, base_url: "http://1.example/v1", default_model: m, retries: { max: 0 } }
          two: { type: openai-compatible, base_url: "http://2.example/v1", retries: { max: 0 } }
        routing:
          route: { providers: [one] }
          alone: { providers: [one], failover: false }
        fallbacks:
          - { provider: one, model: m, fallback_to: [two/x] }
        """;
    Snapshot snapshot = snapshot(yaml);
    assertThat(tried(snapshot, "route")).containsExactly("one/m", "two/x");
    assertThat(tried(snapshot, "alone")).containsExactly("one/m");
  }

  @Test
  void whatTheCallAsksForAnywayIsNoFallback() throws IOException {
    String yaml =
        """
        providers:
          one: { type: openai-compatible, base_url: "http://1.example/v1", default_model: d, retries: { max: 0 } }
          two: { type: openai-compatible, base_url: "http://2.example/v1", retries: { max: 0 } }
        routing:
          route: { providers: [one] }
        fallbacks:
          - { provider: two, fallback_to: [two/z] }
          - one/m
          - two/x
        """;
    Snapshot snapshot = snapshot(yaml);
    assertThat(tried(snapshot, "one/m")).containsExactly("one/m", "two/x");
    assertThat(tried(snapshot, "one/n")).containsExactly("one/n", "one/m", "two/x");
    assertThat(tried(snapshot, "two/x")).containsExactly("two/x", "two/z", "one/m");
    assertThat(tried(snapshot, "two/z")).containsExactly("two/z", "one/m", "two/x");
    assertThat(tried(snapshot, "route")).containsExactly("one/d", "one/m", "two/x");
  }

  @Test
  void aFallbackWithoutModelTakesTheProvidersDefaultElseTheCallersModel() throws IOException {
    String yaml =
        """
        providers:
          one: { type: openai-compatible, base_url: "http://1.example/v1", default_model: d, retries: { max: 0 } }
          two: { type: openai-compatible, base_url: "http://2.example/v1", retries: { max: 0 } }
        fallbacks: [one, two]
        """;
    Snapshot snapshot = snapshot(yaml);
    assertThat(tried(snapshot, "one/m")).containsExactly("one/m", "one/d", "two/m");
    assertThat(tried(snapshot, "one/d")).containsExactly("one/d", "two/d");
    assertThat(tried(snapshot, "two/m")).containsExactly("two/m", "one/d");
  }

  @Test
  void aBareModelNeedsTheKeyForEveryProviderThatServesIt() throws IOException {
    Snapshot snapshot = snapshot(SHARED);
    for (String half : List.of("one/m", "two/m")) {
      FakeExchange refused = call(snapshot, 200, caller(half), "m", "");
      assertThat(refused.status).isEqualTo(403);
      assertThat(refused.text())
          .contains("model_not_allowed", "'agent'", "'m'", half.equals("one/m") ? "two/m" : "one/m")
          .contains("\"param\":\"model\"");
      assertThat(asked).isEmpty();
      assertThat(call(snapshot, 200, caller(half), half, "").status).isEqualTo(200);
      assertThat(asked).containsExactly(half);
    }
    assertThat(call(snapshot, 200, caller("one/m", "two/m"), "m", "").status).isEqualTo(200);
    assertThat(call(snapshot, 200, caller("*"), "m", "").status).isEqualTo(200);
    assertThat(call(snapshot, 200, caller("one/own"), "own", "").status).isEqualTo(200);
    assertThat(call(snapshot, 200, caller("one/own"), "route", "").status).isEqualTo(403);
    assertThat(call(snapshot, 200, caller("route"), "route", "").status).isEqualTo(200);
    assertThat(call(snapshot, 200, caller("route"), "own", "").status).isEqualTo(403);
  }

  @Test
  void aKeyForAModelIncludesTheFallbacksTheConfigurationGivesIt() throws IOException {
    Snapshot snapshot = snapshot(RULES);
    for (String model : List.of("openai/gpt-4o", "gpt-4o")) {
      FakeExchange http = call(snapshot, 503, caller("openai/gpt-4o"), model, "");
      assertThat(http.status).isGreaterThanOrEqualTo(500);
      assertThat(asked).containsExactly("openai/gpt-4o", "backup/large");
    }
    assertThat(call(snapshot, 503, caller("openai/gpt-4o"), "backup/large", "").status)
        .isEqualTo(403);
  }

  @Test
  void aCallersOwnFallbacksNeedTheSameRights() throws IOException {
    Snapshot snapshot = snapshot(SHARED);
    String more = ",\"fallbacks\":[\"m\"]";
    for (String half : List.of("one/m", "two/m", "m")) {
      FakeExchange refused = call(snapshot, 503, caller("route", half), "route", more);
      assertThat(refused.status).as(half).isEqualTo(403);
      assertThat(refused.text()).contains("model_not_allowed", "\"param\":\"fallbacks\"");
      assertThat(asked).isEmpty();
    }
    call(snapshot, 503, caller("route", "one/m", "two/m"), "route", more);
    assertThat(asked).containsExactly("one/own", "one/m", "two/m");
    // Fallbacks give no right to the model they stand beside.
    FakeExchange primary = call(snapshot, 200, caller("one/m", "two/m"), "route", more);
    assertThat(primary.status).isEqualTo(403);
    assertThat(primary.text()).contains("\"param\":\"model\"");
  }

  @Test
  void aCallersOwnFallbacksLeaveTheRoutesOrderAlone() throws IOException {
    String yaml =
        """
        providers:
          one: { type: openai-compatible, base_url: "http://1.example/v1", retries: { max: 0 }, health: { consecutive_failures: 1000, min_calls: 10000 } }
          two: { type: openai-compatible, base_url: "http://2.example/v1", retries: { max: 0 }, health: { consecutive_failures: 1000, min_calls: 10000 } }
        routing:
          fixed:
            strategy: priority
            targets: [ { provider: one, model: a, priority: 0 }, { provider: two, model: b, priority: 0 } ]
          turns: { strategy: round_robin, targets: [one/a, two/b] }
        """;
    Snapshot snapshot = snapshot(yaml);
    CallerKeys.Caller anyone = CallerKeys.Caller.ANYONE;
    String more = ",\"fallbacks\":[\"one/c\",\"two/d\"]";
    for (int i = 0; i < 40; i++) {
      call(snapshot, 503, anyone, "fixed", more);
      assertThat(asked).containsExactly("one/a", "two/b", "one/c", "two/d");
    }
    // Calls with and without fallbacks take turns together.
    for (int i = 0; i < 4; i++) {
      call(snapshot, 503, anyone, "turns", more);
      assertThat(asked).containsExactly("one/a", "two/b", "one/c", "two/d");
      call(snapshot, 503, anyone, "turns", "");
      assertThat(asked).containsExactly("two/b", "one/a");
    }
    for (int i = 0; i < 4; i++) {
      call(snapshot, 503, anyone, "turns", more);
      assertThat(asked.getFirst()).isEqualTo(i % 2 == 0 ? "one/a" : "two/b");
    }
  }

  @Test
  void findingAModelAndItsRightAllocatesNothingForWhoMayUseEverything() throws IOException {
    Snapshot snapshot = snapshot(RULES);
    byte[] ruled = "openai/gpt-4o".getBytes(StandardCharsets.UTF_8);
    byte[] other = "backup/any".getBytes(StandardCharsets.UTF_8);
    ByteRange name = new ByteRange();
    ByteRange rest = new ByteRange();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        byte[] bytes = (i & 1) == 0 ? ruled : other;
        RouteRuntime found = snapshot.resolve(name.set(bytes, 0, bytes.length), rest);
        snapshot.requireAllowed(
            CallerKeys.Caller.ANYONE, Objects.requireNonNull(found), rest, "model");
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).as("bytes in 10000 look-ups").isLessThan(10_000);
  }
}
