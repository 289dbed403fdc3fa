package fairlead.server.config;

import fairlead.server.config.Config.ProviderKey;
import fairlead.server.config.Config.ProviderType;
import fairlead.server.config.Config.Target;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Notices targets that are one place under two names, which therefore cannot stand in for each
 * other. Not thread-safe. Costs a look-up per target.
 */
final class SharedEndpoints {
  private final Reading reading;
  private final Map<String, Config.Provider> providers;

  /** By provider: the first provider with its address and its keys. */
  private final Map<String, String> places = new HashMap<>();

  /** What fallbacks are appended to, and the fallbacks so far. */
  private final Map<Endpoint, Placed> beforeFallbacks = new HashMap<>();

  private record Place(String baseUrl, Set<String> keys) {}

  /**
   * One model at one place.
   *
   * @param place the first provider that is there
   * @param model null: what the caller names
   */
  private record Endpoint(String place, @Nullable String model) {}

  /** A target and where it is written. */
  record Placed(Target target, Tree at, String path) {}

  SharedEndpoints(Reading reading, Map<String, Config.Provider> providers) {
    this.reading = reading;
    this.providers = providers;
    Map<Place, String> first = new HashMap<>();
    for (Config.Provider provider : providers.values()) {
      // Simulated ones have no address, and neither have those whose address was wrong.
      if (provider.type() == ProviderType.SIMULATED || provider.baseUrl().isEmpty()) {
        continue;
      }
      Set<String> keys = new HashSet<>();
      for (ProviderKey key : provider.keys()) {
        keys.add(key.value());
      }
      String other = first.putIfAbsent(new Place(provider.baseUrl(), keys), provider.name());
      places.put(provider.name(), other == null ? provider.name() : other);
    }
  }

  /** Checks the targets of one route among each other. */
  void checkRoute(List<Placed> targets, boolean failover) {
    Map<Endpoint, Placed> seen = new HashMap<>();
    for (Placed placed : targets) {
      Endpoint endpoint = endpoint(placed.target());
      Placed other = endpoint == null ? null : seen.putIfAbsent(endpoint, placed);
      if (other != null) {
        warn(placed, other);
      }
    }
    if (failover) {
      seen.forEach(beforeFallbacks::putIfAbsent);
    }
  }

  /** Checks the default fallbacks against the routes read so far and among each other. */
  void checkFallbacks(List<Placed> fallbacks) {
    for (Placed placed : fallbacks) {
      Endpoint endpoint = endpoint(placed.target());
      Placed other = endpoint == null ? null : beforeFallbacks.putIfAbsent(endpoint, placed);
      // A target that a call has already is not added to it a second time.
      if (other != null && !other.target().provider().equals(placed.target().provider())) {
        warn(placed, other);
      }
    }
  }

  private @Nullable Endpoint endpoint(Target target) {
    String place = places.get(target.provider());
    Config.Provider provider = providers.get(target.provider());
    if (place == null || provider == null) {
      return null;
    }
    return new Endpoint(place, target.model() == null ? provider.defaultModel() : target.model());
  }

  private void warn(Placed placed, Placed other) {
    reading.warning(
        placed.at(),
        placed.path(),
        "is the same endpoint as '"
            + other.target().provider()
            + "' at line "
            + other.at().line()
            + " (same address, model and keys); a failure of one is a failure of both");
  }
}
