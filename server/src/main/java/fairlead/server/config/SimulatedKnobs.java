package fairlead.server.config;

import fairlead.providers.simulated.Knob;
import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.server.config.Tree.Entry;
import fairlead.server.config.Tree.Scalar;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the settings that only simulated providers have. Stateless. */
final class SimulatedKnobs {
  private static final List<Setting> OWN =
      List.of(
          Settings.Provider.LATENCY, Settings.Provider.TOKENS_PER_SECOND, Settings.Provider.FAULTS);

  private SimulatedKnobs() {}

  /** Knobs by name; empty for other providers, for which each is reported. */
  static Map<String, String> read(Reading reading, Section section, boolean simulated) {
    if (!simulated) {
      for (Setting setting : OWN) {
        if (section.node(setting) != null) {
          section.error(
              setting, "is for simulated providers only; remove it, or write 'type: simulated'");
        }
      }
      return Map.of();
    }
    Map<String, String> knobs = new LinkedHashMap<>();
    if (section.node(Settings.Provider.LATENCY) != null) {
      knobs.put(
          Settings.Provider.LATENCY.key(),
          Integer.toString(section.integer(Settings.Provider.LATENCY)));
    }
    if (section.node(Settings.Provider.TOKENS_PER_SECOND) != null) {
      knobs.put(
          Settings.Provider.TOKENS_PER_SECOND.key(),
          Double.toString(section.decimal(Settings.Provider.TOKENS_PER_SECOND)));
    }
    Tree node = section.node(Settings.Provider.FAULTS);
    String path = section.path(Settings.Provider.FAULTS);
    Tree.Mapping faults = node == null ? null : reading.mapping(node, path, "{ status: 503 }");
    if (faults != null) {
      for (Entry entry : faults.entries()) {
        read(reading, entry, path, knobs);
      }
    }
    return Collections.unmodifiableMap(knobs);
  }

  private static void read(Reading reading, Entry entry, String parent, Map<String, String> knobs) {
    String path = parent + '.' + entry.key().text();
    Knob knob = null;
    List<String> names = new ArrayList<>();
    for (Knob candidate : Knob.values()) {
      names.add(candidate.key());
      knob = candidate.key().equals(entry.key().text()) ? candidate : knob;
    }
    if (knob == null) {
      reading.error(
          entry.key(),
          parent,
          Reading.shown(entry.key())
              + " is not a knob of the simulated provider"
              + Suggestions.didYouMean(entry.key().text(), names)
              + "; what exists: "
              + String.join(", ", names));
      return;
    }
    String value = reading.text(entry.value(), path, knob.allowed());
    if (value == null || !(entry.value() instanceof Scalar scalar)) {
      return;
    }
    try {
      SimulatedBehaviour _ = SimulatedBehaviour.of(Map.of(knob.key(), value));
      knobs.put(knob.key(), value);
    } catch (IllegalArgumentException e) {
      reading.error(
          scalar, path, Reading.shown(scalar) + " is not allowed; write " + knob.allowed());
    }
  }
}
