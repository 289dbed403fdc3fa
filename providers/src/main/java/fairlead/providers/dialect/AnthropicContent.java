package fairlead.providers.dialect;

import static fairlead.providers.dialect.RefusedRequestException.invalid;
import static fairlead.providers.dialect.RefusedRequestException.unsupported;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/**
 * Writes the parts of a chat message as content blocks.
 *
 * <p>Not thread-safe, reusable. Text, images and files are copied once, still escaped.
 */
final class AnthropicContent {
  /** Who speaks decides which parts make sense. */
  enum Speaker {
    SYSTEM,
    USER,
    ASSISTANT,
    TOOL
  }

  private final JsonCursor parts = new JsonCursor();
  private final JsonCursor json = new JsonCursor();
  private final ByteRange part = new ByteRange();
  private final ByteRange type = new ByteRange();
  private final ByteRange text = new ByteRange();
  private final ByteRange refusal = new ByteRange();
  private final ByteRange imageUrl = new ByteRange();
  private final ByteRange file = new ByteRange();
  private final ByteRange signature = new ByteRange();
  private final ByteRange data = new ByteRange();
  private final ByteRange cacheControl = new ByteRange();
  private final ByteRange breakpoint = new ByteRange();
  private final ByteRange fileName = new ByteRange();
  private final ByteRange fileData = new ByteRange();
  private final ByteRange fileId = new ByteRange();
  private final ByteSink decoded = new ByteSink(0);

  private int textStart;
  private int textEnd;
  private int blockEnd;
  private boolean marked;

  void begin() {
    blockEnd = -1;
  }

  /** Lets go of the body and of what only a large file needed. */
  void forget() {
    parts.forget();
    json.forget();
    part.clear();
    type.clear();
    text.clear();
    refusal.clear();
    imageUrl.clear();
    file.clear();
    signature.clear();
    data.clear();
    cacheControl.clear();
    breakpoint.clear();
    fileName.clear();
    fileData.clear();
    fileId.clear();
    decoded.trim(16 * 1024);
  }

  /**
   * Appends the blocks of a message's content, each after a comma unless {@code out} is empty.
   *
   * @param content a JSON value, or empty
   * @param path where it stands, for errors
   */
  void write(ByteRange content, Speaker speaker, String path, ByteSink out)
      throws RefusedRequestException {
    if (content.isEmpty()) {
      return;
    }
    parts.over(content);
    if (parts.peekString()) {
      parts.stringOrSkip(text);
      cacheControl.clear();
      breakpoint.clear();
      text(text, out);
      return;
    }
    if (!parts.peekArray()) {
      throw invalid(path, "must be a string or an array of parts, not " + JsonText.shown(content));
    }
    parts.enterArray();
    for (int i = 0; parts.nextElement(); i++) {
      parts.skip();
      part.set(parts.array(), parts.start(), parts.stop());
      part(speaker, path, i, out);
    }
  }

  private void part(Speaker speaker, String path, int i, ByteSink out)
      throws RefusedRequestException {
    json.over(part);
    if (json.peekString()) { // some frameworks send plain strings among the parts
      json.stringOrSkip(text);
      cacheControl.clear();
      breakpoint.clear();
      text(text, out);
      return;
    }
    if (!json.peekObject()) {
      throw invalid(path + "[" + i + "]", "must be an object");
    }
    read();
    if (JsonCursor.equal(type, "text")) {
      text(text, out);
    } else if (speaker == Speaker.ASSISTANT && JsonCursor.equal(type, "refusal")) {
      text(refusal, out);
    } else if (speaker == Speaker.ASSISTANT && JsonCursor.equal(type, "thinking")) {
      if (!signature.isEmpty()) { // without one it is another provider's and would be refused
        JsonText.append(comma(out), part);
      }
    } else if (speaker == Speaker.ASSISTANT && JsonCursor.equal(type, "redacted_thinking")) {
      if (!data.isEmpty()) {
        JsonText.append(comma(out), part);
      }
    } else if (speaker == Speaker.SYSTEM || speaker == Speaker.ASSISTANT) {
      throw unsupported(
          path + "[" + i + "].type",
          "'" + JsonText.excerpt(type, 40) + "' cannot stand in this role; use text");
    } else if (JsonCursor.equal(type, "image_url")) {
      imageOrFile(imageAddress(path, i), path + "[" + i + "].image_url.url", true, out);
    } else if (JsonCursor.equal(type, "file")) {
      file(path + "[" + i + "].file", out);
    } else if (JsonCursor.equal(type, "image")
        || JsonCursor.equal(type, "document")
        || JsonCursor.equal(type, "search_result")) {
      JsonText.append(comma(out), part); // the provider's own blocks
      marked = !cacheControl.isEmpty();
    } else {
      throw unsupported(
          path + "[" + i + "].type",
          "'" + JsonText.excerpt(type, 40) + "' has no equivalent; use text, image_url or file");
    }
  }

  private void read() {
    type.clear();
    text.clear();
    refusal.clear();
    imageUrl.clear();
    file.clear();
    signature.clear();
    data.clear();
    cacheControl.clear();
    breakpoint.clear();
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("type")) {
        json.stringOrSkip(type);
      } else if (json.keyIs("text")) {
        json.stringOrSkip(text);
      } else if (json.keyIs("refusal")) {
        json.stringOrSkip(refusal);
      } else if (json.keyIs("image_url")) {
        json.valueOrNull(imageUrl);
      } else if (json.keyIs("file")) {
        json.valueOrNull(file);
      } else if (json.keyIs("signature")) {
        json.stringOrSkip(signature);
      } else if (json.keyIs("data")) {
        json.stringOrSkip(data);
      } else if (json.keyIs("cache_control")) {
        json.valueOrNull(cacheControl);
      } else if (json.keyIs("prompt_cache_breakpoint")) {
        json.valueOrNull(breakpoint);
      } else {
        json.skip();
      }
    }
  }

  /** Appends a text block; blank text is refused by the provider, so it is left out. */
  void text(ByteRange inside, ByteSink out) {
    if (JsonText.blank(inside)) {
      return;
    }
    comma(out).ascii("{\"type\":\"text\",\"text\":\"");
    textStart = out.length();
    JsonText.append(out, inside);
    textEnd = out.length();
    closeBlock(out.append('"'));
    blockEnd = out.length();
  }

  private void closeBlock(ByteSink out) {
    marked = !cacheControl.isEmpty() || !breakpoint.isEmpty();
    if (!cacheControl.isEmpty()) {
      JsonText.append(out.ascii(",\"cache_control\":"), cacheControl);
    } else if (!breakpoint.isEmpty()) {
      out.ascii(",\"cache_control\":{\"type\":\"ephemeral\"}");
    }
    out.append('}');
  }

  /** The last block was written by somebody else and has no cache mark. */
  void unmarked() {
    marked = false;
  }

  /** Gives the last block in {@code out} a cache mark, unless it has one. */
  void markLast(ByteRange control, ByteSink out) {
    if (control.isEmpty() || marked) {
      return;
    }
    boolean isText = blockEnd == out.length();
    out.truncate(out.length() - 1);
    JsonText.append(out.ascii(",\"cache_control\":"), control).append('}');
    blockEnd = isText ? out.length() : -1;
  }

  /**
   * If {@code out} ends with a text block, takes the white space off the end of its text: the
   * provider refuses an answer's beginning that ends with some.
   */
  void trimEnd(ByteSink out) {
    if (blockEnd != out.length()) {
      return;
    }
    int trimmed = JsonText.trimmedEnd(out.array(), textStart, textEnd);
    int tail = out.length() - textEnd;
    System.arraycopy(out.array(), textEnd, out.array(), trimmed, tail);
    out.truncate(trimmed + tail);
    blockEnd = out.length();
  }

  private ByteRange imageAddress(String path, int i) throws RefusedRequestException {
    json.over(imageUrl);
    text.clear();
    if (json.peekString()) {
      json.stringOrSkip(text);
    } else if (json.peekObject()) {
      json.enterObject();
      while (json.nextField()) {
        if (json.keyIs("url")) {
          json.stringOrSkip(text);
        } else {
          json.skip();
        }
      }
    }
    if (text.isEmpty()) {
      throw invalid(path + "[" + i + "].image_url.url", "is missing");
    }
    return text;
  }

  private void file(String path, ByteSink out) throws RefusedRequestException {
    fileName.clear();
    fileData.clear();
    fileId.clear();
    json.over(file);
    if (json.peekObject()) {
      json.enterObject();
      while (json.nextField()) {
        if (json.keyIs("filename")) {
          json.stringOrSkip(fileName);
        } else if (json.keyIs("file_data")) {
          json.stringOrSkip(fileData);
        } else if (json.keyIs("file_id")) {
          json.stringOrSkip(fileId);
        } else {
          json.skip();
        }
      }
    }
    if (!fileData.isEmpty()) {
      imageOrFile(fileData, path + ".file_data", false, out);
    } else if (!fileId.isEmpty()) {
      comma(out).ascii("{\"type\":\"document\",\"source\":{\"type\":\"file\",\"file_id\":\"");
      JsonText.append(out, fileId).ascii("\"}");
      title(out);
      closeBlock(out);
    } else {
      throw invalid(path, "needs file_data or file_id");
    }
  }

  private void title(ByteSink out) {
    if (!fileName.isEmpty()) {
      JsonText.append(out.ascii(",\"title\":\""), fileName).append('"');
    }
  }

  /** Appends an image or document block for an address: data, http or https (RFC 2397, 9110). */
  private void imageOrFile(ByteRange inside, String path, boolean image, ByteSink out)
      throws RefusedRequestException {
    ByteRange address = plain(inside);
    if (startsWith(address, "https://") || startsWith(address, "http://")) {
      comma(out).ascii(image ? "{\"type\":\"image\"" : "{\"type\":\"document\"");
      out.ascii(",\"source\":{\"type\":\"url\",\"url\":\"");
      out.jsonEscaped(address.array(), address.start(), address.length()).ascii("\"}");
    } else if (startsWith(address, "data:")) {
      if (!dataUrl(address, path, out)) {
        return;
      }
    } else if (!image && endsWith(fileName, ".pdf")) {
      source("document", "application/pdf", address, out);
    } else {
      throw unsupported(
          path,
          "must be an http or https address or a base64 data URL, not "
              + JsonText.excerpt(inside, 40));
    }
    if (!image) {
      title(out);
    }
    closeBlock(out);
  }

  /** Returns whether a block was opened; an empty text file leaves none. */
  private boolean dataUrl(ByteRange address, String path, ByteSink out)
      throws RefusedRequestException {
    byte[] array = address.array();
    int comma = address.start();
    while (comma < address.end() && array[comma] != ',') {
      comma++;
    }
    ByteRange header = new ByteRange().set(array, address.start() + 5, comma);
    String head = header.length() <= 200 ? header.toString() : "";
    int semicolon = head.indexOf(';');
    if (comma >= address.end() - 1 || semicolon < 0 || !head.endsWith(";base64")) {
      throw invalid(path, "must look like data:TYPE;base64,DATA");
    }
    String media = head.substring(0, semicolon).toLowerCase(Locale.ROOT);
    ByteRange payload = new ByteRange().set(array, comma + 1, address.end());
    if (media.startsWith("image/")) {
      source("image", media.equals("image/jpg") ? "image/jpeg" : media, payload, out);
    } else if (media.equals("application/pdf")) {
      source("document", media, payload, out);
    } else if (media.equals("text/plain")) {
      return textFile(payload, path, out);
    } else {
      throw unsupported(path, "media type '" + media + "'; use an image, application/pdf or text");
    }
    return true;
  }

  private static void source(String block, String media, ByteRange payload, ByteSink out) {
    comma(out).ascii("{\"type\":\"").ascii(block);
    out.ascii("\",\"source\":{\"type\":\"base64\",\"media_type\":").jsonString(media);
    out.ascii(",\"data\":\"");
    out.jsonEscaped(payload.array(), payload.start(), payload.length()).ascii("\"}");
  }

  private static boolean textFile(ByteRange payload, String path, ByteSink out)
      throws RefusedRequestException {
    String content;
    try {
      content = new String(Base64.getDecoder().decode(payload.toString()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw invalid(path, "the data is not base64");
    }
    if (content.isBlank()) {
      return false;
    }
    comma(out).ascii("{\"type\":\"document\",\"source\":{\"type\":\"text\"");
    out.ascii(",\"media_type\":\"text/plain\",\"data\":").jsonString(content).append('}');
    return true;
  }

  /** The bytes a string stands for; the range is valid until the next call. */
  private ByteRange plain(ByteRange inside) {
    for (int i = inside.start(); i < inside.end(); i++) {
      if (inside.array()[i] == '\\') {
        decoded.clear();
        JsonText.unescape(inside.array(), inside.start(), inside.end(), decoded);
        return new ByteRange().set(decoded.array(), 0, decoded.length());
      }
    }
    return inside;
  }

  static boolean startsWith(ByteRange range, String ascii) {
    return range.length() >= ascii.length()
        && JsonCursor.equal(range.array(), range.start(), range.start() + ascii.length(), ascii);
  }

  private static boolean endsWith(ByteRange range, String ascii) {
    return range.length() >= ascii.length()
        && JsonCursor.equal(range.array(), range.end() - ascii.length(), range.end(), ascii);
  }

  static ByteSink comma(ByteSink list) {
    return list.isEmpty() ? list : list.append(',');
  }
}
