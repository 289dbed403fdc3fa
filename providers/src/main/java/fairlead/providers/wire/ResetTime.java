package fairlead.providers.wire;

/**
 * Reads when a limit is counted anew, in the forms that providers write.
 *
 * <p>Stateless, allocates nothing. Forms: {@code 12ms}, {@code 1s}, {@code 7.66s}, {@code 6m0s},
 * {@code 1h2m3s}, {@code 1d}; seconds without a unit; seconds or milliseconds since 1970; RFC 3339
 * such as {@code 2026-11-21T10:00:30Z}.
 */
final class ResetTime {
  static final long MAX_MILLIS = 400L * 24 * 3_600 * 1_000;

  private static final int MAX_BYTES = 40;
  private static final long LEAST_EPOCH_SECONDS = 1_000_000_000L;
  private static final long LEAST_EPOCH_MILLIS = 1_000_000_000_000L;

  private ResetTime() {}

  /** How long from now, from 0 to 400 days; -1 if the text is not understood. */
  static long millis(byte[] a, int start, int end, long nowMillis) {
    if (start >= end || end - start > MAX_BYTES) {
      return -1;
    }
    if (end - start >= 20 && a[start + 4] == '-') {
      long at = instant(a, start, end);
      return at < 0 ? -1 : Math.clamp(at - nowMillis, 0, MAX_MILLIS);
    }
    return duration(a, start, end, nowMillis);
  }

  private static long duration(byte[] a, int start, int end, long nowMillis) {
    double total = 0;
    int i = start;
    while (i < end) {
      double number = 0;
      double decimal = 0;
      int from = i;
      for (; i < end && (isDigit(a[i]) || (a[i] == '.' && decimal == 0)); i++) {
        if (a[i] == '.') {
          decimal = 1;
        } else if (decimal == 0) {
          number = number * 10 + (a[i] - '0');
        } else {
          decimal /= 10;
          number += decimal * (a[i] - '0');
        }
      }
      if (i == from || !isDigit(a[i - 1])) {
        return -1;
      }
      if (i == end) {
        return from == start ? bare(number, nowMillis) : -1;
      }
      byte unit = a[i++];
      if (unit == 'm' && i < end && a[i] == 's') {
        i++;
        total += number;
      } else {
        double millis = unitMillis(unit);
        if (millis == 0) {
          return -1;
        }
        total += number * millis;
      }
    }
    return bounded(total);
  }

  private static double unitMillis(byte unit) {
    return switch (unit) {
      case 's' -> 1_000;
      case 'm' -> 60_000;
      case 'h' -> 3_600_000;
      case 'd' -> 86_400_000;
      default -> 0;
    };
  }

  /** A number without a unit: as large as a date it is one. */
  private static long bare(double number, long nowMillis) {
    if (number >= LEAST_EPOCH_MILLIS) {
      return Math.clamp((long) number - nowMillis, 0, MAX_MILLIS);
    }
    if (number >= LEAST_EPOCH_SECONDS) {
      return Math.clamp((long) (number * 1_000) - nowMillis, 0, MAX_MILLIS);
    }
    return bounded(number * 1_000);
  }

  private static long bounded(double millis) {
    return millis > MAX_MILLIS ? MAX_MILLIS : (long) Math.ceil(millis - 1e-6);
  }

  /** Milliseconds since 1970 of an RFC 3339 date-time, or -1. */
  private static long instant(byte[] a, int start, int end) {
    int year = number(a, start, 4, '-');
    int month = number(a, start + 5, 2, '-');
    int day = number(a, start + 8, 2, 'T');
    int hour = number(a, start + 11, 2, ':');
    int minute = number(a, start + 14, 2, ':');
    int second = number(a, start + 17, 2, '\0');
    boolean good = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
    good &= hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60;
    if (!good) {
      return -1;
    }
    int i = start + 19;
    int millis = 0;
    if (a[i] == '.') {
      int unit = 100;
      for (i++; i < end && isDigit(a[i]); i++) {
        millis += unit * (a[i] - '0');
        unit /= 10;
      }
    }
    long offset = offsetSeconds(a, i, end);
    if (offset == Long.MIN_VALUE) {
      return -1;
    }
    long seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second - offset;
    return seconds * 1_000 + millis;
  }

  private static long offsetSeconds(byte[] a, int i, int end) {
    if (i == end - 1 && (a[i] | 0x20) == 'z') {
      return 0;
    }
    if (i != end - 6 || (a[i] != '+' && a[i] != '-')) {
      return Long.MIN_VALUE;
    }
    int hours = number(a, i + 1, 2, ':');
    int minutes = number(a, i + 4, 2, '\0');
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
      return Long.MIN_VALUE;
    }
    long seconds = (hours * 60L + minutes) * 60;
    return a[i] == '-' ? -seconds : seconds;
  }

  /** {@code digits} digits and, unless 0, the byte that must follow; -1 if they do not. */
  private static int number(byte[] a, int from, int digits, char then) {
    int value = 0;
    for (int i = from; i < from + digits; i++) {
      if (!isDigit(a[i])) {
        return -1;
      }
      value = value * 10 + (a[i] - '0');
    }
    boolean follows = then == 0 || a[from + digits] == then;
    return follows ? value : -1;
  }

  /** Days since 1970-01-01, by the calendar counted from the first of March. */
  private static long days(int year, int month, int day) {
    long y = month > 2 ? year : year - 1L;
    long era = y / 400;
    long yearOfEra = y - era * 400;
    long dayOfYear = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097 + dayOfEra - 719_468;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
