package fairlead.providers.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import fairlead.providers.Usage;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ChatAnswerScan;
import fairlead.providers.wire.ErrorBodyScan;
import fairlead.providers.wire.RequestScan;
import fairlead.providers.wire.SseEvent;
import fairlead.providers.wire.SseReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What was recorded from providers of the OpenAI wire, held against a slow reading of the same. */
final class ChatRecordedTest {

  private static List<Recorded.Exchange> openAiWire() throws IOException {
    Path wire = Recorded.data().resolve("wire");
    List<Recorded.Exchange> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(wire)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
        for (Recorded.Exchange exchange :
            Recorded.exchanges(Recorded.data().relativize(file).toString())) {
          String uri = exchange.uri();
          if (uri.contains("completions") || uri.contains("embeddings")) {
            all.add(exchange);
          }
        }
      }
    }
    assertThat(all).hasSizeGreaterThan(200);
    return all;
  }

  static List<Recorded.Exchange> streams() throws IOException {
    List<Recorded.Exchange> streams = new ArrayList<>();
    for (Recorded.Exchange exchange : openAiWire()) {
      String body = exchange.response().stripLeading();
      if (body.startsWith("data:") || body.startsWith(": ")) {
        streams.add(exchange);
      }
    }
    assertThat(streams).hasSizeGreaterThan(40);
    return streams;
  }

  /** What one relay of a stream gave. */
  private record Relayed(String out, List<Integer> signals, ChatRelayStream stream) {
    boolean saw(int signal) {
      return signals.stream().anyMatch(s -> (s & signal) != 0);
    }
  }

  private static Relayed relay(byte[] body, boolean usageWanted, int... cuts) throws IOException {
    ChatRelayStream relay = new ChatRelayStream();
    relay.begin(usageWanted);
    SseReader reader = new SseReader();
    SseEvent event = new SseEvent();
    ByteSink out = new ByteSink();
    List<Integer> signals = new ArrayList<>();
    int at = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i < cuts.length ? cuts[i] : body.length;
      while (at < to) {
        reader.reserve();
        int count = Math.min(reader.room(), to - at);
        System.arraycopy(body, at, reader.buffer(), reader.limit(), count);
        reader.advance(count);
        at += count;
        if (take(reader, event, relay, out, signals)) {
          return new Relayed(out.toString(), signals, relay);
        }
      }
    }
    reader.end();
    if (!take(reader, event, relay, out, signals)) {
      relay.finish(out);
    }
    return new Relayed(out.toString(), signals, relay);
  }

  private static boolean take(
      SseReader reader,
      SseEvent event,
      ChatRelayStream relay,
      ByteSink out,
      List<Integer> signals) {
    while (reader.next(event)) {
      int before = out.length();
      int signal = relay.accept(event, out);
      if (!event.data().isEmpty()) {
        signals.add(signal);
      }
      if ((signal & (AnswerStream.ERROR | AnswerStream.MALFORMED)) != 0) {
        assertThat(out.length()).isEqualTo(before);
        return true;
      }
    }
    return false;
  }

  @Test
  void everyStreamPassesByteForByte() throws IOException {
    int errors = 0;
    for (Recorded.Exchange exchange : streams()) {
      String body = exchange.response();
      Relayed relayed = relay(body.getBytes(StandardCharsets.UTF_8), true);
      assertThat(relayed.saw(AnswerStream.MALFORMED)).as(exchange.name()).isFalse();
      if (relayed.saw(AnswerStream.ERROR)) {
        errors++;
        assertThat(body).as(exchange.name()).startsWith(relayed.out());
        assertThat(relayed.out()).doesNotContain("[DONE]");
        assertThat(relayed.stream().errorMessage()).isNotEmpty();
        continue;
      }
      assertThat(relayed.saw(AnswerStream.FINISH)).as(exchange.name()).isTrue();
      // Where the provider sent no end mark, the relay adds it.
      String expected = body.contains("[DONE]") ? body : body + "data: [DONE]\n\n";
      assertThat(relayed.out()).as(exchange.name()).isEqualTo(expected);
    }
    assertThat(errors).isEqualTo(3);
  }

  @Test
  void howTheBytesArriveMakesNoDifference() throws IOException {
    long seed = Long.getLong("fairlead.seed", 20261121);
    System.out.println("ChatRecordedTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (Recorded.Exchange exchange : streams()) {
      byte[] body = exchange.response().getBytes(StandardCharsets.UTF_8);
      for (boolean usageWanted : new boolean[] {true, false}) {
        Relayed whole = relay(body, usageWanted);
        int[] each = new int[body.length];
        for (int i = 0; i < each.length; i++) {
          each[i] = i;
        }
        same(relay(body, usageWanted, each), whole, exchange);
        for (int round = 0; round < 8; round++) {
          int[] cuts = random.ints(random.nextInt(1, 20), 0, body.length).sorted().toArray();
          same(relay(body, usageWanted, cuts), whole, exchange);
        }
      }
    }
  }

  @Test
  void everySplitBetweenTwoEventsMakesNoDifference() throws IOException {
    // A split is felt only by the events it touches: two at a time stand for the whole stream.
    for (Recorded.Exchange exchange : streams()) {
      byte[] body = exchange.response().getBytes(StandardCharsets.UTF_8);
      List<Integer> ends = new ArrayList<>(List.of(0));
      SseReader reader = new SseReader();
      SseEvent event = new SseEvent();
      feed(reader, body, 0, body.length);
      while (reader.next(event)) {
        ends.add(ends.getLast() + event.whole().length());
      }
      for (int i = 2; i < Math.min(ends.size(), 8); i++) {
        byte[] two = Arrays.copyOfRange(body, ends.get(i - 2), ends.get(i));
        String whole = twoEvents(reader, two, 0);
        for (int cut = 1; cut < two.length; cut++) {
          String parts = twoEvents(reader, two, cut);
          if (!parts.equals(whole)) {
            assertThat(parts).as(exchange.name() + " cut at " + cut).isEqualTo(whole);
          }
        }
      }
    }
  }

  private static String twoEvents(SseReader reader, byte[] bytes, int cut) throws IOException {
    reader.clear();
    SseEvent event = new SseEvent();
    StringBuilder seen = new StringBuilder();
    feed(reader, bytes, 0, cut);
    boolean last = false;
    for (int round = 0; round < 2; round++) {
      while (reader.next(event)) {
        if (!event.data().isEmpty()) {
          seen.append(event.name()).append('|').append(event.data()).append('\n');
        }
      }
      if (!last) {
        feed(reader, bytes, cut, bytes.length);
        last = true;
      }
    }
    return seen.toString();
  }

  private static void feed(SseReader reader, byte[] bytes, int from, int to) throws IOException {
    int at = from;
    while (at < to) {
      reader.reserve();
      int count = Math.min(reader.room(), to - at);
      System.arraycopy(bytes, at, reader.buffer(), reader.limit(), count);
      reader.advance(count);
      at += count;
    }
  }

  private static void same(Relayed one, Relayed other, Recorded.Exchange exchange) {
    assertThat(one.out()).as(exchange.name()).isEqualTo(other.out());
    assertThat(one.signals()).as(exchange.name()).isEqualTo(other.signals());
  }

  @Test
  void signalsAndUsageEqualTheSlowReading() throws IOException {
    int withUsage = 0;
    for (Recorded.Exchange exchange : streams()) {
      ChatTwin twin = new ChatTwin();
      List<Integer> expected = new ArrayList<>();
      for (String event : exchange.response().replace("\r\n", "\n").split("\n\n", -1)) {
        for (String line : event.split("\n", -1)) {
          if (line.startsWith("data: ") && !line.equals("data: [DONE]")) {
            expected.add(
                event.startsWith("event: error")
                    ? AnswerStream.ERROR
                    : twin.chunk(Recorded.object(line.substring(6))));
          }
        }
      }
      byte[] body = exchange.response().getBytes(StandardCharsets.UTF_8);
      Relayed relayed = relay(body, true);
      List<Integer> signals = new ArrayList<>(relayed.signals());
      signals.removeIf(s -> (s & AnswerStream.DONE) != 0);
      assertThat(signals)
          .as(exchange.name())
          .isEqualTo(expected.subList(0, Math.min(expected.size(), signals.size())));
      if (!relayed.saw(AnswerStream.ERROR)) {
        assertThat(signals).as(exchange.name()).hasSameSizeAs(expected);
        sameUsage(relayed.stream().usage(), twin.usage, exchange.name());
        withUsage += twin.usage.known() ? 1 : 0;
      }
    }
    assertThat(withUsage).isGreaterThan(30);
  }

  private static void sameUsage(Usage usage, Usage expected, String name) {
    assertThat(usage.known()).as(name).isEqualTo(expected.known());
    assertThat(usage.promptTokens()).as(name).isEqualTo(expected.promptTokens());
    assertThat(usage.completionTokens()).as(name).isEqualTo(expected.completionTokens());
    assertThat(usage.cachedTokens()).as(name).isEqualTo(expected.cachedTokens());
    assertThat(usage.cacheWriteTokens()).as(name).isEqualTo(expected.cacheWriteTokens());
    assertThat(usage.reasoningTokens()).as(name).isEqualTo(expected.reasoningTokens());
  }

  @Test
  void plainAnswersEqualTheSlowReading() throws IOException {
    ChatAnswerScan scan = new ChatAnswerScan();
    int plain = 0;
    for (Recorded.Exchange exchange : openAiWire()) {
      String body = exchange.response();
      if (exchange.status() != 200 || !body.stripLeading().startsWith("{")) {
        continue;
      }
      plain++;
      Map<String, Object> answer = Recorded.object(body);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      assertThat(scan.scan(bytes, 0, bytes.length)).as(scan.errorMessage()).isTrue();
      ChatTwin twin = new ChatTwin();
      twin.usage(answer.get("usage"));
      sameUsage(scan.usage(), twin.usage, exchange.name());
      assertThat(scan.isError()).as(exchange.name()).isEqualTo(answer.get("error") != null);
      boolean content = !ChatTwin.list(answer.get("data")).isEmpty();
      for (Object each : ChatTwin.list(answer.get("choices"))) {
        Map<?, ?> choice = ChatTwin.map(each);
        content |= ChatTwin.content(ChatTwin.map(choice.get("message")));
        content |= ChatTwin.text(choice.get("text"));
      }
      assertThat(scan.hasContent()).as(exchange.name()).isEqualTo(content);
      String model = String.valueOf(answer.getOrDefault("model", ""));
      assertThat(scan.model().toString().replace("\\/", "/")).isEqualTo(model);
      if (answer.get("choices") instanceof List<?> choices) {
        assertThat(scan.hasChoices()).isEqualTo(!choices.isEmpty());
        assertThat(scan.finished() || scan.hasContent() || scan.isError())
            .as("no provider's answer lacks both an ending and content: " + exchange.name())
            .isTrue();
        Map<?, ?> last = (Map<?, ?>) choices.getLast();
        String reason = last.get("finish_reason") instanceof String text ? text : "";
        assertThat(scan.finishReason()).hasToString(reason);
        assertThat(scan.finished()).as(exchange.name()).isEqualTo(!reason.isEmpty());
      }
      for (int cut = 0; cut < bytes.length - 1; cut += 97) {
        assertThat(scan.scan(bytes, 0, cut)).isFalse();
      }
    }
    assertThat(plain).isGreaterThan(120);
  }

  @Test
  void requestsEqualTheSlowReading() throws IOException {
    RequestScan scan = new RequestScan();
    for (Recorded.Exchange exchange : openAiWire()) {
      if (!exchange.request().startsWith("{")) {
        continue;
      }
      byte[] bytes = exchange.request().getBytes(StandardCharsets.UTF_8);
      Map<String, Object> request = Recorded.object(exchange.request());
      assertThat(scan.scan(bytes, 0, bytes.length)).as(scan.errorMessage()).isTrue();
      assertThat(scan.problem()).isNull();
      assertThat(scan.model()).hasToString(String.valueOf(request.getOrDefault("model", "")));
      assertThat(scan.stream()).isEqualTo(Boolean.TRUE.equals(request.get("stream")));
      assertThat(scan.includeUsage())
          .isEqualTo(
              request.get("stream_options") instanceof Map<?, ?> options
                  && Boolean.TRUE.equals(options.get("include_usage")));
      assertThat(scan.hasTools())
          .isEqualTo(request.get("tools") instanceof List<?> tools && !tools.isEmpty());
      assertThat(scan.hasResponseFormat()).isEqualTo(request.get("response_format") != null);
      if (request.get("messages") instanceof List<?> messages) {
        assertThat(scan.messages().count()).isEqualTo(messages.size());
        Object content = null;
        for (Object message : messages) {
          if (message instanceof Map<?, ?> m && "user".equals(m.get("role"))) {
            content = m.get("content");
          }
        }
        int start = scan.messages().lastUserStart();
        Object found =
            start < 0
                ? null
                : JSON.std.anyFrom(
                    new String(
                        bytes,
                        start,
                        scan.messages().lastUserEnd() - start,
                        StandardCharsets.UTF_8));
        assertThat(found).as(exchange.name()).isEqualTo(content);
      }
    }
  }

  @Test
  void everyRecordedErrorBodyIsUnderstood() throws IOException {
    ErrorBodyScan scan = new ErrorBodyScan();
    ErrorClassifier classifier = new ErrorClassifier();
    int oldNames = 0;
    int bodies = 0;
    for (String line : Recorded.text("errors/provider-errors.jsonl").split("\n", -1)) {
      if (line.isBlank()) {
        continue;
      }
      bodies++;
      Map<String, Object> entry = Recorded.object(line);
      String text = string(entry.get("body"));
      if (text.isEmpty()) {
        String event = string(entry.get("event"));
        text = event.substring(event.indexOf("data: ") + 6);
      }
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      scan.scan(bytes, 0, bytes.length);
      Map<String, Object> body = Recorded.object(text);
      Object inner = body.get("error");
      Map<?, ?> error = inner instanceof Map<?, ?> map ? map : body;
      Object message =
          inner instanceof String direct
              ? direct
              : error.get("detail") instanceof String detail ? detail : error.get("message");
      // Long messages are cut.
      String expected = String.valueOf(message);
      assertThat(scan.message().replace("…", ""))
          .as(text)
          .isNotEmpty()
          .isSubstringOf(expected)
          .hasSizeGreaterThan(Math.min(expected.length(), 1000) - 1);
      Object type = error.get("type") == null ? error.get("status") : error.get("type");
      if (type == null) {
        type = error.get("error_type");
      }
      assertThat(scan.type()).as(text).isEqualTo(string(type));
      assertThat(scan.code()).as(text).isEqualTo(string(error.get("code")));
      assertThat(scan.param()).as(text).isEqualTo(string(error.get("param")));
      String provider = string(entry.get("provider_file")) + " " + string(entry.get("label"));
      if (provider.equals("gemini auth")) {
        assertThat(scan.reason()).isEqualTo("API_KEY_INVALID");
      }
      if (provider.equals("gemini rate_limit")) {
        assertThat(scan.retryDelayMillis()).isBetween(1L, 120_000L);
      }
      oldNames += classifier.wantsMaxCompletionTokens(scan) ? 1 : 0;
      // A body that was cut is still understood as far as it goes, and never breaks the scan.
      for (int cut = 0; cut < bytes.length; cut++) {
        scan.scan(bytes, 0, cut);
        assertThat(scan.message()).isNotNull();
      }
    }
    assertThat(bodies).isEqualTo(40);
    assertThat(oldNames).isEqualTo(1);
  }

  private static String string(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  @Test
  void chunkFilesEqualTheSlowReading() throws IOException {
    ChatRelayStream relay = new ChatRelayStream();
    int chunks = 0;
    try (Stream<Path> files = Files.list(Recorded.data().resolve("wire/vercel-ai-chunks"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".chunks.txt")).sorted().toList()) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        for (String line : Files.readAllLines(file)) {
          if (!line.startsWith("{")) {
            continue;
          }
          ChatTwin twin = new ChatTwin();
          int expected = twin.chunk(Recorded.object(line));
          relay.begin(true);
          SseEvent event = new SseEvent();
          ByteRange data = event.data();
          byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
          data.set(bytes, 0, bytes.length);
          event.whole().set(bytes, 0, bytes.length);
          assertThat(relay.accept(event, new ByteSink()))
              .as(name + ": " + line)
              .isEqualTo(expected);
          if (expected != AnswerStream.ERROR) {
            sameUsage(relay.usage(), twin.usage, name);
          }
          chunks++;
        }
      }
    }
    assertThat(chunks).isGreaterThan(1000);
  }
}
