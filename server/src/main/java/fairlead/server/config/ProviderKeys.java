package fairlead.server.config;

import fairlead.providers.catalogue.KnownProvider;
import fairlead.server.config.Config.ProviderKey;
import fairlead.server.config.Config.ProviderType;
import fairlead.server.config.Tree.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a provider's credentials, never showing one. Stateless. */
final class ProviderKeys {
  private static final String EXAMPLE = "[env.KEY_A, { value: env.KEY_B, weight: 2 }]";

  private ProviderKeys() {}

  /**
   * @param home the well-known provider at its own address, which cannot be called without a key;
   *     null for any other address
   */
  static List<ProviderKey> read(
      Reading reading, Section section, ProviderType type, @Nullable KnownProvider home) {
    boolean single = section.has(Settings.Provider.API_KEY);
    boolean several = section.has(Settings.Provider.KEYS);
    if (type == ProviderType.SIMULATED && (single || several)) {
      section.warning(
          single ? Settings.Provider.API_KEY : Settings.Provider.KEYS,
          "a simulated provider needs no key");
    }
    if (single && several) {
      section.error(Settings.Provider.API_KEY, "stands beside 'keys'; keep one of the two");
    }
    List<ProviderKey> keys = new ArrayList<>();
    if (several) {
      String path = section.path(Settings.Provider.KEYS);
      Tree.Sequence list = reading.list(section.at(Settings.Provider.KEYS), path, EXAMPLE);
      if (list != null) {
        readAll(reading, list, path, keys);
      }
    } else if (single) {
      String value = section.text(Settings.Provider.API_KEY);
      if (value != null) {
        keys.add(new ProviderKey("key-1", value, 1));
      }
    } else if (home != null && !home.keyless()) {
      String variable = home.environment().isEmpty() ? "NAME" : home.environment().getFirst();
      section.error(
          Settings.Provider.API_KEY,
          "is missing; write 'api_key: env." + variable + "' or 'keys: [env." + variable + "]'");
    }
    return List.copyOf(keys);
  }

  private static void readAll(
      Reading reading, Tree.Sequence list, String path, List<ProviderKey> keys) {
    if (list.items().isEmpty()) {
      reading.error(list, path, "is empty; write at least one key, such as " + EXAMPLE);
      return;
    }
    Map<String, Tree> values = new HashMap<>();
    Map<String, Tree> names = new HashMap<>();
    double sum = 0;
    for (int i = 0; i < list.items().size(); i++) {
      Tree item = list.items().get(i);
      String itemPath = path + '[' + i + ']';
      ProviderKey key = read(reading, item, itemPath, "key-" + (i + 1));
      if (key == null) {
        sum = Double.NaN;
        continue;
      }
      sum += key.weight();
      keys.add(key);
      Tree twin = values.putIfAbsent(key.value(), item);
      if (twin != null) {
        reading.error(
            item,
            itemPath,
            "is the same key as the one at line "
                + twin.line()
                + ", column "
                + twin.column()
                + "; remove one and give the other their weights' sum");
      }
      if (names.putIfAbsent(key.name(), item) != null) {
        reading.error(item, itemPath, "has the name of another key; give each its own");
      }
    }
    if (sum == 0) {
      reading.error(list, path, "every weight is 0, so no key would be used; give one a weight");
    }
  }

  private static @Nullable ProviderKey read(
      Reading reading, Tree item, String path, String defaultName) {
    if (item instanceof Scalar) {
      String value = reading.text(item, path, "a key, such as env.NAME");
      return value == null ? null : new ProviderKey(defaultName, value, 1);
    }
    Tree.Mapping mapping = reading.mapping(item, path, "{ value: env.NAME, weight: 1 }");
    if (mapping == null) {
      return null;
    }
    Section section = new Section(reading, mapping, path, Settings.Provider.KEY_GROUP);
    String value = section.text(Settings.Provider.KEY_VALUE);
    double weight = section.decimal(Settings.Provider.KEY_WEIGHT);
    String name = section.text(Settings.Provider.KEY_NAME);
    if (name != null && !Names.isValid(name)) {
      section.error(Settings.Provider.KEY_NAME, Names.RULE);
    }
    List<String> models = Lists.texts(reading, section, Settings.Provider.KEY_MODELS, "[\"*\"]");
    if (!models.isEmpty() && !models.contains("*")) {
      section.warnWithoutEffect(Settings.Provider.KEY_MODELS);
    }
    return value == null ? null : new ProviderKey(name == null ? defaultName : name, value, weight);
  }
}
