package fairlead.providers.wire;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Reads how long a provider asks to be left alone.
 *
 * <p>Pure; allocates, for refusals only. Order and forms as the official SDKs have them: {@code
 * retry-after-ms} (milliseconds), then {@code retry-after} in seconds, also with decimals, or as an
 * HTTP date (RFC 9110 section 10.2.3); after them Google's RetryInfo, and last the times at which
 * used-up limits are counted anew.
 */
public final class RetryAfter {
  private static final long MAX_MILLIS = ResetTime.MAX_MILLIS;
  private static final int MAX_CHARS = 64;

  private RetryAfter() {}

  /**
   * The wait in milliseconds, at least 0 and at most 400 days; -1 if nothing says anything that can
   * be understood.
   *
   * @param googleRetryDelayMillis what the body's RetryInfo says, or -1
   */
  public static long millis(HeaderLookup headers, long googleRetryDelayMillis, long nowMillis) {
    long asked = millis(headers.header("retry-after-ms"), headers.header("retry-after"), nowMillis);
    if (asked >= 0) {
      return asked;
    }
    return googleRetryDelayMillis >= 0
        ? Math.min(googleRetryDelayMillis, MAX_MILLIS)
        : resets(headers, nowMillis);
  }

  /**
   * The wait in milliseconds, at least 0 and at most 400 days; -1 if neither header says anything
   * that can be understood.
   */
  public static long millis(
      @Nullable String retryAfterMs, @Nullable String retryAfter, long nowMillis) {
    long fromMillis = decimal(retryAfterMs, 1);
    if (fromMillis > 0) {
      return fromMillis;
    }
    // Azure sends 0 milliseconds beside a second: a 0 there says nothing.
    long fromSeconds = decimal(retryAfter, 1_000);
    long fromDate = fromSeconds >= 0 ? fromSeconds : date(retryAfter, nowMillis);
    return Math.max(fromDate, fromMillis);
  }

  /** The latest reset of the limits of which nothing is left. */
  private static long resets(HeaderLookup headers, long nowMillis) {
    long latest = -1;
    for (RateHeader limit : RateHeader.ALL) {
      String remaining = headers.header(limit.remaining());
      String reset = headers.header(limit.reset());
      if (remaining == null || reset == null || !isUsedUp(remaining)) {
        continue;
      }
      byte[] text = reset.strip().getBytes(StandardCharsets.ISO_8859_1);
      latest = Math.max(latest, ResetTime.millis(text, 0, text.length, nowMillis));
    }
    return latest;
  }

  private static boolean isUsedUp(String remaining) {
    String number = remaining.strip();
    return decimal(number, 1) == 0
        || (number.startsWith("-") && decimal(number.substring(1), 1) > 0);
  }

  private static long decimal(@Nullable String text, int factor) {
    if (text == null || text.isEmpty() || text.length() > MAX_CHARS) {
      return -1;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && c != '.') {
        return -1;
      }
    }
    try {
      double value = Double.parseDouble(text) * factor;
      return value > MAX_MILLIS ? MAX_MILLIS : (long) Math.ceil(value);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static long date(@Nullable String text, long nowMillis) {
    if (text == null || text.length() > MAX_CHARS) {
      return -1;
    }
    try {
      Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Math.clamp(at.toEpochMilli() - nowMillis, 0L, MAX_MILLIS);
    } catch (DateTimeException e) {
      return -1;
    }
  }
}
