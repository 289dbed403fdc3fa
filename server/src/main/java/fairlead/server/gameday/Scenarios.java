package fairlead.server.gameday;

import java.util.List;

/** The sixteen scenarios with the limits of the catalogue. Stateless. */
final class Scenarios {
  /** The scenario of a primary that is away for a while. */
  static final String OUTAGE = "S15";

  private static final int OUTAGE_CALLS = 20;

  private static final long OUTAGE_MS = 60_000;

  /** Of the outage, so that most calls fall into it: 15 of 20. */
  private static final int CALLS_IN_OUTAGE = 15;

  /**
   * In fast timing the slow first token of S07 comes later than a tenth, so that the limit can
   * leave a starved machine seconds, and yet nobody keeps it by waiting.
   */
  private static final long FAST_FIRST_TOKEN_MS = 8_000;

  private static final long FAST_FIRST_TOKEN_LIMIT_MS = 5_000;

  /** Before the 3 s of silence that fast timing allows: nobody keeps it by waiting for the mark. */
  private static final long FAST_END_LIMIT_MS = 2_500;

  private final Timing timing;
  private final long outageMs;
  private final int outageCalls;
  private final long capMs;

  private Scenarios(Timing timing, long outageMs, int outageCalls, long capMs) {
    this.timing = timing;
    this.outageMs = outageMs;
    this.outageCalls = outageCalls;
    this.capMs = capMs;
  }

  static List<Scenario> all(Timing timing) {
    return new Scenarios(timing, timing.ms(OUTAGE_MS), OUTAGE_CALLS, Long.MAX_VALUE).all();
  }

  /**
   * For a configuration with clocks of its own: times of the catalogue, but with an outage that is
   * worth waiting for.
   *
   * @param callsAfterMs how long calls go on after the outage: longer than an ejection that began
   *     just before its end, or nobody could come back in time
   * @param capMs no caller waits longer
   */
  static List<Scenario> rehearsal(long outageMs, long callsAfterMs, long capMs) {
    int calls = 1 + (int) ((outageMs + callsAfterMs) * CALLS_IN_OUTAGE / outageMs);
    return new Scenarios(Timing.FULL, outageMs, calls, capMs).all();
  }

  private List<Scenario> all() {
    return List.of(
        s01(), s02(), s03(), s04(), s05(), s06(), s07(), s08(), s09(), s10(), s11(), s12(), s13(),
        s14(), s15(), s16());
  }

  private Scenario s01() {
    return begin("S01", "one 429 with Retry-After: 2, then fine", 30_000)
        .variant(Variant.of("error=rate_limit;fail_first=1;retry_after=" + timing.seconds(2)))
        .check(Checks.waitsAtLeast(timing.ms(1_800)))
        .check(Checks.primaryAttemptsWithin(2, timing.ms(1_500)))
        .check(Checks.answeredByPrimary())
        .check(Checks.attemptsInAll(2, 2))
        .build();
  }

  private Scenario s02() {
    return begin("S02", "429 for ever, no Retry-After", 60_000)
        .variant(Variant.of("error=rate_limit"))
        .check(Checks.primaryAttemptsWithin(4, timing.ms(3_000)))
        .check(Checks.primaryAttempts(1, 6))
        .build();
  }

  private Scenario s03() {
    return begin("S03", "one 500, then fine", 30_000)
        .variant(Variant.of("error=server_error;fail_first=1"))
        .check(Checks.answeredByPrimary())
        .check(Checks.attemptsInAll(2, 2))
        .build();
  }

  private Scenario s04() {
    return begin("S04", "503 for ever", 60_000)
        .variant(Variant.of("error=unavailable"))
        .check(Checks.primaryAttempts(1, 6))
        .build();
  }

  private Scenario s05() {
    return begin("S05", "one reset before any byte, then fine", 30_000)
        .variant(Variant.of("reset=true;fail_first=1"))
        .check(Checks.attemptsInAll(2, 3))
        .build();
  }

  private Scenario s06() {
    return begin("S06", "accepts and never answers", 120_000)
        .variant(Variant.of("silent=true;silence_ms=" + timing.ms(120_000)))
        .check(Checks.primaryAttempts(1, 1))
        .check(Checks.callWithin(timing.ms(100_000)))
        .build();
  }

  private Scenario s07() {
    return begin("S07", "headers at once, first token after 20 s", 60_000)
        .streamedOnly()
        .variant(Variant.of("first_token_ms=" + timing.ms(20_000, FAST_FIRST_TOKEN_MS)))
        .check(Checks.callWithin(timing.ms(15_000, FAST_FIRST_TOKEN_LIMIT_MS)))
        .build();
  }

  private Scenario s08() {
    String dies = "close_after_tokens=40";
    return begin("S08", "dies after 40 of 60 tokens", 60_000)
        .breaksInTheMiddle()
        .variant(Variant.named("the fallback starts anew", dies))
        .variant(new Variant("the fallback ignores a prefill", dies, "", true, true))
        .variant(new Variant("the fallback continues", dies, "continue_prefill=true", true, true))
        .build();
  }

  private Scenario s09() {
    return begin("S09", "silent for 30 s after 20 tokens, then closes", 60_000)
        .breaksInTheMiddle()
        .variant(Variant.of("stall_after_tokens=20;silence_ms=" + timing.ms(30_000)))
        .check(Checks.callWithin(timing.ms(45_000)))
        .recovers()
        .check(Checks.worksAfterwards())
        .build();
  }

  private Scenario s10() {
    String bad = "bad_json_event=10;bad_json_mode=";
    return begin("S10", "the tenth event is not JSON", 60_000)
        .breaksInTheMiddle()
        .variant(Variant.named("instead of a good one", bad + "replace"))
        .variant(Variant.named("besides the good ones", bad + "insert"))
        .build();
  }

  private Scenario s11() {
    return begin("S11", "a whole stream without its end mark", 30_000)
        .streamedOnly()
        .variant(Variant.of("no_done=true"))
        .check(Checks.callWithin(timing.ms(8_000, FAST_END_LIMIT_MS)))
        .check(Checks.usageReported())
        .build();
  }

  private Scenario s12() {
    return begin("S12", "400 context_length_exceeded always", 30_000)
        .variant(Variant.of("error=context_length_exceeded"))
        .largerFallback()
        .check(Checks.primaryAttempts(1, 1))
        .build();
  }

  private Scenario s13() {
    return begin("S13", "400 content_policy_violation always", 30_000)
        .errorIsRight()
        .variant(Variant.of("error=content_policy_violation"))
        .check(Checks.attemptsInAll(1, 1))
        .check(Checks.reasonReaches(400, "content policy"))
        .build();
  }

  private Scenario s14() {
    return begin("S14", "as S08, and the fallback refuses a prefill", 60_000)
        .breaksInTheMiddle()
        .variant(new Variant("", "close_after_tokens=40", "refuse_prefill=true", true, false))
        .build();
  }

  private Scenario s15() {
    return begin(OUTAGE, "503 for 60 s, then fine; a call every 4 s", 30_000)
        .calls(outageCalls, outageMs / CALLS_IN_OUTAGE)
        .variant(Variant.of("error=unavailable;fail_for_ms=" + outageMs))
        .check(Checks.primaryReturns(outageMs, timing.ms(30_000)))
        .check(Checks.fewerProbesThanRequests(outageMs))
        .build();
  }

  private Scenario s16() {
    return begin("S16", "503 always: who is billed", 30_000)
        .variant(Variant.of("error=unavailable"))
        .billing()
        .check(Checks.modelAndUsageOfFallback())
        .check(Checks.failedAttemptsNotBilled())
        .build();
  }

  private Scenario.Builder begin(String id, String upstream, long patienceMs) {
    return new Scenario.Builder(id, upstream, Math.min(capMs, timing.ms(patienceMs)));
  }
}
