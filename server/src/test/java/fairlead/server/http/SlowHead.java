package fairlead.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The slow twin of {@link HeadParser}: the grammar of RFC 9112 as regular expressions over the
 * whole head. It knows which heads are refused, not why.
 */
record SlowHead(
    String method,
    String path,
    String query,
    List<String> headers,
    long contentLength,
    boolean chunked,
    boolean persistent,
    boolean expectsContinue) {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]";
  private static final Pattern LINE =
      Pattern.compile("(" + TOKEN + "{1,32}) ([!-~&&[^#]]+) HTTP/1\\.([0-9])");
  private static final Pattern FIELD =
      Pattern.compile("(" + TOKEN + "+):[ \\t]*([\\t -~\\x80-\\xff]*)");
  private static final Pattern HOST =
      Pattern.compile("([-._~%0-9A-Za-z]+|\\[[-._~%:0-9A-Za-z]+\\])(:[0-9]{0,5})?", Pattern.DOTALL);
  private static final Pattern ABSOLUTE =
      Pattern.compile("https?://([^/?]*)(.*)", Pattern.CASE_INSENSITIVE);

  /** The head in ISO 8859-1 up to its empty line; null if it must be refused. */
  static @Nullable SlowHead read(String text) {
    if (text.indexOf(0) >= 0 || text.replace("\r\n", "").matches("(?s).*[\r\n].*")) {
      return null;
    }
    String head = text;
    for (int i = 0; i < 2 && head.startsWith("\r\n"); i++) {
      head = head.substring(2);
    }
    String[] lines = head.substring(0, head.indexOf("\r\n\r\n") + 2).split("\r\n");
    Matcher line = LINE.matcher(lines.length == 0 ? "" : lines[0]);
    if (!line.matches()) {
      return null;
    }
    boolean old = line.group(3).equals("0");
    String target = line.group(2);
    String authority = null;
    int question = target.indexOf('?');
    if (!target.startsWith("/")) {
      Matcher absolute = ABSOLUTE.matcher(target);
      if (line.group(1).equals("CONNECT")) {
        if (!HOST.matcher(target).matches()) {
          return null;
        }
        question = -1;
      } else if (absolute.matches()) {
        authority = absolute.group(1);
        target = absolute.group(2);
        question = target.indexOf('?');
        if (!HOST.matcher(authority).matches()) {
          return null;
        }
      } else if (!target.equals("*") || !line.group(1).equals("OPTIONS")) {
        return null;
      }
    }
    List<String> headers = new ArrayList<>();
    List<String> hosts = new ArrayList<>();
    List<String> lengths = new ArrayList<>();
    List<String> codings = new ArrayList<>();
    List<String> tokens = new ArrayList<>();
    List<String> expectations = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      Matcher field = FIELD.matcher(lines[i]);
      if (!field.matches()) {
        return null;
      }
      String name = field.group(1).toLowerCase(Locale.ROOT);
      String value = trimmed(field.group(2));
      headers.add(name + "=" + value);
      switch (name) {
        case "host" -> hosts.add(value);
        case "content-length" -> lengths.add(value);
        case "transfer-encoding" -> codings.add(lower(value));
        case "expect" -> expectations.add(lower(value));
        case "connection" -> {
          for (String token : value.split(",", -1)) {
            tokens.add(lower(trimmed(token)));
          }
        }
        default -> {}
      }
    }
    boolean fine =
        hosts.size() <= 1
            && hosts.stream().allMatch(host -> HOST.matcher(host).matches())
            && (old || hosts.size() == 1)
            && (authority == null
                || hosts.isEmpty()
                || authority.equalsIgnoreCase(hosts.getFirst()))
            && lengths.size() <= 1
            && lengths.stream().allMatch(length -> length.matches("[0-9]{1,18}"))
            && codings.size() <= 1
            && codings.stream().allMatch("chunked"::equals)
            && (codings.isEmpty() || (lengths.isEmpty() && !old))
            && (old || expectations.stream().allMatch("100-continue"::equals));
    if (!fine) {
      return null;
    }
    return new SlowHead(
        line.group(1),
        question < 0 ? target : target.substring(0, question),
        question < 0 ? "" : target.substring(question + 1),
        headers,
        lengths.isEmpty() ? -1 : Long.parseLong(lengths.getFirst()),
        !codings.isEmpty(),
        !tokens.contains("close") && (!old || tokens.contains("keep-alive")),
        !old && !expectations.isEmpty());
  }

  private static String trimmed(String text) {
    return text.replaceAll("^[ \\t]+|[ \\t]+$", "");
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
