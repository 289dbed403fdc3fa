package fairlead.providers.simulated;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a simulated provider behaves: the values of its {@link Knob}s.
 *
 * <p>Immutable. What it counts (requests seen, keys seen, when it began) is kept apart, in {@link
 * SimulatedState}, so that one behaviour can drive several providers.
 */
public final class SimulatedBehaviour {
  private static final SimulatedBehaviour PLAIN = of(Map.of());

  private final Map<String, String> knobs;
  private final Map<Knob, Double> numbers = new EnumMap<>(Knob.class);
  private final Map<Knob, String> texts = new EnumMap<>(Knob.class);
  private final boolean plain;
  private final boolean chosenOnly;
  private final SimulatedAnswerText text;
  private final SimulatedBehaviour shape;

  private SimulatedBehaviour(Map<String, String> values) {
    boolean onlyShape = true;
    boolean chosen = false;
    Map<String, String> copy = new LinkedHashMap<>();
    for (Map.Entry<String, String> entry : new TreeMap<>(values).entrySet()) {
      Knob knob = Knob.byKey(entry.getKey());
      if (knob == null) {
        throw new IllegalArgumentException(unknown(entry.getKey(), entry.getValue()));
      }
      String value = entry.getValue().strip();
      numbers.put(knob, knob.parse(value));
      texts.put(knob, value);
      copy.put(knob.key(), value);
      onlyShape &= isInstantShape(knob);
      chosen |= knob.isChoice();
    }
    knobs = Collections.unmodifiableMap(copy);
    plain = onlyShape;
    chosenOnly = chosen;
    Map<String, String> shapeOnly = new LinkedHashMap<>(copy);
    shapeOnly.keySet().removeIf(SimulatedBehaviour::isNotShape);
    shape = shapeOnly.size() == copy.size() ? this : new SimulatedBehaviour(shapeOnly);
    checkKeys(Knob.REVOKED_KEYS);
    checkKeys(Knob.LIMITED_KEYS);
    checkRetryAfter();
    text =
        new SimulatedAnswerText(
            textOr(Knob.ANSWER, SimulatedAnswerText.DEFAULT), (int) countOr(Knob.ANSWER_WORDS, 0));
  }

  /** Answers at once and never fails. */
  public static SimulatedBehaviour plain() {
    return PLAIN;
  }

  /**
   * A behaviour from knobs by name.
   *
   * @throws IllegalArgumentException for an unknown knob or a value that is not allowed
   */
  public static SimulatedBehaviour of(Map<String, String> knobs) {
    return new SimulatedBehaviour(knobs);
  }

  /**
   * A behaviour from text: {@code knob=value;knob=value}.
   *
   * @throws IllegalArgumentException for an unknown knob or a value that is not allowed
   */
  public static SimulatedBehaviour parse(String text) {
    return PLAIN.with(text);
  }

  /** This behaviour with some knobs set anew, given as {@code knob=value;knob=value}. */
  public SimulatedBehaviour with(String overrides) {
    Map<String, String> merged = new LinkedHashMap<>(knobs);
    for (String part : overrides.split(";", -1)) {
      if (part.isBlank()) {
        continue;
      }
      int equals = part.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException(
            "simulated knob without a value: \"" + part.strip() + "\"; write knob=value");
      }
      merged.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
    }
    return of(merged);
  }

  /** The knobs that were set, by name. */
  public Map<String, String> knobs() {
    return knobs;
  }

  /** All knobs with their values and meaning, one per line, for help texts. */
  public static String help() {
    StringBuilder help = new StringBuilder();
    for (Knob knob : Knob.values()) {
      help.append(knob.key())
          .append("  ")
          .append(knob.meaning())
          .append(" (")
          .append(knob.allowed())
          .append(")\n");
    }
    return help.toString();
  }

  /** Whether each request is answered at once, always in the same way. */
  boolean isPlain() {
    return plain;
  }

  /** Whether only some requests get the faults. */
  boolean choosesRequests() {
    return chosenOnly;
  }

  /** The same without faults and without a choice of requests. */
  SimulatedBehaviour withoutFaults() {
    return shape;
  }

  SimulatedAnswerText text() {
    return text;
  }

  boolean has(Knob knob) {
    return texts.containsKey(knob);
  }

  boolean on(Knob flag) {
    Double number = numbers.get(flag);
    return number != null && number == 1;
  }

  double number(Knob knob, double otherwise) {
    Double number = numbers.get(knob);
    return number == null ? otherwise : number;
  }

  /** A count; {@link Long#MAX_VALUE} for {@code forever}. */
  long countOr(Knob knob, long otherwise) {
    Double number = numbers.get(knob);
    return number == null ? otherwise : number.longValue();
  }

  @Nullable String text(Knob knob) {
    return texts.get(knob);
  }

  String textOr(Knob knob, String otherwise) {
    String value = texts.get(knob);
    return value == null ? otherwise : value;
  }

  /** Whether the knob lists this key, the {@code ordinal}th that was seen, from 1. */
  boolean listsKey(Knob knob, int ordinal) {
    String value = texts.get(knob);
    if (value == null) {
      return false;
    }
    if (value.equals("odd")) {
      return ordinal % 2 == 1;
    }
    for (String part : value.split(",")) {
      if (Integer.parseInt(part.strip()) == ordinal) {
        return true;
      }
    }
    return false;
  }

  private void checkKeys(Knob knob) {
    try {
      boolean _ = listsKey(knob, -1);
    } catch (NumberFormatException e) {
      throw knobValue(knob, "odd, or positions from 1 such as 1,3", e);
    }
  }

  private void checkRetryAfter() {
    String value = textOr(Knob.RETRY_AFTER, "");
    try {
      if (value.startsWith("date:")) {
        long _ = Long.parseLong(value.substring(5));
      }
    } catch (NumberFormatException e) {
      throw knobValue(Knob.RETRY_AFTER, "seconds, or date:SECONDS with whole seconds", e);
    }
  }

  private IllegalArgumentException knobValue(Knob knob, String allowed, Exception cause) {
    return new IllegalArgumentException(
        "simulated knob "
            + knob.key()
            + ": \""
            + text(knob)
            + "\" is not allowed; write "
            + allowed,
        cause);
  }

  private static boolean isNotShape(String key) {
    Knob knob = Knob.byKey(key);
    return knob == null || knob.isFault() || knob.isChoice();
  }

  private static boolean isInstantShape(Knob knob) {
    return switch (knob) {
      case SEED, ANSWER, ANSWER_WORDS, EMBEDDING_DIMENSIONS, MODELS, USAGE -> true;
      default -> false;
    };
  }

  private static String unknown(String key, String value) {
    Knob nearest = Knob.SEED;
    int best = Integer.MAX_VALUE;
    for (Knob knob : Knob.values()) {
      int distance = distance(key, knob.key());
      if (distance < best) {
        best = distance;
        nearest = knob;
      }
    }
    return "simulated knob "
        + key
        + "="
        + value
        + " is unknown; did you mean "
        + nearest.key()
        + "? Allowed: "
        + String.join(", ", Arrays.stream(Knob.values()).map(Knob::key).toList());
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
