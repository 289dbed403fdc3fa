package fairlead.providers.dialect;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import java.util.Arrays;

/**
 * Sources of an answer's text: those with an address become url_citation annotations of the chat
 * wire, all others are kept as the provider wrote them.
 *
 * <p>Not thread-safe, reusable after {@link #clear}. A provider tells a text's sources before or
 * while it sends the text, an annotation needs the text's end: so they wait until {@link #close}.
 * At most {@value #MAX_PENDING} sources and {@value #MAX_BYTES} bytes wait; more are dropped.
 */
final class Citations {
  private static final int MAX_PENDING = 256;
  private static final int MAX_BYTES = 1 << 20;

  private final JsonCursor json = new JsonCursor();
  private final ByteRange url = new ByteRange();
  private final ByteRange title = new ByteRange();
  private final ByteSink pending = new ByteSink(0);
  private int[] ends = new int[8];
  private boolean[] isUrl = new boolean[8];
  private int count;
  private int characters;
  private int textStart;

  void clear() {
    characters = 0;
    forget();
  }

  private void forget() {
    count = 0;
    pending.clear();
    textStart = characters;
  }

  /** Counts text that was added to the answer. */
  void text(ByteRange inside) {
    characters += JsonText.characters(inside);
  }

  void add(ByteRange object) {
    if (count == MAX_PENDING || pending.length() + object.length() > MAX_BYTES) {
      return;
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, count * 2);
      isUrl = Arrays.copyOf(isUrl, count * 2);
    }
    url.clear();
    title.clear();
    json.over(object);
    if (!json.peekObject()) {
      return;
    }
    json.enterObject();
    while (json.nextField()) {
      if (json.keyIs("url")) {
        json.stringOrSkip(url);
      } else if (json.keyIs("title")) {
        json.stringOrSkip(title);
      } else {
        json.skip();
      }
    }
    isUrl[count] = !url.isEmpty();
    if (isUrl[count]) {
      JsonText.append(pending.ascii("\"url\":\""), url);
      JsonText.append(pending.ascii("\",\"title\":\""), title).append('"');
    } else {
      JsonText.compact(object, pending);
    }
    ends[count++] = pending.length();
  }

  boolean isEmpty() {
    return count == 0;
  }

  /**
   * The text has ended: appends its annotations and its other sources, each list's elements
   * separated by commas and after a comma where the list has some already.
   */
  void close(ByteSink annotations, ByteSink others) {
    int from = 0;
    for (int i = 0; i < count; i++) {
      ByteSink list = isUrl[i] ? annotations : others;
      if (!list.isEmpty()) {
        list.append(',');
      }
      if (isUrl[i]) {
        list.ascii("{\"type\":\"url_citation\",\"url_citation\":{\"start_index\":");
        list.decimal(textStart).ascii(",\"end_index\":").decimal(characters).append(',');
        list.append(pending.array(), from, ends[i] - from).ascii("}}");
      } else {
        list.append(pending.array(), from, ends[i] - from);
      }
      from = ends[i];
    }
    forget();
  }
}
