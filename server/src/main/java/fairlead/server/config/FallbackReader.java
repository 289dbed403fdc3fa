package fairlead.server.config;

import fairlead.server.config.Config.FallbackRule;
import fairlead.server.config.Config.Target;
import fairlead.server.config.SharedEndpoints.Placed;
import fairlead.server.config.Tree.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the top-level {@code fallbacks}: a chain for every call, and rules for single targets. Not
 * thread-safe.
 */
final class FallbackReader {
  private static final String EXAMPLE = "[\"PROVIDER/MODEL\", …]";

  private final Reading reading;
  private final Targets targets;
  private final List<Placed> chain = new ArrayList<>();
  private final List<FallbackRule> rules = new ArrayList<>();
  private final Map<String, Tree> seen = new HashMap<>();

  FallbackReader(Reading reading, Targets targets) {
    this.reading = reading;
    this.targets = targets;
  }

  void read(@Nullable Tree node) {
    Tree.Sequence list = node == null ? null : reading.list(node, "fallbacks", EXAMPLE);
    if (list == null) {
      return;
    }
    for (int i = 0; i < list.items().size(); i++) {
      Tree item = list.items().get(i);
      String path = "fallbacks[" + i + "]";
      Target target = targets.read(item, path, Settings.Fallback.GROUP);
      Tree to = rule(item);
      if (to != null) {
        List<Target> alternatives = alternatives(to, path + ".fallback_to", target);
        if (target != null && once("rule ", target, item, path)) {
          rules.add(new FallbackRule(target.provider(), target.model(), alternatives));
        }
      } else if (target != null && once("", target, item, path)) {
        chain.add(new Placed(target, item, path));
      }
    }
  }

  private static @Nullable Tree rule(Tree item) {
    if (item instanceof Tree.Mapping mapping) {
      for (Entry entry : mapping.entries()) {
        if (entry.key().text().equals(Settings.Fallback.TO.key())) {
          return entry.value();
        }
      }
    }
    return null;
  }

  private List<Target> alternatives(Tree node, String path, @Nullable Target failed) {
    Tree.Sequence list = reading.list(node, path, EXAMPLE);
    List<Target> read = new ArrayList<>();
    if (list == null) {
      return read;
    }
    if (list.items().isEmpty()) {
      reading.error(list, path, "is empty; name at least one target");
    }
    for (int i = 0; i < list.items().size(); i++) {
      String itemPath = path + '[' + i + ']';
      Target target = targets.read(list.items().get(i), itemPath, Settings.Fallback.TO_GROUP);
      if (target == null) {
        continue;
      }
      if (target.equals(failed)) {
        reading.error(
            list.items().get(i), itemPath, "is the target that has failed; name another one");
      }
      read.add(target);
    }
    return List.copyOf(read);
  }

  private boolean once(String kind, Target target, Tree item, String path) {
    Tree other = seen.putIfAbsent(kind + target.provider() + '/' + target.model(), item);
    if (other != null) {
      reading.error(item, path, "stands at line " + other.line() + " already; remove one");
    }
    return other == null;
  }

  List<Target> chain() {
    return chain.stream().map(Placed::target).toList();
  }

  /** The chain with the places where it is written. */
  List<Placed> placed() {
    return List.copyOf(chain);
  }

  List<FallbackRule> rules() {
    return List.copyOf(rules);
  }
}
