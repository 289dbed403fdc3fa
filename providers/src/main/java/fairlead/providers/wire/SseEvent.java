package fairlead.providers.wire;

/**
 * One server-sent event inside a buffer: where its parts lie.
 *
 * <p>Not thread-safe, reusable. Data of several lines is joined as the specification says (WHATWG
 * HTML section 9.2.6); then {@link #data} points into memory of the reader.
 */
public final class SseEvent {
  private final ByteRange whole = new ByteRange();
  private final ByteRange name = new ByteRange();
  private final ByteRange data = new ByteRange();

  /** Lets go of the reader's memory. */
  public void clear() {
    whole.clear();
    name.clear();
    data.clear();
  }

  /** All bytes, with comments and the closing blank line, exactly as they came. */
  public ByteRange whole() {
    return whole;
  }

  /** The value of the {@code event} field; empty when there was none. */
  public ByteRange name() {
    return name;
  }

  /**
   * The value of the {@code data} field or fields; empty when there was none (a comment, a ping).
   */
  public ByteRange data() {
    return data;
  }
}
