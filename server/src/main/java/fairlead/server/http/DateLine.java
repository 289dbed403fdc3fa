package fairlead.server.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The {@code Date} header line (RFC 9110 section 6.6.1), formatted once a second.
 *
 * <p>Thread-safe: threads that meet at the turn of a second may format the same line twice.
 */
final class DateLine {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private volatile Line current = new Line(Long.MIN_VALUE, new byte[0]);

  /** The line with its CRLF; not to be changed. */
  byte[] at(long epochMillis) {
    long second = Math.floorDiv(epochMillis, 1000L);
    Line line = current;
    if (line.second != second) {
      String text = "Date: " + FORMAT.format(Instant.ofEpochSecond(second)) + "\r\n";
      line = new Line(second, text.getBytes(StandardCharsets.ISO_8859_1));
      current = line;
    }
    return line.bytes;
  }

  private static final class Line {
    final long second;
    final byte[] bytes;

    Line(long second, byte[] bytes) {
      this.second = second;
      this.bytes = bytes;
    }
  }
}
