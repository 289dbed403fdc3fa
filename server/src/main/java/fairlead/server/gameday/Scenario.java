package fairlead.server.gameday;

import java.util.ArrayList;
import java.util.List;

/**
 * One scenario of the catalogue: what the provider does, and what must hold. Immutable.
 *
 * @param upstream what the provider does, for people
 * @param streamedOnly has no meaning for a plain call
 * @param breaksInTheMiddle the fault comes after the first content
 * @param errorIsRight the provider's own error is the right answer
 * @param calls how many are made
 * @param gapMs between the begins of two calls
 * @param patienceMs a call without an end by then hangs
 * @param largerFallback the fallback's context window is larger than the primary's
 * @param billing whether the gateway's accounts are looked at
 * @param recovers whether a call is made when the primary is healthy again
 */
record Scenario(
    String id,
    String upstream,
    boolean streamedOnly,
    boolean breaksInTheMiddle,
    boolean errorIsRight,
    int calls,
    long gapMs,
    long patienceMs,
    boolean largerFallback,
    boolean billing,
    boolean recovers,
    List<Variant> variants,
    List<Check> checks) {

  /** How long it takes at most, roughly; for the order in which runs begin. */
  long lengthMs() {
    return calls * gapMs + patienceMs;
  }

  /** The same where an answer may come late. */
  Scenario withoutHaste() {
    return new Scenario(
        id,
        upstream,
        streamedOnly,
        breaksInTheMiddle,
        errorIsRight,
        calls,
        gapMs,
        patienceMs,
        largerFallback,
        billing,
        recovers,
        variants,
        checks.stream().map(Check::withoutHaste).toList());
  }

  /** Not thread-safe. */
  static final class Builder {
    private final String id;
    private final String upstream;
    private boolean streamedOnly;
    private boolean breaksInTheMiddle;
    private boolean errorIsRight;
    private int calls = 1;
    private long gapMs;
    private final long patienceMs;
    private boolean largerFallback;
    private boolean billing;
    private boolean recovers;
    private final List<Variant> variants = new ArrayList<>();
    private final List<Check> checks = new ArrayList<>();

    Builder(String id, String upstream, long patienceMs) {
      this.id = id;
      this.upstream = upstream;
      this.patienceMs = patienceMs;
    }

    Builder streamedOnly() {
      streamedOnly = true;
      return this;
    }

    Builder breaksInTheMiddle() {
      streamedOnly = true;
      breaksInTheMiddle = true;
      return this;
    }

    Builder errorIsRight() {
      errorIsRight = true;
      return this;
    }

    Builder calls(int count, long everyMs) {
      calls = count;
      gapMs = everyMs;
      return this;
    }

    Builder largerFallback() {
      largerFallback = true;
      return this;
    }

    Builder billing() {
      billing = true;
      return this;
    }

    Builder recovers() {
      recovers = true;
      return this;
    }

    Builder variant(Variant variant) {
      variants.add(variant);
      return this;
    }

    Builder check(Check check) {
      checks.add(check);
      return this;
    }

    Scenario build() {
      return new Scenario(
          id,
          upstream,
          streamedOnly,
          breaksInTheMiddle,
          errorIsRight,
          calls,
          gapMs,
          patienceMs,
          largerFallback,
          billing,
          recovers,
          List.copyOf(variants),
          List.copyOf(checks));
    }
  }
}
