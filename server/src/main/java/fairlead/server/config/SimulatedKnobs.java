package fairlead.server.config;

import fairlead.server.config.Tree.Entry;
import fairlead.server.config.Tree.Scalar;
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
        String name = entry.key().text();
        String value =
            entry.value() instanceof Scalar
                ? reading.text(entry.value(), path + '.' + name, "a value")
                : null;
        if (!(entry.value() instanceof Scalar)) {
          reading.error(
              entry.value(),
              path + '.' + name,
              "is " + entry.value().kind() + "; write a single value");
        }
        if (value != null) {
          knobs.put(name, value);
        }
      }
    }
    return Collections.unmodifiableMap(knobs);
  }
}
