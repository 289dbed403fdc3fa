package fairlead.cache.guard;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.embed.TokenTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardsTest {
  private static final WordSimilarity WORDS = WordSimilarity.of(TokenTable.load());
  private static final FactReader READER = new FactReader(WORDS);

  static int[] facts(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int length = READER.read(utf8, 0, utf8.length);
    return Arrays.copyOf(READER.facts(), length);
  }

  static @Nullable Refusal compare(String a, String b, Strictness strictness) {
    Refusal there = ProseRule.of(strictness, false).refusal(facts(a), 0, facts(b), 0, WORDS);
    Refusal back = ProseRule.of(strictness, false).refusal(facts(b), 0, facts(a), 0, WORDS);
    assertThat(back == null).as("either way round: %s | %s", a, b).isEqualTo(there == null);
    return there;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // numbers, units, ranks, quantities
        "NUMBERS|What is 15 percent of 80?|What is 15 percent of 90?",
        "NUMBERS|Is 5 km far?|Is 5 miles far?",
        "NUMBERS|Is 5km far?|Is 5mi far?",
        "NUMBERS|Is it below -5 degrees?|Is it below 5 degrees?",
        "NUMBERS|What costs $5?|What costs €5?",
        "NUMBERS|What costs $5k?|What costs $5m?",
        "NUMBERS|Who was the first king?|Who was the second king?",
        "NUMBERS|Who came 2nd in 1990?|Who came 3rd in 1990?",
        "NUMBERS|When was World War I?|When was World War II?",
        "NUMBERS|News of 2024-01-05|News of 2024-01-06",
        "NUMBERS|Is it open at 10:30?|Is it open at 10.30?",
        "NUMBERS|What is new in Python 3.10?|What is new in Python 3.1?",
        "NUMBERS|Count to twenty five|Count to twenty six",
        "NUMBERS|What is 007?|What is 7?",
        "NUMBERS|Do all birds fly?|Do most birds fly?",
        "NUMBERS|Which must be at least 5 long?|Which must be at most 5 long?",
        "NUMBERS|Which only members see?|Which members see?",
        "NUMBERS|How do I sort both lists?|How do I sort either list?",
        "NUMBERS|Is more than 5 fine?|Is less than 5 fine?",
        "NUMBERS|What is covid19?|What is covid20?",
        "NUMBERS|What is x86?|What is x64?",
        "NUMBERS|Is it 5% of it?|Is it 5 of it?",
        // identifiers
        "IDENTIFIERS|What does /etc/hosts do?|What does /etc/passwd do?",
        "IDENTIFIERS|How do I call foo.bar?|How do I call foo.baz?",
        "IDENTIFIERS|What is max_size for?|What is min_size for?",
        "IDENTIFIERS|Is C++ fast?|Is C# fast?",
        "IDENTIFIERS|Is C++ fast?|Is C fast?",
        "IDENTIFIERS|What does --force do?|What does --dry-run do?",
        "IDENTIFIERS|How do I open a .docx file?|How do I open a .xlsx file?",
        "IDENTIFIERS|What is at https://a.example/x?y=1|What is at https://a.example/x?y=2",
        "IDENTIFIERS|What is v1.2.3-rc.1?|What is v1.2.4-rc.1?",
        // quotes
        "QUOTED|What does \"affect\" mean?|What does \"effects\" mean?",
        "QUOTED|What does \u201Cbank\u201D mean?|What does \u201Ctank\u201D mean?",
        "QUOTED|What does \"abash\" mean?|What does \"abashed\" mean?",
        // negation
        "NEGATION|Is it safe?|Isn't it safe?",
        "NEGATION|Can I fly?|Can\u2019t I fly?",
        "NEGATION|How do I cook with salt?|How do I cook without salt?",
        "NEGATION|Which files fail to open?|Which files open?",
        "NEGATION|Does it work unless it rains?|Does it work if it rains?",
        "NEGATION|Who can vote except women?|Who can vote women?",
        "NEGATION|Why is there no snow?|Why is there snow?",
        "NEGATION|Should you never run?|Should you run?",
        // opposites
        "ANTONYMS|How do I turn the alarm on?|How do I turn the alarm off?",
        "ANTONYMS|How do I enable logging?|How do I disable logging?",
        "ANTONYMS|How to upload files?|How to download files?",
        "ANTONYMS|Sort the list ascending|Sort the list descending",
        "ANTONYMS|How do I log in?|How do I log out?",
        "ANTONYMS|Is it cheap to live there?|Is it expensive to live there?",
        // names and words that nothing stands for
        "NAMES|What is the capital of France?|What is the capital of Germany?",
        "NAMES|what is the capital of france|what is the capital of germany",
        "NAMES|How do I sort a list in java?|How do I sort a list in javascript?",
        "NAMES|How do I learn R?|How do I learn S?",
        "NAMES|Who wrote about Kafka?|Who wrote about Orwell?",
        "NAMES|Is vitamin C good?|Is vitamin D good?",
        "NAMES|Is it open on monday?|Is it open on tuesday?",
        "NAMES|Does IT pay?|Does it pay?",
        "NAMES|Is the red wire live?|Is the blue wire live?",
        "NAMES|How do I get married?|How do I get unmarried?",
        "NAMES|What does \ud83d\ude00 mean?|What does \ud83d\ude22 mean?",
        "NAMES|What is an élan?|What is an été?",
        "NAMES|Was bedeutet schön?|Was bedeutet größe?",
        "NAMES|What is 5 + 3?|What is 5 - 3?",
        "NAMES|What is the difference between shall and will?|What is the difference between may"
            + " and will?",
        // direction, roles, kinds
        "ROLE_WORDS|flights from London|flights to London",
        "ANTONYMS|What was known before the war?|What was known after the war?",
        "ROLE_WORDS|Is my phone safe?|Is his phone safe?",
        "ROLE_WORDS|Is she happy with him?|Is he happy with her?",
        "QUESTION_KIND|Who invented the telephone?|When was the telephone invented?",
        "QUESTION_KIND|Where was he born?|When was he born?",
        "QUESTION_KIND|Why should I learn chess?|Where should I learn chess?",
        "QUESTION_KIND|Can I eat rice?|Should I eat rice?",
        "QUESTION_KIND|How many planes are there?|Where are the planes?",
        // order
        "WORD_ORDER|Does a dog bite a man?|Does a man bite a dog?",
        "WORD_ORDER|How do I convert kilometers to miles?|How do I convert miles to kilometers?",
        "WORD_ORDER|convert usd to eur|convert eur to usd",
        "WORD_ORDER|Can India beat China?|Can China beat India?",
        // words without a counterpart
        "UNMATCHED_WORDS|How do I clean a carpet?|How do I clean a carpet quickly?",
        "UNMATCHED_WORDS|How do I grow cabbage?|How do I grow bonsai?"
      })
  void refusesInBothModes(String reason, String a, String b) {
    for (Strictness strictness : new Strictness[] {Strictness.STRICT, Strictness.BALANCED}) {
      Refusal refusal = compare(a, b, strictness);
      assertThat(refusal).as("%s: %s | %s", strictness, a, b).isNotNull();
      if (strictness == Strictness.BALANCED) {
        assertThat(refusal).as("%s | %s", a, b).isEqualTo(Refusal.valueOf(reason));
      }
    }
    assertThat(compare(a, b, Strictness.EXACT)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QUESTION_KIND|How did you start?|How do you start?",
        "QUESTION_KIND|What will happen?|What happens?",
        "QUESTION_KIND|Why do you wear clothes?|Why do we wear clothes?",
        "QUESTION_KIND|How do I solve this problem?|How do I solve a problem?",
        "QUESTION_KIND|How do I solve this problem?|how do i solve this problem",
        "QUESTION_KIND|How can I sort a list?|How should I sort a list?",
        "UNMATCHED_WORDS|What is independence?|what is independence",
        "ROLE_WORDS|How do I get over a girl?|How do I get a girl?",
        "ROLE_WORDS|How do I improve my memory?|How do I improve memory?",
        "WORD_ORDER|python sort list|sort list python",
        "QUESTION_KIND|Can I learn chess?|How can I learn chess?"
      })
  void refusesInStrictMode(String reason, String a, String b) {
    assertThat(compare(a, b, Strictness.STRICT)).isEqualTo(Refusal.valueOf(reason));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "What is the capital of France?|Please tell me: what is the capital of France",
        "What is the capital of France?|what's the capital of france",
        "WHAT IS THE CAPITAL OF FRANCE|What is the capital of France?",
        "What Is The Capital Of France|What is the capital of France?",
        "Can you explain how vaccines work?|How do vaccines work?",
        "How do I sort a list in Python?|How to sort a list in python",
        "How can I sort a list?|How do I sort a list?",
        "I would like to know why water is wet.|Why is water wet?",
        "Hi, could you please tell me when Rome burns?|When does Rome burn?",
        "Do you know who wrote Hamlet?|Who wrote Hamlet?",
        "Why isn't water dry?|Why is not water dry?",
        "Why can't pigs fly?|Why cannot pigs fly?",
        "What costs 2,000 dollars?|What costs $2000?",
        "What costs $2k?|What costs two thousand dollars?",
        "Is 5 km far?|Is 5 kilometers far?",
        "How do I lose 5 kg in one month?|How do I lose 5kg in 1 month?",
        "Who came 1st?|Who came first?",
        "When did World War II end?|When did World War 2 end?",
        "What is the price of gold in the US?|What is the cost of gold in USA?",
        "What does 'bank' mean?|What does bank mean?",
        "What does `torch.compile` do in graphs?|What does torch.compile do in graphs?",
        "What does “bank” mean?|What does \"bank\" mean?",
        "How do I buy a house?|How do I purchase a house?",
        "How do I stop two processes?|How do I stop 2 processes?",
        "What is utf-8?|What is UTF8?",
        "Which files are in the folder|What files are in the folder?"
      })
  void letsPassInBothModes(String a, String b) {
    assertThat(compare(a, b, Strictness.STRICT)).as("%s | %s", a, b).isNull();
    assertThat(compare(a, b, Strictness.BALANCED)).as("%s | %s", a, b).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "python sort list|sort list python",
        "price iphone 16|iphone 16 price",
        "How do I improve my memory?|How do I improve memory?"
      })
  void letsPassInBalancedMode(String a, String b) {
    assertThat(compare(a, b, Strictness.BALANCED)).isNull();
  }

  @Test
  void whatIsLeftOfASentenceKeepsItsOrder() {
    String text = "How does a loom outlast a cathedral?";
    String other = "How does a cathedral outlast a loom?";
    int start = "How does a ".length();
    assertThat(compare(text, other, Strictness.BALANCED)).isEqualTo(Refusal.WORD_ORDER);
    // By itself it could be keywords.
    String part = text.substring(start);
    assertThat(compare(part, other.substring(start), Strictness.BALANCED)).isNull();
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int length = READER.readPart(utf8, start, utf8.length);
    int[] left = Arrays.copyOf(READER.facts(), length);
    ProseRule rule = ProseRule.of(Strictness.BALANCED, false);
    assertThat(rule.refusal(left, 0, facts(part), 0, WORDS)).isNull();
    assertThat(rule.refusal(left, 0, facts(other.substring(start)), 0, WORDS))
        .isEqualTo(Refusal.WORD_ORDER);
  }

  @Test
  void exactModeLetsOnlyTheSameWordsPass() {
    assertThat(compare("What is Go?", "what is the Go", Strictness.EXACT)).isNull();
    assertThat(compare("buy a house", "purchase a home", Strictness.EXACT)).isNotNull();
  }

  @Test
  void aLongTextMustHaveAllWordsInTheSameOrder() {
    String text = "alpha beta gamma delta epsilon zeta eta theta ".repeat(12);
    assertThat(compare(text, text.strip(), Strictness.BALANCED)).isNull();
    assertThat(compare(text, text.replace("zeta eta ", "eta zeta "), Strictness.BALANCED))
        .isEqualTo(Refusal.UNMATCHED_WORDS);
  }

  @Test
  void aTextThatIsTooLongEqualsNothing() {
    String text = "word ".repeat(Words.MOST + 1);
    assertThat(compare(text, text, Strictness.BALANCED)).isEqualTo(Refusal.UNMATCHED_WORDS);
  }

  @Test
  void factsAreComparedWhereTheyLie() {
    int[] a = facts("Is 5 km far?");
    int[] b = facts("Is 6 km far?");
    int[] both = new int[a.length + b.length + 3];
    System.arraycopy(a, 0, both, 3, a.length);
    System.arraycopy(b, 0, both, 3 + a.length, b.length);
    assertThat(Guards.compare(both, 3, both, 3 + a.length, Strictness.STRICT, 1, WORDS))
        .isEqualTo(Refusal.NUMBERS);
    assertThat(Guards.compare(both, 3, a, 0, Strictness.STRICT, 1, WORDS)).isNull();
  }
}
