package fairlead.providers.wire;

import static fairlead.providers.wire.Continuation.DIVERGED;
import static fairlead.providers.wire.Continuation.HELD;
import static fairlead.providers.wire.Continuation.Mode.PREFIX;
import static fairlead.providers.wire.Continuation.Mode.RESTART;
import static fairlead.providers.wire.Continuation.PASSED;
import static fairlead.providers.wire.Continuation.UNSOUND;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContinuationTest {
  private static final String FINISH =
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  private static final String USAGE = "data: {\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\n";
  private static final String DONE = "data: [DONE]\n\n";

  private final Continuation continuation = new Continuation();
  private final ByteSink events = new ByteSink();
  private final ByteSink out = new ByteSink();

  private void begin(String sent, Continuation.Mode mode) {
    byte[] bytes = sent.getBytes(StandardCharsets.UTF_8);
    continuation.begin(bytes, bytes.length, mode);
    out.clear();
  }

  private int accept(String text) {
    // Not at index 0: the region begins where the caller says.
    events.clear();
    events.utf8("data: x\n\n");
    int start = events.length();
    events.utf8(text);
    return continuation.accept(events, start, out);
  }

  private static String chunk(String inside) {
    return "data: {\"id\":\"2\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
        + inside
        + "\"},\"finish_reason\":null}]}\n\n";
  }

  private static String legacy(String inside) {
    return "data: {\"choices\":[{\"text\":\"" + inside + "\",\"index\":0,\"logprobs\":null}]}\n\n";
  }

  private static String delta(String members) {
    return "data: {\"choices\":[{\"index\":0,\"delta\":{" + members + "}}]}\n\n";
  }

  private static String text(String events) {
    SentText text = new SentText();
    text.begin();
    ByteSink sink = new ByteSink();
    sink.utf8(events);
    text.accept(sink, 0);
    assertThat(text.sound()).as(events).isTrue();
    return new String(text.array(), 0, text.length(), StandardCharsets.UTF_8);
  }

  @Test
  void aRestartPassesOnlyWhatFollows() {
    begin("Hello wor", RESTART);
    assertThat(accept(delta("\"role\":\"assistant\",\"content\":\"\""))).isEqualTo(HELD);
    assertThat(accept(": ping\n\n")).isEqualTo(HELD);
    assertThat(accept(chunk("Hello"))).isEqualTo(HELD);
    assertThat(accept(USAGE)).isEqualTo(HELD);
    assertThat(continuation.caughtUp()).isFalse();
    assertThat(accept(chunk(" world"))).isEqualTo(PASSED);
    assertThat(continuation.caughtUp()).isTrue();
    String rest = chunk("!") + ": ping\n\n" + FINISH + USAGE + DONE;
    assertThat(accept(rest)).isEqualTo(PASSED);
    assertThat(continuation.finish(out)).isEqualTo(HELD);
    assertThat(out).hasToString(chunk("ld") + rest);
  }

  @Test
  void aRestartThatSaysSomethingElseIsStopped() {
    begin("Hello world", RESTART);
    assertThat(accept(chunk("Hello"))).isEqualTo(HELD);
    assertThat(accept(chunk(" there"))).isEqualTo(DIVERGED);
    assertThat(accept(chunk("Hello world and more"))).isEqualTo(DIVERGED);
    assertThat(continuation.finish(out)).isEqualTo(DIVERGED);
    assertThat(out.isEmpty()).isTrue();
    for (String end : new String[] {FINISH, DONE}) {
      begin("Hello world", RESTART);
      assertThat(accept(chunk("Hello"))).isEqualTo(HELD);
      assertThat(accept(end)).as(end).isEqualTo(DIVERGED);
    }
    begin("Hello world", RESTART);
    assertThat(accept(chunk("Hello worl"))).isEqualTo(HELD);
    assertThat(continuation.finish(out)).isEqualTo(DIVERGED);
    assertThat(out.isEmpty()).isTrue();
  }

  @Test
  void aRestartThatEndsWhereTheFirstOneBrokeOffOnlyFinishes() {
    begin("Hi", RESTART);
    assertThat(accept(chunk("Hi"))).isEqualTo(HELD);
    assertThat(continuation.caughtUp()).isTrue();
    assertThat(accept(FINISH + DONE)).isEqualTo(PASSED);
    assertThat(out).hasToString(FINISH + DONE);
    begin("Hi", RESTART);
    String both = chunk("Hi").replace("null", "\"stop\"");
    assertThat(accept(both)).isEqualTo(PASSED);
    assertThat(out).hasToString(both.replace("Hi", ""));
  }

  @Test
  void theLegacyWireWorksTheSame() {
    begin("Hello", RESTART);
    assertThat(accept(legacy("Hel"))).isEqualTo(HELD);
    assertThat(accept(legacy("lo you"))).isEqualTo(PASSED);
    assertThat(out).hasToString(legacy(" you"));
  }

  @Test
  void escapesAreComparedByWhatTheyMean() {
    begin("é\n\"/😀", RESTART);
    assertThat(accept(chunk("\\u00e9\\n"))).isEqualTo(HELD);
    assertThat(accept(chunk("\\u0022\\/\\uD83D"))).isEqualTo(HELD);
    assertThat(accept(chunk("\\uDe00\\ud83d\\ude00\\u00e9é"))).isEqualTo(PASSED);
    assertThat(out).hasToString(chunk("\\ud83d\\ude00\\u00e9é"));
    begin("😀", RESTART);
    assertThat(accept(chunk("\\ud83d"))).isEqualTo(HELD);
    assertThat(accept(chunk("x"))).isEqualTo(DIVERGED);
    begin("😀", RESTART);
    assertThat(accept(chunk("\\ude00"))).isEqualTo(DIVERGED);
  }

  @Test
  void roleIsCutOutWhereverItStands() {
    String[] roles = {
      "\"role\":\"assistant\",\"content\":\"Hi you\"",
      "\"role\" : \"assistant\" , \"content\":\"Hi you\"",
      "\"content\":\"Hi you\",\"role\":\"assistant\"",
      "\"x\":1,\"role\":\"assistant\",\"content\":\"Hi you\"",
      "\"content\":\"Hi you\",\"role\":\"assistant\",\"x\":1",
    };
    for (String members : roles) {
      for (Continuation.Mode mode : Continuation.Mode.values()) {
        begin("Hi", mode);
        assertThat(accept(delta(members))).as(members).isEqualTo(PASSED);
        assertThat(accept(delta(members))).as(members).isEqualTo(PASSED);
        assertThat(accept(delta("\"role\":\"assistant\""))).isEqualTo(HELD);
        assertThat(out.toString()).doesNotContain("role");
        assertThat(text(out.toString())).as(members).isEqualTo(" youHi you");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Continuation.Mode.class)
  void withNothingSentEverythingPasses(Continuation.Mode mode) {
    begin("", mode);
    String all = chunk("Hello") + FINISH + DONE;
    assertThat(continuation.caughtUp()).isTrue();
    assertThat(accept(all)).isEqualTo(PASSED);
    assertThat(out).hasToString(all);
  }

  @Test
  void aContinuationPassesFromItsFirstWord() {
    begin("Hello wor", PREFIX);
    assertThat(accept(delta("\"role\":\"assistant\",\"content\":\"\""))).isEqualTo(HELD);
    String rest = chunk("ld") + chunk("!") + FINISH + USAGE + DONE;
    assertThat(accept(rest)).isEqualTo(PASSED);
    assertThat(out).hasToString(rest);
  }

  @Test
  void aContinuationThatBeginsAsTheSentTextDidIsHeldUntilItDiffers() {
    begin("Hello world", PREFIX);
    assertThat(accept(chunk("Hel"))).isEqualTo(HELD);
    assertThat(accept(chunk("l"))).isEqualTo(HELD);
    assertThat(accept(chunk(" fire"))).isEqualTo(PASSED);
    assertThat(accept(chunk("."))).isEqualTo(PASSED);
    assertThat(out).hasToString(chunk("Hell fire") + chunk("."));
    // The end decides too, in whichever event it comes.
    for (String end : new String[] {FINISH, DONE, chunk("").replace("null", "\"stop\"")}) {
      begin("Hello world", PREFIX);
      assertThat(accept(chunk("Hel"))).isEqualTo(HELD);
      assertThat(accept(end)).isEqualTo(PASSED);
      assertThat(out).hasToString(chunk("Hel") + end);
    }
    String last = chunk("lo").replace("null", "\"stop\"");
    begin("Hello world", PREFIX);
    assertThat(accept(chunk("Hel"))).isEqualTo(HELD);
    assertThat(accept(last)).isEqualTo(PASSED);
    assertThat(out).hasToString(last.replace("lo", "Hello"));
    begin("Hello world", PREFIX);
    assertThat(accept(chunk("Hel"))).isEqualTo(HELD);
    assertThat(continuation.finish(out)).isEqualTo(PASSED);
    assertThat(out).hasToString(chunk("Hel"));
  }

  @Test
  void aTargetThatStartsOverInsteadIsTreatedSo() {
    String sent = "It was the best of times, it was the worst";
    begin(sent, PREFIX);
    assertThat(accept(chunk("It was the best of"))).isEqualTo(HELD);
    assertThat(accept(chunk(" times, it was the worst of times"))).isEqualTo(PASSED);
    assertThat(out).hasToString(chunk(" of times"));
    begin(sent, PREFIX);
    assertThat(accept(chunk("It was the best of times,"))).isEqualTo(HELD);
    assertThat(accept(chunk(" or not"))).isEqualTo(DIVERGED);
    begin(sent, PREFIX);
    assertThat(accept(chunk("It was the best of times,"))).isEqualTo(HELD);
    assertThat(accept(FINISH)).isEqualTo(DIVERGED);
    assertThat(out.isEmpty()).isTrue();
    // 23 characters are still an accident, and bytes are not characters.
    String wide = "é".repeat(40);
    begin(wide, PREFIX);
    assertThat(accept(chunk("é".repeat(23) + "x"))).isEqualTo(PASSED);
    begin(wide, PREFIX);
    assertThat(accept(chunk("é".repeat(24) + "x"))).isEqualTo(DIVERGED);
  }

  @Test
  void whiteSpaceThatWasSentButNotInThePrefixDoesNotComeTwice() {
    begin("Hello \n", PREFIX);
    assertThat(accept(chunk(" \\nworld"))).isEqualTo(PASSED);
    assertThat(out).hasToString(chunk("world"));
    begin("Hello \n", PREFIX);
    assertThat(accept(chunk(" "))).isEqualTo(HELD);
    assertThat(accept(chunk("\\n"))).isEqualTo(HELD);
    assertThat(accept(chunk(" world"))).isEqualTo(PASSED);
    assertThat(out).hasToString(chunk(" world"));
    begin("Hello  ", PREFIX);
    assertThat(accept(chunk(" world"))).isEqualTo(PASSED);
    assertThat(out).hasToString(chunk("world"));
    begin("Hello\u2003", PREFIX);
    assertThat(accept(chunk("\u2002world"))).isEqualTo(PASSED);
    assertThat(out).hasToString(chunk("\u2002world"));
    begin("Hello ", PREFIX);
    assertThat(accept(chunk(" "))).isEqualTo(HELD);
    assertThat(accept(FINISH + DONE)).isEqualTo(PASSED);
    assertThat(out).hasToString(FINISH + DONE);
    begin("Hello  ", PREFIX);
    assertThat(accept(chunk(" "))).isEqualTo(HELD);
    assertThat(accept(chunk(" ").replace("null", "\"stop\""))).isEqualTo(PASSED);
    assertThat(out).hasToString(chunk("").replace("null", "\"stop\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0}]}}]}",
        "{\"choices\":[{\"delta\":{\"function_call\":{\"name\":\"f\"}}}]}",
        "{\"choices\":[{\"delta\":{\"reasoning\":\"hm\"}}]}",
        "{\"choices\":[{\"delta\":{\"reasoning_content\":\" \"}}]}",
        "{\"choices\":[{\"delta\":{\"thinking_blocks\":[{}]}}]}",
        "{\"choices\":[{\"delta\":{\"refusal\":\"no\"}}]}",
        "{\"choices\":[{\"delta\":{\"audio\":{\"id\":\"a\"}}}]}",
        "{\"choices\":[{\"delta\":{\"content\":[{\"type\":\"thinking\"}]}}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"a\",\"content\":\"b\"}}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"a\"},\"logprobs\":{\"content\":[{}]}}]}",
        "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"Hi\"}}]}",
        "{\"choices\":[{\"index\":0,\"delta\":{}},{\"index\":0,\"delta\":{}}]}",
        "{\"choices\":[null]}",
        "{\"choices\":",
        "42",
      })
  void whatIsNotPlainTextOfOneChoiceIsUnsound(String data) {
    for (Continuation.Mode mode : Continuation.Mode.values()) {
      for (String before : new String[] {"", chunk("Hi you")}) {
        begin("Hi", mode);
        assertThat(accept(before + "data: " + data + "\n\n")).isEqualTo(UNSOUND);
        assertThat(accept(chunk("Hi"))).isEqualTo(UNSOUND);
        assertThat(out.isEmpty()).isTrue();
      }
    }
    SentText sent = new SentText();
    sent.begin();
    events.clear();
    events.utf8("data: " + data + "\n\n");
    sent.accept(events, 0);
    assertThat(sent.sound()).isFalse();
  }

  @Test
  void membersThatSayNothingAreNoHindrance() {
    begin("Hi", RESTART);
    String nothing =
        "\"refusal\":null,\"tool_calls\":[ ],\"reasoning\":\"\",\"audio\":null,"
            + "\"function_call\":null,\"reasoning_details\":[],\"thinking\":{}";
    assertThat(accept(delta("\"role\":\"assistant\",\"content\":null," + nothing))).isEqualTo(HELD);
    assertThat(accept(delta("\"content\":\"Hi you\"," + nothing))).isEqualTo(PASSED);
    assertThat(text(out.toString())).isEqualTo(" you");
  }

  @Test
  void linesEndAsTheyLike() {
    begin("Hi", RESTART);
    assertThat(
            accept(
                "event: x\r\ndata:{\"choices\":[{\"delta\":\r\ndata: {\"content\":\"Hi you\"}}]}"
                    + "\r\n\r\n: c\rid: 3\rdata: [DONE]\r\r"))
        .isEqualTo(PASSED);
    assertThat(out)
        .hasToString(
            "data: {\"choices\":[{\"delta\": {\"content\":\" you\"}}]}\n\n"
                + ": c\rid: 3\rdata: [DONE]\r\r");
  }

  /** What a caller reads in the end must be the whole text, wherever it was cut and split. */
  @ParameterizedTest
  @EnumSource(Continuation.Mode.class)
  void everyCutOfEverySplitJoinsToTheWholeText(Continuation.Mode mode) {
    String whole = "aé😀 b\n";
    int[] points = whole.codePoints().toArray();
    int n = points.length;
    int joined = 0;
    for (int split = 0; split < 1 << (n - 1); split++) {
      for (int cutAt = 0; cutAt <= n; cutAt++) {
        String sent = new String(points, 0, cutAt);
        String prefix = mode == RESTART ? "" : sent.stripTrailing();
        int from = prefix.codePointCount(0, prefix.length());
        for (int style = 0; style < 3; style++) {
          begin(sent, mode);
          List<String> stream = new ArrayList<>();
          StringBuilder token = new StringBuilder();
          for (int i = from; i < n; i++) {
            token.append(escaped(points[i], style));
            if (i == n - 1 || (split & 1 << i) != 0) {
              stream.add(chunk(token.toString()));
              token.setLength(0);
            }
          }
          stream.add(FINISH);
          stream.add(DONE);
          for (String event : stream) {
            assertThat(accept(event)).isIn(HELD, PASSED);
          }
          assertThat(continuation.finish(out)).isEqualTo(HELD);
          assertThat(sent + text(out.toString()))
              .as("split %d cut %d style %d", split, cutAt, style)
              .isEqualTo(whole);
          assertThat(out.toString()).endsWith(FINISH + DONE);
          joined++;
        }
      }
    }
    assertThat(joined).isEqualTo(32 * 7 * 3);
  }

  private static String escaped(int point, int style) {
    String text = Character.toString(point);
    if (style == 0) {
      return point == '\n' ? "\\n" : text;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      String hex = Integer.toHexString(text.charAt(i) | 0x10000).substring(1);
      out.append("\\u").append(style == 1 ? hex : hex.toUpperCase(Locale.ROOT));
    }
    return out.toString();
  }

  @Test
  void generatedStreamsNeverRepeatNorLoseAWord() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    System.out.println("ContinuationTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    String[] pieces = {"a", "b", " ", "\n", "é", "日", "😀", "\"", "\\", "\u2003"};
    int diverged = 0;
    int complete = 0;
    for (int round = 0; round < 30_000; round++) {
      String as = "seed " + seed + " round " + round;
      StringBuilder made = new StringBuilder();
      for (int i = random.nextInt(60); i > 0; i--) {
        made.append(pieces[random.nextInt(pieces.length)]);
      }
      String whole = made.toString();
      int[] points = whole.codePoints().toArray();
      String sent = new String(points, 0, random.nextInt(points.length + 1));
      boolean differs = random.nextInt(4) == 0;
      if (differs && points.length > 0) {
        points[random.nextInt(points.length)] = 'Z';
      }
      String second = new String(points, 0, points.length);
      begin(sent, RESTART);
      int worst = feed(second, random);
      String got = out.toString();
      if (second.startsWith(sent)) {
        assertThat(worst).as(as).isLessThanOrEqualTo(PASSED);
        assertThat(sent + text(got)).as(as).isEqualTo(second);
        complete++;
      } else {
        assertThat(worst).as(as).isEqualTo(DIVERGED);
        assertThat(got).as(as).isEmpty();
        diverged++;
      }
      // As a continuation: the same text, less the white space that a prefix leaves out.
      String prefix = sent.stripTrailing();
      String rest = whole.substring(prefix.length());
      begin(sent, PREFIX);
      worst = feed(rest, random);
      String joined = sent + (worst == DIVERGED ? "" : text(out.toString()));
      if (!sent.isBlank() && rest.startsWith(sent)) {
        // The text itself repeats: it cannot be told from a restart, and must not come twice.
        assertThat(joined).as(as).isEqualTo(rest);
      } else if (worst != DIVERGED) {
        assertThat(joined).as(as).isEqualTo(whole);
      }
      begin(sent, PREFIX);
      worst = feed(whole, random);
      assertThat(worst).as(as).isLessThanOrEqualTo(PASSED);
      assertThat(sent + text(out.toString())).as(as).isEqualTo(whole);
    }
    assertThat(diverged).isGreaterThan(2_000);
    assertThat(complete).isGreaterThan(2_000);
  }

  /** Sends a text in tokens, escaped this way and that; answers the worst outcome. */
  private int feed(String text, SplittableRandom random) {
    int worst = HELD;
    StringBuilder token = new StringBuilder();
    StringBuilder events = new StringBuilder();
    int[] units = text.chars().toArray();
    for (int i = 0; i < units.length; i++) {
      boolean whole =
          Character.isHighSurrogate((char) units[i])
              && i + 1 < units.length
              && random.nextBoolean();
      if (whole) {
        token.append((char) units[i]).append((char) units[++i]);
      } else if (Character.isSurrogate((char) units[i])
          || units[i] < 0x20
          || units[i] == '"'
          || units[i] == '\\'
          || random.nextInt(5) == 0) {
        token.append("\\u").append(Integer.toHexString(units[i] | 0x10000).substring(1));
      } else {
        token.append((char) units[i]);
      }
      if (random.nextInt(3) == 0) {
        events.append(chunk(token.toString()));
        token.setLength(0);
        if (random.nextBoolean()) {
          worst = Math.max(worst, accept(events.toString()));
          events.setLength(0);
        }
      }
    }
    if (!token.isEmpty()) {
      events.append(chunk(token.toString()));
    }
    events.append(FINISH).append(DONE);
    worst = Math.max(worst, accept(events.toString()));
    return Math.max(worst, continuation.finish(out));
  }

  @Test
  void sentTextIsWhatWentOut() {
    SentText sent = new SentText();
    sent.begin();
    ByteSink sink = new ByteSink();
    sink.utf8("data: 9\n\n");
    String stream =
        delta("\"role\":\"assistant\",\"content\":\"\"")
            + chunk("Hello")
            + chunk(" w\\u00f6rld")
            + ": ping\n\n"
            + chunk("\\ud83d")
            + chunk("\\ude00\\n")
            + USAGE;
    for (String event : stream.split("(?<=\n\n)")) {
      int start = sink.length();
      sink.utf8(event);
      sent.accept(sink, start);
    }
    assertThat(new String(sent.array(), 0, sent.length(), StandardCharsets.UTF_8))
        .isEqualTo("Hello wörld😀\n");
    assertThat(sent.sound()).isTrue();
    assertThat(sent.overflowed()).isFalse();
    int start = sink.length();
    sink.utf8(chunk("\\ud83d"));
    sent.accept(sink, start);
    assertThat(sent.sound()).as("half a character").isFalse();
    sent.begin();
    assertThat(sent.sound()).isTrue();
    assertThat(sent.length()).isZero();
    for (String half : new String[] {"\\ud83dx", "\\ude00", "\\ud83d\\ud83d"}) {
      sent.begin();
      sink.clear();
      sink.utf8(chunk(half));
      sent.accept(sink, 0);
      assertThat(sent.sound()).as(half).isFalse();
    }
    sent.begin();
    sink.clear();
    sink.utf8(chunk("\\ud83d") + chunk("x"));
    sent.accept(sink, 0);
    assertThat(sent.sound()).isFalse();
  }

  @Test
  void moreTextThanIsKeptIsSaid() {
    SentText sent = new SentText();
    sent.begin();
    ByteSink sink = new ByteSink();
    sink.utf8(chunk("x".repeat(SentText.MAX_BYTES)));
    sent.accept(sink, 0);
    assertThat(sent.length()).isEqualTo(SentText.MAX_BYTES);
    assertThat(sent.overflowed()).isFalse();
    sink.clear();
    sink.utf8(chunk("x"));
    sent.accept(sink, 0);
    assertThat(sent.overflowed()).isTrue();
    sent.begin();
    assertThat(sent.overflowed()).isFalse();
    assertThat(sent.array().length).isLessThan(SentText.MAX_BYTES);
  }

  /** The way that remembers the chunk before and the one that does not find the same. */
  @Test
  void rememberedChunksGiveTheSameText() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    SplittableRandom random = new SplittableRandom(seed);
    String[] texts = {"a", "", " b", "\\n", "é", "\\\"content\\\":\\\"", "\\ud83d\\ude00", "]}"};
    SentText one = new SentText();
    ByteSink sink = new ByteSink();
    for (int round = 0; round < 2_000; round++) {
      one.begin();
      boolean padded = random.nextBoolean();
      ByteSink slowly = new ByteSink();
      for (int i = 0; i < 12; i++) {
        String inside = texts[random.nextInt(texts.length)];
        String event = random.nextInt(6) == 0 ? legacy(inside) : chunk(inside);
        if (padded) {
          event = event.replace("}\n\n", ",\"obfuscation\":\"" + random.nextInt(1000) + "\"}\n\n");
        }
        sink.clear();
        sink.utf8(event);
        one.accept(sink, 0);
        SentText fresh = new SentText();
        fresh.begin();
        fresh.accept(sink, 0);
        slowly.append(fresh.array(), 0, fresh.length());
      }
      assertThat(new String(one.array(), 0, one.length(), StandardCharsets.UTF_8))
          .as("seed " + seed + " round " + round)
          .isEqualTo(slowly.toString());
      assertThat(one.sound()).isTrue();
    }
  }
}
