package fairlead.providers.dialect;

import fairlead.providers.wire.ByteRange;

/**
 * The error object of the Messages wire: where its parts lie.
 *
 * <p>Not thread-safe, reusable.
 */
final class AnthropicErrorBody {
  private final JsonCursor json = new JsonCursor();
  private final ByteRange type = new ByteRange();
  private final ByteRange message = new ByteRange();
  private final ByteRange details = new ByteRange();

  /** Reads the checked value of {@code error}: an object, or a plain string of some proxies. */
  void read(ByteRange value) {
    type.clear();
    message.clear();
    details.clear();
    json.over(value);
    if (json.peekString()) {
      json.stringOrSkip(message);
      return;
    }
    if (!json.peekObject()) {
      return;
    }
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("type")) {
        json.stringOrSkip(type);
      } else if (json.keyIs("message")) {
        json.stringOrSkip(message);
      } else if (json.keyIs("details")) {
        json.valueOrNull(details);
      } else {
        json.skip();
      }
    }
  }

  /** Inside of a JSON string, still escaped; may be empty. */
  ByteRange type() {
    return type;
  }

  /** Inside of a JSON string, still escaped; may be empty. */
  ByteRange message() {
    return message;
  }

  /** A JSON value, or empty. */
  ByteRange details() {
    return details;
  }
}
