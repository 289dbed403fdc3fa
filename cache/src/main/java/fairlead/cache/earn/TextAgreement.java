package fairlead.cache.earn;

import fairlead.cache.earn.AnswerAgreement.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether two prose answers say the same.
 *
 * <p>Thread-safe if its likeness is.
 */
final class TextAgreement {
  private static final Set<String> YES = Set.of("yes", "true", "correct", "right");
  private static final Set<String> NO = Set.of("no", "false", "incorrect", "wrong", "not");

  /** An answer of so few words is a value: it is equal or it is another. */
  private static final int SHORT = 5;

  /** One answer much longer than the other says more; whether it says the same is open. */
  private static final int LENGTH_RATIO = 3;

  /**
   * By the token table, recorded answers to different questions come to 0.67 at most, to 0.27 in
   * three of four pairs; answers of different models to one question to 0.77 in half of the pairs.
   * Between answers to similar questions, which are what is compared here, more is to be expected:
   * hence the margin above, and that only clearly other wording is a proof.
   */
  private static final float ALIKE = 0.85f;

  private static final float OTHER = 0.3f;

  /** Answers that share so many of their words are one sentence with something exchanged. */
  private static final double SAME_SENTENCE = 0.75;

  /** More words than these are another wording, not an exchange. */
  private static final int EXCHANGED = 4;

  /** Identifiers, of which a long answer names some here and some there. */
  private static final double SAME_IDENTIFIERS = 0.8;

  /** For texts without an embedding, by their words alone. */
  private static final double ALIKE_WORDS = 0.6;

  private final AnswerLikeness likeness;

  TextAgreement(AnswerLikeness likeness) {
    this.likeness = likeness;
  }

  Verdict compare(String a, String b) {
    AnswerText left = new AnswerText(a);
    AnswerText right = new AnswerText(b);
    if (left.words().equals(right.words())) {
      return left.words().isEmpty() ? Verdict.UNSURE : Verdict.AGREES;
    }
    if (opposed(left, right) || left.refuses() != right.refuses()) {
      return Verdict.DIFFERS;
    }
    int fewer = Math.min(left.words().size(), right.words().size());
    int more = Math.max(left.words().size(), right.words().size());
    if (fewer == 0 || (fewer <= SHORT && more > SHORT)) {
      return Verdict.UNSURE;
    }
    if (more <= SHORT) {
      return values(left.content(), right.content());
    }
    Verdict facts = facts(left, right);
    if (facts != Verdict.AGREES) {
      return facts;
    }
    List<String> leftContent = left.content();
    List<String> rightContent = right.content();
    double shared = Overlap.of(left.words(), right.words()).share();
    if (shared >= SAME_SENTENCE
        && !leftContent.equals(rightContent)
        && Overlap.of(leftContent, rightContent).differing() <= EXCHANGED) {
      return Verdict.UNSURE; // the one difference may be the point, and likeness does not see it
    }
    Verdict wording = wording(a, b, shared);
    return wording == Verdict.AGREES && more > LENGTH_RATIO * fewer ? Verdict.UNSURE : wording;
  }

  /** Whether one begins with yes and the other with no. */
  private static boolean opposed(AnswerText a, AnswerText b) {
    if (a.words().isEmpty() || b.words().isEmpty()) {
      return false;
    }
    String left = a.words().getFirst();
    String right = b.words().getFirst();
    return (YES.contains(left) && NO.contains(right)) || (NO.contains(left) && YES.contains(right));
  }

  /** Of answers that are values: one within the other may be the same value, said in a sentence. */
  private static Verdict values(List<String> a, List<String> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return Verdict.UNSURE;
    }
    if (a.equals(b)) {
      return Verdict.AGREES;
    }
    return a.containsAll(b) || b.containsAll(a) ? Verdict.UNSURE : Verdict.DIFFERS;
  }

  /** Numbers that only one has are a doubt; numbers that each has alone are another answer. */
  private static Verdict facts(AnswerText a, AnswerText b) {
    if (!a.numbers().equals(b.numbers())) {
      boolean within = a.numbers().containsAll(b.numbers()) || b.numbers().containsAll(a.numbers());
      return within ? Verdict.UNSURE : Verdict.DIFFERS;
    }
    if (a.identifiers().isEmpty() && b.identifiers().isEmpty()) {
      return Verdict.AGREES;
    }
    Set<String> all = new HashSet<>(a.identifiers());
    all.addAll(b.identifiers());
    Set<String> both = new HashSet<>(a.identifiers());
    both.retainAll(b.identifiers());
    if (both.size() >= SAME_IDENTIFIERS * all.size()) {
      return Verdict.AGREES;
    }
    boolean nothingShared =
        both.isEmpty() && !a.identifiers().isEmpty() && !b.identifiers().isEmpty();
    return nothingShared ? Verdict.DIFFERS : Verdict.UNSURE;
  }

  private Verdict wording(String a, String b, double shared) {
    byte[] left = a.getBytes(StandardCharsets.UTF_8);
    byte[] right = b.getBytes(StandardCharsets.UTF_8);
    float alike = likeness.of(left, 0, left.length, right, 0, right.length);
    if (Float.isNaN(alike)) {
      return shared >= ALIKE_WORDS ? Verdict.AGREES : Verdict.UNSURE;
    }
    if (alike < OTHER) {
      return Verdict.DIFFERS;
    }
    return alike >= ALIKE ? Verdict.AGREES : Verdict.UNSURE;
  }

  /** What two multisets of words have in common: a word that is said twice counts twice. */
  private record Overlap(int both, int all) {
    static Overlap of(List<String> a, List<String> b) {
      Map<String, Integer> left = new HashMap<>();
      for (String word : a) {
        left.merge(word, 1, Integer::sum);
      }
      int both = 0;
      for (String word : b) {
        if (left.getOrDefault(word, 0) > 0) {
          left.merge(word, -1, Integer::sum);
          both++;
        }
      }
      return new Overlap(both, a.size() + b.size() - both);
    }

    int differing() {
      return all - both;
    }

    double share() {
      return all == 0 ? 1 : (double) both / all;
    }
  }
}
