package fairlead.server.gameday;

import fairlead.server.gameday.CallView.Ending;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Observations made by hand; mutable, for one test. */
final class Seen {
  private static final String PRIMARY = "p";
  private static final String FALLBACK = "f";
  private static final String PRIMARY_MODEL = "pm";
  private static final String FALLBACK_MODEL = "fm";

  private final List<Attempt> primary = new ArrayList<>();
  private final List<Attempt> fallback = new ArrayList<>();
  private final List<CallView> calls = new ArrayList<>();
  private boolean streamed = true;
  private double primaryTokens = -1;

  Seen plain() {
    streamed = false;
    return this;
  }

  Seen primary(double startMs, int status) {
    primary.add(new Attempt(PRIMARY, 1, startMs, status, "complete", 1));
    return this;
  }

  Seen fallback(double startMs, int status) {
    fallback.add(new Attempt(FALLBACK, 1, startMs, status, "complete", 1));
    return this;
  }

  Seen billed(double tokens) {
    primaryTokens = tokens;
    return this;
  }

  /** The whole answer of the fallback, with true headers. */
  Seen answeredByFallback() {
    int attempts = primary.size() + fallback.size();
    return call(
        Ending.FINISHED,
        200,
        HealthyAnswer.TEXT,
        FALLBACK_MODEL,
        "",
        headers(FALLBACK, FALLBACK_MODEL, attempts));
  }

  /** The same, so late. */
  Seen answeredIn(double ms) {
    answeredByFallback();
    CallView call = calls.removeLast();
    calls.add(
        new CallView(
            0,
            5,
            ms,
            call.status(),
            call.ending(),
            call.text(),
            call.finish(),
            call.done(),
            call.model(),
            call.promptTokens(),
            call.completionTokens(),
            call.error(),
            call.malformed(),
            call.headers()));
    return this;
  }

  Seen answeredByPrimary() {
    return call(
        Ending.FINISHED,
        200,
        HealthyAnswer.TEXT,
        PRIMARY_MODEL,
        "",
        headers(PRIMARY, PRIMARY_MODEL, primary.size() + fallback.size()));
  }

  Seen error(int status, String message) {
    return call(
        Ending.ERROR,
        status,
        "",
        "",
        message,
        Map.of("x-fairlead-attempts", Integer.toString(primary.size() + fallback.size())));
  }

  Seen call(
      Ending ending,
      int status,
      String text,
      String model,
      String error,
      Map<String, String> headers) {
    boolean finished = ending == Ending.FINISHED;
    double start = calls.size() * 100.0;
    calls.add(
        new CallView(
            start,
            start + 5,
            start + 50,
            status,
            ending,
            text,
            finished ? "stop" : "",
            finished && streamed,
            model,
            finished ? 11 : -1,
            finished ? HealthyAnswer.TOKENS : -1,
            error,
            0,
            headers));
    return this;
  }

  static Map<String, String> headers(String provider, String model, int attempts) {
    return Map.of(
        "x-fairlead-provider",
        provider,
        "x-fairlead-model",
        model,
        "x-fairlead-attempts",
        Integer.toString(attempts));
  }

  Observation observation() {
    return new Observation(
        streamed,
        List.copyOf(calls),
        null,
        List.copyOf(primary),
        List.copyOf(fallback),
        PRIMARY,
        PRIMARY_MODEL,
        FALLBACK,
        FALLBACK_MODEL,
        primaryTokens);
  }

  RunResult result(Scenario scenario, String group) {
    Observation seen = observation();
    return new RunResult(
        scenario, group, scenario.variants().getFirst(), seen, Judge.judge(scenario, seen));
  }

  static Scenario scenario(String id) {
    return Scenarios.all(Timing.FULL).stream()
        .filter(scenario -> scenario.id().equals(id))
        .findFirst()
        .orElseThrow();
  }
}
