package fairlead.cache.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimeWordsTest {
  private static boolean present(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return TimeWords.present(bytes, 0, bytes.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "What happened today?",
        "what is today's weather",
        "Who won yesterday",
        "TOMORROW's agenda",
        "What should I do now?",
        "What is the latest version of Go?",
        "the current president",
        "Which currently supported JDKs are there?",
        "recent changes",
        "Who has recently resigned?",
        "plans for tonight",
        "nowadays",
        "this week's numbers",
        "What is new this month?",
        "best films of this year",
        "last Monday",
        "What did they say last night?",
        "next quarter",
        "the past few months",
        "in 3 days",
        "In two hours",
        "within a week",
        "in a couple of days",
        "two hours ago",
        "5 minutes later",
        "right now",
        "so far",
        "as of which release",
        "What time is it?",
        "to date",
        "these days",
        "upcoming events",
      })
  void momentsAreSeen(String text) {
    assertThat(present(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "How do I know if it works?",
        "What is a snowflake schema?",
        "How many days does a week have?",
        "What happened in 1989?",
        "Explain this function",
        "the last element of a list",
        "What does the next instruction do?",
        "How long is a month?",
        "timeout of 5 minutes",
        "a date picker",
        "What is the weather like on Mars?",
        "How do currents flow in oceans?",
        "within the function",
        "in the morning",
        "as soon as possible",
        "Chicago",
        "n\u00f8w",
      })
  void otherWordsAreNot(String text) {
    assertThat(present(text)).isFalse();
  }

  @Test
  void looksAtNothingOutsideItsBounds() {
    byte[] text = "x today y".getBytes(UTF_8);
    assertThat(TimeWords.present(text, 0, text.length)).isTrue();
    assertThat(TimeWords.present(text, 0, 4)).isFalse();
    assertThat(TimeWords.present(text, 5, text.length)).isFalse();
    long seed = System.nanoTime();
    System.out.println("TimeWordsTest: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 5_000; i++) {
      byte[] any = new byte[random.nextInt(60)];
      random.nextBytes(any);
      byte[] inside = new byte[any.length + 8];
      System.arraycopy(any, 0, inside, 4, any.length);
      assertThat(TimeWords.present(inside, 4, 4 + any.length))
          .isEqualTo(TimeWords.present(any, 0, any.length));
    }
  }
}
