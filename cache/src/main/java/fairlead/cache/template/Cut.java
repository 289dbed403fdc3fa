package fairlead.cache.template;

/**
 * Where a text was cut: its payload, and a hash of all that lies around it.
 *
 * <p>Not thread-safe: one per connection, used again and again. Of two texts that were cut, the
 * same hash and the same payload mean the same text, unless the hash collides: a chance below 2^-50
 * for whoever does not know the secret.
 */
public final class Cut {
  private int payloadFrom;
  private int payloadTo;
  private long templateHash;

  /** Where the payload begins, in the array that was cut. */
  public int payloadFrom() {
    return payloadFrom;
  }

  /** Where the payload ends, in the array that was cut. */
  public int payloadTo() {
    return payloadTo;
  }

  /** A hash of what lies before and behind the payload. */
  public long templateHash() {
    return templateHash;
  }

  void set(int newPayloadFrom, int newPayloadTo, long hash) {
    payloadFrom = newPayloadFrom;
    payloadTo = newPayloadTo;
    templateHash = hash;
  }
}
