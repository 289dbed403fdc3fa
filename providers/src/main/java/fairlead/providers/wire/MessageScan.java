package fairlead.providers.wire;

import static fairlead.providers.wire.JsonScan.name;

/**
 * The part of {@link RequestScan} that looks into {@code messages}.
 *
 * <p>Not thread-safe, reusable. Ranges are absolute indexes into the body; a start of -1 means
 * absent. What is not as expected is left to the provider to refuse.
 */
public final class MessageScan {
  private static final byte[] ROLE = name("role");
  private static final byte[] CONTENT = name("content");
  private static final byte[] TYPE = name("type");
  private static final byte[] IMAGE_URL = name("image_url");
  private static final byte[] INPUT_IMAGE = name("input_image");
  private static final byte[] IMAGE = name("image");
  private static final byte[] USER = name("user");

  private final JsonScan json;

  private int count;
  private int users;
  private int images;
  private long imageBytes;
  private boolean lastIsUser;
  private int lastUserStart;
  private int lastUserEnd;
  private boolean lastUserEscaped;

  MessageScan(JsonScan json) {
    this.json = json;
  }

  void clear() {
    count = 0;
    users = 0;
    images = 0;
    imageBytes = 0;
    lastIsUser = false;
    lastUserStart = -1;
    lastUserEnd = -1;
    lastUserEscaped = false;
  }

  /** Takes the array that the cursor stands at. */
  void scan() {
    json.enterArray();
    while (json.nextElement()) {
      count++;
      lastIsUser = false;
      if (json.peek() == '{') {
        message();
      } else {
        json.skip();
      }
    }
  }

  private void message() {
    int from = -1;
    int to = -1;
    boolean escaped = false;
    boolean user = false;
    json.enterObject();
    while (json.nextMember()) {
      if (json.keyIs(ROLE)) {
        json.skip();
        user = json.valueIs(USER);
      } else if (json.keyIs(CONTENT)) {
        boolean parts = json.peek() == '[';
        from = json.position();
        if (parts) {
          parts();
        } else {
          json.skip();
        }
        to = json.position();
        escaped = !parts && json.escaped();
      } else {
        json.skip();
      }
    }
    if (user) {
      users++;
      lastIsUser = true;
      lastUserStart = from;
      lastUserEnd = to;
      lastUserEscaped = escaped;
    }
  }

  private void parts() {
    json.enterArray();
    while (json.nextElement()) {
      if (json.peek() == '{') {
        part();
      } else {
        json.skip();
      }
    }
  }

  private void part() {
    boolean image = false;
    json.enterObject();
    while (json.nextMember()) {
      boolean type = json.keyIs(TYPE);
      boolean url = json.keyIs(IMAGE_URL);
      json.skip();
      if (url) {
        image = true;
        imageBytes += json.valueEnd() - json.valueStart();
      } else if (type) {
        image |= json.valueIs(IMAGE_URL) || json.valueIs(INPUT_IMAGE) || json.valueIs(IMAGE);
      }
    }
    if (image) {
      images++;
    }
  }

  /** How many messages there are. */
  public int count() {
    return count;
  }

  /** How many of them are the user's. */
  public int users() {
    return users;
  }

  /** Whether the last message is the user's, not a tool's or the assistant's. */
  public boolean lastIsUser() {
    return lastIsUser;
  }

  /** How many content parts are images. */
  public int images() {
    return images;
  }

  /** Bytes of the body taken by image addresses and embedded images: they are not text. */
  public long imageBytes() {
    return imageBytes;
  }

  /**
   * The raw content of the last user message: with quotes if it is a string, with brackets if it is
   * made of parts.
   */
  public int lastUserStart() {
    return lastUserStart;
  }

  public int lastUserEnd() {
    return lastUserEnd;
  }

  /** Whether the last user message's content is a string that contains escapes. */
  public boolean lastUserEscaped() {
    return lastUserEscaped;
  }
}
