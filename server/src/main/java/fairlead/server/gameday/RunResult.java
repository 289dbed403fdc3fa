package fairlead.server.gameday;

/**
 * One run and its verdict. Immutable.
 *
 * @param group the column of the scorecard: a wire, or a route
 * @param expected the worst verdict that is right here
 */
record RunResult(
    Scenario scenario,
    String group,
    Variant variant,
    Observation seen,
    Judge.Judgement judgement,
    Verdict expected) {

  /** A run that is expected to pass. */
  RunResult(
      Scenario scenario,
      String group,
      Variant variant,
      Observation seen,
      Judge.Judgement judgement) {
    this(scenario, group, variant, seen, judgement, Verdict.PASS);
  }

  /** Whether it went as it should; what is not known is not held against anybody. */
  boolean isAsExpected() {
    return verdict() == Verdict.UNKNOWN || verdict().compareTo(expected) <= 0;
  }

  boolean streamed() {
    return seen.streamed();
  }

  Verdict verdict() {
    return judgement.verdict();
  }

  /** For people: {@code S08 anthropic streamed (the fallback continues)}. */
  String title() {
    return scenario.id()
        + ' '
        + group
        + (streamed() ? " streamed" : " plain")
        + (variant.name().isEmpty() ? "" : " (" + variant.name() + ")");
  }
}
