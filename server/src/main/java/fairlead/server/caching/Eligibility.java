package fairlead.server.caching;

import fairlead.providers.Operation;
import fairlead.providers.wire.RequestScan;

/**
 * What a route lets be answered from memory.
 *
 * <p>Immutable, thread-safe, pure. Allocates nothing after it was made.
 *
 * <p>The exact part of the cache is turned on by somebody who wants a request that is repeated to
 * get the answer it got before. That is what it does at any temperature, so by default it does not
 * ask for it: an agent that wants another answer says so ({@code x-fairlead-cache: refresh}). Who
 * draws several answers on purpose by repeating a warm request sets a limit. For likeness of
 * meaning the limit is lower by default: there a warm answer to another question would be served. A
 * request that gives no temperature is taken to leave it to the gateway: it is allowed in both,
 * though providers then use 1, because most callers who never thought of it would otherwise be left
 * out.
 *
 * <p>By default answers that depend on more than the request are left out: those of tools that may
 * act, of searches, of state at the provider. Attachments are left out because most are addresses
 * of things that change. Several answers, probabilities and other modalities are left out because
 * they are asked for by those who measure a model. {@code seed} and {@code user} are part of the
 * key and forbid nothing.
 *
 * @param exact whether equal requests are answered from memory
 * @param near whether requests of like meaning are
 * @param allowed traits that forbid nothing here, one bit of {@link Trait} each
 * @param exactMaxTemperature the warmest request that is answered exactly
 * @param nearMaxTemperature the warmest request that is answered by likeness
 */
public record Eligibility(
    boolean exact,
    boolean near,
    int allowed,
    double exactMaxTemperature,
    double nearMaxTemperature) {
  /** Up to here answers of usual models differ in words more than in content. */
  public static final double DEFAULT_NEAR_MAX_TEMPERATURE = 0.7;

  /** These are in the key and forbid no equal answer, whatever a route says. */
  private static final int HARMLESS = Trait.SEED.bit() | Trait.USER.bit();

  /** A route whose answers come from providers always. */
  public static final Eligibility OFF =
      new Eligibility(false, false, 0, Double.POSITIVE_INFINITY, DEFAULT_NEAR_MAX_TEMPERATURE);

  /** The defaults of a route that caches. */
  public static Eligibility usual(boolean near) {
    return new Eligibility(true, near, 0, Double.POSITIVE_INFINITY, DEFAULT_NEAR_MAX_TEMPERATURE);
  }

  /**
   * Why a request stays out of the cache altogether, as far as its scan tells; 0 for no reason yet.
   * It spares the fingerprint of requests that carry tools.
   */
  public int early(RequestScan scan, CacheControls controls) {
    int reasons = exact ? 0 : NotCached.ROUTE_OFF.bit();
    if (!controls.mayLookUp() && !controls.mayStore()) {
      reasons |= NotCached.CALLER_OFF.bit();
    }
    if (scan.hasTools() && forbids(Trait.TOOLS)) {
      reasons |= NotCached.TOOLS.bit();
    }
    if (scan.n() > 1 && forbids(Trait.SEVERAL_ANSWERS)) {
      reasons |= NotCached.SEVERAL_ANSWERS.bit();
    }
    if (scan.messages().images() > 0 && forbids(Trait.ATTACHMENTS)) {
      reasons |= NotCached.ATTACHMENTS.bit();
    }
    return reasons;
  }

  private boolean forbids(Trait trait) {
    return !trait.in(allowed | HARMLESS);
  }

  /** Why the request stays out of the cache altogether, one bit of {@link NotCached} each. */
  public int exactReasons(RequestFingerprint request) {
    int reasons = exact ? 0 : NotCached.ROUTE_OFF.bit();
    reasons |= NotCached.of(request.traits() & ~(allowed | HARMLESS));
    if (request.temperature() > exactMaxTemperature) {
      reasons |= NotCached.TEMPERATURE.bit();
    }
    return reasons;
  }

  /** Why the request is not answered by likeness, one bit of {@link NotCached} each. */
  public int nearReasons(RequestFingerprint request, Operation operation) {
    int reasons = exactReasons(request);
    if (!near) {
      reasons |= NotCached.ROUTE_OFF.bit();
    }
    if (operation == Operation.EMBEDDINGS) {
      reasons |= NotCached.OPERATION.bit();
    } else if (!request.hasPayload()) {
      reasons |= NotCached.NO_PAYLOAD.bit();
    }
    if (Trait.USER.in(request.traits() & ~allowed)) {
      reasons |= NotCached.USER.bit(); // what one end user asks may lean on what is known of them
    }
    if (request.temperature() > nearMaxTemperature) {
      reasons |= NotCached.TEMPERATURE.bit();
    }
    return reasons;
  }
}
