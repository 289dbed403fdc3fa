package fairlead.server.gameday;

import java.util.Locale;

/** How a scenario ended, best first. */
enum Verdict {
  /** Rescued, and every check is clean. */
  PASS("rescued, every check clean"),
  /** Rescued, but an advisory check failed. */
  PARTIAL("answered, with a blemish"),
  /** Not rescued, but a clean error within bounds. */
  SAFE("not answered, but a clean error in time"),
  /** A rehearsal stopped waiting before the route's own clocks ran out: neither right nor wrong. */
  UNKNOWN("not waited for to the end, counts neither way"),
  /** A hang, a cut answer shown as success, or a required check failed. */
  FAIL("a hang, a cut answer that looks whole, or a limit was broken");

  private final String meaning;

  Verdict(String meaning) {
    this.meaning = meaning;
  }

  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For people. */
  String meaning() {
    return meaning;
  }

  Verdict worse(Verdict other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
