package fairlead.cache.tiers;

import java.util.Arrays;

/**
 * What is looked for: whose, by which digests, and with which words.
 *
 * <p>Not thread-safe: a scratch of one connection, filled before each look-up. The text belongs to
 * whoever filled it and must stay as it is until the look-up, and the filling after a miss, are
 * over.
 */
public final class Question {
  private static final byte[] NOTHING = {};

  private String tenant = "";
  private long keyHigh;
  private long keyLow;
  private long partitionHigh;
  private long partitionLow;
  private byte[] text = NOTHING;
  private int from;
  private int to;
  private boolean fuzzy;
  private boolean marked;
  private long exactMaxAgeMillis;
  private long nearMaxAgeMillis;

  /**
   * Starts with what every question has.
   *
   * @param newTenant nobody else's answers are looked at
   * @param maxAgeMillis an older answer is not wanted
   */
  public Question of(String newTenant, long newKeyHigh, long newKeyLow, long maxAgeMillis) {
    tenant = newTenant;
    exactMaxAgeMillis = maxAgeMillis;
    keyHigh = newKeyHigh;
    keyLow = newKeyLow;
    text = NOTHING;
    from = 0;
    to = 0;
    fuzzy = false;
    marked = false;
    return this;
  }

  /**
   * Allows the tiers below the exact one.
   *
   * @param newMarked whether the caller has said what part of the text is the payload, so that
   *     nothing in it is a template
   * @param maxAgeMillis an older answer is not wanted
   */
  public Question fuzzy(
      long newPartitionHigh,
      long newPartitionLow,
      byte[] utf8,
      int start,
      int end,
      boolean newMarked,
      long maxAgeMillis) {
    partitionHigh = newPartitionHigh;
    partitionLow = newPartitionLow;
    text = utf8;
    from = start;
    to = end;
    fuzzy = true;
    nearMaxAgeMillis = maxAgeMillis;
    marked = newMarked;
    return this;
  }

  /** Lets go of the text. */
  public void forget() {
    text = NOTHING;
    from = 0;
    to = 0;
    fuzzy = false;
  }

  public String tenant() {
    return tenant;
  }

  public long keyHigh() {
    return keyHigh;
  }

  public long keyLow() {
    return keyLow;
  }

  /** Whether the tiers below the exact one may be asked. */
  public boolean isFuzzy() {
    return fuzzy;
  }

  /** The text, to be kept. */
  public byte[] copyOfText() {
    return Arrays.copyOfRange(text, from, to);
  }

  public long partitionHigh() {
    return partitionHigh;
  }

  public long partitionLow() {
    return partitionLow;
  }

  byte[] text() {
    return text;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  boolean isMarked() {
    return marked;
  }

  long exactMaxAgeMillis() {
    return exactMaxAgeMillis;
  }

  long nearMaxAgeMillis() {
    return nearMaxAgeMillis;
  }
}
