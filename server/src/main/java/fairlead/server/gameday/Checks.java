package fairlead.server.gameday;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The limits of the catalogue as checks. Stateless; a check returns what is wrong, or null. */
final class Checks {
  static final String PROVIDER = "x-fairlead-provider";
  private static final String MODEL = "x-fairlead-model";
  static final String ATTEMPTS = "x-fairlead-attempts";

  private Checks() {}

  static Check primaryAttempts(int min, int max) {
    return Check.required(
        seen -> {
          int count = seen.primary().size();
          return count >= min && count <= max
              ? null
              : count + " attempts at the primary, allowed: " + range(min, max);
        });
  }

  static Check attemptsInAll(int min, int max) {
    return Check.required(
        seen -> {
          int count = seen.primary().size() + seen.fallback().size();
          return count >= min && count <= max
              ? null
              : count + " attempts in all, allowed: " + range(min, max);
        });
  }

  /** At most so many attempts at the primary in the first milliseconds after its first one. */
  static Check primaryAttemptsWithin(int max, long ms) {
    return Check.required(
        seen -> {
          int count = within(seen.primary(), ms);
          return count <= max
              ? null
              : count + " attempts at the primary in " + ms + " ms, allowed: " + max;
        });
  }

  /** The second attempt at the primary, with the same key, waits at least so long. */
  static Check waitsAtLeast(long ms) {
    return Check.required(
        seen -> {
          if (seen.primary().size() < 2
              || seen.primary().get(0).key() != seen.primary().get(1).key()) {
            return null;
          }
          double gap = seen.primary().get(1).startMs() - seen.primary().get(0).startMs();
          return gap >= ms ? null : shown(gap) + " ms between the attempts, at least: " + ms;
        });
  }

  /** Every call ends in time. */
  static Check callWithin(long ms) {
    return Check.limit(
        seen -> {
          for (CallView call : seen.calls()) {
            if (call.tookMs() > ms) {
              return "took " + shown(call.tookMs()) + " ms, at most: " + ms;
            }
          }
          return null;
        });
  }

  /** The catalogue wants the same target to answer. */
  static Check answeredByPrimary() {
    return Check.advisory(
        seen ->
            seen.first().model().equals(seen.primaryModel())
                ? null
                : "answered by " + seen.first().model() + " instead of " + seen.primaryModel());
  }

  static Check usageReported() {
    return Check.requiredOfAnswer(
        seen -> {
          for (CallView call : seen.calls()) {
            if (call.completionTokens() < 0) {
              return "no usage reported";
            }
          }
          return null;
        });
  }

  static Check modelAndUsageOfFallback() {
    return Check.requiredOfAnswer(
        seen -> {
          CallView call = seen.first();
          if (!call.model().equals(seen.fallbackModel())) {
            return "model is " + call.model() + ", but " + seen.fallbackModel() + " answered";
          }
          return call.completionTokens() == HealthyAnswer.TOKENS && call.promptTokens() > 0
              ? null
              : "usage is "
                  + call.promptTokens()
                  + " and "
                  + call.completionTokens()
                  + " tokens, the fallback's has "
                  + HealthyAnswer.TOKENS;
        });
  }

  static Check failedAttemptsNotBilled() {
    return Check.required(
        seen ->
            seen.primaryTokens() > 0
                ? "metrics put " + shown(seen.primaryTokens()) + " tokens on the failed primary"
                : null);
  }

  /** The caller gets the provider's status and reason. */
  static Check reasonReaches(int status, String part) {
    return Check.required(
        seen -> {
          CallView call = seen.first();
          if (call.status() != status) {
            return "status " + call.status() + " instead of " + status;
          }
          return call.error().toLowerCase(Locale.ROOT).contains(part)
              ? null
              : "the provider's reason is missing: " + call.error();
        });
  }

  /** The primary answers again after its recovery. */
  static Check primaryReturns(long recoveryMs, long withinMs) {
    return Check.required(
        seen -> {
          for (Attempt attempt : seen.primary()) {
            if (attempt.status() == 200 && attempt.startMs() <= recoveryMs + withinMs) {
              return null;
            }
          }
          return "the primary was not used within " + withinMs + " ms of its recovery";
        });
  }

  /** While the primary is down, it is asked less often than callers ask. */
  static Check fewerProbesThanRequests(long downMs) {
    return Check.required(
        seen -> {
          int probes = within(seen.primary(), downMs);
          int requests = 0;
          for (CallView call : seen.calls()) {
            requests += call.startMs() < downMs ? 1 : 0;
          }
          return probes < requests
              ? null
              : probes + " attempts at the primary while it was down, for " + requests + " calls";
        });
  }

  static Check worksAfterwards() {
    return Check.required(
        seen -> {
          CallView after = seen.after();
          return after != null && after.isWhole() ? null : "a healthy call afterwards failed";
        });
  }

  /** A whole stream ends with the mark that clients of OpenAI's wire wait for. */
  static Check doneMark() {
    return Check.advisory(
        seen -> seen.streamed() && !seen.first().done() ? "no [DONE] at the end" : null);
  }

  /**
   * The answer's headers say who answered and after how many attempts.
   *
   * @param breaksInTheMiddle the head was sent before the fault: it names the primary
   */
  static Check truthfulHeaders(boolean breaksInTheMiddle) {
    return Check.advisory(
        seen -> {
          CallView call = seen.first();
          boolean primary = breaksInTheMiddle || call.model().equals(seen.primaryModel());
          String provider = primary ? seen.primaryName() : seen.fallbackName();
          String model = primary ? seen.primaryModel() : seen.fallbackModel();
          int attempts = breaksInTheMiddle ? 1 : seen.primary().size() + seen.fallback().size();
          String wrong = differs(call, PROVIDER, provider);
          wrong = wrong == null ? differs(call, MODEL, model) : wrong;
          return wrong == null && seen.calls().size() == 1
              ? differs(call, ATTEMPTS, Integer.toString(attempts))
              : wrong;
        });
  }

  private static @Nullable String differs(CallView call, String header, String right) {
    String value = call.header(header);
    return value.equals(right) ? null : header + " is '" + value + "' instead of " + right;
  }

  /** Attempts that began within so many milliseconds of the run's or the first one's begin. */
  private static int within(List<Attempt> attempts, long ms) {
    int count = 0;
    double from = attempts.isEmpty() ? 0 : attempts.getFirst().startMs();
    for (Attempt attempt : attempts) {
      count += attempt.startMs() - from < ms ? 1 : 0;
    }
    return count;
  }

  private static String range(int min, int max) {
    return min == max ? Integer.toString(min) : min + " to " + max;
  }

  static String shown(double number) {
    return Long.toString(Math.round(number));
  }
}
