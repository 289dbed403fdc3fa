package fairlead.cache.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Builds questions, changes the one thing that changes the answer, and demands a refusal whatever
 * the vectors say; then changes what changes nothing and counts how often that passes.
 */
class AdversaryTest {
  private static final int ROUNDS = 20_000;

  private static final String[] NUMBERS = {
    "2", "3", "7", "12", "15", "40", "1,000", "3.5", "twenty", "two hundred", "-5", "0.5", "2nd"
  };
  private static final String[] UNITS = {
    "km", "miles", "kg", "pounds", "hours", "minutes", "dollars", "euros", "percent", "GB", "MB"
  };
  private static final String[] NAMES = {
    "Kafka", "Smith", "Rome", "Oslo", "Nokia", "Tesla", "Turing", "Lisbon", "Brazil", "Zeus"
  };
  private static final String[] QUANTITIES = {
    "all", "most", "only", "few", "both", "every", "at least two", "at most two", "half of"
  };
  private static final String[][] OPPOSITES = {
    {"enable", "disable"}, {"increase", "decrease"}, {"open", "close"}, {"buy", "sell"},
    {"lock", "unlock"}, {"upload", "download"}, {"encrypt", "decrypt"}, {"add", "remove"}
  };
  private static final String[] THINGS = {
    "engine",
    "river",
    "window",
    "bridge",
    "garden",
    "server",
    "mountain",
    "letter",
    "contract",
    "kitchen",
    "ticket",
    "forest",
    "battery",
    "valley",
    "poem"
  };
  private static final String[] VERBS = {
    "cross", "carry", "build", "paint", "repair", "measure", "replace", "describe", "clean"
  };

  private static final WordSimilarity ALL_ALIKE =
      new WordSimilarity() {
        @Override
        public int id(byte[] lowerCase, int from, int to) {
          return 1;
        }

        @Override
        public float cosine(int a, int b) {
          return 1;
        }
      };

  private final FactReader reader = new FactReader(ALL_ALIKE);
  private final SplittableRandom random = new SplittableRandom(41);

  private String pick(String[] from) {
    return from[random.nextInt(from.length)];
  }

  private String other(String[] from, String not) {
    String picked = pick(from);
    while (picked.equals(not)) {
      picked = pick(from);
    }
    return picked;
  }

  private int[] facts(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int length = reader.read(utf8, 0, utf8.length);
    return Arrays.copyOf(reader.facts(), length);
  }

  /** Even where every word is taken for like every other. */
  private void refused(String kind, String a, String b) {
    for (Strictness strictness : Strictness.values()) {
      assertThat(Guards.compare(facts(a), 0, facts(b), 0, strictness, .5f, ALL_ALIKE))
          .as("%s, %s: %s | %s", kind, strictness, a, b)
          .isNotNull();
      assertThat(Guards.compare(facts(b), 0, facts(a), 0, strictness, .5f, ALL_ALIKE))
          .as("%s, %s: %s | %s", kind, strictness, b, a)
          .isNotNull();
    }
  }

  @Test
  void oneDecisiveChangeIsAlwaysRefused() {
    System.out.println("AdversaryTest seed 41");
    for (int round = 0; round < ROUNDS; round++) {
      String thing = pick(THINGS);
      String thing2 = other(THINGS, thing);
      String verb = pick(VERBS);
      String name = pick(NAMES);
      String number = pick(NUMBERS);
      String unit = pick(UNITS);
      String[] pair = OPPOSITES[random.nextInt(OPPOSITES.length)];
      String quantity = pick(QUANTITIES);
      switch (round % 10) {
        case 0 ->
            refused(
                "number",
                "Can I " + verb + " " + number + " " + thing + "s near " + name + "?",
                "Can I "
                    + verb
                    + " "
                    + other(NUMBERS, number)
                    + " "
                    + thing
                    + "s near "
                    + name
                    + "?");
        case 1 ->
            refused(
                "unit",
                "Is the " + thing + " below 20 " + unit + "?",
                "Is the " + thing + " below 20 " + other(UNITS, unit) + "?");
        case 2 ->
            refused(
                "name",
                "Where did " + name + " " + verb + " the " + thing + "?",
                "Where did " + other(NAMES, name) + " " + verb + " the " + thing + "?");
        case 3 ->
            refused(
                "negation",
                "Why is the " + thing + " of " + name + " broken?",
                "Why is the " + thing + " of " + name + " not broken?");
        case 4 ->
            refused(
                "negation",
                "How do I " + verb + " a " + thing + " with a " + thing2 + "?",
                "How do I " + verb + " a " + thing + " without a " + thing2 + "?");
        case 5 ->
            refused(
                "direction",
                "How far is the way from the " + thing + " to the " + thing2 + "?",
                "How far is the way from the " + thing2 + " to the " + thing + "?");
        case 6 ->
            refused(
                "who to whom",
                "Did the " + thing + " " + verb + " the " + thing2 + "?",
                "Did the " + thing2 + " " + verb + " the " + thing + "?");
        case 7 ->
            refused(
                "quantity",
                "Do " + quantity + " " + thing + "s " + verb + "?",
                "Do " + other(QUANTITIES, quantity) + " " + thing + "s " + verb + "?");
        case 8 ->
            refused(
                "opposite",
                "How do I " + pair[0] + " the " + thing + "?",
                "How do I " + pair[1] + " the " + thing + "?");
        default ->
            refused(
                "kind",
                "When did " + name + " " + verb + " the " + thing + "?",
                "Why did " + name + " " + verb + " the " + thing + "?");
      }
    }
  }

  @Test
  void oneDecisiveChangeOfARealQuestionIsRefused() {
    Pattern digits = Pattern.compile("\\d{1,4}");
    Pattern verb = Pattern.compile("\\b(is|are|can|should|will|was|does|do) ");
    int numbers = 0;
    int negations = 0;
    for (PairSets.Pair pair : PairSets.pairs("qqp_pairs.tsv.gz", "dev")) {
      String text = pair.a();
      Matcher number = digits.matcher(text);
      if (number.find()) {
        numbers++;
        int changed = Integer.parseInt(number.group()) + 1 + random.nextInt(9);
        refused("number", text, number.replaceFirst(Integer.toString(changed)));
      }
      Matcher auxiliary = verb.matcher(text);
      if (auxiliary.find()) {
        negations++;
        refused("negation", text, auxiliary.replaceFirst(auxiliary.group() + "not "));
      }
    }
    System.out.println("changed numbers " + numbers + ", negated " + negations);
    assertThat(numbers).isGreaterThan(1_000);
    assertThat(negations).isGreaterThan(5_000);
  }

  @Test
  void harmlessChangesMostlyPass() {
    String[] kinds = {"case", "please", "closing", "article", "contraction", "request", "spaces"};
    int[] passed = new int[kinds.length];
    int[] tried = new int[kinds.length];
    for (int round = 0; round < ROUNDS; round++) {
      String thing = pick(THINGS);
      String name = pick(NAMES);
      String verb = pick(VERBS);
      String rest = verb + " the " + thing + " in " + name;
      String text = "How do I " + rest + "?";
      int kind = round % kinds.length;
      String changed =
          switch (kind) {
            case 0 -> text.toLowerCase(Locale.ROOT);
            case 1 -> "Please, how do I " + rest + "?";
            case 2 -> "How do I " + rest;
            case 3 -> text.replace(" the ", " a ");
            case 4 -> "Why isn't it wrong to " + rest + "?";
            case 5 -> "Could you tell me how I " + rest + "?";
            default -> text.replace(" ", "  ");
          };
      String base = kind == 4 ? "Why is it not wrong to " + rest + "?" : text;
      tried[kind]++;
      if (Guards.compare(facts(base), 0, facts(changed), 0, Strictness.STRICT, 2, ALL_ALIKE)
          == null) {
        passed[kind]++;
      }
    }
    for (int kind = 0; kind < kinds.length; kind++) {
      double rate = (double) passed[kind] / tried[kind];
      System.out.printf(Locale.ROOT, "harmless %-12s %6.2f %% pass%n", kinds[kind], 100 * rate);
      assertThat(rate).as(kinds[kind]).isGreaterThan(.95);
    }
  }

  @Test
  void aTextAlwaysSharesItsOwnAnswerOrPointsElsewhere() {
    List<String> texts =
        new ArrayList<>(List.of("", "?", "a", "5", "C++", "\ud83d\ude00 \ud83d\ude00"));
    for (int round = 0; round < 2_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(14); i >= 0; i--) {
        String[][] all = {NUMBERS, UNITS, NAMES, QUANTITIES, THINGS, VERBS};
        text.append(pick(all[random.nextInt(all.length)])).append(' ');
      }
      texts.add(text.toString());
    }
    for (String text : texts) {
      int[] facts = facts(text);
      assertThat(Guards.compare(facts, 0, facts, 0, Strictness.EXACT, 2, ALL_ALIKE)).isNull();
      assertThat(Guards.compare(facts, 0, facts, 0, Strictness.BALANCED, 2, ALL_ALIKE)).isNull();
    }
  }
}
