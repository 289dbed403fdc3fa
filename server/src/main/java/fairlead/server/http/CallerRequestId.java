package fairlead.server.http;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;

/**
 * The {@code x-request-id} a caller sends: which ones are honoured, and their echo in the errors
 * that the front itself answers with, so that the caller finds its request again.
 *
 * <p>Stateless. Costs one small object per failure.
 */
public final class CallerRequestId {
  /** The header's name in lower case. */
  public static final String NAME = "x-request-id";

  private static final int MAX_LENGTH = 128;

  private CallerRequestId() {}

  /**
   * Adds the header if the request has one and it is sound: 1 to 128 visible ASCII characters.
   *
   * @param head what has been read of the request's head, perhaps not all of it
   */
  static void echo(RequestHead head, ByteSink headers) {
    ByteRange id = new ByteRange();
    if (head.find(NAME, id) && isSound(id)) {
      headers.ascii(NAME).ascii(": ");
      headers.append(id.array(), id.start(), id.length()).ascii("\r\n");
    }
  }

  /** Whether it can be repeated in a header and a log: 1 to 128 visible ASCII characters. */
  public static boolean isSound(ByteRange id) {
    byte[] bytes = id.array();
    for (int i = id.start(); i < id.end(); i++) {
      if (bytes[i] <= ' ' || bytes[i] > '~') {
        return false;
      }
    }
    return !id.isEmpty() && id.length() <= MAX_LENGTH;
  }
}
