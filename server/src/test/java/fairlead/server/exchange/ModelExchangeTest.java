package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.Operation;
import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.server.config.Config;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import fairlead.server.governance.CallerKeys;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.MetricsRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole calls without sockets: a scripted provider on one side, a fake caller on the other. */
class ModelExchangeTest {
  private static final String ASK =
      "{\"model\":\"route\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
  private static final String ASK_STREAM =
      "{\"model\":\"route\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
  private static final String ANSWER =
      "{\"id\":\"x\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,"
          + "\"message\":{\"role\":\"assistant\",\"content\":\"Héllo\"},\"finish_reason\":\"stop\"}],"
          + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}";
  private static final String ROLE =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
  private static final String HEL =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hél\"}}]}\n\n";
  private static final String LO =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"}}]}\n\n";
  private static final String STOP =
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  private static final String USAGE =
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\n";
  private static final String DONE = "data: [DONE]\n\n";

  private final DeadlineSweeper sweeper = new DeadlineSweeper(5);
  private final GatewayMetrics metrics = new GatewayMetrics(new MetricsRegistry());
  private final ModelExchange exchange = new ModelExchange(metrics, sweeper);
  private final ScriptedUpstream first = new ScriptedUpstream();
  private final ScriptedUpstream second = new ScriptedUpstream();
  private final CallerKeys.Caller caller = CallerKeys.Caller.ANYONE;
  private Config.MidStream midStream = Config.MidStream.RESUME;

  @AfterEach
  void close() {
    exchange.close();
    sweeper.close();
  }

  private static Config.Provider provider(String name, Config.ProviderType type, String... keys) {
    return new Config.Provider(
        name,
        type,
        type == Config.ProviderType.ANTHROPIC ? "https://a.example" : "https://o.example/v1",
        Arrays.stream(keys).map(key -> new Config.ProviderKey(key, "value-" + key, 1)).toList(),
        1,
        List.of(),
        null,
        true,
        4096,
        Map.of(),
        null,
        new Config.Timeouts(1_000, 10_000, 10_000, 10_000, 10_000),
        new Config.Retries(2, 1, 2),
        Map.of());
  }

  private Snapshot snapshot(List<String> firstKeys, Config.ProviderType firstType) {
    Map<String, Config.Provider> providers = new LinkedHashMap<>();
    providers.put("one", provider("one", firstType, firstKeys.toArray(new String[0])));
    providers.put("two", provider("two", Config.ProviderType.OPENAI, "k"));
    Config config =
        new Config(
            "test",
            new Config.Server("127.0.0.1", 0, 1 << 20, 1 << 24, 1, 1, 1, 1, 0, null),
            new Config.Auth(Config.Auth.Mode.LOOPBACK_ONLY, List.of()),
            providers,
            Map.of(
                "route",
                new Config.Route(
                    "route",
                    List.of(
                        new Config.Target("one", "model-one", 1, 0),
                        new Config.Target("two", "model-two", 1, 1)),
                    Config.Strategy.PRIORITY,
                    true,
                    0,
                    midStream,
                    Config.ContentFilter.ERROR,
                    null,
                    null)));
    Map<String, Upstream> upstreams = Map.of("one", first, "two", second);
    return new SnapshotBuilder(
            settings -> {
              Upstream found = upstreams.get(settings.name());
              assertThat(found).isNotNull();
              return Objects.requireNonNull(found);
            },
            metrics)
        .build(config);
  }

  private Snapshot snapshot() {
    return snapshot(List.of("k"), Config.ProviderType.OPENAI);
  }

  private FakeExchange call(FakeExchange http) throws IOException {
    exchange.handle(http, Operation.CHAT, snapshot(), caller);
    return http;
  }

  private long metric(String name) {
    return metrics.registry().total(name);
  }

  @Test
  void aPlainAnswerComesThroughByteForByte() throws IOException {
    first.then(Answer.json(200, ANSWER));
    FakeExchange http = call(FakeExchange.chat(ASK));
    assertThat(http.status).isEqualTo(200);
    assertThat(http.text()).isEqualTo(ANSWER);
    assertThat(http.responseHeader("content-type")).isEqualTo("application/json");
    assertThat(http.responseHeader("x-fairlead-provider")).isEqualTo("one");
    assertThat(http.responseHeader("x-fairlead-model")).isEqualTo("model-one");
    assertThat(http.responseHeader("x-fairlead-attempts")).isEqualTo("1");
    assertThat(http.responseHeader("x-request-id")).startsWith("fl-");
    assertThat(http.responseHeader("x-fairlead-overhead-us")).matches("\\d+");
    assertThat(first.bodies).containsExactly(ASK.replace("\"route\"", "\"model-one\""));
    assertThat(first.heads.getFirst())
        .startsWith("POST /v1/chat/completions HTTP/1.1\r\nHost: o.example\r\n")
        .contains("Authorization: Bearer value-k\r\n");
    assertThat(first.released).isEqualTo(1);
    assertThat(metric("fairlead_tokens_total")).isEqualTo(7);
    assertThat(metric("fairlead_requests_total")).isEqualTo(1);
    assertThat(metrics.inFlight()).isZero();
  }

  @Test
  void aProviderAndAModelMayBeNamedAndTheModelIsSentOn() throws IOException {
    second.then(Answer.json(200, ANSWER));
    FakeExchange http = call(FakeExchange.chat(ASK.replace("route", "two/gpt/x\\u0041")));
    assertThat(http.status).isEqualTo(200);
    assertThat(second.bodies).containsExactly(ASK.replace("route", "gpt/xA"));
    assertThat(http.responseHeader("x-fairlead-model")).isEqualTo("gpt/xA");
  }

  @Test
  void theCallersIdAndTraceAreHonoured() throws IOException {
    first.then(Answer.json(200, ANSWER));
    FakeExchange http =
        call(
            FakeExchange.chat(ASK)
                .with("x-request-id", "mine-1")
                .with("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
    assertThat(http.responseHeader("x-request-id")).isEqualTo("mine-1");
    assertThat(first.extraHeaders.getFirst()).contains("traceparent: 00-0af7651916cd43dd");
    first.then(Answer.json(200, ANSWER));
    FakeExchange bad = call(FakeExchange.chat(ASK).with("x-request-id", "has space"));
    assertThat(bad.responseHeader("x-request-id")).startsWith("fl-");
  }

  @Test
  void aStreamComesThroughByteForByteWhereverItWasSplit() throws IOException {
    byte[] whole =
        (": hello\n\n" + ROLE + HEL + LO + STOP + USAGE + DONE).getBytes(StandardCharsets.UTF_8);
    String expected =
        new String(whole, StandardCharsets.UTF_8)
            .replace(USAGE, ""); // ours: the caller did not ask
    for (int cut = 0; cut <= whole.length; cut++) {
      ScriptedUpstream fresh = first;
      fresh.then(
          Answer.stream()
              .piece(Arrays.copyOfRange(whole, 0, cut))
              .piece(Arrays.copyOfRange(whole, cut, whole.length)));
      if (cut > 0) {
        // The previous answer is still at the head of the script.
        assertThat(fresh.attempts()).isEqualTo(cut);
      }
      FakeExchange http = call(FakeExchange.chat(ASK_STREAM));
      assertThat(http.status).as("cut at %d", cut).isEqualTo(200);
      assertThat(http.text()).as("cut at %d", cut).isEqualTo(expected);
      assertThat(http.ended).isTrue();
    }
    assertThat(first.bodies.getFirst())
        .contains("\"stream\":true,\"stream_options\":{\"include_usage\":true}");
    assertThat(metric("fairlead_tokens_total")).isEqualTo(7L * (whole.length + 1));
  }

  @Test
  void whoAsksForUsageGetsIt() throws IOException {
    first.then(Answer.stream(HEL, STOP, USAGE, DONE));
    FakeExchange http =
        call(
            FakeExchange.chat(
                ASK_STREAM.replace(
                    "\"stream\":true",
                    "\"stream\":true,\"stream_options\":{\"include_usage\":true}")));
    assertThat(http.text()).isEqualTo(HEL + STOP + USAGE + DONE);
  }

  @Test
  void aFinishedStreamWithoutEndMarkGetsOne() throws IOException {
    first.then(Answer.stream(HEL, LO, STOP));
    FakeExchange http = call(FakeExchange.chat(ASK_STREAM));
    assertThat(http.text()).isEqualTo(HEL + LO + STOP + DONE);
    assertThat(http.ended).isTrue();
  }

  @Test
  void everyFailureBeforeTheFirstContentIsInvisible() throws IOException {
    String error =
        "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"overloaded_error\"}}\n\n";
    List<Answer> failures =
        List.of(
            Answer.failing(UpstreamException.Kind.CONNECT_REFUSED),
            Answer.failing(UpstreamException.Kind.RESET_BEFORE_RESPONSE),
            Answer.failing(UpstreamException.Kind.HEAD_TIMEOUT),
            Answer.json(429, "{\"error\":{\"message\":\"slow down\"}}"),
            Answer.json(503, "{\"error\":{\"message\":\"busy\"}}"),
            Answer.json(401, "{\"error\":{\"message\":\"bad key\"}}"),
            Answer.json(404, "{\"error\":{\"message\":\"no such model\"}}"),
            Answer.stream(error),
            Answer.stream(ROLE, error),
            Answer.stream(ROLE),
            Answer.stream(ROLE).thenFails(UpstreamException.Kind.BODY_CUT),
            Answer.stream(ROLE).thenFails(UpstreamException.Kind.FIRST_CONTENT_TIMEOUT),
            Answer.stream("data: {broken\n\n"),
            Answer.stream(HEL + "data: {broken\n\n"),
            Answer.json(200, "{\"error\":{\"message\":\"inside 200\",\"type\":\"server_error\"}}"),
            Answer.json(200, "<html>"));
    int i = 0;
    for (Answer failure : failures) {
      ScriptedUpstream failing = new ScriptedUpstream().then(failure);
      second.then(Answer.stream(HEL, LO, STOP, DONE));
      FakeExchange http = FakeExchange.chat(ASK_STREAM);
      exchange.handle(http, Operation.CHAT, withFirst(failing), caller);
      assertThat(http.status).as("failure %d", i).isEqualTo(200);
      assertThat(http.text()).as("failure %d", i).isEqualTo(HEL + LO + STOP + DONE);
      assertThat(http.responseHeader("x-fairlead-provider")).isEqualTo("two");
      assertThat(http.responseHeader("x-fairlead-attempts")).isNotEqualTo("1");
      i++;
    }
    assertThat(metric("fairlead_failovers_total")).isEqualTo(failures.size());
  }

  private Snapshot withFirst(ScriptedUpstream other) {
    Map<String, Upstream> upstreams = Map.of("one", other, "two", second);
    return new SnapshotBuilder(
            settings -> Objects.requireNonNull(upstreams.get(settings.name())), metrics)
        .build(snapshot().config());
  }

  @Test
  void plainAnswersThatAreNoneAreAskedForElsewhere() throws IOException {
    for (Answer failure :
        List.of(
            Answer.json(200, ANSWER.substring(0, 40)),
            Answer.json(200, ANSWER.substring(0, 40)).thenFails(UpstreamException.Kind.BODY_CUT),
            Answer.json(200, "{\"error\":{\"message\":\"x\",\"code\":\"server_error\"}}"),
            Answer.json(200, ANSWER.replace("\"stop\"", "\"error\"")),
            Answer.json(200, ANSWER.replace("\"stop\"", "\"insufficient_system_resource\"")),
            Answer.json(200, ANSWER.replace("\"stop\"", "null").replace("Héllo", "")),
            Answer.json(200, "{\"choices\":[{}]}"),
            Answer.json(200, "{\"choices\":[]}"),
            Answer.json(200, "{\"choices\":null,\"base_resp\":{\"status_code\":1004}}"),
            Answer.json(200, "{}"),
            Answer.json(200, ""))) {
      second.then(Answer.json(200, ANSWER));
      FakeExchange http = FakeExchange.chat(ASK);
      exchange.handle(
          http, Operation.CHAT, withFirst(new ScriptedUpstream().then(failure)), caller);
      assertThat(http.text()).isEqualTo(ANSWER);
      assertThat(http.responseHeader("x-fairlead-provider")).isEqualTo("two");
    }
  }

  /** Its JSON is whole, so it is not cut off; not every server gives a finish reason. */
  @Test
  void aWholePlainAnswerNeedsNoFinishReason() throws IOException {
    for (String reason : List.of("null", "\"\"", "\"content_filter\"", "\"of tomorrow\"")) {
      String answer = ANSWER.replace("\"stop\"", reason);
      FakeExchange http = FakeExchange.chat(ASK);
      exchange.handle(
          http,
          Operation.CHAT,
          withFirst(new ScriptedUpstream().then(Answer.json(200, answer))),
          caller);
      assertThat(http.text()).isEqualTo(answer);
      assertThat(http.responseHeader("x-fairlead-provider")).isEqualTo("one");
    }
    assertThat(second.attempts()).isZero();
  }

  @Test
  void aStreamThatBreaksLaterEndsWithAnErrorEventAndACut() throws IOException {
    midStream = Config.MidStream.ERROR;
    String error =
        "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"overloaded_error\"}}\n\n";
    for (Answer failure :
        List.of(
            Answer.stream(HEL),
            Answer.stream(HEL, error, DONE),
            Answer.stream(HEL, "data: {broken\n\n"),
            Answer.stream(HEL, DONE),
            Answer.stream(HEL).thenFails(UpstreamException.Kind.BODY_CUT),
            Answer.stream(HEL).thenFails(UpstreamException.Kind.CONTENT_GAP_TIMEOUT))) {
      FakeExchange http = FakeExchange.chat(ASK_STREAM);
      exchange.handle(
          http, Operation.CHAT, withFirst(new ScriptedUpstream().then(failure)), caller);
      assertThat(http.text()).startsWith(HEL + "event: error\ndata: {\"error\":{\"message\":");
      assertThat(http.text()).doesNotContain("[DONE]").endsWith("}}\n\n");
      assertThat(http.aborted).isTrue();
      assertThat(http.ended).isFalse();
    }
    assertThat(second.attempts()).isZero();
  }

  @Test
  void afterAFinishReasonMissingUsageOrALateErrorIsNoFailure() throws IOException {
    first.then(Answer.stream(HEL, STOP).thenFails(UpstreamException.Kind.BODY_CUT));
    FakeExchange http = call(FakeExchange.chat(ASK_STREAM));
    assertThat(http.text()).isEqualTo(HEL + STOP + DONE);
    assertThat(http.ended).isTrue();
  }

  @Test
  void keysAreWalkedBeforeTheProviderIsLeft() throws IOException {
    first
        .then(Answer.json(429, "{}").header("retry-after", "30"))
        .then(Answer.json(200, ANSWER))
        .then(Answer.json(200, ANSWER));
    Snapshot two = snapshot(List.of("a", "b"), Config.ProviderType.OPENAI);
    FakeExchange http = FakeExchange.chat(ASK);
    exchange.handle(http, Operation.CHAT, two, caller);
    assertThat(http.status).isEqualTo(200);
    assertThat(first.heads.get(0)).isNotEqualTo(first.heads.get(1));
    assertThat(second.attempts()).isZero();
    for (int i = 0; i < 20; i++) {
      exchange.handle(FakeExchange.chat(ASK), Operation.CHAT, two, caller);
    }
    // The limited key rests: everything else went to the other one.
    assertThat(first.heads.subList(1, first.heads.size())).containsOnly(first.heads.get(1));
  }

  @Test
  void aRefusalOfTheRequestIsTheCallersAnswerAtOnce() throws IOException {
    String refusal =
        "{\"error\":{\"message\":\"odd\",\"code\":\"unsupported_value\",\"param\":\"top_k\",\"x\":1}}";
    first.then(Answer.json(400, refusal));
    FakeExchange http = call(FakeExchange.chat(ASK));
    assertThat(http.status).isEqualTo(400);
    assertThat(http.text()).isEqualTo(refusal);
    assertThat(first.attempts()).isEqualTo(1);
    assertThat(second.attempts()).isZero();
  }

  @Test
  void whenNobodyCanAnswerTheCallerLearnsWhy() throws IOException {
    first.then(Answer.failing(UpstreamException.Kind.CONNECT_REFUSED));
    second.then(
        Answer.json(429, "{\"error\":{\"message\":\"limit\"}}").header("retry-after", "30"));
    FakeExchange http = call(FakeExchange.chat(ASK));
    assertThat(http.status).isEqualTo(429);
    assertThat(http.text()).contains("limit");
    assertThat(http.responseHeader("retry-after")).isEqualTo("30");

    second.then(Answer.failing(UpstreamException.Kind.FIRST_CONTENT_TIMEOUT));
    FakeExchange silent = FakeExchange.chat(ASK);
    exchange.handle(
        silent,
        Operation.CHAT,
        withFirst(
            new ScriptedUpstream().then(Answer.failing(UpstreamException.Kind.CONNECT_REFUSED))),
        caller);
    assertThat(silent.status).isIn(429, 504);
  }

  @Test
  void whatAProviderSaysAboutOurKeyStaysHere() throws IOException {
    String leak = "{\"error\":{\"message\":\"Incorrect API key provided: sk-abc***xyz\"}}";
    first.then(Answer.json(401, leak));
    second.then(Answer.json(401, leak));
    FakeExchange http = call(FakeExchange.chat(ASK));
    assertThat(http.status).isEqualTo(502);
    assertThat(http.text()).doesNotContain("sk-abc").contains("HTTP 401").contains("one/model-one");
    assertThat(http.responseHeader("x-should-retry")).isEqualTo("false");
  }

  @Test
  void aKeyThatIsRefusedWithStatus400IsStillAKey() throws IOException {
    first.then(
        Answer.json(
            400,
            "{\"code\":\"invalid-argument\",\"error\":\"Incorrect API key provided: xai-1\"}"));
    second.then(Answer.json(200, ANSWER));
    FakeExchange http = call(FakeExchange.chat(ASK));
    assertThat(http.status).isEqualTo(200);
    assertThat(http.responseHeader("x-fairlead-provider")).isEqualTo("two");
  }

  @Test
  void aRefusalInsideStatus200IsTheCallersFault() throws IOException {
    first.then(Answer.stream("data: {\"error\":{\"message\":\"Invalid value\",\"code\":400}}\n\n"));
    FakeExchange http = call(FakeExchange.chat(ASK_STREAM));
    assertThat(http.status).isEqualTo(400);
    assertThat(http.text())
        .contains("Invalid value")
        .contains("\"code\":\"upstream_bad_parameter\"");
    assertThat(second.attempts()).isZero();
  }

  @Test
  void callerErrorsNameTheFieldAndWhatToDo() throws IOException {
    Map<String, String> bad = new LinkedHashMap<>();
    bad.put("", "missing_body");
    bad.put("{\"model\":", "invalid_json");
    bad.put("[]", "invalid_json");
    bad.put("{\"messages\":[]}", "missing_model");
    bad.put("{\"model\":7,\"messages\":[]}", "invalid_value");
    bad.put("{\"model\":\"route\"}", "missing_required_parameter");
    bad.put("{\"model\":\"route\",\"model\":\"two/x\",\"messages\":[]}", "invalid_value");
    bad.put("{\"model\":\"nothing\",\"messages\":[]}", "model_not_found");
    for (Map.Entry<String, String> entry : bad.entrySet()) {
      FakeExchange http = call(FakeExchange.chat(entry.getKey()));
      assertThat(http.status).as(entry.getKey()).isIn(400, 404);
      assertThat(http.text())
          .as(entry.getKey())
          .contains("\"code\":\"" + entry.getValue() + "\"")
          .startsWith("{\"error\":{\"message\":");
    }
    assertThat(call(FakeExchange.chat("{\"model\":\"nothing\",\"messages\":[]}")).text())
        .contains("route")
        .contains("one, two");
    assertThat(first.attempts()).isZero();
  }

  @Test
  void aKeyMayBeLimitedToRoutes() throws IOException {
    CallerKeys.Caller limited =
        new CallerKeys.Caller("agent", new byte[32], Set.of("other", "two/gpt-x"));
    FakeExchange http = FakeExchange.chat(ASK);
    exchange.handle(http, Operation.CHAT, snapshot(), limited);
    assertThat(http.status).isEqualTo(403);
    assertThat(http.text()).contains("model_not_allowed").contains("agent");
    second.then(Answer.json(200, ANSWER));
    FakeExchange allowed = FakeExchange.chat(ASK.replace("route", "two/gpt-x"));
    exchange.handle(allowed, Operation.CHAT, snapshot(), limited);
    assertThat(allowed.status).isEqualTo(200);
  }

  @Test
  void aCallersOwnFallbacksComeAfterTheRoutesTargetsAndAreCutOut() throws IOException {
    first.then(Answer.json(503, "{}"));
    second.then(Answer.json(503, "{}")).then(Answer.json(503, "{}")).then(Answer.json(200, ANSWER));
    FakeExchange http =
        call(FakeExchange.chat("{\"fallbacks\":[\"two/gpt-y\"]," + ASK.substring(1)));
    assertThat(http.status).isEqualTo(200);
    assertThat(second.bodies.getLast()).isEqualTo(ASK.replace("route", "gpt-y"));
    FakeExchange wrong = call(FakeExchange.chat("{\"fallbacks\":\"two/x\"," + ASK.substring(1)));
    assertThat(wrong.status).isEqualTo(400);
    assertThat(wrong.text()).contains("\"param\":\"fallbacks\"");
  }

  @Test
  void aMessagesProviderAnswersInTheCallersWire() throws IOException {
    first.then(
        Answer.json(
            200,
            "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude\","
                + "\"content\":[{\"type\":\"text\",\"text\":\"Hello\"}],\"stop_reason\":\"end_turn\","
                + "\"usage\":{\"input_tokens\":5,\"output_tokens\":2}}"));
    FakeExchange http = FakeExchange.chat(ASK);
    exchange.handle(
        http, Operation.CHAT, snapshot(List.of("k"), Config.ProviderType.ANTHROPIC), caller);
    assertThat(http.status).isEqualTo(200);
    assertThat(http.text()).contains("\"content\":\"Hello\"").contains("\"prompt_tokens\":5");
    assertThat(http.responseHeader("content-type")).isEqualTo("application/json");
    assertThat(first.heads.getFirst())
        .startsWith("POST /v1/messages HTTP/1.1\r\n")
        .contains("x-api-key: value-k\r\n")
        .contains("anthropic-version: 2023-06-01\r\n")
        .doesNotContain("Bearer");
    assertThat(first.bodies.getFirst()).contains("\"max_tokens\":4096");
  }

  @Test
  void aMessagesProviderThatRefusesIsTranslatedToo() throws IOException {
    first.then(
        Answer.json(
            400,
            "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
                + "\"message\":\"prompt is too long\"}}"));
    second.then(Answer.json(503, "{}"));
    FakeExchange http = FakeExchange.chat(ASK);
    exchange.handle(
        http, Operation.CHAT, snapshot(List.of("k"), Config.ProviderType.ANTHROPIC), caller);
    assertThat(http.status).isEqualTo(400);
    assertThat(http.text())
        .startsWith("{\"error\":{\"message\":\"prompt is too long\"")
        .contains("\"type\":\"invalid_request_error\"");
  }

  @Test
  void embeddingsGoPastAProviderThatHasNone() throws IOException {
    second.then(
        Answer.json(200, "{\"object\":\"list\",\"data\":[],\"usage\":{\"prompt_tokens\":2}}"));
    FakeExchange http =
        new FakeExchange("POST", "/v1/embeddings", "{\"model\":\"route\",\"input\":\"x\"}");
    exchange.handle(
        http, Operation.EMBEDDINGS, snapshot(List.of("k"), Config.ProviderType.ANTHROPIC), caller);
    assertThat(http.status).isEqualTo(200);
    assertThat(first.attempts()).isZero();
  }

  @Test
  void aCallerWhoLeavesStopsTheCallAndIsNoFailureOfTheProvider() throws IOException {
    first.then(Answer.stream(HEL, LO, STOP, DONE));
    FakeExchange http = FakeExchange.chat(ASK_STREAM);
    http.breaksAfter = 10;
    assertThatThrownBy(() -> exchange.handle(http, Operation.CHAT, snapshot(), caller))
        .isInstanceOf(IOException.class);
    assertThat(first.released).isEqualTo(1);
    assertThat(second.attempts()).isZero();
    assertThat(metrics.registry().expose(null).text())
        .contains("status=\"499\"")
        .doesNotContain("outcome=\"server_error\",} 1.0");
    assertThat(metrics.inFlight()).isZero();
  }

  @Test
  void aSecondChoiceThatBreaksOffIsNotTakenForComplete() throws IOException {
    String one = HEL + STOP;
    String two = HEL.replace("\"index\":0", "\"index\":1");
    FakeExchange cut = FakeExchange.chat(ASK_STREAM);
    exchange.handle(
        cut,
        Operation.CHAT,
        withFirst(new ScriptedUpstream().then(Answer.stream(one, two))),
        caller);
    assertThat(cut.text()).startsWith(one + two + "event: error").doesNotContain("[DONE]");
    assertThat(cut.aborted).isTrue();
    FakeExchange whole = FakeExchange.chat(ASK_STREAM);
    String end = STOP.replace("\"index\":0", "\"index\":1");
    exchange.handle(
        whole,
        Operation.CHAT,
        withFirst(new ScriptedUpstream().then(Answer.stream(one, two, end, DONE))),
        caller);
    assertThat(whole.text()).isEqualTo(one + two + end + DONE);
  }

  @Test
  void hiddenErrorsAreKnownByTheirCodeAndKeysStayHere() throws IOException {
    String refused =
        "{\"error\":{\"message\":\"Incorrect API key provided: sk-abc\","
            + "\"type\":\"invalid_request_error\",\"code\":\"invalid_api_key\"}}";
    first.then(Answer.json(200, refused)).then(Answer.stream("data: " + refused + "\n\n"));
    second.then(Answer.json(200, ANSWER)).then(Answer.json(200, refused));
    assertThat(call(FakeExchange.chat(ASK)).status).isEqualTo(200);
    FakeExchange http = call(FakeExchange.chat(ASK_STREAM));
    assertThat(http.status).isEqualTo(502);
    assertThat(http.text()).doesNotContain("sk-abc").contains("refused our key");
  }

  @Test
  void anAnswerThatIsNoErrorAndNo200IsAFailedProvider() throws IOException {
    first.then(Answer.json(204, ""));
    second.then(Answer.json(302, ""));
    FakeExchange http = call(FakeExchange.chat(ASK));
    assertThat(http.status).isEqualTo(502);
    assertThat(http.text()).contains("HTTP 204").contains("HTTP 302");
  }

  @Test
  void aTargetThatCannotExpressTheRequestDoesNotHideTheRealFailure() throws IOException {
    String logprobs = ASK.replace("\"messages\"", "\"logprobs\":true,\"messages\"");
    first.then(Answer.json(200, ANSWER));
    second.then(Answer.failing(UpstreamException.Kind.HEAD_TIMEOUT));
    FakeExchange http = FakeExchange.chat(logprobs);
    exchange.handle(
        http, Operation.CHAT, snapshot(List.of("k"), Config.ProviderType.ANTHROPIC), caller);
    assertThat(http.status).isEqualTo(504);
    assertThat(http.responseHeader("x-fairlead-attempts")).isEqualTo("1");
    FakeExchange direct = FakeExchange.chat(logprobs.replace("\"route\"", "\"one/claude\""));
    exchange.handle(
        direct, Operation.CHAT, snapshot(List.of("k"), Config.ProviderType.ANTHROPIC), caller);
    assertThat(direct.status).isEqualTo(400);
    assertThat(direct.text())
        .contains("\"code\":\"unsupported_parameter\"")
        .contains("\"param\":\"logprobs\"");
    assertThat(first.attempts()).isZero();
  }
}
