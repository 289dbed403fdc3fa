package fairlead.cache.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.hash.Digest;
import fairlead.cache.hash.HashSecret;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TemplateLearnerTest {
  private static final HashSecret SECRET =
      HashSecret.of("0123456789abcdef0123456789ABCDEF".getBytes(UTF_8));

  private final TemplateLearner learner = new TemplateLearner(new Digest(SECRET));
  private final Cut cut = new Cut();

  private void observe(String text) {
    byte[] utf8 = ("#" + text + "#").getBytes(UTF_8);
    learner.observe(utf8, 1, utf8.length - 1);
  }

  /** The payload of a text; empty when it does not carry the template. */
  private String payload(String text) {
    byte[] utf8 = ("#" + text + "#").getBytes(UTF_8);
    if (!learner.cut(utf8, 1, utf8.length - 1, cut)) {
      return "";
    }
    return new String(utf8, cut.payloadFrom(), cut.payloadTo() - cut.payloadFrom(), UTF_8);
  }

  @Test
  void learnsFromTheEighthDifferentText() {
    Questions questions = new Questions(new SplittableRandom(1));
    for (int i = 0; i < 8; i++) {
      assertThat(learner.learned()).isFalse();
      assertThat(payload("Answer in one word: x")).isEmpty();
      String question = questions.next();
      observe("Answer in one word: " + question);
      observe("Answer in one word: " + question);
    }
    assertThat(learner.learned()).isTrue();
    assertThat(learner.prefix()).isEqualTo("Answer in one word: ".length());
    assertThat(learner.suffix()).isZero();
    assertThat(payload("Answer in one word: Why?")).isEqualTo("Why?");
    assertThat(payload("Answer in two words: Why?")).isEmpty();
    assertThat(payload("Answer in one word: ")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '\0',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          Translate into French: ~
          Translate "~" into French.
          You are kind.\\n\\nMessage:\\n~\\n\\nReply in English, please.
          Please summarise this: ~\\n
          ~\\nAnswer as JSON with the fields a and b.
          <task>Explain the question.</task><q>~</q>
          请把下面的句子翻译成英文：~
          Réponds à la question suivante : ~ (en français)
          """)
  void partsTemplatesOfManyFormsFromTheirPayloads(String before, String behind) {
    String prefix = before == null ? "" : before.replace("\\n", "\n");
    String suffix = behind == null ? "" : behind.replace("\\n", "\n");
    for (int seed = 0; seed < 50; seed++) {
      TemplateLearnerTest fresh = new TemplateLearnerTest();
      Questions questions = new Questions(new SplittableRandom(seed));
      for (int i = 0; i < 16; i++) {
        fresh.observe(prefix + questions.next() + suffix);
      }
      for (int i = 0; i < 20; i++) {
        String question = questions.next();
        String found = fresh.payload(prefix + question + suffix);
        assertThat(found.strip()).as("seed %s", seed).isEqualTo(question);
      }
    }
  }

  /** The bar: behind a template of 200 words the payloads are exactly what differs. */
  @Test
  void tenThousandUnrelatedPayloadsBehindATemplateOf200WordsAreCutOutExactly() {
    String template = Questions.template(200);
    Questions questions = new Questions(new SplittableRandom(3));
    for (int i = 0; i < 8; i++) {
      observe(template + questions.next());
    }
    for (int i = 0; i < 10_000; i++) {
      String question = questions.next();
      assertThat(payload(template + question)).isEqualTo(question);
      observe(template + question);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 10, 15})
  void learnsInSpiteOfSomeTextsWithoutTheTemplate(int strangersOfHundred) {
    String template = Questions.template(60);
    int exact = 0;
    int runs = 200;
    for (int seed = 0; seed < runs; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Questions questions = new Questions(random);
      TemplateLearnerTest fresh = new TemplateLearnerTest();
      for (int i = 0; i < 200; i++) {
        boolean stranger = random.nextInt(100) < strangersOfHundred;
        fresh.observe((stranger ? "" : template) + questions.next());
      }
      String question = questions.next();
      exact += fresh.payload(template + question).equals(question) ? 1 : 0;
      assertThat(fresh.payload(question)).isEmpty();
    }
    System.out.println(
        "template among "
            + strangersOfHundred
            + " % strangers: learned in "
            + exact
            + " of "
            + runs);
    assertThat(exact).isGreaterThanOrEqualTo(runs * 95 / 100);
  }

  @Test
  void forgetsATemplateThatIsNoLongerUsedAndLearnsTheNext() {
    Questions questions = new Questions(new SplittableRandom(4));
    for (int i = 0; i < 100; i++) {
      observe("Be brief and friendly: " + questions.next());
    }
    assertThat(payload("Be brief and friendly: Why?")).isEqualTo("Why?");
    for (int i = 0; i < 60; i++) {
      observe("Be long and cross: " + questions.next());
    }
    assertThat(payload("Be brief and friendly: Why?")).isEmpty();
    assertThat(payload("Be long and cross: Why?")).isEqualTo("Why?");
  }

  @Test
  void learnsNothingFromUnrelatedTexts() {
    int learned = 0;
    for (int seed = 0; seed < 100; seed++) {
      TemplateLearnerTest fresh = new TemplateLearnerTest();
      Questions questions = new Questions(new SplittableRandom(seed));
      for (int i = 0; i < 100; i++) {
        fresh.observe(questions.next());
        learned += fresh.learner.learned() ? 1 : 0;
      }
    }
    assertThat(learned).isLessThan(100); // of 10,000
  }

  @ParameterizedTest
  @ValueSource(ints = {Samples.HEAD_BYTES, Samples.HEAD_BYTES + 1, 3 * Samples.HEAD_BYTES})
  void learnsNoTemplateThatMayGoOnBeyondWhatIsKept(int length) {
    String template = Questions.template(2000).substring(0, length - 1) + " ";
    Questions questions = new Questions(new SplittableRandom(5));
    for (int i = 0; i < 100; i++) {
      observe(template + questions.next());
      assertThat(learner.learned()).isFalse();
    }
    TemplateLearnerTest other = new TemplateLearnerTest();
    for (int i = 0; i < 100; i++) {
      other.observe(questions.next() + "\n" + template.repeat(2));
      assertThat(other.learner.learned()).isFalse();
    }
  }

  @Test
  void learnsTheLongestTemplateThatFits() {
    String template = Questions.template(2000).substring(0, Samples.HEAD_BYTES - 100) + ": ";
    Questions questions = new Questions(new SplittableRandom(6));
    for (int i = 0; i < 20; i++) {
      observe(template + questions.next());
    }
    assertThat(learner.prefix()).isEqualTo(template.getBytes(UTF_8).length);
  }

  /** Whatever is learned from whatever texts: the cut and the payload are the text. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whatIsCutOffAndThePayloadMakeTheTextAndNothingElse(long seed) {
    System.out.println("TemplateLearnerTest seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int cuts = 0;
    for (int run = 0; run < 300; run++) {
      TemplateLearner subject = new TemplateLearner(new Digest(SECRET));
      Map<Long, String> around = new HashMap<>();
      Set<String> templates = new HashSet<>();
      String[] starts = {noise(random, 20), noise(random, 8)};
      String[] ends = {noise(random, 10), ""};
      for (int i = 0; i < 80; i++) {
        int form = random.nextInt(random.nextInt(1, 4)) & 1;
        byte[] text = (starts[form] + noise(random, 6) + ends[form]).getBytes(UTF_8);
        if (subject.cut(text, 0, text.length, cut)) {
          cuts++;
          assertThat(cut.payloadFrom()).isNotNegative().isLessThan(cut.payloadTo());
          assertThat(cut.payloadTo()).isLessThanOrEqualTo(text.length);
          String before = new String(text, 0, cut.payloadFrom(), UTF_8);
          String payload =
              new String(text, cut.payloadFrom(), cut.payloadTo() - cut.payloadFrom(), UTF_8);
          String behind = new String(text, cut.payloadTo(), text.length - cut.payloadTo(), UTF_8);
          // Would not be so if a character were cut through.
          assertThat(before + payload + behind).isEqualTo(new String(text, UTF_8));
          String template = before + "\0" + behind;
          assertThat(around.computeIfAbsent(cut.templateHash(), _ -> template)).isEqualTo(template);
          templates.add(template);
        }
        subject.observe(text, 0, text.length);
      }
      assertThat(around).hasSameSizeAs(templates);
    }
    assertThat(cuts).isGreaterThan(1000);
  }

  private static String noise(SplittableRandom random, int most) {
    String[] parts = {"a", "b", " ", "\n", ": ", "\"", "é", "请", "把", "：", "😀", "c d ", "?", "1."};
    StringBuilder out = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      out.append(parts[random.nextInt(parts.length)]);
    }
    return out.toString();
  }

  @Test
  void neverThrowsAndNeverCutsWronglyOnRandomBytes() {
    SplittableRandom random = new SplittableRandom(9);
    for (int run = 0; run < 500; run++) {
      TemplateLearner subject = new TemplateLearner(new Digest(SECRET));
      byte[] base = new byte[random.nextInt(6000)];
      random.nextBytes(base);
      for (int i = 0; i < 40; i++) {
        byte[] text = Arrays.copyOf(base, random.nextInt(base.length + 1));
        if (text.length > 0 && random.nextBoolean()) {
          text[random.nextInt(text.length)] = (byte) random.nextInt();
        }
        if (subject.cut(text, 0, text.length, cut)) {
          assertThat(cut.payloadFrom()).isEqualTo(subject.prefix()).isLessThan(cut.payloadTo());
          assertThat(cut.payloadTo()).isEqualTo(text.length - subject.suffix());
        }
        subject.observe(text, 0, text.length);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 4096", "8, 4096", "12, 4096", "16, 1500", "40, 1500"})
  void takesAtMostFourKilobytesAndOnceLearnedLittleMoreThanTheTemplate(int texts, int mostBytes) {
    int learners = 1000;
    String template = Questions.template(200);
    String rest = Questions.template(1000); // of a payload, so that all that is kept is full
    Digest digest = new Digest(SECRET);
    TemplateLearner[] kept = new TemplateLearner[learners];
    long taken = Long.MAX_VALUE;
    // What earlier tests have left may go at any time and would count in that round: the least
    // does.
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < learners; i++) {
        TemplateLearner subject = new TemplateLearner(digest);
        for (int j = 0; j < texts; j++) {
          byte[] text = (template + (char) ('A' + j) + i + rest).getBytes(UTF_8);
          text[text.length - 1] = (byte) ('a' + j % 26);
          subject.observe(text, 0, text.length);
        }
        assertThat(subject.learned()).isEqualTo(texts >= 8);
        kept[i] = subject;
      }
      long used = usedHeap();
      Arrays.fill(kept, null);
      taken = Math.min(taken, used - usedHeap());
    }
    long bytes = taken / learners;
    System.out.println("a template learner after " + texts + " texts takes " + bytes + " bytes");
    assertThat(bytes).isBetween(100L, (long) mostBytes);
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    long used = Long.MAX_VALUE;
    while (true) {
      System.gc();
      long now = runtime.totalMemory() - runtime.freeMemory();
      if (now > used - 10_000) {
        return now;
      }
      used = now;
    }
  }

  @Test
  void readersSeeOneTemplateOrTheOtherWhileItChanges() throws Exception {
    String[] templates = {"Tell me quickly: ", "Tell me at length, with care: "};
    Questions questions = new Questions(new SplittableRandom(8));
    AtomicBoolean stop = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<Integer>> readers = new ArrayList<>();
      for (String template : templates) {
        byte[] text = (template + "Why?").getBytes(UTF_8);
        readers.add(
            threads.submit(
                () -> {
                  Cut mine = new Cut();
                  int cuts = 0;
                  long hash = 0;
                  while (!stop.get()) {
                    if (learner.cut(text, 0, text.length, mine)) {
                      if (mine.payloadFrom() != template.length()
                          || (cuts > 0 && hash != mine.templateHash())) {
                        throw new AssertionError("cut at " + mine.payloadFrom());
                      }
                      hash = mine.templateHash();
                      cuts++;
                    }
                  }
                  return cuts;
                }));
      }
      long end = System.nanoTime() + 500_000_000L;
      try {
        for (int i = 0; System.nanoTime() < end; i++) {
          observe(templates[i / 100 % 2] + questions.next());
        }
      } finally {
        stop.set(true);
      }
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isPositive();
      }
    }
  }
}
