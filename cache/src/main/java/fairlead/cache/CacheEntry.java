package fairlead.cache;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One stored answer with what is needed to find it, to judge it and to let it go.
 *
 * <p>Immutable but for its use counters, its own threshold and its end, which any thread may read
 * and write. About 200 bytes without payload and answer.
 */
public final class CacheEntry {
  /** What an entry takes beside its payload and its answer, roughly. */
  public static final int OWN_BYTES = 200;

  private final long keyHigh;
  private final long keyLow;
  private final long partitionHigh;
  private final long partitionLow;
  private final String tenant;
  private final String route;
  private final String[] tags;
  private final byte[] payload;
  private final byte[] answer;
  private final String provider;
  private final String model;
  private final long promptTokens;
  private final long completionTokens;
  private final double costUsd;
  private final long storedAtMillis;
  private final long expiresAtMillis;

  private volatile int hits;
  private volatile float ownThreshold;
  private volatile boolean removed;
  private volatile @Nullable Vector judgeVector;

  private CacheEntry(Builder from) {
    keyHigh = from.keyHigh;
    keyLow = from.keyLow;
    partitionHigh = from.partitionHigh;
    partitionLow = from.partitionLow;
    tenant = from.tenant;
    route = from.route;
    tags = from.tags;
    payload = from.payload;
    answer = Objects.requireNonNull(from.answer, "answer");
    provider = from.provider;
    model = from.model;
    promptTokens = from.promptTokens;
    completionTokens = from.completionTokens;
    costUsd = from.costUsd;
    storedAtMillis = from.storedAtMillis;
    expiresAtMillis = from.expiresAtMillis;
    ownThreshold = from.ownThreshold;
  }

  /** The upper half of the digest of the whole request. */
  public long keyHigh() {
    return keyHigh;
  }

  /** The lower half of the digest of the whole request. */
  public long keyLow() {
    return keyLow;
  }

  /** The upper half of the digest of everything but the payload. */
  public long partitionHigh() {
    return partitionHigh;
  }

  /** The lower half of the digest of everything but the payload. */
  public long partitionLow() {
    return partitionLow;
  }

  /** Whose entry it is: nobody else is ever served from it. */
  public String tenant() {
    return tenant;
  }

  public String route() {
    return route;
  }

  /** What the caller has called it, {@code name=value} each; not to be changed. */
  public String[] tags() {
    return tags;
  }

  /** The last user text as UTF-8, empty where only the whole request counts; not to be changed. */
  public byte[] payload() {
    return payload;
  }

  /** The answer as the caller's wire has it, plain; not to be changed. */
  public byte[] answer() {
    return answer;
  }

  /** Who answered. */
  public String provider() {
    return provider;
  }

  /** The model that answered. */
  public String model() {
    return model;
  }

  /** What a hit saves; -1 when unknown. */
  public long promptTokens() {
    return promptTokens;
  }

  /** What a hit saves; -1 when unknown. */
  public long completionTokens() {
    return completionTokens;
  }

  /** What a hit saves in US dollars; NaN when unknown. */
  public double costUsd() {
    return costUsd;
  }

  public long storedAtMillis() {
    return storedAtMillis;
  }

  public long expiresAtMillis() {
    return expiresAtMillis;
  }

  /** How often it was served, a few lost under races. */
  public int hits() {
    return hits;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // a lost count under a race changes nothing
  public void hit() {
    hits++;
  }

  /** The least similarity that serves this entry; 0 unless it has been served wrongly. */
  public float ownThreshold() {
    return ownThreshold;
  }

  /** Asks for more similarity from now on; never for less. */
  public void liftThreshold(float to) {
    if (to > ownThreshold) {
      ownThreshold = to;
    }
  }

  /** Whether it may be served no more, wherever it is still found. */
  public boolean removed() {
    return removed;
  }

  /** Ends it. */
  public void remove() {
    removed = true;
  }

  /** The second judge's vector of the payload, once it was asked for. */
  public @Nullable Vector judgeVector() {
    return judgeVector;
  }

  /** Keeps the second judge's vector of the payload; null: forgets it. */
  public void judgeVector(@Nullable Vector vector) {
    judgeVector = vector;
  }

  /** Whether it may be served at this time. */
  public boolean alive(long nowMillis) {
    return !removed && nowMillis < expiresAtMillis;
  }

  /** Bytes of heap, roughly, without what indexes hold of it. */
  public int weight() {
    long bytes = (long) OWN_BYTES + payload.length + answer.length;
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }

  /**
   * A vector as bytes. Immutable by agreement.
   *
   * @param row the components over {@code scale}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared as a record
  public record Vector(byte[] row, float scale) {
    /** The bytes nearest to a vector. */
    public static Vector of(float[] components) {
      float largest = Float.MIN_NORMAL;
      for (float v : components) {
        largest = Math.max(largest, Math.abs(v));
      }
      byte[] row = new byte[components.length];
      for (int i = 0; i < row.length; i++) {
        row[i] = (byte) Math.round(components[i] / largest * Byte.MAX_VALUE);
      }
      return new Vector(row, largest / Byte.MAX_VALUE);
    }
  }

  /** Builds an entry; not thread-safe. */
  public static final class Builder {
    private static final String[] NO_TAGS = {};
    private static final byte[] NOTHING = {};

    private long keyHigh;
    private long keyLow;
    private long partitionHigh;
    private long partitionLow;
    private String tenant = "";
    private String route = "";
    private String[] tags = NO_TAGS;
    private byte[] payload = NOTHING;
    private byte @Nullable [] answer;
    private String provider = "";
    private String model = "";
    private long promptTokens = -1;
    private long completionTokens = -1;
    private double costUsd = Double.NaN;
    private long storedAtMillis;
    private long expiresAtMillis = Long.MAX_VALUE;
    private float ownThreshold;

    public Builder key(long high, long low) {
      keyHigh = high;
      keyLow = low;
      return this;
    }

    public Builder partition(long high, long low) {
      partitionHigh = high;
      partitionLow = low;
      return this;
    }

    public Builder owner(String newTenant, String newRoute) {
      tenant = newTenant;
      route = newRoute;
      return this;
    }

    public Builder tags(String[] newTags) {
      tags = newTags;
      return this;
    }

    public Builder payload(byte[] utf8) {
      payload = utf8;
      return this;
    }

    public Builder answer(byte[] json) {
      answer = json;
      return this;
    }

    public Builder answeredBy(String newProvider, String newModel) {
      provider = newProvider;
      model = newModel;
      return this;
    }

    /** What a hit saves: tokens or -1, dollars or NaN. */
    public Builder saves(long newPromptTokens, long newCompletionTokens, double newCostUsd) {
      promptTokens = newPromptTokens;
      completionTokens = newCompletionTokens;
      costUsd = newCostUsd;
      return this;
    }

    public Builder lives(long fromMillis, long untilMillis) {
      storedAtMillis = fromMillis;
      expiresAtMillis = untilMillis;
      return this;
    }

    public Builder ownThreshold(float least) {
      ownThreshold = least;
      return this;
    }

    public CacheEntry build() {
      return new CacheEntry(this);
    }
  }
}
