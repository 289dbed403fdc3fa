package fairlead.cache.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The slow twin of {@link LogLines} and {@link LineMask}, in regular expressions. */
final class SlowLogLines {
  private static final String WORD = "[A-Za-z0-9\\x80-\\xff]";
  private static final String NUMBER = "\\d++(?:[.,:]\\d++)*+";
  private static final String PATH = "(?:" + WORD + "|[._\\-+@%$/\\\\])";
  private static final Pattern ESCAPE =
      Pattern.compile(
          "\\x1b(?:\\[[\\x20-\\x3f]*+[\\x40-\\x7e]?+|\\][^\\x07\\x1b]*+\\x07?+|[\\x20-\\x7e])?+",
          Pattern.DOTALL);
  private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x08\\x0a-\\x1f\\x7f]");
  private static final String TIME =
      "(?:\\d{4}-\\d\\d-\\d\\d[T ])?\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)?(?:Z|[+-]\\d\\d:\\d\\d)?";
  private static final Pattern TIMESTAMP =
      Pattern.compile("^(?:\\[" + TIME + "\\]|" + TIME + ")(?: |\\z)");
  private static final Pattern WORDS = Pattern.compile(WORD + "++");
  private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:[/\\\\][^/]", Pattern.DOTALL);
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?!" + WORD + ")");
  private static final Pattern HEX =
      Pattern.compile("0[xX][0-9a-fA-F]+|(?=.*[0-9])(?=.*[a-fA-F])[0-9a-fA-F]{7,}");
  private static final Pattern DURATION =
      Pattern.compile(
          NUMBER + "(?:[A-Za-z]++(?!" + WORD + ")|[A-Za-z]++(?=\\d)| [A-Za-z]++(?!" + WORD + "))");
  private static final Pattern HALF_OF_DAY =
      Pattern.compile(NUMBER + "(?<=\\d:\\d\\d) [AaPp][Mm](?!" + WORD + ")");
  private static final Pattern NUMBERS = Pattern.compile(NUMBER);
  private static final Pattern TEMPORARY =
      Pattern.compile("(?i:tmp)(?:" + WORD + "{6,}+|[._-]" + WORD + "{6,}+)");
  private static final Pattern URL = Pattern.compile("(?!(?i:file):)" + WORD + "++://");
  private static final Pattern URL_REST = Pattern.compile("[^ \"'`<>)\\]},]*+");
  private static final Pattern ABSOLUTE =
      Pattern.compile("(?:^|(?<=/|-[IL])|(?<!" + PATH + "|[)}\\]]))/(?![/\\\\])(?=" + PATH + ")");
  private static final Pattern MINUS = Pattern.compile("(?<=[ =:,(\\[])-(?=\\d)");

  private static final Set<String> UNITS =
      set(
          "ns us ms s sec secs second seconds m min mins minute minutes h hr hrs hour hours d day"
              + " days b kb mb gb tb kib mib gib byte bytes k kbps mbps");
  private static final Set<String> MONTHS =
      set(
          "jan feb mar apr may jun jul aug sep oct nov dec january february march april june july"
              + " august septembe october november december");

  private static final Pattern EXIT = before("exit|exited|signal|exitcode[a-z]*|returnco[a-z]*|rc");
  private static final Pattern STATUS = before("status|http");
  private static final String FAILED =
      "(?:fail|fails|failed|failing|failure|failures[a-z]*|error|errors|errored|broken)";
  private static final Pattern FAILED_BEFORE =
      Pattern.compile("(?:^|[^a-z])" + FAILED + "[ :=_-]+\\z");
  private static final Pattern FAILED_AFTER =
      Pattern.compile("^ " + FAILED + "(?![A-Za-z])", Pattern.CASE_INSENSITIVE);

  private SlowLogLines() {}

  private static Pattern before(String words) {
    return Pattern.compile(
        "(?:^|[^a-z])(?:" + words + ")(?:[ :=_-]+(?:code|status|with|error))?[ :=_-]+\\z");
  }

  private static Set<String> set(String words) {
    return new HashSet<>(Arrays.asList(words.split(" ")));
  }

  /** The masked lines of a log as {@link LogLines} counts them, with whether each is a finding. */
  static List<Map.Entry<String, Integer>> lines(byte[] log) {
    List<Map.Entry<String, Integer>> lines = new ArrayList<>();
    String[] fed = new String(log, ISO_8859_1).split("\n", -1);
    for (int at = 0; at < fed.length; at++) {
      String line = fed[at];
      boolean cut = at == fed.length - 1 && !line.endsWith("\r");
      String[] parts = line.replaceAll("\r+\\z", "").split("\r+", -1);
      for (int i = 0; i < parts.length; i++) {
        String masked = mask(parts[i]);
        int kind = LineKind.of(masked.getBytes(ISO_8859_1), masked.length());
        boolean last = i == parts.length - 1;
        boolean cutFrame =
            cut
                && last
                && masked.startsWith("at ")
                && !lines.isEmpty()
                && lines.getLast().getKey().startsWith("at ");
        if (masked.length() > 3 && !cutFrame && (last || kind == LineKind.FINDING)) {
          lines.add(Map.entry(masked, kind));
        }
      }
    }
    return lines;
  }

  /** The lines that are no progress; the bits as {@link LogLines} gives them. */
  static Map<String, Long> set(List<Map.Entry<String, Integer>> lines) {
    Map<String, Long> set = new LinkedHashMap<>();
    Map<String, Integer> times = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).getKey();
      int kind = lines.get(i).getValue();
      if (kind == LineKind.PROGRESS) {
        continue;
      }
      boolean close =
          kind == LineKind.LISTED
              || (i > 0 && lines.get(i - 1).getValue() == LineKind.FINDING)
              || (i + 1 < lines.size() && lines.get(i + 1).getValue() == LineKind.FINDING);
      boolean finding = kind == LineKind.FINDING;
      long bits = (finding ? LogLines.FINDING : 0) + (close ? LogLines.CLOSE : 0);
      set.merge(line, bits, (x, y) -> x | y);
      int nth = times.merge(line, 1, Integer::sum);
      if (finding && nth > 1 && Integer.bitCount(nth) == 1) {
        set.put(line + "\n" + nth + " times", LogLines.FINDING);
      }
    }
    return set;
  }

  /** A line masked; its chars are bytes. */
  static String mask(String line) {
    String clean = CONTROL.matcher(ESCAPE.matcher(line).replaceAll("")).replaceAll("");
    clean = clean.replaceAll("[ \t]+", " ").replaceAll("^ | \\z", "");
    StringBuilder out = new StringBuilder();
    Matcher stamp = TIMESTAMP.matcher(clean);
    int at = stamp.lookingAt() ? stamp.end() : 0;
    int urlEnd = 0;
    while (at < clean.length()) {
      int word = end(WORDS, clean, at);
      if (word < 0) {
        if (at < urlEnd && clean.charAt(at) == '?') {
          at = urlEnd;
        } else if (at >= urlEnd && end(ABSOLUTE, clean, at) >= 0) {
          at = path(clean, at, out);
        } else if (at >= urlEnd && (clean.startsWith("~/", at) || end(MINUS, clean, at) >= 0)) {
          at++;
        } else {
          String sign = clean.substring(at, at + 1);
          boolean run = at >= urlEnd && out.toString().endsWith(sign.repeat(3));
          out.append(run ? "" : sign);
          at++;
        }
        continue;
      }
      if (at >= urlEnd && end(DRIVE, clean, at) >= 0) {
        at = path(clean, at + 2, out);
        continue;
      }
      String text = clean.substring(at, word);
      if (word - at == 8 && end(UUID, clean, at) >= 0) {
        mask(out);
        at = end(UUID, clean, at);
      } else if (HEX.matcher(text).matches() || isRandom(text)) {
        mask(out);
        at = word;
      } else if (Character.isDigit(clean.charAt(at))) {
        int duration = duration(clean, at);
        if (duration >= 0) {
          mask(out);
          at = duration;
        } else {
          int number = end(NUMBERS, clean, at);
          int half = end(HALF_OF_DAY, clean, at);
          String digits = clean.substring(at, number);
          if (half >= 0 && number - at > 3) {
            mask(out);
            at = half;
          } else if (matters(out.toString(), digits, clean.substring(number))) {
            out.append(digits);
            at = number;
          } else {
            mask(out);
            at = rest(clean, number, out);
          }
        }
      } else if (isDate(clean, at, word)) {
        mask(out);
        at = word;
      } else if (end(TEMPORARY, clean, at) >= 0) {
        mask(out);
        at = end(TEMPORARY, clean, at);
      } else {
        if (end(URL, clean, at) >= 0) {
          urlEnd = end(URL_REST, clean, word);
        }
        at = rest(clean, at, out);
      }
    }
    return out.toString();
  }

  private static int end(Pattern pattern, String text, int at) {
    Matcher matcher =
        pattern
            .matcher(text)
            .region(at, text.length())
            .useTransparentBounds(true)
            .useAnchoringBounds(false);
    return matcher.lookingAt() ? matcher.end() : -1;
  }

  private static void mask(StringBuilder out) {
    if (out.toString().matches("(?s).*[\\[(] ")) {
      out.setLength(out.length() - 1);
    }
    out.append('#');
  }

  private static int rest(String clean, int from, StringBuilder out) {
    int at = from;
    while (at < clean.length() && end(WORDS, clean, at) >= 0) {
      int number = end(NUMBERS, clean, at);
      if (number >= 0) {
        out.append('#');
        at = number;
      } else {
        char c = clean.charAt(at++);
        out.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
      }
    }
    return at;
  }

  private static int path(String clean, int separator, StringBuilder out) {
    Matcher region = Pattern.compile(PATH + "++").matcher(clean);
    region.find(separator);
    String path = region.group();
    Matcher last = Pattern.compile("(?s)^.(?:.*[/\\\\])??([^/\\\\]+[/\\\\]*)\\z").matcher(path);
    int start = last.matches() ? last.start(1) : 1;
    boolean temporary =
        path.substring(1, start)
            .toLowerCase(Locale.ROOT)
            .matches("(?s)(?:tmp/|var/folders/|private/).*");
    if (temporary && !path.substring(start).contains(".")) {
      mask(out);
      return region.end();
    }
    return separator + start;
  }

  private static int duration(String clean, int from) {
    int end = -1;
    int next = from;
    while (true) {
      int to = end(DURATION, clean, next);
      if (to < 0) {
        return end;
      }
      String found = clean.substring(next, to).replaceFirst("^" + NUMBER, "");
      if (!UNITS.contains(found.strip().toLowerCase(Locale.ROOT)) || found.matches(" [^B]")) {
        return end;
      }
      end = to;
      next = clean.startsWith(" ", end) ? end + 1 : end;
    }
  }

  private static boolean isRandom(String word) {
    int runs = word.replaceAll("[0-9]+|[A-Z]+|[^0-9A-Z]+", "r").length();
    return word.length() >= 16 && word.matches("(?s).*[0-9].*") && runs * 2 >= word.length();
  }

  private static boolean isDate(String clean, int at, int word) {
    String text = clean.substring(at, word).toLowerCase(Locale.ROOT);
    if (text.length() >= 3 && text.length() <= 9 && isMonth(text)) {
      String before = clean.substring(0, at);
      String after = clean.substring(word);
      return before.matches("(?s).*\\d[ -]") || after.matches("(?s)[ -]\\d.*");
    }
    Matcher day =
        Pattern.compile("(?s)(?:mon|tue|wed|thu|fri|sat|sun)(?:,? (?:(\\d)|(" + WORD + "+))).*")
            .matcher(clean.substring(at).toLowerCase(Locale.ROOT));
    return text.length() == 3 && day.matches() && (day.group(1) != null || isMonth(day.group(2)));
  }

  private static boolean isMonth(String word) {
    return MONTHS.contains(word.length() > 8 ? word.substring(0, 8) : word);
  }

  private static boolean matters(String before, String digits, String after) {
    if (!digits.matches("\\d{1,3}") || after.matches("(?s)" + WORD + ".*")) {
      return false;
    }
    return EXIT.matcher(before).find()
        || (STATUS.matcher(before).find() && digits.matches("[45]\\d\\d"))
        || (digits.equals("0")
            && (FAILED_BEFORE.matcher(before).find() || FAILED_AFTER.matcher(after).find()));
  }
}
