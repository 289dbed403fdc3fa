package fairlead.server.config;

import fairlead.server.config.Config.Target;
import fairlead.server.config.Tree.Scalar;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names of providers and models where routes and fallbacks mention them. Not thread-safe.
 *
 * <p>A name that is declared but could not be read is no second problem.
 */
final class Targets {
  private final Reading reading;
  private final Map<String, Config.Provider> providers;
  private final Set<String> declared;

  /**
   * @param providers those that could be read
   * @param declared all names that are written under {@code providers}
   */
  Targets(Reading reading, Map<String, Config.Provider> providers, Set<String> declared) {
    this.reading = reading;
    this.providers = providers;
    this.declared = declared;
  }

  Config.@Nullable Provider provider(String name) {
    return providers.get(name);
  }

  /** Whether the provider is declared; reports it if not. */
  boolean check(String name, Tree at, String path) {
    if (declared.contains(name)) {
      return true;
    }
    String shown = at instanceof Scalar scalar ? Reading.shown(scalar) : "this";
    reading.error(
        at,
        path,
        shown
            + " is not a provider"
            + Suggestions.didYouMean(at instanceof Scalar s ? s.text() : "", declared)
            + "; "
            + Suggestions.list(declared));
    return false;
  }

  /** {@code provider}, {@code provider/model} or a mapping with both; null after a report. */
  @Nullable Target read(Tree node, String path, Settings.Group group) {
    if (node instanceof Scalar) {
      String text = reading.text(node, path, "PROVIDER/MODEL");
      if (text == null) {
        return null;
      }
      int slash = text.indexOf('/');
      String provider = slash < 0 ? text : text.substring(0, slash);
      String model = slash < 0 ? null : text.substring(slash + 1);
      if (provider.isEmpty() || (model != null && model.isEmpty())) {
        reading.error(node, path, "is not PROVIDER/MODEL; write both sides of the '/'");
        return null;
      }
      return check(provider, node, path) ? new Target(provider, model, 1, 0) : null;
    }
    Tree.Mapping mapping = reading.mapping(node, path, "{ provider: NAME, model: MODEL }");
    if (mapping == null) {
      return null;
    }
    Section section = new Section(reading, mapping, path, group);
    String provider = section.text(Settings.Fallback.PROVIDER);
    String model = section.text(Settings.Fallback.MODEL);
    if (provider == null
        || !check(
            provider,
            section.at(Settings.Fallback.PROVIDER),
            section.path(Settings.Fallback.PROVIDER))) {
      return null;
    }
    return new Target(provider, model, 1, 0);
  }
}
