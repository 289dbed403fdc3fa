package fairlead.server.caching;

import fairlead.cache.hash.Digest;
import fairlead.cache.hash.HashSecret;
import fairlead.providers.Operation;
import fairlead.providers.wire.JsonNumber;
import fairlead.providers.wire.RequestScan;
import org.jspecify.annotations.Nullable;

/**
 * What makes a request the same as another one: a digest of the whole of it, one of everything but
 * its last user text, and that text.
 *
 * <p>Not thread-safe: one per connection, reusable. The body must stay as it is while the payload
 * is used. Cost: about 0.4 ns per byte of text and more where there are many members or escapes;
 * half of that where only the payload is another one than lately, see {@link Skeletons}. Allocates
 * only to grow.
 *
 * <p>Use: 1. {@link #read} a body that {@link RequestScan} has accepted and found no problem with.
 * 2. The digests, the payload, the traits. 3. {@link #forget}.
 */
public final class RequestFingerprint {
  /*
   * The partition's digest is that of the request with a mark where the payload was; the whole digest
   * is the same continued by the payload. A request without a payload has no mark, so the two kinds
   * cannot meet. See Digest for why different requests have different digests.
   *
   * What is the payload: the content of the last message, if that is a user's and a string; or the only
   * text among its parts; or the prompt of a completion, if it is one string. Everything else, all
   * earlier turns among it, belongs to the partition. A role that is written with escapes, which nobody
   * does, is not recognised: such a request has no payload, and differs from the same one without.
   */

  /** Kinds of what follows the request. */
  private static final int WHOLE = 16;

  private static final int BEFORE = 17;
  private static final int AFTER = 18;
  private static final byte[] NOTHING = {};

  private final Digest digest;
  private final CanonicalWalk walk;
  private final Skeletons skeletons = new Skeletons();

  private long wholeHigh;
  private long wholeLow;
  private long partitionFirst; // few ask for it
  private long partitionSecond;
  private boolean hasPayload;
  private boolean walked;
  private byte[] payload = NOTHING;
  private int payloadStart;
  private int payloadEnd;
  private boolean otherParts;
  private int traits;
  private double temperature = Double.NaN;

  public RequestFingerprint(HashSecret secret) {
    digest = new Digest(secret);
    walk = new CanonicalWalk(digest);
  }

  /**
   * Reads a request.
   *
   * @param seedHigh with {@code seedLow} tells apart whose request it is and where it goes: tenant
   *     and scope, route, and the model that is asked for, since {@code model} is left out of what
   *     is read here
   * @param mark what of the request the caller has called its payload; null for nothing
   */
  public void read(
      RequestScan scan,
      Operation operation,
      long seedHigh,
      long seedLow,
      @Nullable PayloadMark mark) {
    int payloadAt =
        mark != null && mark.hasPointer() ? mark.find(scan) : payloadAt(scan, operation);
    int plainEnd = plainEnd(scan, payloadAt);
    if (plainEnd < 0) {
      walkAll(scan, seedHigh, seedLow, operation, payloadAt, -1);
    } else {
      walkRest(scan, seedHigh, seedLow, operation, payloadAt, plainEnd);
    }
    if (hasPayload) {
      finish(mark);
    } else {
      keepPartition();
      wholeHigh = digest.high();
      wholeLow = digest.low();
    }
  }

  /** The index after the payload's closing quote, if it is known to be a string without escapes. */
  private static int plainEnd(RequestScan scan, int payloadAt) {
    return payloadAt >= 0
            && payloadAt == scan.messages().lastUserStart()
            && scan.array()[payloadAt] == '"'
            && !scan.messages().lastUserEscaped()
        ? scan.messages().lastUserEnd()
        : -1;
  }

  /** Walks a request with such a payload, unless it is known but for that. */
  private void walkRest(
      RequestScan scan,
      long seedHigh,
      long seedLow,
      Operation operation,
      int payloadAt,
      int plainEnd) {
    byte[] a = scan.array();
    int start = scan.start();
    int from = payloadAt + 1;
    int to = plainEnd - 1;
    int end = scan.end();
    if (skeletons.find(a, start, from, to, end, seedHigh, seedLow, operation)) {
      skeletons.restore(digest);
      traits = skeletons.traits();
      temperature = skeletons.temperature();
      otherParts = false;
      hasPayload = true;
      payload = a;
      payloadStart = from;
      payloadEnd = to;
      return;
    }
    walkAll(scan, seedHigh, seedLow, operation, payloadAt, plainEnd);
    if (hasPayload) {
      skeletons.keep(a, start, to, digest, traits, temperature);
    }
  }

  private void walkAll(
      RequestScan scan,
      long seedHigh,
      long seedLow,
      Operation operation,
      int payloadAt,
      int plainEnd) {
    walked = true;
    walk(scan, seedHigh, seedLow, operation, payloadAt, plainEnd);
    if (walk.spoiled()) {
      walk(scan, seedHigh, seedLow, operation, -1, -1);
    }
    traits = walk.traits();
    if (scan.hasTools()) {
      traits |= Trait.TOOLS.bit();
    }
    if (scan.n() > 1) {
      traits |= Trait.SEVERAL_ANSWERS.bit();
    }
    temperature =
        walk.temperatureAt() < 0
            ? Double.NaN
            : number(scan.array(), walk.temperatureAt(), scan.end());
    otherParts = walk.otherParts();
    hasPayload = walk.hasPayload();
    if (hasPayload) {
      payload = walk.payload();
      payloadStart = walk.payloadStart();
      payloadEnd = walk.payloadEnd();
    }
  }

  /** The number that begins at {@code at}; NaN if none does. */
  private static double number(byte[] a, int at, int end) {
    int to = JsonNumber.end(a, at, end);
    return to == at ? Double.NaN : JsonNumber.toDouble(a, at, to);
  }

  private static int payloadAt(RequestScan scan, Operation operation) {
    return switch (operation) {
      case CHAT -> scan.messages().lastIsUser() ? textOrParts(scan) : -1;
      case COMPLETIONS -> {
        int at = scan.promptStart();
        yield at >= 0 && scan.array()[at] == '"' ? at : -1;
      }
      case EMBEDDINGS -> -1;
    };
  }

  private static int textOrParts(RequestScan scan) {
    int at = scan.messages().lastUserStart();
    return at >= 0 && (scan.array()[at] == '"' || scan.array()[at] == '[') ? at : -1;
  }

  private void walk(
      RequestScan scan,
      long seedHigh,
      long seedLow,
      Operation operation,
      int payloadAt,
      int plainEnd) {
    digest.clear();
    digest.absorb(seedHigh);
    digest.absorb(seedLow);
    digest.mark(0, operation.ordinal());
    walk.walk(scan.array(), scan.start(), scan.end(), payloadAt, plainEnd);
  }

  private void finish(@Nullable PayloadMark mark) {
    long first = digest.first();
    long second = digest.second();
    int numbers = digest.numbers();
    if (mark != null && mark.hasBounds()) {
      int start = payloadStart;
      int end = payloadEnd;
      if (mark.cut(payload, start, end)) {
        payloadStart = mark.from();
        payloadEnd = mark.to();
        digest.absorb(BEFORE, payload, start, payloadStart);
        digest.absorb(AFTER, payload, payloadEnd, end);
      } else {
        hasPayload = false;
      }
      keepPartition();
      digest.restore(first, second, numbers);
      digest.absorb(WHOLE, payload, start, end);
    } else {
      keepPartition();
      digest.absorb(WHOLE, payload, payloadStart, payloadEnd);
    }
    wholeHigh = digest.high();
    wholeLow = digest.low();
  }

  private void keepPartition() {
    partitionFirst = digest.first();
    partitionSecond = digest.second();
  }

  /** The upper half of the digest of the whole request. */
  public long wholeHigh() {
    return wholeHigh;
  }

  /** The lower half of the digest of the whole request. */
  public long wholeLow() {
    return wholeLow;
  }

  /** The upper half of the digest of everything but the payload. */
  public long partitionHigh() {
    return digest.high(partitionFirst, partitionSecond);
  }

  /** The lower half of the digest of everything but the payload. */
  public long partitionLow() {
    return digest.low(partitionFirst, partitionSecond);
  }

  /** Whether there is a text that may be compared by its meaning; the next three are of it. */
  public boolean hasPayload() {
    return hasPayload;
  }

  /** Holds the text as valid UTF-8, decoded; valid until the next {@link #read}. */
  public byte[] payload() {
    return payload;
  }

  public int payloadStart() {
    return payloadStart;
  }

  public int payloadEnd() {
    return payloadEnd;
  }

  /** Whether beside the payload the last message has parts that are no text. */
  public boolean hasOtherParts() {
    return otherParts;
  }

  /** What the request asks for, one bit of {@link Trait} each. */
  public int traits() {
    return traits;
  }

  /** The temperature asked for; NaN without one that is a number. */
  public double temperature() {
    return temperature;
  }

  /** Lets go of the body; the digests stay. */
  public void forget() {
    if (walked) {
      walked = false;
      walk.forget();
    }
    payload = NOTHING;
    payloadStart = 0;
    payloadEnd = 0;
    hasPayload = false;
  }
}
