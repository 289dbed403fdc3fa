package fairlead.server.caching;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.Operation;
import fairlead.providers.wire.ChatAnswerScan;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the relay's own pass notes decides the same as a second look at the whole answer. */
final class StorableAgreementTest {
  private static final int MAX_BYTES = 1 << 20;
  private static final int ROUNDS = 20_000;
  private static final String[] VALUES = {
    "null",
    "\"\"",
    "\"a\"",
    "[]",
    "[ ]",
    "[1]",
    "{}",
    "{\"name\":\"f\"}",
    "7",
    "\"\\u0061\"",
    "[{\"type\":\"text\",\"text\":\"a\"}]",
    "[{\"function\":{\"name\":\"f\"}}]",
    "true"
  };
  private static final String[] MEMBERS = {
    "content", "refusal", "tool_calls", "function_call", "reasoning", "audio", "role", "x"
  };
  private static final String[] REASONS = {
    "\"stop\"", "\"stop\"", "\"stop\"", "\"length\"", "null", "\"\"", "\"error\"", "7"
  };

  private final ChatAnswerScan scan = new ChatAnswerScan();
  private final StorableAnswer storable = new StorableAnswer();
  private final Map<StorableAnswer.Reason, Integer> reasons =
      new EnumMap<>(StorableAnswer.Reason.class);
  private int kept;

  private void agree(String source, byte[] answer, int maxBytes) {
    for (Operation operation : Operation.values()) {
      StorableAnswer.Reason expected = storable.check(operation, answer, maxBytes);
      if (!scan.scan(answer, 0, answer.length)) {
        continue; // nobody is sent such an answer
      }
      assertThat(StorableAnswer.check(operation, scan, answer.length, maxBytes))
          .as(source)
          .isEqualTo(expected);
      if (expected == null) {
        kept++;
      } else {
        reasons.merge(expected, 1, Integer::sum);
      }
    }
  }

  @Test
  void ofRecordedAnswers() {
    int answers = 0;
    for (Recorded.Chat chat : Recorded.chats()) {
      if (!chat.isStream()) {
        answers++;
        agree(chat.source(), chat.bytes(), MAX_BYTES);
      }
    }
    System.out.println(answers + " recorded answers, " + kept + " kept, not kept " + reasons);
    assertThat(kept).isGreaterThan(20);
  }

  @Test
  void ofAnyAnswer() {
    long seed = new SplittableRandom().nextLong();
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < ROUNDS; round++) {
      String answer = answer(random);
      agree(
          "seed " + seed + ": " + answer,
          answer.getBytes(StandardCharsets.UTF_8),
          random.nextInt(20) == 0 ? 60 : MAX_BYTES);
    }
    System.out.println(kept + " kept, not kept " + reasons);
    assertThat(kept).isGreaterThan(100);
    assertThat(reasons).containsKeys(StorableAnswer.Reason.values());
  }

  private static <T> T one(SplittableRandom random, T[] of) {
    return of[random.nextInt(of.length)];
  }

  private static String answer(SplittableRandom random) {
    StringBuilder text = new StringBuilder("{\"id\":\"x\"");
    if (random.nextInt(6) == 0) {
      text.append(",\"data\": ").append(one(random, VALUES));
    }
    if (random.nextInt(30) == 0) {
      text.append(",\"error\":").append(one(random, VALUES));
    }
    if (random.nextInt(10) == 0) {
      return text.append(",\"choices\":").append(one(random, VALUES)).append('}').toString();
    }
    text.append(",\"choices\" : [");
    int choices = Math.max(1, random.nextInt(4));
    for (int i = 0; i < choices; i++) {
      text.append(i == 0 ? "" : " ,");
      if (random.nextInt(20) == 0) {
        text.append(one(random, VALUES));
        continue;
      }
      text.append("{\"index\":").append(i);
      if (random.nextInt(10) == 0) {
        text.append(",\"text\":").append(one(random, VALUES));
      }
      if (random.nextInt(20) == 0) {
        text.append(",\"message\":").append(one(random, VALUES));
      }
      text.append(",\"message\": {\"content\": \"said\"");
      for (int k = random.nextInt(3); k > 0; k--) {
        text.append(", \"")
            .append(one(random, MEMBERS))
            .append("\" : ")
            .append(one(random, VALUES));
      }
      text.append("},\"finish_reason\": ").append(one(random, REASONS)).append('}');
    }
    return text.append("]}").toString();
  }
}
