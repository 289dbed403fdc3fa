package fairlead.cache.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FactReaderTest {
  private static final String[] PIECES = {
    "What",
    "is",
    "n't",
    "'",
    "\"",
    "`",
    "$",
    "5",
    "1,000",
    "-",
    "--",
    ".",
    "..",
    "/",
    "://",
    "%",
    "\u2019",
    "\u201c",
    "\u201d",
    "\u20ac",
    "\u00b0",
    "C++",
    "#",
    "@",
    "\ud83d\ude00",
    "\ufe0f",
    "II",
    "iPhone",
    "NASA",
    "th",
    "k",
    "\n",
    " ",
    " ",
    " ",
    "&",
    "=",
    "*",
    "é",
    "中文",
    "one",
    "hundred",
    "at",
    "least",
    "hello",
    "could",
    "you",
    "tell",
    "me",
    "i",
    "want",
    "to",
    "know"
  };

  private final FactReader reader = new FactReader(WordSimilarity.NONE);

  private int[] read(byte[] utf8, int from, int to) {
    int length = reader.read(utf8, from, to);
    return Arrays.copyOf(reader.facts(), length);
  }

  private int[] read(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return read(utf8, 0, utf8.length);
  }

  @Test
  void readsTheSameFactsWhateverStandsAround() {
    SplittableRandom random = new SplittableRandom(5);
    System.out.println("FactReaderTest seed 5");
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
        text.append(random.nextBoolean() ? " " : "");
      }
      byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
      int[] alone = read(utf8, 0, utf8.length);
      byte[] framed = new byte[utf8.length + 20];
      random.nextBytes(framed);
      System.arraycopy(utf8, 0, framed, 10, utf8.length);
      assertThat(read(framed, 10, 10 + utf8.length)).as("%s", text).isEqualTo(alone);
      wellFormed(alone, utf8.length);
    }
  }

  @Test
  void survivesAnyBytes() {
    SplittableRandom random = new SplittableRandom(6);
    System.out.println("FactReaderTest bytes seed 6");
    for (int round = 0; round < 50_000; round++) {
      byte[] bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      if (round % 2 == 0) {
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) " '\"`.,-/$%5aA?\u00e2\u0080\u0099".charAt(bytes[i] & 15);
        }
      }
      wellFormed(read(bytes, 0, bytes.length), bytes.length);
    }
  }

  private static void wellFormed(int[] facts, int bytes) {
    int words = facts[Facts.COUNTS] & 0xffff;
    int particles = facts[Facts.COUNTS] >>> 16;
    assertThat(facts[Facts.LENGTH]).isEqualTo(facts.length);
    assertThat(facts).hasSize(Facts.WORDS + 2 * (words + particles));
    assertThat(words + particles).isLessThanOrEqualTo(Math.min(2 * bytes + 1, 2 * Words.MOST));
  }

  @Test
  void allocatesNothingOnceItHasGrown() {
    byte[] utf8 =
        "How do I convert 2,000 kilometers to miles in Java's \u201cnew\u201d API v1.2, isn't it?"
            .getBytes(StandardCharsets.UTF_8);
    int[] other = read("How do I convert 2,000 miles to kilometers in Java's API?");
    int sum = 0;
    long allocated = Long.MAX_VALUE;
    for (int trial = 0; trial < 5; trial++) {
      long before = allocatedBytes();
      for (int i = 0; i < 1_000; i++) {
        sum += reader.read(utf8, 0, utf8.length);
        Refusal refusal =
            Guards.compare(
                reader.facts(), 0, other, 0, Strictness.BALANCED, 1, WordSimilarity.NONE);
        sum += refusal == null ? 1 : 0;
      }
      allocated = Math.min(allocated, allocatedBytes() - before);
    }
    assertThat(sum).isPositive();
    assertThat(allocated).isLessThan(1_000);
  }

  @Test
  void lettersOfAHugeWordAreGivenBack() {
    WordScan scan = new WordScan();
    byte[] text = "letters".repeat(100_000).getBytes(StandardCharsets.UTF_8);
    scan.read(text, 0, text.length);
    int hash = scan.words.hash[0];
    assertThat(scan.words.low.length).isGreaterThan(64 << 10);
    scan.trim();
    assertThat(scan.words.low.length).isLessThan(1 << 10);
    assertThat(scan.words.count).isZero();
    scan.read(text, 0, text.length);
    assertThat(scan.words.hash[0]).isEqualTo(hash);
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @Test
  void giveEqualNumbersOneKeyHoweverTheyAreWritten() {
    String[][] same = {
      {"2,000 dollars", "$2000", "2000 USD", "2000$", "$2,000", "two thousand dollars", "$2k"},
      {"5 km", "5km", "five kilometers", "5 kilometres"},
      {"0.5 kg", ".5 kg", "0.5kg"},
      {"twenty five", "25"},
      {"two hundred thousand", "200,000", "200k", "200 thousand"},
      {"1.5 million", "1,500,000"},
      {"one hour", "1 hour", "1h"},
      {"5%", "5 percent", "five percent"},
      {"second", "2nd"},
      {"Part II", "Part 2"},
      {"€5", "5 euros", "5 EUR"}
    };
    for (String[] group : same) {
      int[] first = keys(group[0]);
      for (String text : group) {
        assertThat(keys(text)).as("%s as %s", text, group[0]).isEqualTo(first);
      }
    }
    assertThat(keys("-0")).isNotEqualTo(keys("0"));
    assertThat(keys("1.50")).isNotEqualTo(keys("1.5"));
    assertThat(keys("5")).isNotEqualTo(keys("5th"));
  }

  private int[] keys(String text) {
    int[] facts = read("x " + text);
    int words = facts[Facts.COUNTS] & 0xffff;
    int[] keys = new int[words];
    for (int i = 0; i < words; i++) {
      keys[i] = facts[Facts.WORDS + 2 * i];
    }
    return keys;
  }
}
