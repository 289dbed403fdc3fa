package fairlead.providers.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import fairlead.providers.CallControl;
import fairlead.providers.Operation;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamException.Kind;
import fairlead.providers.UpstreamRequest;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.QuotaHeaders;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulatedProviderTest {
  private static final String WEATHER =
      """
      {"type":"function","function":{"name":"get_weather","parameters":{"type":"object",
       "properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":2},
        "unit":{"enum":["celsius","kelvin"]},"place":{"type":"object","required":["near"],
        "properties":{"near":{"type":"boolean"}}},"notes":{"type":"array"}},
       "required":["city","days","unit","place","notes"]}}}\
      """;

  private final DeadlineSweeper sweeper = new DeadlineSweeper(2);
  private final CallControl control = new CallControl(sweeper);

  @AfterEach
  void close() {
    control.close();
    sweeper.close();
  }

  @Test
  void aPlainChatAnswerHasTextModelAndUsage() throws Exception {
    Read read = call("", Operation.CHAT, RawClient.chat(false));

    assertThat(read.status).isEqualTo(200);
    assertThat(read.response.header("content-type")).isEqualTo("application/json");
    assertThat(read.response.isEventStream()).isFalse();
    assertThat(read.text())
        .contains("\"model\":\"m\"", SimulatedAnswerText.DEFAULT, "\"finish_reason\":\"stop\"")
        .contains("\"prompt_tokens\":5,\"completion_tokens\":60,\"total_tokens\":65");
    assertThat(SimulatedRequest.object(tree(read.text()))).containsKeys("id", "choices", "usage");
  }

  @Test
  void aStreamHasRoleWordsFinishAndEndMark() throws Exception {
    Read read = call("", Operation.CHAT, RawClient.chat(true));

    assertThat(read.response.isEventStream()).isTrue();
    List<String> events = read.answer().events();
    assertThat(events).hasSize(1 + 60 + 1 + 1);
    assertThat(events.getFirst()).contains("\"role\":\"assistant\"");
    assertThat(events.get(61)).contains("\"finish_reason\":\"stop\"");
    assertThat(events.getLast()).isEqualTo("[DONE]");
    assertThat(read.answer().streamed()).isEqualTo(SimulatedAnswerText.DEFAULT);
    assertThat(read.text()).doesNotContain("usage");
    for (String event : events.subList(0, 62)) {
      assertThat(SimulatedRequest.object(tree(event))).containsKeys("id", "choices");
    }
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          asked,        false, 0
          asked,        true,  1
          always,       false, 1
          none,         true,  0
          with_choices, false, 1
          every,        false, 62
          """)
  void usageComesWhereTheKnobSays(String knob, boolean asked, int times) throws Exception {
    String body =
        RawClient.chat(true)
            .replace("\"model\"", "\"stream_options\":{\"include_usage\":" + asked + "},\"model\"");

    List<String> events = call("usage=" + knob, Operation.CHAT, body).answer().events();

    assertThat(events.stream().filter(e -> e.contains("\"total_tokens\":65"))).hasSize(times);
    boolean alone = events.get(events.size() - 2).contains("\"choices\":[],\"usage\":{");
    assertThat(alone).isEqualTo(knob.equals("always") || (knob.equals("asked") && asked));
  }

  @ParameterizedTest
  @CsvSource({"openai, 200", "anthropic, 200", "openai, 429"})
  void whatIsLeftOfTheLimitsIsInTheHead(String form, int status) throws Exception {
    String knobs = "rate_limit_headers=" + form + ";rate_limit_remaining=15";
    knobs += status == 200 ? "" : ";status=" + status;
    QuotaHeaders quota = new QuotaHeaders();

    Read read = call(knobs, Operation.CHAT, RawClient.chat(false));

    assertThat(read.status).isEqualTo(status);
    assertThat(quota.read(read.response, System::currentTimeMillis)).isTrue();
    assertThat(quota.remainingShare()).isEqualTo(0.15);
    assertThat(quota.resetMillis()).isBetween(20_000L, 30_000L);
    read = call("rate_limit_remaining=15", Operation.CHAT, RawClient.chat(false));
    assertThat(quota.read(read.response, System::currentTimeMillis)).isFalse();
    assertThat(quota.remainingShare()).isEqualTo(1);
    assertThat(quota.resetMillis()).isEqualTo(-1);
  }

  @Test
  void equalRequestsGetEqualAnswersAndOthersDoNot() throws Exception {
    String body = RawClient.chat(true);
    String first = call("seed=3", Operation.CHAT, body).text();

    assertThat(call("seed=3", Operation.CHAT, body).text()).isEqualTo(first);
    assertThat(call("seed=3", Operation.CHAT, body.replace("hello", "hallo")).text())
        .isNotEqualTo(first);
  }

  @Test
  void theLimitOfTheRequestCutsTheAnswer() throws Exception {
    String body = RawClient.chat(false).replace("\"model\"", "\"max_tokens\":4,\"model\"");

    assertThat(call("", Operation.CHAT, body).text())
        .contains("\"content\":\"This answer was simulated\"", "\"finish_reason\":\"length\"")
        .contains("\"completion_tokens\":4");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Please use a tool                | "auto"                                                | true
          What is the weather in Linz?     | "auto"                                                | true
          Hello                            | "auto"                                                | false
          Hello                            | "required"                                            | true
          Hello                            | {"type":"function","function":{"name":"get_weather"}} | true
          Please use a tool                | "none"                                                | false
          """)
  void toolsAreCalledWhenThatIsPlausible(String text, String choice, boolean called)
      throws Exception {
    String body =
        "{\"model\":\"m\",\"tools\":["
            + WEATHER
            + "],\"tool_choice\":"
            + choice
            + ",\"messages\":[{\"role\":\"user\",\"content\":\""
            + text
            + "\"}],\"stream\":";

    String plain = call("", Operation.CHAT, body + "false}").text();
    Read streamed = call("", Operation.CHAT, body + "true}");

    assertThat(plain.contains("\"finish_reason\":\"tool_calls\"")).isEqualTo(called);
    assertThat(streamed.text().contains("\"finish_reason\":\"tool_calls\"")).isEqualTo(called);
    if (called) {
      assertThat(plain).contains("\"name\":\"get_weather\"");
      Matcher arguments =
          Pattern.compile("\"arguments\":\"((?:[^\"\\\\]|\\\\.)*)\"").matcher(streamed.text());
      StringBuilder joined = new StringBuilder();
      arguments.results().forEach(r -> joined.append(r.group(1)));
      assertThat(joined.toString().replace("\\\"", "\""))
          .isEqualTo(
              "{\"city\":\"simulated city\",\"days\":2,\"unit\":\"celsius\","
                  + "\"place\":{\"near\":true},\"notes\":[]}");
    }
  }

  @Test
  void afterAToolResultComesText() throws Exception {
    String body =
        "{\"model\":\"m\",\"tools\":["
            + WEATHER
            + "],\"tool_choice\":\"required\",\"messages\":["
            + "{\"role\":\"user\",\"content\":\"weather\"},{\"role\":\"tool\",\"content\":\"4\"}]}";

    assertThat(call("", Operation.CHAT, body).text())
        .contains("\"finish_reason\":\"stop\"", "simulated");
  }

  @Test
  void completionsAnswerPlainAndStreamed() throws Exception {
    String body = "{\"model\":\"m\",\"prompt\":\"Say\",\"stream\":";

    assertThat(call("", Operation.COMPLETIONS, body + "false}").text())
        .contains("\"object\":\"text_completion\"", "\"text\":\"" + SimulatedAnswerText.DEFAULT);
    RawClient.Answer streamed = call("", Operation.COMPLETIONS, body + "true}").answer();
    assertThat(streamed.streamed()).isEqualTo(SimulatedAnswerText.DEFAULT);
    assertThat(streamed.events()).hasSize(60 + 1 + 1).last().isEqualTo("[DONE]");
  }

  @Test
  void embeddingsAreUnitVectorsNearForTextsThatShareWords() throws Exception {
    String body =
        "{\"model\":\"m\",\"input\":[\"the red house\",\"a red house\",\"quantum chess\"]";
    List<float[]> floats = vectors(call("", Operation.EMBEDDINGS, body + "}").text());
    List<float[]> packed =
        vectors(call("", Operation.EMBEDDINGS, body + ",\"encoding_format\":\"base64\"}").text());

    assertThat(floats).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(floats.get(i)).hasSize(256).isEqualTo(packed.get(i));
      assertThat(dot(floats.get(i), floats.get(i))).isEqualTo(1, within(1e-5));
    }
    assertThat(dot(floats.get(0), floats.get(1))).isGreaterThan(0.5);
    assertThat(dot(floats.get(0), floats.get(2))).isLessThan(0.4);
    assertThat(vectors(call("", Operation.EMBEDDINGS, body + ",\"dimensions\":12}").text()))
        .allMatch(v -> v.length == 12);
  }

  @Test
  void anUnreadableRequestIsA400() throws Exception {
    for (String body :
        List.of("", "{", "[]", "{\"messages\":[]}", "{\"model\":\"m\"}", "{\"model\":1}")) {
      Read read = call("", Operation.CHAT, body);
      assertThat(read.status).as(body).isEqualTo(400);
      assertThat(read.text()).contains("\"type\":\"invalid_request_error\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"latency_ms=30000", "silent=true", "jitter_ms=600000;seed=2"})
  void aCancelledCallEndsAtOnceBeforeTheHead(String knobs) throws Exception {
    long late = cancelAfterStart(knobs, RawClient.chat(false));

    assertThat(late).isLessThan(TimeUnit.MILLISECONDS.toNanos(100));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokens_per_second=0.01",
        "headers_then_silent=true",
        "role_only=true",
        "stall_after_tokens=5",
        "keep_alive_comments=forever",
        "empty_deltas=forever",
        "slow_close_ms=60000",
        "bandwidth_bytes_per_second=1",
        "endless=true;tokens_per_second=1000"
      })
  void aCancelledCallEndsAtOnceInTheBody(String knobs) throws Exception {
    long late = cancelAfterStart(knobs, RawClient.chat(true));

    assertThat(late).isLessThan(TimeUnit.MILLISECONDS.toNanos(100));
  }

  @ParameterizedTest
  @CsvSource({
    "silent=true, HEAD_TIMEOUT",
    "headers_then_silent=true, FIRST_CONTENT_TIMEOUT",
    "stall_after_tokens=3, CONTENT_GAP_TIMEOUT"
  })
  void theRunningClockEndsTheWait(String knobs, Kind kind) {
    control.begin(System.nanoTime() + TimeUnit.SECONDS.toNanos(30));
    long soon = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(30);
    Read read = new Read();
    if (kind == Kind.HEAD_TIMEOUT) {
      control.headDeadline(soon);
    } else {
      read.onceOpen = () -> control.clock(kind, soon);
    }

    assertThatThrownBy(() -> read.from(knobs, Operation.CHAT, RawClient.chat(true)))
        .isInstanceOfSatisfying(UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @ParameterizedTest
  @CsvSource({
    "refuse=true, CONNECT_REFUSED, ''",
    "reset=true, RESET_BEFORE_RESPONSE, ''",
    "silent=true;silence_ms=1, RESET_BEFORE_RESPONSE, ''",
    "garbage=true, MALFORMED_RESPONSE, ''",
    "reset_after_tokens=2, BODY_CUT, This answer",
    "close_after_tokens=2, BODY_CUT, This answer",
    "stall_after_tokens=2;silence_ms=1, BODY_CUT, This answer",
    "reset_after_bytes=10, BODY_CUT, ''"
  })
  void faultsOfTheTransportAreTheClientsFailures(String knobs, Kind kind, String text) {
    Read read = new Read();

    assertThatThrownBy(() -> read.from(knobs, Operation.CHAT, RawClient.chat(true)))
        .isInstanceOfSatisfying(UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    assertThat(read.answer().streamed()).isEqualTo(text);
  }

  @Test
  void chosenRequestsFailAndTheNextSucceeds() throws Exception {
    SimulatedProvider provider =
        new SimulatedProvider(SimulatedBehaviour.parse("fail_first=1;status=503"));

    assertThat(new Read().from(provider, Operation.CHAT, RawClient.chat(false)).status)
        .isEqualTo(503);
    assertThat(new Read().from(provider, Operation.CHAT, RawClient.chat(false)).status)
        .isEqualTo(200);
    assertThat(provider.requests()).isEqualTo(2);
    provider.behaviour(SimulatedBehaviour.parse("error=overloaded"));
    assertThat(new Read().from(provider, Operation.CHAT, RawClient.chat(false)).status)
        .isEqualTo(529);
  }

  @Test
  void smallReadsGiveTheSameBytes() throws Exception {
    String whole = call("", Operation.CHAT, RawClient.chat(true)).text();

    assertThat(call("write_bytes=1", Operation.CHAT, RawClient.chat(true)).text()).isEqualTo(whole);
    Read split = call("split_utf8=true", Operation.CHAT, RawClient.chat(true));
    assertThat(split.text()).isEqualTo(whole);
    assertThat(split.lastBytes).as("reads that end inside of ï and é").contains((byte) 0xc3);
  }

  /** How long after a cancellation the waiting call ended. */
  private long cancelAfterStart(String knobs, String body) throws Exception {
    control.begin(System.nanoTime() + TimeUnit.SECONDS.toNanos(60));
    CompletableFuture<Kind> ended = new CompletableFuture<>();
    CompletableFuture<Long> endedAt = new CompletableFuture<>();
    SimulatedProvider provider = new SimulatedProvider(SimulatedBehaviour.parse(knobs));
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    new Read().from(provider, Operation.CHAT, body);
                    ended.completeExceptionally(new AssertionError("the call succeeded"));
                  } catch (UpstreamException e) {
                    ended.complete(e.kind());
                  }
                  endedAt.complete(System.nanoTime());
                });
    while (provider.requests() == 0 || caller.getState() == Thread.State.RUNNABLE) {
      Thread.onSpinWait();
    }
    long cancelledAt = System.nanoTime();
    control.cancel();
    assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo(Kind.CANCELLED);
    return endedAt.get() - cancelledAt;
  }

  private Read call(String knobs, Operation operation, String body) throws UpstreamException {
    control.begin(System.nanoTime() + TimeUnit.SECONDS.toNanos(30));
    return readOf(knobs, operation, body);
  }

  private Read readOf(String knobs, Operation operation, String body) throws UpstreamException {
    return new Read().from(knobs, operation, body);
  }

  private static @Nullable Object tree(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return SimulatedRequest.tree(bytes, 0, bytes.length);
  }

  private static List<float[]> vectors(String json) {
    List<float[]> vectors = new ArrayList<>();
    for (Object item : SimulatedRequest.list(SimulatedRequest.object(tree(json)).get("data"))) {
      Object embedding = SimulatedRequest.object(item).get("embedding");
      if (embedding instanceof String packed) {
        ByteBuffer bytes =
            ByteBuffer.wrap(Base64.getDecoder().decode(packed)).order(ByteOrder.LITTLE_ENDIAN);
        float[] vector = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(vector);
        vectors.add(vector);
      } else {
        List<Object> numbers = SimulatedRequest.list(embedding);
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
          vector[i] = Float.parseFloat(numbers.get(i).toString());
        }
        vectors.add(vector);
      }
    }
    return vectors;
  }

  private static double dot(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
    }
    return dot;
  }

  /** One call read to its end. */
  private final class Read {
    int status;
    UpstreamResponse response = new NoResponse();

    /** What the exchange does between the head and the body. */
    Runnable onceOpen = () -> {};

    final ByteArrayOutputStream body = new ByteArrayOutputStream();
    final List<Byte> lastBytes = new ArrayList<>();

    Read from(String knobs, Operation operation, String request) throws UpstreamException {
      return from(new SimulatedProvider(SimulatedBehaviour.parse(knobs)), operation, request);
    }

    Read from(SimulatedProvider provider, Operation operation, String text)
        throws UpstreamException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      UpstreamRequest request = new UpstreamRequest();
      request.reset(operation, "POST / HTTP/1.1\r\n".getBytes(StandardCharsets.ISO_8859_1));
      request.body().add(bytes, 0, bytes.length / 2).add(bytes, bytes.length / 2, bytes.length);
      response = provider.open(request, control);
      onceOpen.run();
      try {
        status = response.status();
        byte[] buffer = new byte[700];
        for (int n = response.read(buffer, 0, 700); n >= 0; n = response.read(buffer, 0, 700)) {
          body.write(buffer, 0, n);
          lastBytes.add(buffer[n - 1]);
        }
      } finally {
        response.release();
      }
      return this;
    }

    String text() {
      return body.toString(StandardCharsets.UTF_8);
    }

    RawClient.Answer answer() {
      return new RawClient.Answer("", body.toByteArray(), RawClient.End.COMPLETE, List.of());
    }
  }

  /** Stands for a response that never came. */
  private static final class NoResponse implements UpstreamResponse {
    @Override
    public int status() {
      return 0;
    }

    @Override
    public String header(String lowerCaseName) {
      return "";
    }

    @Override
    public boolean isEventStream() {
      return false;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      return -1;
    }

    @Override
    public void release() {}
  }
}
