package fairlead.server.gameday;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns what was seen into a verdict. Stateless and pure. */
final class Judge {
  private Judge() {}

  /**
   * A verdict with its reasons.
   *
   * @param reasons everything that was not clean; empty for a pass
   */
  record Judgement(Verdict verdict, List<String> reasons) {}

  static Judgement judge(Scenario scenario, Observation seen) {
    List<String> reasons = new ArrayList<>();
    Verdict verdict = Verdict.PASS;
    for (int i = 0; i < seen.calls().size(); i++) {
      CallView call = seen.calls().get(i);
      String prefix = seen.calls().size() == 1 ? "" : "call " + (i + 1) + ": ";
      String dishonest = dishonest(call);
      if (dishonest != null) {
        verdict = Verdict.FAIL;
        reasons.add(prefix + dishonest);
      } else if (call.ending() == CallView.Ending.ERROR && !scenario.errorIsRight()) {
        verdict = verdict.worse(Verdict.SAFE);
        String where =
            call.status() == 200 ? "error in the stream: " : "error " + call.status() + ": ";
        reasons.add(prefix + where + call.error());
      }
    }
    boolean whole = seen.allWhole();
    List<Check> checks = new ArrayList<>(scenario.checks());
    checks.add(Checks.doneMark());
    checks.add(Checks.truthfulHeaders(scenario.breaksInTheMiddle()));
    for (Check check : checks) {
      String wrong = check.onlyIfWhole() && !whole ? null : check.test().apply(seen);
      if (wrong != null) {
        verdict = verdict.worse(check.required() ? Verdict.FAIL : Verdict.PARTIAL);
        reasons.add(wrong);
      }
    }
    return new Judgement(verdict, List.copyOf(reasons));
  }

  /** What no caller may ever see, or null. */
  private static @Nullable String dishonest(CallView call) {
    if (call.malformed() > 0) {
      return call.malformed() + " events that are not JSON reached the caller";
    }
    return switch (call.ending()) {
      case HUNG -> "no end within " + Checks.shown(call.tookMs()) + " ms";
      case REFUSED -> "the gateway refused the connection";
      case CUT -> "the connection was cut without an error" + amount(call);
      case UNFINISHED -> "ended without a finish reason or an error" + amount(call);
      case ERROR -> {
        if (call.done() || !call.finish().isEmpty()) {
          yield "an error, and yet marked as finished";
        }
        yield call.error().isEmpty() ? "an error " + call.status() + " without a message" : null;
      }
      case FINISHED ->
          call.isWhole() ? null : "shown as a success, but not the whole answer" + amount(call);
    };
  }

  private static String amount(CallView call) {
    return ": " + HealthyAnswer.words(call.text()) + " of " + HealthyAnswer.TOKENS + " words";
  }
}
