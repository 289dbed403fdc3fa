package fairlead.server.caching;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.Operation;
import fairlead.providers.Usage;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.SentText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A stream that is noted while it goes out amounts to what the assembler makes of its events. */
final class SentAnswerAgreementTest {
  private static final int MAX_BYTES = 1 << 20;
  private static final int ROUNDS = 4_000;

  /** Pieces that break at the wrong places, stand alone, or say nothing. */
  private static final String[] TEXTS = {
    "a",
    " token",
    "",
    "\\n",
    "\\\"",
    "\\ud83d",
    "\\ude00",
    "\\u00e9",
    "é",
    "\\\\ud83d",
    "x\\/y",
    "0"
  };

  private final StreamAssembler assembler = new StreamAssembler();
  private final StorableAnswer storable = new StorableAnswer();
  private final AnswerCapture capture = new AnswerCapture();
  private final SentText text = new SentText();
  private final Usage usage = new Usage();
  private int plain;
  private boolean half;

  /** What there is to store without notes; null: nothing. */
  private byte @Nullable [] assembled(List<String> events) {
    byte[] all = String.join("", events).getBytes(StandardCharsets.UTF_8);
    ByteSink out = new ByteSink();
    return assembler.assemble(all, 0, all.length, usage, out)
            && storable.check(Operation.CHAT, out.toByteArray(), MAX_BYTES) == null
        ? out.toByteArray()
        : null;
  }

  /** The same when the events went out in writes that end after these numbers of events. */
  private byte @Nullable [] noted(List<String> events, int... ends) {
    capture.begin(MAX_BYTES, true);
    text.begin(capture.notes());
    int from = 0;
    for (int to : ends) {
      ByteSink write = new ByteSink();
      write.utf8(String.join("", events.subList(from, to)));
      text.accept(write, 0);
      capture.sent(write, text);
      from = to;
    }
    boolean open = capture.isPlainStream(text);
    StorableAnswer.Reason reason =
        open
            ? capture.take(true, text, usage)
            : capture.read(Operation.CHAT, true, usage, assembler, storable);
    plain += open ? 1 : 0;
    byte[] answer = reason == null ? capture.answer() : null;
    half = !open && capture.isOpen();
    capture.end();
    text.forget();
    return answer;
  }

  private void agree(String what, List<String> events, int... ends) {
    byte[] expected = assembled(events);
    byte[] found = noted(events, ends);
    if (half) {
      assertThat(found).as(what).isNull(); // it ends within a character: better not kept
      return;
    }
    String as = what + " in writes up to " + Arrays.toString(ends) + "\n" + events;
    assertThat(found == null).as(as).isEqualTo(expected == null);
    if (expected != null && found != null) {
      assertThat(Recorded.object(new String(found, StandardCharsets.UTF_8)))
          .as(as)
          .isEqualTo(Recorded.object(new String(expected, StandardCharsets.UTF_8)));
    }
  }

  private static int[] singly(int events) {
    int[] ends = new int[events];
    Arrays.setAll(ends, i -> i + 1);
    return ends;
  }

  @Test
  void recordedStreamsAmountToTheSame() {
    int streams = 0;
    for (Recorded.Chat chat : Recorded.chats()) {
      if (chat.status() != 200 || !chat.isStream()) {
        continue;
      }
      streams++;
      List<String> events = new ArrayList<>();
      for (String event : chat.response().split("(?<=\n\n)|(?<=\r\n\r\n)", -1)) {
        if (!event.isEmpty()) {
          events.add(event);
        }
      }
      agree(chat.source(), events, events.size());
      agree(chat.source(), events, singly(events.size()));
      for (int split = 1; split < Math.min(events.size(), 40); split++) {
        agree(chat.source(), events, split, events.size());
      }
    }
    System.out.println(streams + " recorded streams, " + plain + " times noted as plain");
    assertThat(streams).isGreaterThan(10);
    assertThat(plain).isGreaterThan(100);
  }

  @Test
  void anyStreamAmountsToTheSame() {
    long seed = new SplittableRandom().nextLong();
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    usage.prompt(10);
    usage.completion(5);
    int kept = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<String> events = stream(random);
      int[] ends =
          random
              .ints(random.nextInt(4), 0, events.size() + 1)
              .sorted()
              .boxed()
              .mapToInt(Integer::intValue)
              .toArray();
      ends = Arrays.copyOf(ends, ends.length + 1);
      ends[ends.length - 1] = events.size();
      agree("seed " + seed + " round " + round, events, ends);
      kept += assembled(events) == null ? 0 : 1;
    }
    System.out.println(kept + " kept, " + plain + " noted as plain, of " + ROUNDS);
    assertThat(kept).isGreaterThan(ROUNDS / 10);
    assertThat(plain).isBetween(ROUNDS / 10, ROUNDS);
  }

  /** A stream that is plain but for a few odd things. */
  private static List<String> stream(SplittableRandom random) {
    double odd = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.2;
    List<String> events = new ArrayList<>();
    if (random.nextBoolean()) {
      events.add(event("\"role\":\"assistant\",\"content\":\"\",\"refusal\":null", "null", ""));
    }
    int pieces = random.nextInt(8);
    for (int i = 0; i < pieces; i++) {
      if (random.nextDouble() < odd) {
        events.add(odd(random));
      }
      int kind = random.nextDouble() < odd ? TEXTS.length : 3;
      String piece = TEXTS[random.nextInt(kind)];
      events.add(event("\"content\":\"" + piece + "\"", "null", ""));
    }
    if (random.nextDouble() < odd) {
      events.add(odd(random));
    }
    if (random.nextDouble() >= odd / 4) {
      events.add(event("", random.nextDouble() < odd ? "\"length\"" : "\"stop\"", ""));
    }
    if (random.nextBoolean()) {
      events.add(
          "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,"
              + "\"completion_tokens\":2,\"total_tokens\":3}}\n\n");
    }
    if (random.nextDouble() >= odd / 4) {
      events.add("data: [DONE]\n\n");
    }
    if (random.nextDouble() < odd / 2) {
      events.add(odd(random));
    }
    return events;
  }

  private static String event(String delta, String finish, String more) {
    return "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"choices\":"
        + "[{\"index\":0,\"delta\":{"
        + delta
        + "},\"logprobs\":null,\"finish_reason\":"
        + finish
        + "}],\"usage\":null"
        + more
        + "}\n\n";
  }

  private static String odd(SplittableRandom random) {
    return switch (random.nextInt(27)) {
      case 0 -> ": ping\n\n";
      case 1 -> event("\"content\":null", "null", "");
      case 2 -> event("\"content\":\"b\"", "null", ",\"created\":2");
      case 3 -> event("", "null", ",\"created\":3");
      case 4 -> event("\"content\":\"b\"", "null", ",\"x_groq\":{\"id\":\"1\"}");
      case 5 -> event("", "null", ",\"x_groq\":{\"usage\":2}");
      case 6 -> event("\"content\":\"b\"", "null", ",\"usage\":{\"prompt_tokens\":7}");
      case 7 -> event("\"tool_calls\":[{\"index\":0,\"id\":\"t\"}]", "null", "");
      case 8 -> event("\"reasoning_content\":\"hm\"", "null", "");
      case 9 -> event("\"refusal\":\"no\"", "null", "");
      case 10 -> event("\"role\":\"assistant\",\"content\":\"b\"", "null", "");
      case 11 -> event("\"role\":\"\",\"content\":\"b\"", "null", "");
      case 12 -> event("\"role\":\"model\",\"content\":\"b\"", "null", "");
      case 13 -> event("\"annotations\":[{\"a\":1}]", "null", "");
      case 14 -> event("\"annotations\":[]", "null", "");
      case 15 -> event("\"content\":\"b\",\"x\":\"\"", "null", "");
      case 16 -> event("\"content\":\"b\",\"x\":null", "null", "");
      case 17 -> event("\"content\":\"b\"", "null", ",\"citations\":[\"u\"]");
      case 18 -> event("\"content\":\"b\"", "null", ",\"citations\":[\"v\"]");
      case 19 -> event("\"content\":\"b\"", "null", ",\"tier\":\"\"");
      case 20 -> event("\"content\":\"b\"", "null", ",\"tier\":\"default\"");
      case 21 -> event("\"content\":\"b\"", "null", ",\"error\":null");
      case 22 -> event("\"content\":\"b\"", "null", "").replace("\"index\":0", "\"index\":1");
      case 23 -> event("\"content\":\"b\"", "null", "").replace("\"index\":0,", "");
      case 24 -> event("\"content\":\"b\"", "null", "").replace("s\":null,", "s\":{\"c\":[1]},");
      case 25 -> "data: {\"choices\":\n\n";
      default -> event("\"c\\u006fntent\":\"b\"", "null", ",\"cre\\u0061ted\":9");
    };
  }
}
