package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.e2e.Recordings.Exchange;
import fairlead.e2e.ReplayUpstream.Framing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every recorded exchange in the OpenAI wire through the packaged gateway: what reaches the
 * provider and what reaches the caller are the recorded bytes, but for the documented edits: the
 * target's model name, usage asked for in streams and kept from a caller who did not ask, {@code
 * fallbacks} cut out, an end mark for a finished stream that came without one, our own words for a
 * stream that broke and for what a provider says about the gateway's key.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ByteExactnessIT {
  private static final Pattern ERROR_EVENT =
      Pattern.compile("^(event: error|data: \\{.*\"error\": ?\\{)", Pattern.MULTILINE);
  private static final int[] PIECES = {0, 1, 7, 1000};

  private final List<Exchange> exchanges;
  private final ReplayUpstream upstream;
  private final GatewayProcess gateway;

  ByteExactnessIT() {
    exchanges = Recordings.openAiWire();
    upstream = ReplayUpstream.start();
    StringBuilder providers = new StringBuilder("providers:\n");
    String models =
        new TreeSet<>(exchanges.stream().map(Exchange::model).toList())
            .stream().map(name -> '"' + name + '"').collect(Collectors.joining(", ", "[", "]"));
    providers.append(
        GatewayProcess.provider(
            "recorded",
            upstream.baseUrl("recorded"),
            Map.of("models", models, "stream_usage", "false", "retries", "{ max: 0 }")));
    for (String name : List.of("usage", "other")) {
      providers.append(
          GatewayProcess.provider(
              name,
              upstream.baseUrl(name),
              Map.of("stream_usage", Boolean.toString(name.equals("usage")))));
    }
    for (int i = 0; i < exchanges.size(); i++) {
      providers.append(
          GatewayProcess.provider(
              "r" + i,
              upstream.baseUrl("r" + i),
              Map.of("retries", "{ max: 0 }", "stream_usage", "true")));
    }
    gateway = GatewayProcess.start(providers.toString());
  }

  @AfterAll
  void close() throws IOException {
    gateway.close();
    upstream.close();
  }

  @Test
  void aBareModelNameLeavesEveryByteAlone() throws IOException {
    List<String> differences = new ArrayList<>();
    int streams = 0;
    long bytes = 0;
    for (int i = 0; i < exchanges.size(); i++) {
      Exchange exchange = exchanges.get(i);
      if (exchange.status() != 200) {
        continue; // an error would take the shared provider's key or model out
      }
      upstream.on("recorded", exchange, framing(i), piece(i, exchange));
      RawClient.Response answer =
          RawClient.post(gateway.port(), "/v1" + exchange.path(), exchange.request());
      ReplayUpstream.Received sent = upstream.take("recorded");
      compareRequest(exchange, exchange.request(), sent, differences);
      compareResponse(exchange, i, answer, exchange.responseText(), differences);
      streams += exchange.isStream() ? 1 : 0;
      bytes += exchange.request().length + exchange.response().length;
    }
    System.out.println(
        "byte exactness, bare model name: "
            + exchanges.stream().filter(e -> e.status() == 200).count()
            + " exchanges, "
            + streams
            + " streams, "
            + bytes
            + " bytes, differences: "
            + differences.size());
    assertThat(differences).isEmpty();
  }

  @Test
  void aProviderPrefixIsTheOnlyThingTakenAway() throws IOException {
    List<String> differences = new ArrayList<>();
    Map<Integer, Integer> statuses = new LinkedHashMap<>();
    for (int i = 0; i < exchanges.size(); i++) {
      Exchange exchange = exchanges.get(i);
      upstream.on("r" + i, exchange, framing(i + 1), piece(i + 1, exchange));
      byte[] asked = Recordings.withModel(exchange.request(), "r" + i + "/" + exchange.model());
      RawClient.Response answer = RawClient.post(gateway.port(), "/v1" + exchange.path(), asked);
      ReplayUpstream.Received sent = upstream.take("r" + i);
      if (asksForUsage(exchange) || !streams(exchange)) {
        compareRequest(exchange, exchange.request(), sent, differences);
        compareResponse(exchange, i, answer, exchange.responseText(), differences);
      } else {
        compareUsageAdded(exchange, sent, differences);
        compareResponse(exchange, i, answer, withoutUsageEvents(exchange), differences);
      }
      statuses.merge(exchange.status(), 1, Integer::sum);
    }
    System.out.println(
        "byte exactness, provider/model: "
            + exchanges.size()
            + " exchanges by status "
            + statuses
            + ", differences: "
            + differences.size());
    assertThat(differences).isEmpty();
  }

  private static boolean streams(Exchange exchange) {
    return Boolean.TRUE.equals(Recordings.object(exchange.request()).get("stream"));
  }

  private static boolean asksForUsage(Exchange exchange) {
    return Boolean.TRUE.equals(
        Recordings.child(Recordings.object(exchange.request()), "stream_options")
            .get("include_usage"));
  }

  private static Framing framing(int i) {
    return Framing.values()[i % Framing.values().length];
  }

  private static int piece(int i, Exchange exchange) {
    int piece = PIECES[i % PIECES.length];
    return piece == 1 && exchange.response().length > 8 << 10 ? 13 : piece;
  }

  private static void compareRequest(
      Exchange exchange, byte[] expected, ReplayUpstream.Received sent, List<String> differences) {
    if (!sent.path().endsWith("/v1" + exchange.path())) {
      differences.add(exchange + ": went to " + sent.path());
    }
    if (!Arrays.equals(expected, sent.body())) {
      differences.add(exchange + ": request" + firstDifference(expected, sent.body()));
    }
  }

  /** The only edit: one piece that was put in, and that asks for usage. */
  private static void compareUsageAdded(
      Exchange exchange, ReplayUpstream.Received sent, List<String> differences) {
    byte[] original = exchange.request();
    byte[] body = sent.body();
    int prefix = Math.max(0, Arrays.mismatch(original, body));
    boolean onePiece =
        body.length > original.length
            && Arrays.equals(
                original,
                prefix,
                original.length,
                body,
                body.length - (original.length - prefix),
                body.length);
    Map<String, Object> tree = new LinkedHashMap<>(Recordings.object(body));
    Object added = tree.remove("stream_options");
    if (!onePiece
        || !Map.of("include_usage", true).equals(added)
        || !tree.equals(Recordings.object(original))) {
      differences.add(exchange + ": not only usage added: " + sent.text());
    }
  }

  private static void compareResponse(
      Exchange exchange,
      int index,
      RawClient.Response answer,
      String recorded,
      List<String> differences) {
    String what = exchange + " (#" + index + ")";
    if (exchange.status() == 401) {
      compareRefusedCredentials(what, exchange, answer, differences);
      return;
    }
    if (exchange.isStream() && ERROR_EVENT.matcher(recorded).find()) {
      compareBrokenStream(what, exchange, answer, differences);
      return;
    }
    if (answer.status() != exchange.status()) {
      differences.add(
          what + ": status " + exchange.status() + " became " + answer.status() + answer.text());
      return;
    }
    if (!answer.header("content-type").equals(exchange.contentType())) {
      differences.add(
          what
              + ": content-type "
              + exchange.contentType()
              + " became "
              + answer.header("content-type"));
    }
    if (!answer.complete()) {
      differences.add(what + ": the body was cut");
    }
    boolean endMark = !exchange.isStream() || recorded.contains("data: [DONE]");
    byte[] expected = (endMark ? recorded : recorded + DONE).getBytes(StandardCharsets.UTF_8);
    if (!Arrays.equals(expected, answer.body())) {
      differences.add(what + ": response" + firstDifference(expected, answer.body()));
    }
  }

  /** What a provider says about the gateway's own key is not the caller's to see. */
  private static void compareRefusedCredentials(
      String what, Exchange exchange, RawClient.Response answer, List<String> differences) {
    if (answer.status() != 502 || answer.text().contains(exchange.responseText())) {
      differences.add(what + ": refused credentials became " + answer.status() + answer.text());
    }
  }

  /** The recorded stream as a caller gets it who did not ask for usage. */
  private static String withoutUsageEvents(Exchange exchange) {
    StringBuilder kept = new StringBuilder();
    for (String event : exchange.responseText().split("(?<=\n\n)")) {
      boolean usageOnly =
          event.startsWith("data: {")
              && Answer.events(event.getBytes(StandardCharsets.UTF_8)).stream()
                  .allMatch(
                      data ->
                          List.of().equals(data.get("choices"))
                              && data.get("usage") instanceof Map<?, ?>);
      kept.append(usageOnly ? "" : event);
    }
    return kept.toString();
  }

  /** Everything before the provider's error event as it was, and then one in our words. */
  private static void compareBrokenStream(
      String what, Exchange exchange, RawClient.Response answer, List<String> differences) {
    String text = answer.text();
    int error = Math.max(0, text.lastIndexOf("event: error\ndata: {\"error\":{"));
    boolean honest =
        answer.status() == 200
            ? error > 0
                && exchange.responseText().startsWith(text.substring(0, error))
                && !text.contains("[DONE]")
            : answer.status() >= 400 && answer.text().startsWith("{\"error\":{");
    if (!honest) {
      differences.add(what + ": broken stream became " + answer.status() + answer.text());
    }
  }

  private static String firstDifference(byte[] expected, byte[] found) {
    int at = Arrays.mismatch(expected, found);
    return " differs at "
        + at
        + " of "
        + expected.length
        + "/"
        + found.length
        + ": expected <"
        + around(expected, at)
        + "> found <"
        + around(found, at)
        + ">";
  }

  private static String around(byte[] bytes, int at) {
    int from = Math.max(0, at - 60);
    return new String(bytes, from, Math.min(bytes.length, at + 120) - from, StandardCharsets.UTF_8);
  }

  // ---- usage in streams: asked for by the gateway, kept from a caller who did not ask ----

  private static final String DELTA =
      "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
          + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"é\"},\"finish_reason\":null}],"
          + "\"usage\":null}\n\n";
  private static final String FINISH =
      DELTA.replace("{\"content\":\"é\"}", "{}").replace(":null}]", ":\"stop\"}]");
  private static final String USAGE =
      "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
          + "\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,"
          + "\"total_tokens\":4}}\n\n";
  private static final String DONE = "data: [DONE]\n\n";

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 64})
  void theUsageChunkIsKeptFromACallerWhoDidNotAsk(int piece) throws IOException {
    upstream.on("usage", stream(DELTA + FINISH + USAGE + DONE), Framing.CHUNKED, piece);

    String question = "{\"model\":\"usage/m\",\"stream\":true,\"messages\":[]";
    RawClient.Response quiet =
        RawClient.post(gateway.port(), "/v1/chat/completions", question + "}");
    assertThat(upstream.take("usage").text()).contains("\"include_usage\":true");
    assertThat(quiet.text()).isEqualTo(DELTA + FINISH + DONE);

    RawClient.Response asked =
        RawClient.post(
            gateway.port(),
            "/v1/chat/completions",
            question + ",\"stream_options\":{\"include_usage\":true}}");
    assertThat(upstream.take("usage").text())
        .isEqualTo(
            question.replace("usage/m", "m") + ",\"stream_options\":{\"include_usage\":true}}");
    assertThat(asked.text()).isEqualTo(DELTA + FINISH + USAGE + DONE);

    RawClient.Response declined =
        RawClient.post(
            gateway.port(),
            "/v1/chat/completions",
            question + ",\"stream_options\":{\"include_usage\":false,\"x\":1}}");
    Map<String, Object> options =
        Recordings.child(Recordings.object(upstream.take("usage").body()), "stream_options");
    assertThat(options).containsEntry("include_usage", true).containsEntry("x", 1);
    assertThat(declined.text()).isEqualTo(DELTA + FINISH + DONE);
  }

  @Test
  void aUsageChunkNobodyAskedForPasses() throws IOException {
    upstream.on("other", stream(DELTA + FINISH + USAGE + DONE), Framing.CHUNKED, 0);

    String question = "{\"model\":\"m\",\"stream\":true,\"messages\":[]}";
    RawClient.Response answer =
        RawClient.post(
            gateway.port(), "/v1/chat/completions", question.replace("\"m\"", "\"other/m\""));

    assertThat(upstream.take("other").text()).isEqualTo(question);
    assertThat(answer.text()).isEqualTo(DELTA + FINISH + USAGE + DONE);
  }

  private static Exchange stream(String body) {
    return new Exchange(
        "made up",
        "/chat/completions",
        "m",
        new byte[0],
        200,
        "text/event-stream",
        body.getBytes(StandardCharsets.UTF_8));
  }

  // ---- fallbacks are the gateway's own ----

  @Test
  void fallbacksAreCutAndNothingElse() throws IOException {
    Exchange plain =
        exchanges.stream()
            .filter(e -> e.path().equals("/chat/completions") && !e.isStream())
            .findFirst()
            .orElseThrow();
    upstream.on("other", plain, Framing.LENGTH, 0);
    String member = "\"fallbacks\": [ \"usage/m\", \"r1/m\" ]";
    String model = "\"model\":\"other/m\"";
    String rest = "\"messages\":[{\"role\":\"user\",\"content\":\"\\u00e9 \\\"fallbacks\\\"\"}]";
    for (List<String> order :
        List.of(
            List.of(member, model, rest),
            List.of(model, member, rest),
            List.of(model, rest, member))) {
      String body = order.stream().collect(Collectors.joining(" , ", "{ ", " }"));
      RawClient.Response answer = RawClient.post(gateway.port(), "/v1/chat/completions", body);

      assertThat(answer.status()).as(body).isEqualTo(200);
      String sent = upstream.take("other").text();
      assertThat(sent).contains(rest).contains("\"model\":\"m\"");
      assertThat(Recordings.object(sent.getBytes(StandardCharsets.UTF_8)))
          .isEqualTo(
              Recordings.object(
                  Stream.of(model.replace("other/", ""), rest)
                      .collect(Collectors.joining(",", "{", "}"))
                      .getBytes(StandardCharsets.UTF_8)));
    }
  }
}
