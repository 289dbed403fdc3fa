package fairlead.providers.wire;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Reads how long a provider asks to be left alone.
 *
 * <p>Pure. Order and forms as the official SDKs have them: {@code retry-after-ms} (milliseconds),
 * then {@code retry-after} in seconds, also with decimals, or as an HTTP date (RFC 9110 section
 * 10.2.3).
 */
public final class RetryAfter {
  private static final long MAX_MILLIS = 400L * 24 * 3_600 * 1_000;
  private static final int MAX_CHARS = 64;

  private RetryAfter() {}

  /**
   * The wait in milliseconds, at least 0 and at most 400 days; -1 if neither header says anything
   * that can be understood.
   */
  public static long millis(
      @Nullable String retryAfterMs, @Nullable String retryAfter, long nowMillis) {
    long fromMillis = decimal(retryAfterMs, 1);
    if (fromMillis >= 0) {
      return fromMillis;
    }
    long fromSeconds = decimal(retryAfter, 1_000);
    return fromSeconds >= 0 ? fromSeconds : date(retryAfter, nowMillis);
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
