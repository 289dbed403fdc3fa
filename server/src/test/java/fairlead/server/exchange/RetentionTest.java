package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.Operation;
import fairlead.providers.Upstream;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.server.config.Config;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import fairlead.server.governance.CallerKeys;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.MetricsRegistry;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a connection's exchange keeps alive between two calls: neither the body, which belongs to
 * the front, nor buffers that only a large call needed.
 */
class RetentionTest {
  private static final int LARGE = 4 << 20;

  /** The largest buffer that may be kept, and all of them together. */
  private static final int MAX_ARRAY_BYTES = 32 * 1024;

  private static final int MAX_TOTAL_BYTES = 128 * 1024;

  private static final int COLLECTIONS = 50;
  private static final String DONE = "data: [DONE]\n\n";

  private final DeadlineSweeper sweeper = new DeadlineSweeper(5);
  private final GatewayMetrics metrics = new GatewayMetrics(new MetricsRegistry());
  private final ModelExchange exchange = new ModelExchange(metrics, sweeper);
  private final ScriptedUpstream upstream = new ScriptedUpstream();

  @AfterEach
  void close() {
    exchange.close();
    sweeper.close();
  }

  /** A call that goes some way through the exchange, with a body and an answer of any size. */
  enum Way {
    PLAIN(Config.ProviderType.OPENAI, 200) {
      @Override
      Answer answer(int bytes) {
        return Answer.json(200, plainAnswer("x".repeat(bytes)));
      }
    },
    STREAM(Config.ProviderType.OPENAI, 200) {
      @Override
      Answer answer(int bytes) {
        return Answer.stream(
            chunk("\"delta\":{\"content\":\"" + "x".repeat(bytes) + "\"}"),
            chunk("\"delta\":{},\"finish_reason\":\"stop\""),
            DONE);
      }
    },
    REFUSED(Config.ProviderType.OPENAI, 400) {
      @Override
      Answer answer(int bytes) {
        return Answer.json(
            400, "{\"error\":{\"message\":\"" + "x".repeat(bytes) + "\",\"type\":\"t\"}}");
      }
    },
    BROKEN_STREAM(Config.ProviderType.OPENAI, 502) {
      @Override
      Answer answer(int bytes) {
        return Answer.stream("event: error\ndata: {\"error\":\"" + "x".repeat(bytes) + "\"}\n\n");
      }
    },
    BROKEN_JSON(Config.ProviderType.OPENAI, 502) {
      @Override
      Answer answer(int bytes) {
        return Answer.json(200, "{\"choices\":[\"" + "x".repeat(bytes));
      }
    },
    ANTHROPIC_PLAIN(Config.ProviderType.ANTHROPIC, 200) {
      @Override
      Answer answer(int bytes) {
        return Answer.json(
            200,
            "{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"c\",\"content\":"
                + "[{\"type\":\"thinking\",\"thinking\":\"t\",\"signature\":\"s\"},"
                + "{\"type\":\"text\",\"text\":\""
                + "x".repeat(bytes)
                + "\"}],\"stop_reason\":\"end_turn\","
                + "\"usage\":{\"input_tokens\":5,\"output_tokens\":2}}");
      }
    },
    ANTHROPIC_STREAM(Config.ProviderType.ANTHROPIC, 200) {
      @Override
      Answer answer(int bytes) {
        return messageStream("x".repeat(bytes), 1, "text_delta", "text");
      }
    },
    ANTHROPIC_THINKING(Config.ProviderType.ANTHROPIC, 200) {
      @Override
      Answer answer(int bytes) {
        return messageStream("x".repeat(1024), bytes / 1024, "thinking_delta", "thinking");
      }
    },
    ANTHROPIC_REFUSED(Config.ProviderType.ANTHROPIC, 400) {
      @Override
      Answer answer(int bytes) {
        return Answer.json(
            400,
            "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\""
                + "x".repeat(bytes)
                + "\"}}");
      }
    };

    final Config.ProviderType type;
    final int status;

    Way(Config.ProviderType type, int status) {
      this.type = type;
      this.status = status;
    }

    abstract Answer answer(int bytes);

    boolean streams() {
      return this == STREAM
          || this == BROKEN_STREAM
          || this == ANTHROPIC_STREAM
          || this == ANTHROPIC_THINKING;
    }
  }

  private static String plainAnswer(String content) {
    return "{\"id\":\"x\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,"
        + "\"message\":{\"role\":\"assistant\",\"content\":\""
        + content
        + "\"},\"finish_reason\":\"stop\"}]}";
  }

  private static String chunk(String rest) {
    return "data: {\"choices\":[{\"index\":0," + rest + "}]}\n\n";
  }

  private static Answer messageStream(String text, int times, String delta, String member) {
    List<String> events = new ArrayList<>();
    events.add(
        "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"c\","
            + "\"usage\":{\"input_tokens\":5,\"output_tokens\":1}}}");
    String block = "\"" + member + "\":\"\"";
    events.add(
        "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\""
            + member
            + "\","
            + block
            + "}}");
    for (int i = 0; i < times; i++) {
      events.add(
          "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\""
              + delta
              + "\",\""
              + member
              + "\":\""
              + text
              + "\"}}");
    }
    if (member.equals("thinking")) {
      events.add(
          "{\"type\":\"content_block_delta\",\"index\":0,"
              + "\"delta\":{\"type\":\"signature_delta\",\"signature\":\"c2ln\"}}");
    }
    events.add("{\"type\":\"content_block_stop\",\"index\":0}");
    events.add(
        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
            + "\"usage\":{\"output_tokens\":2}}");
    events.add("{\"type\":\"message_stop\"}");
    Answer answer = Answer.stream();
    for (String event : events) {
      answer.piece("data: " + event + "\n\n");
    }
    return answer;
  }

  private Snapshot snapshot(Config.ProviderType type) {
    Config.Provider provider =
        new Config.Provider(
            "one",
            type,
            "https://o.example/v1",
            List.of(new Config.ProviderKey("k", "value", 1)),
            1,
            List.of(),
            null,
            true,
            4096,
            Map.of(),
            null,
            new Config.Timeouts(1_000, 10_000, 10_000, 10_000, 10_000),
            new Config.Retries(0, 1, 2),
            Map.of());
    Config config =
        new Config(
            "test",
            new Config.Server("127.0.0.1", 0, 1 << 20, 1 << 24, 1, 1, 1, 1, 0, null),
            new Config.Auth(Config.Auth.Mode.LOOPBACK_ONLY, List.of()),
            Map.of("one", provider),
            Map.of(
                "route",
                new Config.Route(
                    "route",
                    List.of(new Config.Target("one", "model-one", 1, 0)),
                    Config.Strategy.PRIORITY,
                    true,
                    0)));
    Map<String, Upstream> upstreams = Map.of("one", upstream);
    return new SnapshotBuilder(
            settings -> Objects.requireNonNull(upstreams.get(settings.name())), metrics)
        .build(config);
  }

  /** A body whose system prompt, text, tool call, result, schema and image are large together. */
  private static String body(int bytes, boolean stream, String model) {
    String part = "x".repeat(bytes / 6);
    return "{\"model\":\""
        + model
        + "\",\"stream\":"
        + stream
        + ",\"user\":\"u\",\"stop\":[\"s\"],\"tools\":[{\"type\":\"function\",\"function\":"
        + "{\"name\":\"f\",\"description\":\""
        + part
        + "\",\"parameters\":{\"type\":\"object\"}}}],\"reasoning_effort\":\"low\",\"messages\":["
        + "{\"role\":\"system\",\"content\":\""
        + part
        + "\"},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\""
        + part
        + "\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"
        + "A".repeat(bytes / 24 * 4)
        + "\"}}]},{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\","
        + "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\\\""
        + part
        + "\\\"}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\""
        + part
        + "\"}]}";
  }

  /** Serves one call as the front does: the body is gone afterwards, besides the weak reference. */
  private WeakReference<byte[]> serve(Way way, String body, int status) throws IOException {
    FakeExchange http = FakeExchange.chat(body);
    WeakReference<byte[]> lent = http.lendOnce();
    exchange.handle(http, Operation.CHAT, snapshot(way.type), CallerKeys.Caller.ANYONE);
    assertThat(http.status).as(http::text).isEqualTo(status);
    return lent;
  }

  private void assertCollected(WeakReference<byte[]> lent) {
    int left = COLLECTIONS;
    long pressure = 0;
    while (lent.get() != null && left-- > 0) {
      System.gc();
      pressure += new byte[1 << 20].length;
    }
    assertThat(lent.get())
        .as("the body after %d collections and %d bytes", COLLECTIONS - left, pressure)
        .isNull();
  }

  private void assertSmall() throws IllegalAccessException {
    Reachable kept = Reachable.from(exchange, Set.of(FakeExchange.class, ScriptedUpstream.class));
    assertThat(kept.largerThan(MAX_ARRAY_BYTES)).isEmpty();
    assertThat(kept.totalBytes()).isBetween(1L, (long) MAX_TOTAL_BYTES);
  }

  @ParameterizedTest
  @EnumSource
  void aLargeRequestIsNotKept(Way way) throws Exception {
    upstream.then(way.answer(1024));
    WeakReference<byte[]> lent = serve(way, body(LARGE, way.streams(), "route"), way.status);
    assertThat(upstream.bodies).hasSize(1);
    assertThat(upstream.bodies.getFirst().length()).isGreaterThan(LARGE * 5 / 6);
    assertCollected(lent);
    assertSmall();
  }

  @ParameterizedTest
  @EnumSource
  void aSmallRequestIsNotKeptEither(Way way) throws Exception {
    upstream.then(way.answer(1024));
    assertCollected(serve(way, body(12_000, way.streams(), "one/any"), way.status));
    assertSmall();
  }

  @ParameterizedTest
  @EnumSource
  void aLargeAnswerIsNotKept(Way way) throws Exception {
    upstream.then(way.answer(LARGE));
    assertCollected(serve(way, body(600, way.streams(), "route"), way.status));
    assertSmall();
  }

  @Test
  void aRequestThatIsRefusedOnTheWayIsNotKept() throws Exception {
    upstream.then(Answer.json(200, "{}"));
    String good = body(LARGE, false, "route");
    for (String bad :
        List.of(
            good.replace("\"model\"", "\"other\""),
            good.replace("\"user\":\"u\"", "\"model\":\"route\""),
            good.substring(0, good.length() - 1),
            good.replace("\"tool_call_id\":\"c\"", "\"tool_call_id\":\"other\""),
            good.replace("\"stop\":[\"s\"]", "\"logprobs\":true"))) {
      FakeExchange http = FakeExchange.chat(bad);
      WeakReference<byte[]> lent = http.lendOnce();
      exchange.handle(
          http, Operation.CHAT, snapshot(Config.ProviderType.ANTHROPIC), CallerKeys.Caller.ANYONE);
      assertThat(http.status).as(http::text).isEqualTo(400);
      assertThat(upstream.bodies).as(http::text).isEmpty();
      assertCollected(lent);
      assertSmall();
    }
  }

  @Test
  void aModelNameOfMegabytesIsRefusedWithoutRepeatingIt() throws Exception {
    FakeExchange http = FakeExchange.chat(body(600, false, "one/" + "m".repeat(LARGE)));
    exchange.handle(
        http, Operation.CHAT, snapshot(Config.ProviderType.OPENAI), CallerKeys.Caller.ANYONE);
    assertThat(http.status).isEqualTo(400);
    assertThat(http.text()).contains("'model' is longer than 508 bytes").hasSizeLessThan(1024);
    assertThat(upstream.bodies).isEmpty();
    assertSmall();
  }
}
