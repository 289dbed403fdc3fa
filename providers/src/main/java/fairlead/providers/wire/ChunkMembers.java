package fairlead.providers.wire;

import static fairlead.providers.wire.JsonScan.name;

import java.util.Arrays;

/**
 * What the chunks of a stream say in common: each member once, as it stands.
 *
 * <p>Not thread-safe, reusable after {@link #clear}. A member that is repeated costs a comparison.
 * About 700 bytes, and up to {@value #MAX_BYTES} more.
 */
final class ChunkMembers {
  /** Where a member stands. */
  static final byte TOP = 0;

  static final byte CHOICE = 1;
  static final byte DELTA = 2;

  /** More than any provider's chunks say beside their text. */
  private static final int MAX_BYTES = 8 * 1024;

  private static final int MAX_MEMBERS = 48;
  private static final int FIRST_BYTES = 768;

  private static final byte[] ROLE = name("\"role\"");

  private final ByteSink bytes = new ByteSink(0);
  private final byte[] places = new byte[MAX_MEMBERS];
  private final short[] starts = new short[MAX_MEMBERS];
  private final short[] keyEnds = new short[MAX_MEMBERS];
  private final short[] valueStarts = new short[MAX_MEMBERS];
  private final short[] ends = new short[MAX_MEMBERS];
  private int count;
  private int cursor;
  private boolean replaced;

  void clear() {
    bytes.clear();
    count = 0;
  }

  /** The members of another chunk follow. */
  void beginChunk() {
    cursor = 0;
    replaced = false;
  }

  /** Whether a member of this chunk counts instead of one of an earlier chunk. */
  boolean replaced() {
    return replaced;
  }

  /**
   * Takes the member whose value {@code json} has just skipped.
   *
   * @return false if it would have to be joined or merged with what is there
   */
  boolean add(byte place, JsonScan json, byte[] a) {
    if (json.failed()) {
      return false;
    }
    int from = json.keyAt();
    int to = json.valueEnd();
    if (cursor < count && places[cursor] == place && same(cursor, a, from, to)) {
      cursor++;
      return true;
    }
    int keyEnd = from + 1;
    while (a[keyEnd] != '"') {
      if (a[keyEnd] == '\\') {
        return false; // it may be another way to write a known one
      }
      keyEnd++;
    }
    keyEnd++;
    for (int i = 0; i < count; i++) {
      if (places[i] == place && hasKey(i, a, from, keyEnd)) {
        cursor = i + 1;
        return again(i, a, from, keyEnd, json.valueStart(), to);
      }
    }
    if (count == MAX_MEMBERS
        || !allowed(place, a, from, keyEnd, json.valueStart(), to)
        || !put(count, a, from, keyEnd, json.valueStart(), to)) {
      return false;
    }
    places[count] = place;
    count++;
    cursor = count;
    return true;
  }

  /** Pieces of other members of a delta may have to be joined: only one is known to be whole. */
  private static boolean allowed(byte place, byte[] a, int from, int keyEnd, int value, int to) {
    return place != DELTA
        || blank(a, value, to)
        || (a[value] == '"' && Arrays.equals(a, from, keyEnd, ROLE, 0, ROLE.length));
  }

  /** A string that says something is replaced by null or an empty one in no case. */
  private boolean again(int i, byte[] a, int from, int keyEnd, int value, int to) {
    byte[] known = bytes.array();
    int knownValue = valueStarts[i];
    if (Arrays.equals(a, value, to, known, knownValue, ends[i])) {
      return true;
    }
    if (!allowed(places[i], a, from, keyEnd, value, to)) {
      return false;
    }
    boolean saysNothing = blank(a, value, to);
    if (blank(known, knownValue, ends[i])) {
      boolean stays = places[i] == DELTA && saysNothing && known[knownValue] != 'n';
      return stays || put(i, a, from, keyEnd, value, to);
    }
    if (saysNothing) {
      return true;
    }
    if (places[i] == DELTA || compound(a[value]) || compound(known[knownValue])) {
      return false;
    }
    replaced = true;
    return put(i, a, from, keyEnd, value, to);
  }

  private boolean put(int i, byte[] a, int from, int keyEnd, int value, int to) {
    int length = to - from;
    int at = bytes.length();
    boolean inPlace = i < count && length <= ends[i] - starts[i];
    if (inPlace) {
      at = starts[i];
    } else if (length > MAX_BYTES - at) {
      return false;
    } else {
      bytes.reserve(Math.max(length, FIRST_BYTES - at));
      bytes.advance(length);
    }
    System.arraycopy(a, from, bytes.array(), at, length);
    starts[i] = (short) at;
    keyEnds[i] = (short) (at + keyEnd - from);
    valueStarts[i] = (short) (at + value - from);
    ends[i] = (short) (at + length);
    return true;
  }

  private boolean same(int i, byte[] a, int from, int to) {
    return Arrays.equals(a, from, to, bytes.array(), starts[i], ends[i]);
  }

  private boolean hasKey(int i, byte[] a, int from, int to) {
    return Arrays.equals(a, from, to, bytes.array(), starts[i], keyEnds[i]);
  }

  private static boolean blank(byte[] a, int value, int to) {
    return a[value] == 'n' || (a[value] == '"' && to - value == 2);
  }

  private static boolean compound(byte first) {
    return first == '{' || first == '[';
  }

  /** The number of the member with this key, quotes included; -1 if there is none. */
  int find(byte place, byte[] key) {
    for (int i = 0; i < count; i++) {
      if (places[i] == place && hasKey(i, key, 0, key.length)) {
        return i;
      }
    }
    return -1;
  }

  int length() {
    return bytes.length();
  }

  /** Whether there are no members. */
  boolean isEmpty() {
    return count == 0;
  }

  /** Whether the value of this member is null. */
  boolean isNull(int i) {
    return bytes.array()[valueStarts[i]] == 'n';
  }

  /** Whether the value of this member is null or an empty string. */
  boolean isBlank(int i) {
    return blank(bytes.array(), valueStarts[i], ends[i]);
  }

  /** Whether the value of this member is written so. */
  boolean valueIs(int i, byte[] text) {
    return Arrays.equals(bytes.array(), valueStarts[i], ends[i], text, 0, text.length);
  }

  /** Appends the members that stand there, each with a comma after it, but for one. */
  void write(byte place, int but, ByteSink out) {
    for (int i = 0; i < count; i++) {
      if (places[i] == place && i != but) {
        out.append(bytes.array(), starts[i], ends[i] - starts[i]).append(',');
      }
    }
  }
}
