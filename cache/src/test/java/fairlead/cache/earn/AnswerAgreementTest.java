package fairlead.cache.earn;

import static fairlead.cache.earn.AnswerAgreement.Verdict.AGREES;
import static fairlead.cache.earn.AnswerAgreement.Verdict.DIFFERS;
import static fairlead.cache.earn.AnswerAgreement.Verdict.UNSURE;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.earn.AnswerAgreement.Verdict;
import fairlead.cache.embed.Embedder;
import fairlead.cache.embed.TokenTable;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which differences between two answers count, with the likeness the gateway has. */
final class AnswerAgreementTest {
  static final AnswerAgreement AGREEMENT = new AnswerAgreement(AnswerAgreementTest::cosine);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AGREES  | Paris | Paris.",
        "AGREES  | **Paris** | paris",
        "DIFFERS | Paris | Lyon",
        "AGREES  | Yes. | yes",
        "DIFFERS | Yes | No",
        "DIFFERS | Yes, that works in every version. | No, that works in no version at all.",
        "DIFFERS | 42 | 43",
        "DIFFERS | The limit is 10 requests per minute for you. | The limit is 20 requests per minute for you.",
        "AGREES  | The limit is 1,000 requests per minute for you. | The limit is 1000 requests per minute for you.",
        "DIFFERS | It has cost about -5 degrees of comfort today. | It has cost about 5 degrees of comfort today.",
        "UNSURE  | You can cancel the premium plan in your settings. | You can cancel the basic plan in your settings.",
        "UNSURE  | The package is sent from Rome to Paris by train. | The package is sent from Paris to Rome by train.",
        "UNSURE  | The build is broken by the change of the parser. | The build is not broken by the change of the parser.",
        "DIFFERS | I'm sorry, but I can't help with that request. | You reset it in your account settings under security.",
        "DIFFERS | The test fails in FooTest.java because of a missing import. | The test fails in BarTest.java because of a missing import.",
        "UNSURE  | You reset your password in the account settings, under security. | In the account settings, under security, you can reset your password.",
        "AGREES  | You can reset your password in the account settings under security. | To reset the password, go to the security page of your account settings.",
        "UNSURE  | 2 + 2 equals 4. | 4",
        "AGREES  | <think>He asks for a capital.</think>Paris | Paris",
        "AGREES  | You can find it in [the settings](https://a.example/x) of your account page. | It can be found in [the settings](https://a.example/x) on the page of your account.",
        "DIFFERS | You can find it in [the settings](https://a.example/x) of your account page. | It can be found in [the settings](https://a.example/y) on the page of your account.",
        "UNSURE  | Paris | The capital of France is Paris, which lies on the Seine.",
        "DIFFERS | The moon circles around the earth once every month. | Stir the flour into the butter and let it cook slowly.",
      })
  void comparesText(Verdict expected, String stored, String fresh) {
    assertThat(compare(stored, fresh)).isEqualTo(expected);
    assertThat(compare(fresh, stored)).as("the other way round").isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "AGREES  | {\"a\": 1, \"b\": [true, null]} | { \"b\":[true,null],\"a\":1.0 }",
        "DIFFERS | {\"a\": 1} | {\"a\": 2}",
        "DIFFERS | {\"a\": 1} | {\"a\": 1, \"b\": 2}",
        "AGREES  | {\"a\": 1} | {\"a\": 1, \"b\": null}",
        "AGREES  | {\"class\": \"Timeout\"} | {\"class\": \"timeout\"}",
        "DIFFERS | {\"class\": \"timeout\"} | {\"class\": \"compile error\"}",
        "AGREES  | {\"class\": \"flaky\", \"confidence\": 0.92} | {\"class\": \"flaky\", \"confidence\": 0.87}",
        "DIFFERS | {\"price\": 0.92} | {\"price\": 0.87}",
        "DIFFERS | [1, 2] | [2, 1]",
        "DIFFERS | [1, 2] | [1]",
        "DIFFERS | {\"a\": \"1\"} | {\"a\": 1}",
        "DIFFERS | {\"a\": true} | the value of a is true here",
        "AGREES  | {\"why\": \"The test waits for a port that is never opened.\"} | {\"why\": \"The test is waiting for a port which is never opened.\"}",
        "DIFFERS | {\"why\": \"The test waits for port 80 which is closed.\"} | {\"why\": \"The test waits for port 81 which is closed.\"}",
      })
  void comparesJsonByItsStructure(Verdict expected, String stored, String fresh) {
    assertThat(compare(stored, fresh)).isEqualTo(expected);
    assertThat(compare(fresh, stored)).as("the other way round").isEqualTo(expected);
  }

  @Test
  void aFenceAroundJsonDoesNotCount() {
    assertThat(compare("```json\n{\"a\": 1}\n```", "{\"a\":1}")).isEqualTo(AGREES);
    assertThat(compare("```json\n{\"a\": 1}\n```", "{\"a\":2}")).isEqualTo(DIFFERS);
  }

  @Test
  void listMarkersAreNoNumbers() {
    String numbered = "1. Open the settings page\n2. Choose the security tab\n3. Reset it there";
    String dotted = "- Open the settings page\n- Choose the security tab\n- Reset it there";
    assertThat(compare(numbered, dotted)).isEqualTo(AGREES);
  }

  @Test
  void nothingAgreesWithNothing() {
    assertThat(compare("", "")).isEqualTo(UNSURE);
    assertThat(compare(" ", "\n")).isEqualTo(UNSURE);
    assertThat(compare("", "An answer with some words in it.")).isEqualTo(UNSURE);
  }

  @Test
  void doubtCountsAsWrongForTheThreshold() {
    assertThat(AGREES.wrong()).isFalse();
    assertThat(UNSURE.wrong()).isTrue();
    assertThat(DIFFERS.wrong()).isTrue();
  }

  @Test
  void withoutALikenessTheWordsDecide() {
    AnswerAgreement blind = new AnswerAgreement((_, _, _, _, _, _) -> Float.NaN);
    byte[] a = utf8("Пакет отправлен из города поездом вчера утром рано");
    byte[] b = utf8("Пакет отправлен из города поездом вчера утром, очень рано");
    byte[] c = utf8("Совсем другой ответ на совсем другой вопрос пользователя");
    assertThat(blind.compare(a, 0, a.length, c, 0, c.length)).isEqualTo(UNSURE);
    assertThat(blind.compare(a, 0, a.length, a, 0, a.length)).isEqualTo(AGREES);
    assertThat(blind.compare(a, 0, a.length, b, 0, b.length)).isEqualTo(UNSURE);
  }

  /** Whatever the sentence, another number in it is another answer. */
  @Test
  void anotherNumberNeverAgrees() {
    long seed = 20261129;
    SplittableRandom random = new SplittableRandom(seed);
    String[] words =
        "the server of route answers after seconds with tokens and error code".split(" ");
    for (int i = 0; i < 500; i++) {
      StringBuilder text = new StringBuilder();
      int length = 1 + random.nextInt(60);
      int place = random.nextInt(length);
      for (int w = 0; w < length; w++) {
        text.append(w == place ? "%d" : words[random.nextInt(words.length)]).append(' ');
      }
      String form = text.toString();
      String one = form.replace("%d", Integer.toString(random.nextInt(1_000)));
      String other = form.replace("%d", Integer.toString(1_000 + random.nextInt(1_000)));
      assertThat(compare(one, other)).as("seed %d: %s", seed, form).isNotEqualTo(AGREES);
    }
  }

  @Test
  void anyBytesGetAVerdict() {
    long seed = 77;
    SplittableRandom random = new SplittableRandom(seed);
    String alphabet = "{}[]\",:\\u0019ae-+.`\n 🙂é%";
    for (int i = 0; i < 5_000; i++) {
      byte[] a = random(random, alphabet);
      byte[] b = random(random, alphabet);
      assertThat(AGREEMENT.compare(a, 0, a.length, b, 0, b.length)).as("seed %d", seed).isNotNull();
      boolean blank = new String(a, StandardCharsets.UTF_8).isBlank();
      assertThat(AGREEMENT.compare(a, 0, a.length, a, 0, a.length))
          .isEqualTo(blank ? UNSURE : AGREES);
    }
  }

  private static byte[] random(SplittableRandom random, String alphabet) {
    byte[] source = utf8(alphabet);
    byte[] out = new byte[random.nextInt(40)];
    for (int i = 0; i < out.length; i++) {
      out[i] = source[random.nextInt(source.length)];
    }
    return out;
  }

  static Verdict compare(String stored, String fresh) {
    byte[] a = utf8(stored);
    byte[] b = utf8(fresh);
    return AGREEMENT.compare(a, 0, a.length, b, 0, b.length);
  }

  static float cosine(byte[] a, int aFrom, int aTo, byte[] b, int bFrom, int bTo) {
    TokenTable table = TokenTable.load();
    Embedder left = new Embedder(table);
    Embedder right = new Embedder(table);
    if (!left.embed(a, aFrom, aTo) || !right.embed(b, bFrom, bTo)) {
      return Float.NaN;
    }
    return Embedder.cosine(
        left.row(), 0, left.scale(), right.row(), 0, right.scale(), table.dims());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
