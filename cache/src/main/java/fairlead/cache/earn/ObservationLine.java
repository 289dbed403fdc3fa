package fairlead.cache.earn;

import fairlead.cache.earn.AnswerAgreement.Verdict;
import fairlead.cache.earn.RouteTrust.Decision;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One observation as a line of JSON. Stateless.
 *
 * <pre>
 * {"t":1764444000000,"route":"triage","tier":"lines","score":0.9731,"decision":"check","agreed":"agrees"}
 * {"t":1764444000000,"route":"triage","tier":"prose","score":0.9912,"refused":"NUMBERS"}
 * {"t":1764444060000,"route":"triage","tier":"lines","score":0.95,"n":17,"decision":"serve"}
 * {"t":1764444060000,"route":"triage","tier":"lines","lookups":128}
 * </pre>
 */
final class ObservationLine {
  private ObservationLine() {}

  static void write(StringBuilder out, Observation seen) {
    out.append("{\"t\":").append(seen.timeMillis());
    member(out, "route", seen.route());
    member(out, "tier", name(seen.tier()));
    if (seen.countsLookups()) {
      out.append(",\"lookups\":").append(seen.count());
    } else {
      out.append(",\"score\":").append(Math.round(seen.score() * 1e6) / 1e6);
      if (seen.count() != 1) {
        out.append(",\"n\":").append(seen.count());
      }
    }
    member(out, "refused", seen.refused());
    member(out, "decision", name(seen.decision()));
    member(out, "agreed", name(seen.verdict()));
    member(out, "question", seen.question());
    member(out, "stored", seen.stored());
    out.append("}\n");
  }

  private static void member(StringBuilder out, String name, @Nullable String value) {
    if (value != null) {
      out.append(",\"").append(name).append("\":");
      Json.quote(out, value);
    }
  }

  private static @Nullable String name(@Nullable Enum<?> value) {
    return value == null ? null : value.name().toLowerCase(Locale.ROOT);
  }

  /** Reads a line; null for anything that is not exactly one. */
  static @Nullable Observation parse(String line) {
    if (!(Json.parse(line) instanceof Map<?, ?> members)) {
      return null;
    }
    NearTier tier = named(NearTier.class, text(members, "tier"));
    String route = text(members, "route");
    BigDecimal time = number(members, "t");
    if (tier == null || route == null || time == null) {
      return null;
    }
    BigDecimal lookups = number(members, "lookups");
    if (lookups != null) {
      long all = lookups.longValue();
      return all <= 0 ? null : Observation.lookups(time.longValue(), route, tier, all);
    }
    BigDecimal score = number(members, "score");
    BigDecimal n = number(members, "n");
    long count = n == null ? 1 : n.longValue();
    String refused = text(members, "refused");
    Decision decision = named(Decision.class, text(members, "decision"));
    if (score == null || count <= 0 || (refused == null) == (decision == null)) {
      return null;
    }
    return new Observation(
        time.longValue(),
        route,
        tier,
        count,
        score.floatValue(),
        refused,
        decision,
        named(Verdict.class, text(members, "agreed")),
        text(members, "question"),
        text(members, "stored"));
  }

  private static @Nullable String text(Map<?, ?> members, String name) {
    return members.get(name) instanceof String text ? text : null;
  }

  private static @Nullable BigDecimal number(Map<?, ?> members, String name) {
    return members.get(name) instanceof BigDecimal number ? number : null;
  }

  private static <E extends Enum<E>> @Nullable E named(Class<E> type, @Nullable String name) {
    if (name != null) {
      for (E value : type.getEnumConstants()) {
        if (value.name().toLowerCase(Locale.ROOT).equals(name)) {
          return value;
        }
      }
    }
    return null;
  }
}
