package fairlead.server.caching;

import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.JsonScan;
import java.nio.charset.StandardCharsets;

/**
 * Makes a stream of a chat completion that was stored as a whole.
 *
 * <p>Not thread-safe, reusable. Cost: two passes in place over the answer; allocates nothing but
 * the growth of the sink.
 *
 * <p>The stream of each choice: the role and what of the message does not come in pieces; the
 * texts, in pieces of about {@value #PIECE_BYTES} bytes; the finish reason with what else the
 * choice has. At the end the usage, if it is wanted, and the end mark. Fields of the answer itself
 * are in every chunk if they identify it, else in the first.
 */
public final class AnswerReplay {
  private static final int PIECE_BYTES = 1024;

  /** A space this near to the end of a piece is preferred to end it. */
  private static final int WORD_BYTES = 32;

  private static final int FIRST_BYTES = 256;

  /** What answers say beside their choices is seldom longer. */
  private static final int KEPT_BYTES = 16 << 10;

  private static final byte[] NOTHING = {};
  private static final byte[] CHOICES = JsonScan.name("choices");
  private static final byte[] OBJECT = JsonScan.name("object");
  private static final byte[] USAGE = JsonScan.name("usage");
  private static final byte[] INDEX = JsonScan.name("index");
  private static final byte[] MESSAGE = JsonScan.name("message");
  private static final byte[] DELTA = JsonScan.name("delta");
  private static final byte[] FINISH_REASON = JsonScan.name("finish_reason");
  private static final byte[] TOOL_CALLS = JsonScan.name("tool_calls");
  private static final byte[] CONTENT = JsonScan.name("content");

  /** What every chunk says. */
  private static final byte[][] IDENTITY = {
    JsonScan.name("id"),
    JsonScan.name("created"),
    JsonScan.name("model"),
    JsonScan.name("system_fingerprint"),
    JsonScan.name("service_tier"),
    JsonScan.name("provider")
  };

  /** Texts of a message that come in pieces, in the order they are sent. */
  private static final byte[][] PIECES = {
    JsonScan.name("reasoning"),
    JsonScan.name("reasoning_content"),
    CONTENT,
    JsonScan.name("refusal")
  };

  private static final int CONTENT_PIECE = 2;

  private static final byte[] START = ascii("data: {");
  private static final byte[] CHUNK = ascii("\"object\":\"chat.completion.chunk\"");
  private static final byte[] CHOICE = ascii(",\"choices\":[{\"index\":");
  private static final byte[] BEGIN_DELTA = ascii(",\"delta\":{");
  private static final byte[] NO_DELTA = ascii(",\"delta\":{}");
  private static final byte[] END_DELTA = ascii("},\"finish_reason\":null}]}\n\n");
  private static final byte[] FINISH = ascii(",\"finish_reason\":");
  private static final byte[] END_CHOICE = ascii("}]}\n\n");
  private static final byte[] NO_CHOICES = ascii(",\"choices\":[],\"usage\":");
  private static final byte[] END_USAGE = ascii("}\n\n");
  private static final byte[] DONE = ascii("data: [DONE]\n\n");
  private static final byte[] EMPTY_CONTENT = ascii("\"content\":\"\"");
  private static final byte[] NUMBER_INDEX = ascii("\"index\":");

  private final JsonScan outer = new JsonScan();
  private final JsonScan inner = new JsonScan();
  private final JsonScan calls = new JsonScan();
  private final ByteSink identity = new ByteSink(FIRST_BYTES);
  private final ByteSink others = new ByteSink(0);
  private final int[] pieceStart = new int[PIECES.length];
  private final int[] pieceEnd = new int[PIECES.length];

  private byte[] a = NOTHING;
  private ByteSink out = new ByteSink(0);

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Appends the events of the stored answer.
   *
   * @param usage whether the caller wants to know what it has cost
   * @return false, with nothing appended, if it is no answer of which a stream can be made
   */
  public boolean stream(byte[] answer, boolean usage, ByteSink sink) {
    a = answer;
    out = sink;
    int before = sink.length();
    boolean good = write(usage);
    if (!good) {
      sink.truncate(before);
    }
    outer.forget();
    inner.forget();
    calls.forget();
    a = NOTHING;
    out = identity;
    return good;
  }

  /** Gives back what only an unusual answer needs. */
  public void trim() {
    if (identity.array().length > KEPT_BYTES) {
      identity.trim(FIRST_BYTES);
    }
    if (others.array().length > KEPT_BYTES) {
      others.trim(0);
    }
  }

  private boolean write(boolean usage) {
    int choicesStart = -1;
    int choicesEnd = -1;
    int usageStart = -1;
    int usageEnd = -1;
    identity.clear();
    identity.append(CHUNK);
    others.clear();
    outer.begin(a, 0, a.length);
    outer.enterObject();
    while (outer.nextMember()) {
      if (outer.keyIs(OBJECT)) {
        outer.skip();
      } else if (outer.keyIs(CHOICES)) {
        outer.skip();
        choicesStart = outer.valueStart();
        choicesEnd = outer.valueEnd();
      } else if (outer.keyIs(USAGE)) {
        outer.skip();
        usageStart = outer.valueStart();
        usageEnd = outer.valueEnd();
      } else {
        ByteSink target = isIdentity() ? identity : others;
        outer.skip();
        target.append(',');
        member(outer, target);
      }
    }
    if (!outer.end() || choicesStart < 0 || a[choicesStart] != '[') {
      return false;
    }
    int choices = 0;
    outer.begin(a, choicesStart, choicesEnd);
    outer.enterArray();
    while (outer.nextElement()) {
      if (outer.peek() != '{' || !outer.skip() || !choice(choices++)) {
        return false;
      }
    }
    if (!outer.end() || choices == 0) {
      return false;
    }
    if (usage && usageStart >= 0 && a[usageStart] == '{') {
      start();
      out.append(NO_CHOICES);
      copy(usageStart, usageEnd, out);
      out.append(END_USAGE);
    }
    out.append(DONE);
    return true;
  }

  private boolean isIdentity() {
    for (byte[] name : IDENTITY) {
      if (outer.keyIs(name)) {
        return true;
      }
    }
    return false;
  }

  /** Appends the member whose value was just skipped, as it stands. */
  private void member(JsonScan scan, ByteSink target) {
    copy(scan.keyAt(), scan.valueEnd(), target);
  }

  /** Appends JSON without its line ends: outside of strings they mean nothing, in events much. */
  private void copy(int from, int to, ByteSink target) {
    int clean = from;
    for (int i = from; i < to; i++) {
      if (a[i] == '\n' || a[i] == '\r') {
        target.append(a, clean, i - clean);
        clean = i + 1;
      }
    }
    target.append(a, clean, to - clean);
  }

  /** Starts a chunk. */
  private void start() {
    out.append(START).append(identity.array(), 0, identity.length());
  }

  private void startChoice(int indexStart, int indexEnd, int number) {
    start();
    if (!others.isEmpty()) {
      out.append(others.array(), 0, others.length());
      others.clear();
    }
    out.append(CHOICE);
    if (indexStart < 0) {
      out.decimal(number);
    } else {
      out.append(a, indexStart, indexEnd - indexStart);
    }
  }

  /** Writes the chunks of the choice that was just skipped. */
  private boolean choice(int number) {
    int from = outer.valueStart();
    int to = outer.valueEnd();
    int indexStart = -1;
    int indexEnd = -1;
    int messageStart = -1;
    int messageEnd = -1;
    int finishStart = 0;
    int finishEnd = 0;
    inner.begin(a, from, to);
    inner.enterObject();
    while (inner.nextMember()) {
      boolean index = inner.keyIs(INDEX);
      boolean message = inner.keyIs(MESSAGE);
      boolean finish = inner.keyIs(FINISH_REASON);
      inner.skip();
      if (index) {
        indexStart = inner.valueStart();
        indexEnd = inner.valueEnd();
      } else if (message) {
        messageStart = inner.valueStart();
        messageEnd = inner.valueEnd();
      } else if (finish) {
        finishStart = inner.valueStart();
        finishEnd = inner.valueIsText() ? inner.valueEnd() : finishStart;
      }
    }
    if (messageStart < 0 || a[messageStart] != '{' || finishEnd - finishStart <= 2) {
      return false;
    }
    startChoice(indexStart, indexEnd, number);
    beginning(messageStart, messageEnd);
    for (int i = 0; i < PIECES.length; i++) {
      pieces(i, indexStart, indexEnd, number);
    }
    startChoice(indexStart, indexEnd, number);
    out.append(NO_DELTA);
    rest(from, to);
    out.append(FINISH).append(a, finishStart, finishEnd - finishStart).append(END_CHOICE);
    return true;
  }

  /** Writes the delta with all of the message that does not come in pieces. */
  private void beginning(int from, int to) {
    for (int i = 0; i < PIECES.length; i++) {
      pieceStart[i] = -1;
    }
    out.append(BEGIN_DELTA);
    boolean comma = false;
    inner.begin(a, from, to);
    inner.enterObject();
    while (inner.nextMember()) {
      int piece = piece();
      boolean calls = inner.keyIs(TOOL_CALLS);
      boolean content = inner.keyIs(CONTENT);
      int keyAt = inner.keyAt();
      inner.skip();
      boolean text = a[inner.valueStart()] == '"';
      if (piece >= 0 && text) {
        pieceStart[piece] = inner.valueStart() + 1;
        pieceEnd[piece] = inner.valueEnd() - 1;
        if (!content) {
          continue;
        }
      }
      if (comma) {
        out.append(',');
      }
      comma = true;
      if (content && text) {
        out.append(EMPTY_CONTENT);
      } else if (calls && a[inner.valueStart()] == '[') {
        copy(keyAt, inner.valueStart(), out);
        toolCalls(inner.valueStart(), inner.valueEnd());
      } else {
        member(inner, out);
      }
    }
    out.append(END_DELTA);
  }

  private int piece() {
    for (int i = 0; i < PIECES.length; i++) {
      if (inner.keyIs(PIECES[i])) {
        return i;
      }
    }
    return -1;
  }

  /** In a stream each call tells its index. */
  private void toolCalls(int from, int to) {
    calls.begin(a, from, to);
    out.append('[');
    int number = 0;
    calls.enterArray();
    while (calls.nextElement()) {
      if (number > 0) {
        out.append(',');
      }
      if (calls.peek() != '{') {
        calls.skip();
        copy(calls.valueStart(), calls.valueEnd(), out);
        continue;
      }
      out.append('{').append(NUMBER_INDEX).decimal(number++);
      calls.enterObject();
      while (calls.nextMember()) {
        boolean index = calls.keyIs(INDEX);
        calls.skip();
        if (!index) {
          out.append(',');
          member(calls, out);
        }
      }
      out.append('}');
    }
    out.append(']');
  }

  private void pieces(int piece, int indexStart, int indexEnd, int number) {
    int at = pieceStart[piece];
    if (at < 0) {
      return;
    }
    int end = pieceEnd[piece];
    // Of an empty text the beginning has said so, if it is the content.
    boolean due = piece != CONTENT_PIECE;
    while (at < end || due) {
      due = false;
      int to = pieceEnd(at, end);
      startChoice(indexStart, indexEnd, number);
      out.append(BEGIN_DELTA).append('"').append(PIECES[piece]).append('"').append(':');
      out.append('"').append(a, at, to - at).append('"').append(END_DELTA);
      at = to;
    }
  }

  /** Where a piece ends: after a space if one is near, never inside of a character or escape. */
  private int pieceEnd(int from, int end) {
    if (end - from <= PIECE_BYTES) {
      return end;
    }
    int limit = from + PIECE_BYTES;
    int at = from;
    int border = from;
    int space = from;
    boolean half = false;
    while (at <= limit) {
      if (!half) {
        border = at;
      }
      half = false;
      byte b = a[at];
      if (b == '\\') {
        boolean code = a[at + 1] == 'u';
        // The first half of a pair: D8 to DB.
        half = code && (a[at + 2] | 0x20) == 'd' && "89abAB".indexOf(a[at + 3]) >= 0;
        at += code ? 6 : 2;
      } else {
        at++;
        while (at < end && (a[at] & 0xc0) == 0x80) {
          at++;
        }
        if (b == ' ' && at <= limit) {
          space = at;
        }
      }
    }
    return space >= limit - WORD_BYTES ? space : border;
  }

  /** Appends what the choice has besides index, message and finish reason. */
  private void rest(int from, int to) {
    inner.begin(a, from, to);
    inner.enterObject();
    while (inner.nextMember()) {
      boolean known =
          inner.keyIs(INDEX)
              || inner.keyIs(MESSAGE)
              || inner.keyIs(FINISH_REASON)
              || inner.keyIs(DELTA); // Perplexity's plain answers have an empty one
      inner.skip();
      if (!known) {
        out.append(',');
        member(inner, out);
      }
    }
  }
}
