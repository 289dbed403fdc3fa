package fairlead.cache.text;

/**
 * Writes a log line without what changes from run to run.
 *
 * <p>Not thread-safe. A few nanoseconds a byte; allocates only while its buffers grow to the
 * longest line.
 *
 * <p>First the line is cleaned: escape sequences of terminals and control bytes go, white space
 * becomes single spaces, a leading timestamp goes. Then it is masked word by word, where a word is
 * a run of letters, digits and bytes beyond ASCII: letters become small; numbers with their units,
 * hexadecimal and random words, UUIDs, dates and names of temporary files become {@code #}; of an
 * absolute path the last component stays, of a URL all but the query, of a run of one sign, as in
 * rulers, leaders and bars of progress, three. Kept are relative paths, names, messages, and the
 * numbers {@link NumberContext} speaks of.
 */
final class LineMask {
  static final byte MASK = '#';

  private static final WordSet UNITS =
      new WordSet(
          "ns us ms s sec secs second seconds m min mins minute minutes h hr hrs hour hours d day"
              + " days b kb mb gb tb kib mib gib byte bytes k kbps mbps");

  /** How long a run of one sign is says how wide a terminal or how long a name was. */
  private static final int MOST_OF_ONE_SIGN = 3;

  private static final int FIRST_BYTES = 512;

  /** Lines are seldom longer; there are two buffers of it. */
  private static final int KEPT_BYTES = 32 << 10;

  private byte[] clean = new byte[FIRST_BYTES];
  private int end;
  private byte[] out = new byte[FIRST_BYTES];
  private int length;
  private int urlEnd;

  /** The masked line, {@link #length} bytes of it; changes with the next. */
  byte[] masked() {
    return out;
  }

  int length() {
    return length;
  }

  /** Forgets the line, and gives back what only an unusually long one needs. */
  void trim() {
    end = 0;
    length = 0;
    if (clean.length > KEPT_BYTES) {
      clean = new byte[FIRST_BYTES];
      out = new byte[FIRST_BYTES];
    }
  }

  /** Masks one line, given without its end. */
  void mask(byte[] text, int from, int to) {
    if (clean.length < to - from) {
      clean = new byte[Integer.highestOneBit(to - from) * 2];
      out = new byte[clean.length]; // what is written is never longer than what is read
    }
    end = clean(text, from, to);
    length = 0;
    urlEnd = 0;
    int at = Timestamps.after(clean, 0, end);
    while (at < end) {
      byte b = clean[at];
      if (Ascii.isWord(b)) {
        at = word(at);
      } else if (at < urlEnd) {
        at = b == '?' ? urlEnd : copy(at);
      } else if (b == '/' && Names.startsPath(clean, at, end)) {
        at = path(at);
      } else if ((b == '~' && at(at + 1) == '/') || isMinus(at)) {
        at++;
      } else {
        at = sign(at);
      }
    }
  }

  private int clean(byte[] text, int from, int to) {
    int n = 0;
    int at = from;
    while (at < to) {
      byte b = text[at];
      if (b < 0 || (b > ' ' && b != 0x7f)) {
        clean[n++] = b;
        at++;
      } else if (b == 0x1b) {
        at = Ascii.afterEscape(text, at, to);
      } else {
        if ((b == ' ' || b == '\t') && n > 0 && clean[n - 1] != ' ') {
          clean[n++] = ' ';
        }
        at++;
      }
    }
    return n > 0 && clean[n - 1] == ' ' ? n - 1 : n;
  }

  /** Writes the word that starts here; returns where to go on. */
  private int word(int from) {
    int to = Ascii.wordEnd(clean, from, end);
    if (from >= urlEnd && Names.isDrive(clean, from, to, end)) {
      return path(to + 1);
    }
    int uuid = Names.uuidEnd(clean, from, to, end);
    if (uuid >= 0) {
      return mask(uuid);
    }
    if (Names.isHex(clean, from, to) || Names.isRandom(clean, from, to)) {
      return mask(to);
    }
    if (Ascii.isDigit(clean[from])) {
      return number(from);
    }
    if (Names.isDate(clean, from, to, end)) {
      return mask(to);
    }
    int temporary = Names.temporaryEnd(clean, from, to, end);
    if (temporary >= 0) {
      return mask(temporary);
    }
    if (Names.isScheme(clean, from, to, end)) {
      urlEnd = Names.urlEnd(clean, to, end);
    }
    return mixed(from);
  }

  /** Writes a number with its unit, further ones too, and what follows in the same word. */
  private int number(int from) {
    int duration = durationEnd(from);
    if (duration >= 0) {
      int next = duration;
      while (next >= 0) {
        duration = next;
        next = durationEnd(at(duration) == ' ' ? duration + 1 : duration);
      }
      return mask(duration);
    }
    int to = numberEnd(from);
    if (Names.isHalfOfDay(clean, from, to, end)) {
      return mask(to + 3);
    }
    if (!NumberContext.matters(clean, from, to, end, out, length)) {
      mask(to);
      return mixed(to);
    }
    System.arraycopy(clean, from, out, length, to - from);
    length += to - from;
    return to;
  }

  /** Copies the rest of a word, masking its numbers. */
  private int mixed(int from) {
    int at = from;
    while (at < end && Ascii.isWord(clean[at])) {
      if (Ascii.isDigit(clean[at])) {
        at = numberEnd(at);
        out[length++] = MASK;
      } else {
        at = copy(at);
      }
    }
    return at;
  }

  /** Copies a sign that does not continue a long run of it. */
  private int sign(int at) {
    byte sign = clean[at];
    int run = length - MOST_OF_ONE_SIGN;
    return run >= 0 && out[run] == sign && out[run + 1] == sign && out[run + 2] == sign
        ? at + 1
        : copy(at);
  }

  private int copy(int at) {
    out[length++] = Ascii.small(clean[at]);
    return at + 1;
  }

  private int mask(int to) {
    // "[ 1%]" is padded where "[10%]" is not.
    if (length > 1
        && out[length - 1] == ' '
        && (out[length - 2] == '[' || out[length - 2] == '(')) {
      length--;
    }
    out[length++] = MASK;
    return to;
  }

  /** Leaves out the path up to its last component; masks that too if it is a temporary name. */
  private int path(int separator) {
    int to = Names.pathEnd(clean, separator, end);
    int last = Names.lastComponent(clean, separator, to);
    return Names.isTemporary(clean, separator, last, to) ? mask(to) : last;
  }

  /** The end of {@code 1}, {@code 1.2.3}, {@code 1,234} or {@code 12:30:59}. */
  private int numberEnd(int from) {
    int at = Ascii.digitsEnd(clean, from, end);
    while ((at(at) == '.' || at(at) == ',' || at(at) == ':') && Ascii.isDigit(at(at + 1))) {
      at = Ascii.digitsEnd(clean, at + 1, end);
    }
    return at;
  }

  /** The end of a number with a unit, which a further one may follow; -1 if there is none here. */
  private int durationEnd(int from) {
    if (!Ascii.isDigit(at(from))) {
      return -1;
    }
    int unit = numberEnd(from);
    boolean spaced = at(unit) == ' ';
    if (spaced) {
      unit++;
    }
    int to = Ascii.lettersEnd(clean, unit, end);
    if (!UNITS.contains(clean, unit, to) || (spaced && to - unit == 1 && clean[unit] != 'B')) {
      return -1; // "5 m" may be the start of anything, "5 B" are bytes
    }
    boolean ends = !Ascii.isWord(at(to)) || (!spaced && Ascii.isDigit(at(to)));
    return ends ? to : -1;
  }

  /** The sign of a number, not a hyphen, nor a line that a difference takes away. */
  private boolean isMinus(int at) {
    return clean[at] == '-'
        && Ascii.isDigit(at(at + 1))
        && at > 0
        && switch (clean[at - 1]) {
          case ' ', '=', ':', ',', '(', '[' -> true;
          default -> false;
        };
  }

  private byte at(int index) {
    return index < end ? clean[index] : 0;
  }
}
