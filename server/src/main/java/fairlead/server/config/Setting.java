package fairlead.server.config;

import java.util.List;

/**
 * One setting the loader knows: immutable.
 *
 * @param key as written in the file
 * @param min smallest number or size; meaningless for other kinds
 * @param max largest number or size
 * @param absent what holds when it is not written, as written; {@code required} or {@code none}
 *     where there is no default
 * @param choices for {@link Kind#CHOICE}
 * @param effective whether this version acts on it; a setting that is only accepted is warned about
 */
record Setting(
    String key,
    Kind kind,
    double min,
    double max,
    String absent,
    List<String> choices,
    boolean effective) {

  enum Kind {
    TEXT("text"),
    INTEGER("integer"),
    DECIMAL("number"),
    SIZE("size"),
    BOOLEAN("true or false"),
    CHOICE("choice"),
    LIST("list"),
    MAPPING("mapping"),
    EITHER("mixed");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    /** What the reference calls it. */
    String title() {
      return title;
    }
  }

  static final String REQUIRED = "required";
  static final String NONE = "none";

  static Setting plain(String key, Kind kind, String absent) {
    return new Setting(key, kind, 0, 0, absent, List.of(), true);
  }

  static Setting text(String key, String absent) {
    return plain(key, Kind.TEXT, absent);
  }

  static Setting flag(String key, boolean absent) {
    return plain(key, Kind.BOOLEAN, Boolean.toString(absent));
  }

  static Setting integer(String key, long min, long max, String absent) {
    return new Setting(key, Kind.INTEGER, min, max, absent, List.of(), true);
  }

  static Setting decimal(String key, double min, double max, String absent) {
    return new Setting(key, Kind.DECIMAL, min, max, absent, List.of(), true);
  }

  static Setting size(String key, long min, long max, String absent) {
    return new Setting(key, Kind.SIZE, min, max, absent, List.of(), true);
  }

  static Setting choice(String key, String absent, String... choices) {
    return new Setting(key, Kind.CHOICE, 0, 0, absent, List.of(choices), true);
  }

  /** The same with another description of what holds where it is not written. */
  Setting withAbsent(String described) {
    return new Setting(key, kind, min, max, described, choices, effective);
  }

  /** The same, but this version does nothing with it. */
  Setting withoutEffect() {
    return new Setting(key, kind, min, max, absent, choices, false);
  }

  boolean isRequired() {
    return absent.equals(REQUIRED);
  }

  /** What may be written, for messages and the reference; empty where anything may. */
  String range() {
    return switch (kind) {
      case INTEGER, DECIMAL -> number(min) + " to " + number(max);
      case SIZE -> Sizes.format((long) min) + " to " + Sizes.format((long) max);
      case CHOICE -> String.join(", ", choices);
      default -> "";
    };
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
