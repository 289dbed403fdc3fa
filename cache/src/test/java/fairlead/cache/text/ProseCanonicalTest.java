package fairlead.cache.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProseCanonicalTest {
  private static final String[] BITS = {
    "What",
    "is",
    "the",
    "C#",
    "C",
    "USA",
    "iPhone",
    "5",
    ".5",
    "5.",
    "Mg",
    "isn't",
    "isn\u2019t",
    "\u201Cquoted\u201D",
    "?",
    "!",
    "...",
    "\u2026",
    " ",
    "  ",
    "\n",
    "\u00a0",
    "`",
    "{",
    "café",
    "\u2014",
    "(A",
    "b)",
    "I",
    "a",
    "\ud83d\ude00",
    "Node.js",
    "n!",
    ",",
    ":",
    "-5",
    "A",
    "END"
  };

  private final ProseCanonical canonical = new ProseCanonical();

  private String of(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int length = canonical.write(utf8, 0, utf8.length);
    return new String(canonical.bytes(), 0, length, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "What is the capital of France?|what is the capital of france",
        "  What  is the capital\tof France ?? |What  is the capital\tof France ??",
        "What is life ?|What is life?",
        "what isn\u2019t it|What isn't it?",
        "Say \u201Chello\u201D.|say \"hello\"",
        "IS IT RAINING IN ROME?|is it raining in rome",
        "Tell me a joke!|tell me a joke",
        "2010\u20132015|2010-2015",
        "Go on\u2026|go on...",
        "It is 5.|it is 5",
        "Well-Known (People)|well-known (people)",
        "What is\u00a0love|what is love"
      })
  void equatesWhatSaysTheSame(String a, String b) {
    if (a.contains("\t")) {
      // A tab may stand for the indentation of code.
      assertThat(of(a)).isEqualTo(b);
    } else {
      assertThat(of(a)).isEqualTo(of(b));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "What is C#?|What is C?",
        "What is C?|What is c?",
        "it is 5.|it is .5",
        "what is 5!|what is 5",
        "define n!|define n",
        "What is IT?|What is it?",
        "is 5 Mg much|is 5 mg much",
        "parse fooBar|parse foobar",
        "Python is slow?|Python is slow.",
        "print `A`|print `a`",
        "run {A}|run {a}",
        "Straße|strasse",
        "Élan|élan",
        "use Node.js|use node.js",
        "it's|its",
        "a-b|a b",
        "I said \"no\"|I said no"
      })
  void keepsApartWhatMayDiffer(String a, String b) {
    assertThat(of(a)).isNotEqualTo(of(b));
  }

  @Test
  void leavesCodeAsItStands() {
    String code = "Fix this:\n  if (A)  B();\n";
    assertThat(of(code)).isEqualTo(code.strip());
  }

  @Test
  void keepsATextOfNothingButMarks() {
    assertThat(of(" ?! ")).isEqualTo("?");
    assertThat(of("...")).isEqualTo("...");
    assertThat(of("   ")).isEmpty();
  }

  @Test
  void changesNothingTwiceAndNeverWhatIsNeitherCaseNorSpaceNorMark() {
    long seed = 20_261_129L;
    System.out.println("ProseCanonicalTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      int bits = random.nextInt(12);
      for (int i = 0; i < bits; i++) {
        text.append(BITS[random.nextInt(BITS.length)]);
        if (random.nextInt(3) > 0) {
          text.append(' ');
        }
      }
      String once = of(text.toString());
      assertThat(of(once)).as("again: %s", text).isEqualTo(once);
      assertThat(bare(once)).as("substance: %s", text).isEqualTo(bare(text.toString()));
    }
  }

  @Test
  void survivesAnyBytes() {
    long seed = 7;
    System.out.println("ProseCanonicalTest bytes seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      int length = canonical.write(bytes, 0, bytes.length);
      assertThat(length).isBetween(0, bytes.length);
      byte[] once = Arrays.copyOf(canonical.bytes(), length);
      int again = canonical.write(once, 0, length);
      assertThat(Arrays.copyOf(canonical.bytes(), again)).isEqualTo(once);
    }
  }

  @Test
  void readsOnlyBetweenItsBounds() {
    byte[] utf8 = "xxWhat is it?yy".getBytes(StandardCharsets.UTF_8);
    int length = canonical.write(utf8, 2, 13);
    assertThat(new String(canonical.bytes(), 0, length, StandardCharsets.UTF_8))
        .isEqualTo("what is it");
  }

  /** Letters in lower case, digits and signs: all that canonical writing must not touch. */
  private static String bare(String text) {
    return text.replace("\u2026", "")
        .replace("\u2019", "'")
        .replaceAll("[\u201C\u201D]", "\"")
        .replace("\u2014", "-")
        .replaceAll("[\\s\u00a0.?!]+", "")
        .toLowerCase(Locale.ROOT);
  }

  @Test
  void aHugeTextIsForgottenAndWrittenTheSameAgain() {
    ProseCanonical writer = new ProseCanonical();
    byte[] text = "What is  the Word? ".repeat(10_000).getBytes(StandardCharsets.UTF_8);
    int length = writer.write(text, 0, text.length);
    byte[] written = Arrays.copyOf(writer.bytes(), length);
    assertThat(writer.bytes().length).isGreaterThan(64 << 10);
    writer.trim();
    assertThat(writer.bytes().length).isLessThan(1 << 10);
    assertThat(writer.write(text, 0, text.length)).isEqualTo(length);
    assertThat(Arrays.copyOf(writer.bytes(), length)).isEqualTo(written);
  }
}
