package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of answers when memory is full of others. */
final class FullMemoryTest {
  /** Twice what the smallest memory holds of such answers, and the burst it takes in then. */
  private static final int FLOOD = 10_000;

  private final NumberedAnswers answers = new NumberedAnswers();

  /** Runs while the provider is asked. */
  private @Nullable Runnable meanwhile;

  private final Rig rig =
      new Rig(
          """
          providers:
            one: { type: openai-compatible, base_url: "http://1.example/v1" }
          routing:
            route: { targets: [one/a] }
          cache:
            exact: { max_bytes: 1MiB }
          """,
          Map.of(
              "one",
              (request, control) -> {
                Runnable first = meanwhile;
                if (first != null) {
                  meanwhile = null;
                  first.run();
                }
                return answers.open(request, control);
              }));

  @BeforeEach
  void flood() throws IOException {
    ask("Which question came first?");
    assertThat(result(ask("Which question came first?"))).isEqualTo("exact");
    for (int i = 0; i < FLOOD; i++) {
      ask("Nobody asks about " + i + " twice.");
    }
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private static String body(String text) {
    return NumberedAnswers.chat(Map.of("model", "route"), "user", text);
  }

  private FakeExchange ask(String text) throws IOException {
    return rig.call(FakeExchange.chat(body(text)));
  }

  private static @Nullable String result(FakeExchange http) {
    return http.responseHeader("x-fairlead-cache");
  }

  private double dropped() {
    String line = rig.series("fairlead_cache_dropped_total{reason=\"memory_full\"");
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }

  @Test
  void aFloodOfQuestionsThatNeverComeAgainDoesNotFlushIt() throws IOException {
    assertThat(dropped()).isGreaterThan(FLOOD / 3.0);
    assertThat(result(ask("Which question came first?"))).isEqualTo("exact");
  }

  @Test
  void aQuestionThatComesAgainIsRemembered() throws IOException {
    assertThat(result(ask("Who won?"))).isEqualTo("miss");
    assertThat(result(ask("Who won?"))).isEqualTo("miss");
    assertThat(result(ask("Who won?"))).isEqualTo("exact");
  }

  @Test
  void aFresherAnswerReplacesTheOneThatIsThere() throws IOException {
    int old = NumberedAnswers.number(ask("Which question came first?"));
    double before = dropped();
    rig.call(
        FakeExchange.chat(body("Which question came first?")).with("x-fairlead-cache", "refresh"));
    FakeExchange now = ask("Which question came first?");
    assertThat(result(now)).isEqualTo("exact");
    assertThat(NumberedAnswers.number(now)).isGreaterThan(old);
    assertThat(dropped()).isEqualTo(before);
  }

  @Test
  void anAnswerThatOthersWaitForIsTheirsToo() throws Exception {
    AtomicReference<@Nullable FakeExchange> follower = new AtomicReference<>();
    Thread other =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  try {
                    follower.set(rig.callApart(FakeExchange.chat(body("Who is first?"))));
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                });
    meanwhile =
        () -> {
          other.start();
          while (other.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
          }
        };
    int before = answers.given();
    FakeExchange first = ask("Who is first?");
    other.join();
    FakeExchange second = Objects.requireNonNull(follower.get());
    assertThat(result(second)).isEqualTo("exact");
    assertThat(second.text()).isEqualTo(first.text());
    assertThat(answers.given()).isEqualTo(before + 1);
  }
}
