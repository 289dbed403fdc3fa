package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.wire.SlowJson.Member;
import fairlead.providers.wire.SlowJson.Node;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Generated and spoiled bodies: the scans in place agree with a strict tree about everything. */
final class RequestPropertyTest {
  private static final int BODIES = 40_000;
  private static final String[] ONCE = {
    "model", "stream", "stream_options", "max_tokens", "max_completion_tokens", "n", "tools",
    "functions", "response_format", "user", "messages", "fallbacks", "input", "prompt",
    "temperature",
  };

  private final RequestScan scan = new RequestScan();
  private final ChatChunkScan chunk = new ChatChunkScan();
  private final ChatAnswerScan answer = new ChatAnswerScan();
  private final ErrorBodyScan error = new ErrorBodyScan();

  @Test
  void agreesWithTheSlowTwin() {
    long seed = Long.getLong("fairlead.seed", 20261121);
    System.out.println("RequestPropertyTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    RequestGenerator generator = new RequestGenerator(random);
    int valid = 0;
    int edited = 0;
    for (int i = 0; i < BODIES; i++) {
      byte[] body = generator.body();
      if (i % 2 == 1) {
        body = generator.spoiled(body);
      }
      String shown = "seed " + seed + ": " + new String(body, StandardCharsets.UTF_8);
      Node twin = SlowJson.parse(body, 0, body.length);
      boolean object = twin != null && twin.kind() == '{';
      // Not at index 0 and not to the array's end: nothing outside the range may matter.
      byte[] framed = new byte[body.length + 20];
      System.arraycopy(body, 0, framed, 10, body.length);
      boolean scanned = scan.scan(framed, 10, 10 + body.length);
      assertThat(scanned).as(shown + " " + scan.errorMessage()).isEqualTo(object);
      assertThat(answer.scan(framed, 10, 10 + body.length)).as(shown).isEqualTo(object);
      int signals = chunk.scan(framed, 10, 10 + body.length);
      assertThat(signals == ChatChunkScan.MALFORMED).as(shown).isEqualTo(!object);
      error.scan(framed, 10, 10 + body.length);
      assertThat(error.message().length()).isLessThanOrEqualTo(ErrorBodyScan.MAX_MESSAGE_BYTES + 1);
      if (twin == null || !object) {
        assertThat(scan.errorOffset()).as(shown).isBetween(0, body.length);
        continue;
      }
      valid++;
      facts(twin, shown);
      edited += edits(twin, shown) ? 1 : 0;
    }
    assertThat(valid).isBetween(BODIES / 2, BODIES - BODIES / 4);
    assertThat(edited).isGreaterThan(BODIES / 50);
  }

  private void facts(Node twin, String shown) {
    boolean twice = false;
    for (String key : ONCE) {
      twice |= twin.count(key) > 1;
    }
    Node options = twin.get("stream_options");
    twice |= options != null && options.count("include_usage") > 1;
    if (twice || otherCase(twin, "model")) {
      assertThat(scan.problem()).as(shown).isNotNull();
      return;
    }
    boolean wrong =
        wrong(twin, "model", "\"")
            || wrong(twin, "stream", "tfn")
            || wrong(twin, "stream_options", "{n")
            || wrong(twin, "messages", "[n")
            || wrong(twin, "max_tokens", "0n")
            || wrong(twin, "max_completion_tokens", "0n")
            || wrong(twin, "n", "0n");
    assertThat(scan.problem() != null).as(shown + " " + scan.problem()).isEqualTo(wrong);
    if (wrong) {
      return;
    }
    Node model = twin.get("model");
    // A lone surrogate has no UTF-8 form; both sides then show a replacement.
    assertThat(scan.model().toString().replace('\ufffd', '?'))
        .as(shown)
        .isEqualTo(model == null ? "" : throughUtf8(model.text()).replace('\ufffd', '?'));
    assertThat(scan.stream()).as(shown).isEqualTo(is(twin.get("stream"), 't'));
    assertThat(scan.includeUsage())
        .as(shown)
        .isEqualTo(options != null && is(options.get("include_usage"), 't'));
    assertThat(scan.hasTools())
        .as(shown)
        .isEqualTo(notEmpty(twin.get("tools")) || notEmpty(twin.get("functions")));
    assertThat(scan.hasResponseFormat()).as(shown).isEqualTo(there(twin.get("response_format")));
    assertThat(scan.hasTemperature()).as(shown).isEqualTo(there(twin.get("temperature")));
    assertThat(scan.hasMessages()).as(shown).isEqualTo(there(twin.get("messages")));
    same(scan.inputStart(), scan.inputEnd(), twin.get("input"), shown);
    same(scan.promptStart(), scan.promptEnd(), twin.get("prompt"), shown);
    same(scan.userStart(), scan.userEnd(), twin.get("user"), shown);
    same(scan.fallbacksStart(), scan.fallbacksEnd(), twin.get("fallbacks"), shown);
    same(scan.messagesStart(), scan.messagesEnd(), twin.get("messages"), shown);
    boolean oldName = twin.count("max_tokens") == 1 && twin.count("max_completion_tokens") == 0;
    assertThat(scan.maxTokensKeyAt() >= 0).as(shown).isEqualTo(oldName);
    int count = 0;
    int users = 0;
    Node lastUser = null;
    Node messages = twin.get("messages");
    for (Node message : messages == null ? List.<Node>of() : messages.elements()) {
      count++;
      Node role = message.get("role");
      if (role != null && role.kind() == '"' && role.text().equals("user")) {
        users++;
        lastUser = message.get("content");
      }
    }
    assertThat(scan.messages().count()).as(shown).isEqualTo(count);
    assertThat(scan.messages().users()).as(shown).isEqualTo(users);
    same(scan.messages().lastUserStart(), scan.messages().lastUserEnd(), lastUser, shown);
  }

  private static boolean otherCase(Node twin, String key) {
    return twin.members().stream()
        .anyMatch(member -> member.key().equalsIgnoreCase(key) && !member.key().equals(key));
  }

  private static String throughUtf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static boolean wrong(Node twin, String key, String kinds) {
    Node value = twin.get(key);
    return value != null && kinds.indexOf(value.kind()) < 0;
  }

  private static boolean there(@Nullable Node node) {
    return node != null && node.kind() != 'n';
  }

  private static boolean notEmpty(@Nullable Node node) {
    return there(node)
        && (Objects.requireNonNull(node).kind() != '[' || !node.elements().isEmpty());
  }

  private static boolean is(@Nullable Node node, char kind) {
    return node != null && node.kind() == kind;
  }

  private void same(int start, int end, @Nullable Node expected, String shown) {
    Node found = start < 0 ? null : SlowJson.parse(scan.array(), start, end);
    assertThat(found).as(shown).isEqualTo(expected);
  }

  /** Makes all edits but the prefill and holds the result against the edited tree. */
  private boolean edits(Node twin, String shown) {
    Node model = twin.get("model");
    if (scan.problem() != null || model == null) {
      return false;
    }
    byte[] name = "new\\u002dname".getBytes(StandardCharsets.UTF_8);
    ByteGather gather = new ByteGather();
    new RequestEdits()
        .begin()
        .includeUsage(scan)
        .model(scan, name, 0, name.length)
        .renameMaxTokens(scan)
        .cutFallbacks(scan)
        .appendTo(scan, gather);
    ByteSink sink = new ByteSink();
    gather.appendTo(sink);
    Node edited = SlowJson.parse(sink.array(), 0, sink.length());
    assertThat(edited).as(shown + " -> " + sink).isNotNull();
    assertThat(others(Objects.requireNonNull(edited))).as(shown).isEqualTo(renamed(others(twin)));
    renamesByteForByte(shown);
    assertThat(Objects.requireNonNull(edited.get("model")).text()).isEqualTo("new-name");
    assertThat(edited.get("fallbacks")).as(shown).isNull();
    Node options = Objects.requireNonNull(edited.get("stream_options"));
    assertThat(is(options.get("include_usage"), 't')).as(shown + " -> " + sink).isTrue();
    Node before = twin.get("stream_options");
    List<Member> kept = before == null ? List.of() : before.members();
    assertThat(options.members().stream().filter(m -> !m.key().equals("include_usage")).toList())
        .as(shown)
        .isEqualTo(kept.stream().filter(m -> !m.key().equals("include_usage")).toList());
    return true;
  }

  /** Alone, the new name changes nothing but the key. */
  private void renamesByteForByte(String shown) {
    ByteGather gather = new ByteGather();
    new RequestEdits().begin().renameMaxTokens(scan).appendTo(scan, gather);
    ByteSink sink = new ByteSink();
    gather.appendTo(sink);
    String before =
        new String(scan.array(), scan.start(), scan.length(), StandardCharsets.ISO_8859_1);
    String expected = before;
    int at = scan.maxTokensKeyAt() - scan.start();
    if (scan.maxTokensKeyAt() >= 0) {
      int close = before.indexOf('"', at + 1);
      expected = before.substring(0, at) + "\"max_completion_tokens" + before.substring(close);
    }
    assertThat(new String(sink.array(), 0, sink.length(), StandardCharsets.ISO_8859_1))
        .as(shown)
        .isEqualTo(expected);
  }

  private static List<Member> renamed(List<Member> members) {
    boolean newName = members.stream().anyMatch(m -> m.key().equals("max_completion_tokens"));
    return members.stream()
        .map(
            m ->
                m.key().equals("max_tokens") && !newName
                    ? new Member("max_completion_tokens", m.value())
                    : m)
        .toList();
  }

  private static List<Member> others(Node body) {
    List<Member> others = new ArrayList<>(body.members());
    others.removeIf(m -> List.of("model", "stream_options", "fallbacks").contains(m.key()));
    return others;
  }
}
