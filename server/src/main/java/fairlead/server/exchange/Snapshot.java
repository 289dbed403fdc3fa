package fairlead.server.exchange;

import fairlead.providers.wire.ByteRange;
import fairlead.server.admin.RouterControl;
import fairlead.server.config.Config;
import fairlead.server.governance.CallerKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A loaded configuration in the form calls use: immutable, behind one reference; a call keeps the
 * one it began with.
 */
public final class Snapshot {
  private final Config config;
  private final Map<String, ProviderRuntime> providers;
  private final List<RouteRuntime> routes;
  private final ModelTable named;
  private final ModelTable direct;
  private final ModelTable known;
  private final Map<RouteRuntime, List<String>> serving;
  private final Prefix[] prefixes;
  private final @Nullable RouteRuntime anyModel;
  private final @Nullable CallerKeys keys;
  private final List<String> modelIds;

  /**
   * @param routes those of the configuration, and those that stand for one provider each
   * @param named routes and well-known models by name
   * @param direct routes that stand for one provider, by provider name, for {@code provider/model}
   * @param known routes for a {@code provider/model} whose fallbacks are not those of the
   *     provider's other models, by that whole name
   * @param serving the names of the providers each direct route stands for, its fallbacks aside
   * @param prefixes bare model names by how they begin
   * @param anyModel where every other bare model goes, if there is only one place; else null
   * @param keys null where no keys are asked for
   * @param modelIds what the model list shows
   */
  Snapshot(
      Config config,
      Map<String, ProviderRuntime> providers,
      List<RouteRuntime> routes,
      ModelTable named,
      ModelTable direct,
      ModelTable known,
      Map<RouteRuntime, List<String>> serving,
      List<Prefix> prefixes,
      @Nullable RouteRuntime anyModel,
      @Nullable CallerKeys keys,
      List<String> modelIds) {
    this.config = config;
    this.providers = providers;
    this.routes = List.copyOf(routes);
    this.named = named;
    this.direct = direct;
    this.known = known;
    this.serving = Map.copyOf(serving);
    this.prefixes = prefixes.toArray(new Prefix[0]);
    this.anyModel = anyModel;
    this.keys = keys;
    this.modelIds = List.copyOf(modelIds);
  }

  /** Model names that begin like this belong to that route. */
  record Prefix(String text, RouteRuntime route) {
    boolean matches(byte[] bytes, int start, int end) {
      if (end - start < text.length()) {
        return false;
      }
      for (int i = 0; i < text.length(); i++) {
        if (bytes[start + i] != text.charAt(i)) {
          return false;
        }
      }
      return true;
    }
  }

  public Config config() {
    return config;
  }

  /** Callers' keys, or null where none are asked for. */
  public @Nullable CallerKeys keys() {
    return keys;
  }

  /** What the model list shows: routes first, then {@code provider/model}. */
  public List<String> modelIds() {
    return modelIds;
  }

  /** What calls may have from memory, by route; those that may have something. */
  Map<String, RouteCaching> cachings() {
    Map<String, RouteCaching> found = new LinkedHashMap<>();
    for (RouteRuntime route : routes) {
      RouteCaching caching = route.caching();
      if (caching != null) {
        found.putIfAbsent(caching.route(), caching);
      }
    }
    return found;
  }

  /** The state of routes and keys, for operators. */
  public RouterControl router() {
    List<RouteRuntime> every = new ArrayList<>(routes);
    every.addAll(serving.keySet());
    return new RouterState(routes, every, providers.values());
  }

  /**
   * Whether any configured route has a target that could be asked now; where there is no route, any
   * provider.
   */
  public boolean usable() {
    long now = System.nanoTime();
    boolean configured = false;
    for (RouteRuntime route : routes) { // those that stand for providers come last
      if (route.isDirect() && configured) {
        return false;
      }
      configured |= !route.isDirect();
      for (TargetRuntime target : route.targets()) {
        if (target.state().usable(now)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Finds where a model name leads.
   *
   * @param model the name in the request, in UTF-8
   * @param rest set to what is to be sent as the model where the target has none of its own: the
   *     name without its provider
   * @return null if nothing of that name is configured
   */
  @Nullable RouteRuntime resolve(ByteRange model, ByteRange rest) {
    byte[] bytes = model.array();
    rest.set(bytes, model.start(), model.end());
    RouteRuntime route = named.find(model);
    if (route != null) {
      return route;
    }
    for (int i = model.start(); i < model.end() - 1; i++) {
      if (bytes[i] == '/') {
        route = direct.find(bytes, model.start(), i);
        if (route != null) {
          rest.set(bytes, i + 1, model.end());
          RouteRuntime own = known.find(model);
          return own == null ? route : own;
        }
        break;
      }
    }
    for (Prefix prefix : prefixes) {
      if (prefix.matches(bytes, model.start(), model.end())) {
        return prefix.route();
      }
    }
    return model.isEmpty() ? null : anyModel;
  }

  /**
   * Refuses what a caller's key does not allow. A route needs its name; {@code provider/model}
   * needs itself; a bare model needs {@code provider/model} for every provider it may go to, since
   * any of them may answer. Fallbacks the configuration adds need nothing: they are the operator's
   * choice. Allocates nothing for a caller who may use everything.
   *
   * @param route what {@link #resolve} found
   * @param rest what {@link #resolve} set
   * @param param the request field that names the model
   * @throws CallFailure if something that is needed is missing
   */
  void requireAllowed(CallerKeys.Caller caller, RouteRuntime route, ByteRange rest, String param)
      throws CallFailure {
    if (caller.mayUse("*")) {
      return;
    }
    List<String> needed = new ArrayList<>();
    if (route.isDirect()) {
      String model = rest.toString();
      for (String provider : Objects.requireNonNull(serving.get(route))) {
        needed.add(provider + "/" + model);
      }
    } else {
      needed.add(route.name());
    }
    for (String name : needed) {
      if (!caller.mayUse(name)) {
        throw notAllowed(caller, name, needed, rest, param);
      }
    }
  }

  private static CallFailure notAllowed(
      CallerKeys.Caller caller, String name, List<String> needed, ByteRange rest, String param) {
    String message = "The key '" + caller.name() + "' may not use '" + name + "'.";
    if (needed.size() > 1) {
      message +=
          " The model '"
              + rest
              + "' stands for "
              + String.join(", ", needed)
              + "; the key needs all of them, or name one that it has.";
    }
    return new CallFailure(403, "permission_error", "model_not_allowed", param, message);
  }

  /** What a caller may write as a model, for error messages; bounded. */
  String choices() {
    StringBuilder text = new StringBuilder();
    int shown = 0;
    for (String id : modelIds) {
      if (shown == 12) {
        text.append(", … (GET /v1/models lists all)");
        break;
      }
      text.append(shown == 0 ? "" : ", ").append(id);
      shown++;
    }
    if (!providers.isEmpty()) {
      text.append(shown == 0 ? "" : "; ")
          .append("also any model as PROVIDER/MODEL with PROVIDER one of ");
      text.append(String.join(", ", providers.keySet()));
    }
    return text.toString();
  }
}
