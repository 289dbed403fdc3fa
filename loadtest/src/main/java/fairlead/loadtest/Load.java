package fairlead.loadtest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One load: what is asked, by how many callers at once or at which rate.
 *
 * @param bodyBytes how long a request's body is; at least what it takes to be a request
 * @param callers in a closed loop; of {@code mixed} the long streams, of {@code invalid-keys} the
 *     callers with wrong keys
 * @param rate requests per second in an open loop; 0 for a closed one
 */
public record Load(LoadKind kind, int bodyBytes, int callers, double rate) {
  private static final Pattern NAME =
      Pattern.compile(
          "(plain|stream|paced|mixed|invalid-keys|churn)"
              + "(?:-([0-9]+(?:\\.[0-9]+)?)k)?(?:-([0-9]+))?(?:@([0-9]+(?:\\.[0-9]+)?))?");
  private static final int DEFAULT_BODY_BYTES = 1_000;
  private static final int MAX_BODY_BYTES = 10_000_000;
  private static final int MIN_BODY_BYTES = 100;
  private static final int MAX_CALLERS = 10_000;
  private static final double MAX_RATE = 200_000;

  /** Short calls of the mixed load in a closed loop: few, or they would be what is measured. */
  private static final int SHORT_CALLERS = 4;

  private static final int GOOD_CALLERS = 16;

  /** What is run unless loads are named. */
  static final List<String> DEFAULT =
      List.of(
          "plain-1",
          "plain-16",
          "plain-64",
          "plain-20k-16",
          "stream-16",
          "paced-256",
          "plain@1000");

  /** What {@code all} stands for. */
  static final List<String> ALL =
      List.of(
          "plain-1",
          "plain-16",
          "plain-64",
          "plain-0.1k-16",
          "plain-20k-16",
          "plain-150k-16",
          "plain-1000k-16",
          "plain@1000",
          "stream-16",
          "stream@200",
          "paced-256",
          "mixed-64@500",
          "invalid-keys-16",
          "churn-16");

  static final String GRAMMAR =
      "KIND[-SIZEk][-CALLERS][@RATE], such as plain-16, plain-20k-16, plain@1000 or mixed-64@500;"
          + " KIND is plain, stream, paced, mixed, invalid-keys or churn; or write all";

  /**
   * Loads by their names, each once.
   *
   * @param names empty for the default ones
   * @param rate for those whose names have none; 0 to leave them closed loops
   * @throws IllegalArgumentException for a name that is none
   */
  static List<Load> parse(List<String> names, double rate) {
    List<String> expanded = new ArrayList<>();
    for (String name : names.isEmpty() ? DEFAULT : names) {
      expanded.addAll(name.equals("all") ? ALL : List.of(name));
    }
    Map<String, Load> loads = new LinkedHashMap<>();
    for (String name : expanded) {
      Load load = parse(name);
      Load wanted =
          load.isOpen() || rate == 0
              ? load
              : new Load(load.kind(), load.bodyBytes(), load.callers(), rate);
      loads.putIfAbsent(wanted.name(), wanted);
    }
    return List.copyOf(loads.values());
  }

  static Load parse(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      throw new IllegalArgumentException("--loads: \"" + name + "\" is no load; write " + GRAMMAR);
    }
    LoadKind kind = LoadKind.valueOf(parts.group(1).toUpperCase(Locale.ROOT).replace('-', '_'));
    double bytes =
        parts.group(2) == null ? DEFAULT_BODY_BYTES : Double.parseDouble(parts.group(2)) * 1_000;
    if (bytes < MIN_BODY_BYTES || bytes > MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          "--loads: the body of \"" + name + "\" must be 0.1k to 10000k");
    }
    double callers = parts.group(3) == null ? kind.callers() : Double.parseDouble(parts.group(3));
    if (callers < 1 || callers > MAX_CALLERS) {
      throw new IllegalArgumentException(
          "--loads: \"" + name + "\" must have 1 to " + MAX_CALLERS + " callers");
    }
    double rate = parts.group(4) == null ? 0 : Double.parseDouble(parts.group(4));
    if (parts.group(4) != null) {
      checkRate("--loads: the rate of \"" + name + "\"", rate);
    }
    return new Load(kind, (int) bytes, (int) callers, rate);
  }

  /** What a rate may be. */
  static void checkRate(String what, double rate) {
    if (!(rate >= 0.1) || rate > MAX_RATE) {
      throw new IllegalArgumentException(
          what + " must be 0.1 to " + (long) MAX_RATE + " requests per second: " + number(rate));
    }
  }

  boolean isOpen() {
    return rate > 0;
  }

  /** The same without a rate. */
  Load closed() {
    return new Load(kind, bodyBytes, callers, 0);
  }

  /** As on the command line. */
  String name() {
    return kind.key()
        + (bodyBytes == DEFAULT_BODY_BYTES ? "" : "-" + number(bodyBytes / 1e3) + "k")
        + (isOpen() && !kind.isDisturbed() ? "" : "-" + callers)
        + (isOpen() ? "@" + number(rate) : "");
  }

  /** For people. */
  String title() {
    String size = number(bodyBytes / 1e3) + " KB";
    String who = isOpen() ? number(rate) + " requests/s" : "c=" + measuredCallers();
    return switch (kind) {
      case PLAIN -> "plain " + size + ", " + who;
      case CHURN -> "plain " + size + ", a connection each, " + who;
      case STREAM -> "101 events in one piece, " + who;
      case PACED -> isOpen() ? "paced streams, " + who : callers + " streams, an event each 10 ms";
      case MIXED -> "plain " + size + ", " + who + ", beside " + callers + " long streams";
      case INVALID_KEYS ->
          "plain " + size + ", " + who + ", beside " + callers + " with wrong keys";
    };
  }

  /** Callers of the closed loop that is measured. */
  int measuredCallers() {
    return switch (kind) {
      case MIXED -> SHORT_CALLERS;
      case INVALID_KEYS -> GOOD_CALLERS;
      default -> callers;
    };
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
