package fairlead.cache.earn;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a stored answer would have done in place of the fresh one.
 *
 * <p>Thread-safe if its likeness is. Costs some microseconds per hundred words and allocates; it
 * runs after an upstream call, never before an answer.
 */
@SuppressWarnings("ReferenceEquality") // Json.NULL is a marker
public final class AnswerAgreement {
  /*
   * A model that is asked twice answers twice differently, so equality would find hardly any answer
   * right, and likeness alone would find "the limit is 10" and "the limit is 20" the same. So what
   * cannot be said in two ways must be equal (numbers, identifiers, yes and no, values of a JSON
   * answer), and the rest must be alike. What is neither clearly the same nor clearly another is
   * UNSURE. For certification that is wrong: a budget that counts doubts as right would be spent on
   * exactly the answers nobody can vouch for. The price is that chatty routes at a high temperature
   * may never earn anything, which is the safe end of the trade. A blocker needs DIFFERS: doubt is
   * no proof against one entry.
   */

  /** What a check found. */
  public enum Verdict {
    /** The stored answer would have done. */
    AGREES,
    /** It would have been wrong. */
    DIFFERS,
    /** Nobody can tell; for certification that is wrong. */
    UNSURE;

    /** Whether this speaks against the threshold. */
    public boolean wrong() {
      return this != AGREES;
    }

    private Verdict and(Verdict other) {
      if (this == DIFFERS || other == DIFFERS) {
        return DIFFERS;
      }
      return this == UNSURE ? this : other;
    }
  }

  /** Words of a JSON value that may be worded freely; shorter ones are a choice from a list. */
  private static final int FREE_WORDS = 4;

  /** Members that say how sure the model is, and are another number each time. */
  private static final Set<String> SELF_RATINGS =
      Set.of("confidence", "confidence_score", "probability", "likelihood", "certainty");

  private final TextAgreement texts;

  public AnswerAgreement(AnswerLikeness likeness) {
    texts = new TextAgreement(likeness);
  }

  /** Compares two answers' texts, as UTF-8. */
  public Verdict compare(byte[] stored, int aFrom, int aTo, byte[] fresh, int bFrom, int bTo) {
    String a = decoded(stored, aFrom, aTo);
    String b = decoded(fresh, bFrom, bTo);
    if (a.isEmpty() || b.isEmpty()) {
      return Verdict.UNSURE;
    }
    if (a.equals(b)) {
      return Verdict.AGREES;
    }
    Object left = structure(a);
    Object right = structure(b);
    if (left != null && right != null) {
      return values("", left, right);
    }
    if (left != null || right != null) {
      return Verdict.DIFFERS; // whoever reads JSON cannot read the other
    }
    return texts.compare(a, b);
  }

  private static String decoded(byte[] utf8, int from, int to) {
    return new String(utf8, from, to - from, StandardCharsets.UTF_8).strip();
  }

  /** The object or array that the whole answer is, fenced or not. */
  private static @Nullable Object structure(String text) {
    String json = text;
    if (text.startsWith("```") && text.endsWith("```") && text.length() > 6) {
      int line = text.indexOf('\n');
      json = line < 0 ? "" : text.substring(line, text.length() - 3).strip();
    }
    return json.startsWith("{") || json.startsWith("[") ? Json.parse(json) : null;
  }

  private Verdict values(String name, Object a, Object b) {
    return switch (a) {
      case Map<?, ?> left when b instanceof Map<?, ?> right -> objects(left, right);
      case List<?> left when b instanceof List<?> right -> arrays(name, left, right);
      case String left when b instanceof String right -> strings(left, right);
      case BigDecimal left when b instanceof BigDecimal right -> numbers(name, left, right);
      default -> a.equals(b) ? Verdict.AGREES : Verdict.DIFFERS;
    };
  }

  /** A member that is null is a member that is not there. */
  private Verdict objects(Map<?, ?> a, Map<?, ?> b) {
    Verdict all = Verdict.AGREES;
    for (Map.Entry<?, ?> member : a.entrySet()) {
      Object left = member.getValue();
      Object right = b.get(member.getKey());
      if (left == Json.Null.NULL && (right == null || right == Json.Null.NULL)) {
        continue;
      }
      all =
          right == null || left == null
              ? Verdict.DIFFERS
              : all.and(values(String.valueOf(member.getKey()), left, right));
      if (all == Verdict.DIFFERS) {
        return all;
      }
    }
    for (Map.Entry<?, ?> member : b.entrySet()) {
      if (member.getValue() != Json.Null.NULL && !a.containsKey(member.getKey())) {
        return Verdict.DIFFERS;
      }
    }
    return all;
  }

  private Verdict arrays(String name, List<?> a, List<?> b) {
    if (a.size() != b.size()) {
      return Verdict.DIFFERS;
    }
    Verdict all = Verdict.AGREES;
    Iterator<?> right = b.iterator();
    for (Object left : a) {
      Object other = right.next();
      if (left == null || other == null) {
        return Verdict.DIFFERS;
      }
      all = all.and(values(name, left, other));
    }
    return all;
  }

  private Verdict strings(String a, String b) {
    if (a.strip().equalsIgnoreCase(b.strip())) {
      return Verdict.AGREES;
    }
    AnswerText left = new AnswerText(a);
    AnswerText right = new AnswerText(b);
    if (Math.min(left.words().size(), right.words().size()) < FREE_WORDS) {
      return left.words().equals(right.words()) && !left.words().isEmpty()
          ? Verdict.AGREES
          : Verdict.DIFFERS;
    }
    return texts.compare(a, b);
  }

  private static Verdict numbers(String name, BigDecimal a, BigDecimal b) {
    boolean same = a.compareTo(b) == 0 || SELF_RATINGS.contains(name.toLowerCase(Locale.ROOT));
    return same ? Verdict.AGREES : Verdict.DIFFERS;
  }
}
