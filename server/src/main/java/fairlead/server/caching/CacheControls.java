package fairlead.server.caching;

import fairlead.providers.wire.ByteRange;
import fairlead.server.http.HttpExchange;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a caller says about the cache in the headers of a request.
 *
 * <p>Not thread-safe: one per connection, reusable. Allocates nothing where none of the headers is
 * there.
 *
 * <p>{@code x-fairlead-cache}: {@code off} (neither look up nor store), {@code refresh} (do not
 * look up, store), {@code only} (look up, ask no provider). {@code x-fairlead-cache-ttl}: how long
 * the answer may be kept, in seconds. {@code x-fairlead-cache-scope}: a name; requests of another
 * scope, or of none, are not answered from it. {@value PayloadMark#HEADER}: {@link PayloadMark}.
 * {@code Cache-Control}: the directives of RFC 9111 section 5.2.1, with others passed over as
 * section 5.2.3 has it; {@code no-store} stands for off, since who wants nothing kept wants no part
 * of the cache. Where several of these speak, each may forbid and none may allow what another
 * forbids.
 */
public final class CacheControls {
  public static final String MODE_HEADER = "x-fairlead-cache";
  public static final String TTL_HEADER = "x-fairlead-cache-ttl";
  public static final String SCOPE_HEADER = "x-fairlead-cache-scope";
  public static final String CACHE_CONTROL_HEADER = "cache-control";

  /** No bound was given. */
  public static final long UNBOUNDED = Long.MAX_VALUE;

  private static final int MAX_SCOPE_BYTES = 64;

  /** RFC 9111 section 1.2.2: larger numbers of seconds count as this one. */
  private static final long MAX_SECONDS = 1L << 31;

  private static final byte[] OFF = ascii("off");
  private static final byte[] REFRESH = ascii("refresh");
  private static final byte[] ONLY = ascii("only");
  private static final byte[] NO_STORE = ascii("no-store");
  private static final byte[] NO_CACHE = ascii("no-cache");
  private static final byte[] MAX_AGE = ascii("max-age");
  private static final byte[] MIN_FRESH = ascii("min-fresh");
  private static final byte[] ONLY_IF_CACHED = ascii("only-if-cached");

  private final ByteRange value = new ByteRange();
  private final ByteRange scope = new ByteRange();
  private final PayloadMark mark = new PayloadMark();

  private boolean mayLookUp;
  private boolean mayStore;
  private boolean only;
  private boolean marked;
  private long ttlMillis;
  private long maxAgeMillis;
  private long minFreshMillis;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads the headers of a request.
   *
   * @throws InvalidControl if one cannot be followed
   */
  public void read(HttpExchange http) throws InvalidControl {
    mayLookUp = true;
    mayStore = true;
    only = false;
    marked = false;
    ttlMillis = UNBOUNDED;
    maxAgeMillis = UNBOUNDED;
    minFreshMillis = 0;
    scope.clear();
    if (http.findHeader(MODE_HEADER, value)) {
      mode();
    }
    if (http.findHeader(TTL_HEADER, value)) {
      long seconds = seconds(value.start(), value.end());
      if (seconds < 0) {
        throw invalid(TTL_HEADER, "a whole number of seconds");
      }
      ttlMillis = seconds * 1000;
    }
    if (http.findHeader(SCOPE_HEADER, value)) {
      readScope();
    }
    // Several lines are one list (RFC 9110 section 5.3).
    int next = http.nextHeader(CACHE_CONTROL_HEADER, 0, value);
    while (next >= 0) {
      directives();
      next = http.nextHeader(CACHE_CONTROL_HEADER, next, value);
    }
    if (http.findHeader(PayloadMark.HEADER, value)) {
      mark.read(value);
      marked = true;
    }
    value.clear();
  }

  private void mode() throws InvalidControl {
    if (is(OFF, value.start(), value.end())) {
      off();
    } else if (is(REFRESH, value.start(), value.end())) {
      mayLookUp = false;
    } else if (is(ONLY, value.start(), value.end())) {
      only = true;
    } else {
      throw invalid(MODE_HEADER, "off, refresh or only");
    }
  }

  private void off() {
    mayLookUp = false;
    mayStore = false;
  }

  private void readScope() throws InvalidControl {
    byte[] a = value.array();
    boolean good = value.length() > 0 && value.length() <= MAX_SCOPE_BYTES;
    for (int i = value.start(); i < value.end(); i++) {
      byte b = a[i];
      good &= (b >= '0' && b <= '9') || letter(b) || b == '.' || b == '_' || b == '-' || b == ':';
    }
    if (!good) {
      throw invalid(
          SCOPE_HEADER,
          "a name of 1 to " + MAX_SCOPE_BYTES + " letters, digits, '.', '_', ':' or '-'");
    }
    scope.set(a, value.start(), value.end());
  }

  private static boolean letter(byte b) {
    return (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
  }

  /** A comma-separated list (RFC 9110 section 5.6.1): empty members do not count. */
  private void directives() {
    byte[] a = value.array();
    int i = value.start();
    while (i < value.end()) {
      int from = i;
      boolean quoted = false;
      while (i < value.end() && (quoted || a[i] != ',')) {
        quoted ^= a[i] == '"';
        i++;
      }
      int to = i++;
      while (from < to && white(a[from])) {
        from++;
      }
      while (from < to && white(a[to - 1])) {
        to--;
      }
      int equals = from;
      while (equals < to && a[equals] != '=') {
        equals++;
      }
      directive(from, equals, to);
    }
  }

  /**
   * A time that is none is the shortest age (RFC 9111 section 4.2.1: what is stated wrongly counts
   * as stale) and otherwise says nothing. {@code max-stale} is passed over: nothing is served
   * stale, whatever the caller would put up with.
   */
  private void directive(int from, int equals, int to) {
    if (is(NO_STORE, from, equals)) {
      off();
    } else if (is(NO_CACHE, from, equals)) {
      mayLookUp = false;
    } else if (is(ONLY_IF_CACHED, from, equals)) {
      only = true;
    } else if (is(MAX_AGE, from, equals)) {
      maxAgeMillis = Math.min(maxAgeMillis, Math.max(0, argument(equals, to)) * 1000);
      mayLookUp &= maxAgeMillis > 0;
    } else if (is(MIN_FRESH, from, equals)) {
      minFreshMillis = Math.max(minFreshMillis, argument(equals, to) * 1000);
    }
  }

  /** RFC 9111 section 5.2: both forms, token and quoted string, are accepted; -1 for neither. */
  private long argument(int equals, int to) {
    byte[] a = value.array();
    int from = Math.min(equals + 1, to);
    if (to - from >= 2 && a[from] == '"' && a[to - 1] == '"') {
      from++;
      to--;
    }
    return seconds(from, to);
  }

  /** The number of seconds, or -1 if it is none. */
  private long seconds(int from, int to) {
    byte[] a = value.array();
    long seconds = 0;
    for (int i = from; i < to; i++) {
      if (a[i] < '0' || a[i] > '9') {
        return -1;
      }
      seconds = Math.min(seconds * 10 + a[i] - '0', MAX_SECONDS);
    }
    return from < to ? seconds : -1;
  }

  private InvalidControl invalid(String header, String wanted) {
    return new InvalidControl(header, value.toString(), wanted);
  }

  private static boolean white(byte b) {
    return b == ' ' || b == '\t';
  }

  /** Whether the text is this word in whatever case (RFC 9111 section 5.2 for directives). */
  private boolean is(byte[] word, int from, int to) {
    if (to - from != word.length) {
      return false;
    }
    for (int i = 0; i < word.length; i++) {
      byte b = value.array()[from + i];
      if ((b >= 'A' && b <= 'Z' ? b + 0x20 : b) != word[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether an answer may come from the cache. */
  public boolean mayLookUp() {
    return mayLookUp;
  }

  /** Whether the answer may be kept. */
  public boolean mayStore() {
    return mayStore;
  }

  /**
   * Whether no provider may be asked: without an answer in the cache the call is answered with
   * status 504 (RFC 9111 section 5.2.1.7).
   */
  public boolean only() {
    return only;
  }

  /** How long the answer may be kept; 0 for not at all, {@link #UNBOUNDED} if nothing was said. */
  public long ttlMillis() {
    return ttlMillis;
  }

  /** How old an answer may be; {@link #UNBOUNDED} if nothing was said. */
  public long maxAgeMillis() {
    return maxAgeMillis;
  }

  /** How long an answer must still be good for. */
  public long minFreshMillis() {
    return minFreshMillis;
  }

  /** Whether an answer with these times may be served at this time. */
  public boolean accepts(long storedAtMillis, long expiresAtMillis, long nowMillis) {
    return mayLookUp
        && expiresAtMillis - minFreshMillis > nowMillis
        && nowMillis - storedAtMillis <= maxAgeMillis;
  }

  /** The scope's name, empty without one; valid until the handler returns. */
  public ByteRange scope() {
    return scope;
  }

  /** What of the request is its payload; null if nothing was said. */
  public @Nullable PayloadMark mark() {
    return marked ? mark : null;
  }

  /** Lets go of the head, which belongs to the front. */
  public void forget() {
    value.clear();
    scope.clear();
  }
}
