package fairlead.server.config;

import fairlead.server.config.Setting.Kind;
import fairlead.server.config.Tree.Entry;
import fairlead.server.config.Tree.Scalar;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of the file, read setting by setting.
 *
 * <p>Not thread-safe. A setting that is absent yields its default; one that is wrong is reported
 * and yields its default too, so that reading goes on and finds the rest. Keys that are no settings
 * are reported at once.
 */
final class Section {
  private final Reading reading;
  private final Tree.Mapping mapping;
  private final String path;

  Section(Reading reading, Tree.Mapping mapping, String path, Settings.Group group) {
    this.reading = reading;
    this.mapping = mapping;
    this.path = path;
    List<String> known = group.settings().stream().map(Setting::key).toList();
    for (Entry entry : mapping.entries()) {
      if (!known.contains(entry.key().text())) {
        reading.error(
            entry.key(),
            child(Reading.shown(entry.key()).replace("'", "")),
            Suggestions.unknownKey(entry.key().text(), known, group.path()));
      }
    }
    for (Setting setting : group.settings()) {
      if (setting.isRequired() && entry(setting) == null) {
        reading.error(
            mapping, child(setting.key()), "is missing; add '" + setting.key() + ": …' here");
      }
    }
  }

  String path() {
    return path;
  }

  Tree.Mapping mapping() {
    return mapping;
  }

  String child(String key) {
    return path.isEmpty() ? key : path + '.' + key;
  }

  String path(Setting setting) {
    return child(setting.key());
  }

  /** What stands there, or null if nothing does. */
  @Nullable Tree node(Setting setting) {
    Entry entry = entry(setting);
    return entry == null || (entry.value() instanceof Scalar s && s.isNothing())
        ? null
        : entry.value();
  }

  /** Whether it is written, with or without a value. */
  boolean has(Setting setting) {
    return entry(setting) != null;
  }

  private @Nullable Entry entry(Setting setting) {
    for (Entry entry : mapping.entries()) {
      if (entry.key().text().equals(setting.key())) {
        return entry;
      }
    }
    return null;
  }

  /** Where to point when the setting is the trouble: its value, or the mapping if it is absent. */
  Tree at(Setting setting) {
    Entry entry = entry(setting);
    return entry == null ? mapping : entry.value();
  }

  void error(Setting setting, String message) {
    reading.error(at(setting), path(setting), message);
  }

  void warning(Setting setting, String message) {
    reading.warning(at(setting), path(setting), message);
  }

  /** Says that the setting was understood and does nothing yet. */
  void warnWithoutEffect(Setting setting) {
    Entry entry = entry(setting);
    if (entry != null) {
      reading.warning(entry.key(), path(setting), "accepted, has no effect in this version");
    }
  }

  /** The scalar to read, or null if it is absent or, after a report, not a scalar. */
  private @Nullable Scalar scalar(Setting setting, String wanted) {
    Entry entry = entry(setting);
    if (entry == null) {
      return null;
    }
    if (entry.value() instanceof Scalar scalar && !scalar.isNothing()) {
      return scalar;
    }
    reading.error(
        entry.value().line(),
        entry.value().column(),
        path(setting),
        "is " + entry.value().kind() + "; write " + wanted + ", or remove the line");
    return null;
  }

  /** The text, or null if it is absent or wrong. Its value is never shown. */
  @Nullable String text(Setting setting) {
    Scalar scalar = scalar(setting, "text");
    return scalar == null ? null : reading.text(scalar, path(setting), "text");
  }

  /** The text, or the setting's default. */
  String textOrDefault(Setting setting) {
    String text = text(setting);
    return text == null ? setting.absent() : text;
  }

  int integer(Setting setting) {
    return (int) number(setting, hasDefault(setting) ? Double.NaN : 0);
  }

  /** A number whose default is described, not written. */
  int integer(Setting setting, int absent) {
    return (int) number(setting, absent);
  }

  /** The larger of two settings; one that is not written is raised, one that is must be enough. */
  int atLeast(Setting larger, Setting smaller, int bound) {
    int value = integer(larger);
    if (value >= bound) {
      return value;
    }
    if (node(larger) != null) {
      error(larger, "is " + value + ", less than " + smaller.key() + "; write at least " + bound);
    }
    return bound;
  }

  double decimal(Setting setting) {
    return number(setting, hasDefault(setting) ? Double.NaN : 0);
  }

  /** A number whose default is described, not written. */
  double decimal(Setting setting, double absent) {
    return number(setting, absent);
  }

  private static boolean hasDefault(Setting setting) {
    return !setting.isRequired() && !setting.absent().equals(Setting.NONE);
  }

  private double number(Setting setting, double none) {
    double absent = Double.isNaN(none) ? Double.parseDouble(setting.absent()) : none;
    String wanted =
        (setting.kind() == Kind.INTEGER ? "a whole number from " : "a number from ")
            + setting.range();
    Scalar scalar = scalar(setting, wanted);
    String text = scalar == null ? null : value(scalar, setting, wanted);
    if (scalar == null || text == null) {
      return absent;
    }
    BigDecimal value = parse(text);
    if (value == null
        || (setting.kind() == Kind.INTEGER && value.stripTrailingZeros().scale() > 0)) {
      wrong(scalar, setting, wanted);
      return absent;
    }
    if (value.compareTo(BigDecimal.valueOf(setting.min())) < 0
        || value.compareTo(BigDecimal.valueOf(setting.max())) > 0) {
      reading.error(
          scalar, path(setting), Reading.shown(scalar) + " is out of range; write " + wanted);
      return absent;
    }
    return value.doubleValue();
  }

  private static @Nullable BigDecimal parse(String text) {
    // Twenty characters hold every number there may be; a long exponent would cost memory.
    if (text.length() > 20 || text.indexOf('e') >= 0 || text.indexOf('E') >= 0) {
      return null;
    }
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  long size(Setting setting) {
    OptionalLong absent = Sizes.parse(setting.absent());
    String wanted = "a size such as 50MB or 256MiB, " + setting.range();
    Scalar scalar = scalar(setting, wanted);
    String text = scalar == null ? null : reading.resolve(scalar, path(setting));
    if (scalar == null || text == null) {
      return absent.orElseThrow();
    }
    OptionalLong size = Sizes.parse(text);
    if (size.isEmpty()) {
      wrong(scalar, setting, wanted);
      return absent.orElseThrow();
    }
    if (size.getAsLong() < setting.min() || size.getAsLong() > setting.max()) {
      reading.error(
          scalar, path(setting), Reading.shown(scalar) + " is out of range; write " + wanted);
      return absent.orElseThrow();
    }
    return size.getAsLong();
  }

  boolean flag(Setting setting) {
    return flag(setting, Boolean.parseBoolean(setting.absent()));
  }

  boolean flag(Setting setting, boolean absent) {
    String wanted = "true or false";
    Scalar scalar = scalar(setting, wanted);
    String text = scalar == null ? null : value(scalar, setting, wanted);
    if (scalar == null || text == null) {
      return absent;
    }
    return switch (text) {
      case "true", "True", "TRUE" -> true;
      case "false", "False", "FALSE" -> false;
      default -> {
        wrong(scalar, setting, wanted);
        yield absent;
      }
    };
  }

  /** One of the setting's choices, whatever its case and its dashes. */
  String choice(Setting setting) {
    Scalar scalar = scalar(setting, "one of " + setting.range());
    String text = scalar == null ? null : reading.resolve(scalar, path(setting));
    if (scalar == null || text == null) {
      return setting.absent();
    }
    String canonical = text.toLowerCase(Locale.ROOT).replace('-', '_');
    if (setting.choices().contains(canonical)) {
      return canonical;
    }
    String suggestion = Suggestions.didYouMean(text, setting.choices());
    reading.error(
        scalar,
        path(setting),
        Reading.shown(scalar) + " is not known" + suggestion + "; write one of " + setting.range());
    return setting.absent();
  }

  /** What a number or a boolean was written as; quotes are for text, unless around a reference. */
  private @Nullable String value(Scalar scalar, Setting setting, String wanted) {
    if (!scalar.plain() && !References.isReference(scalar)) {
      reading.error(
          scalar,
          path(setting),
          Reading.shown(scalar) + " is text; write " + wanted + ", without quotes");
      return null;
    }
    String text = reading.resolve(scalar, path(setting));
    return text == null ? null : text.strip();
  }

  private void wrong(Scalar scalar, Setting setting, String wanted) {
    reading.error(
        scalar,
        path(setting),
        Reading.shown(scalar) + " is not " + wanted + Reading.origin(scalar) + "; write " + wanted);
  }
}
