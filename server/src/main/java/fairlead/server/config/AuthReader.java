package fairlead.server.config;

import fairlead.server.config.Config.Auth;
import fairlead.server.config.Config.Auth.Mode;
import fairlead.server.config.Tree.Scalar;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the {@code auth} section. Not thread-safe. */
final class AuthReader {
  /** Shorter ones can be guessed; the usual generators make 32 and more. */
  static final int WEAK_BELOW_CHARACTERS = 16;

  private static final String EXAMPLE = "{ keys: [ { name: NAME, value: env.NAME } ] }";

  private final Reading reading;
  private final Set<String> providers;
  private final Set<String> routes;
  private final Map<String, Tree> names = new HashMap<>();
  private final Map<String, Tree> digests = new HashMap<>();

  /**
   * @param providers names that may stand before the slash of a route
   * @param routes names of routes
   */
  AuthReader(Reading reading, Set<String> providers, Set<String> routes) {
    this.reading = reading;
    this.providers = providers;
    this.routes = routes;
  }

  Auth read(@Nullable Tree node) {
    if (node == null) {
      return new Auth(Mode.LOOPBACK_ONLY, List.of());
    }
    if (node instanceof Scalar scalar) {
      if (scalar.text().equals("none")) {
        return new Auth(Mode.NONE, List.of());
      }
      // Not shown: it may be a key that was written one level too high.
      reading.error(node, "auth", "is a single value; write none, or " + EXAMPLE);
      return new Auth(Mode.KEYS, List.of());
    }
    Tree.Mapping mapping = reading.mapping(node, "auth", EXAMPLE);
    List<Auth.Key> keys = new ArrayList<>();
    if (mapping != null) {
      Section section = new Section(reading, mapping, "auth", Settings.Auth.GROUP);
      Tree listNode = section.node(Settings.Auth.KEYS);
      Tree.Sequence list =
          listNode == null
              ? null
              : reading.list(listNode, "auth.keys", "[ { name: NAME, value: env.NAME } ]");
      if (list != null) {
        if (list.items().isEmpty()) {
          reading.error(
              list,
              "auth.keys",
              "is empty, so nobody could call; add a key, or write 'auth: none'");
        }
        for (int i = 0; i < list.items().size(); i++) {
          Auth.Key key = key(list.items().get(i), i);
          if (key != null) {
            keys.add(key);
          }
        }
      }
    }
    return new Auth(Mode.KEYS, List.copyOf(keys));
  }

  private Auth.@Nullable Key key(Tree node, int index) {
    String path = "auth.keys[" + index + "]";
    Tree.Mapping mapping = reading.mapping(node, path, "{ name: NAME, value: env.NAME }");
    if (mapping == null) {
      return null;
    }
    Section section = new Section(reading, mapping, path, Settings.Auth.KEY_GROUP);
    String written = section.text(Settings.Auth.NAME);
    String name = written == null ? "key-" + (index + 1) : written;
    if (!Names.isValid(name)) {
      section.error(Settings.Auth.NAME, Names.RULE);
    }
    Tree other = names.putIfAbsent(name, section.at(Settings.Auth.NAME));
    if (other != null) {
      section.error(
          Settings.Auth.NAME,
          "is the name of the key at line " + other.line() + " too; give each key its own name");
    }
    byte[] digest = digest(section);
    Set<String> allowed = routes(section);
    String scope = section.text(Settings.Auth.CACHE_SCOPE);
    if (scope != null && !Names.isValid(scope)) {
      section.error(Settings.Auth.CACHE_SCOPE, Names.RULE);
    }
    boolean admin = section.flag(Settings.Auth.ADMIN);
    if (digest == null) {
      return null;
    }
    Tree twin = digests.putIfAbsent(HexFormat.of().formatHex(digest), mapping);
    if (twin != null) {
      reading.error(
          mapping, path, "is the same key as the one at line " + twin.line() + "; remove one");
    }
    return new Auth.Key(name, digest, allowed, scope, admin);
  }

  private byte @Nullable [] digest(Section section) {
    Tree value = section.node(Settings.Auth.VALUE);
    Tree sha256 = section.node(Settings.Auth.SHA256);
    if ((value == null) == (sha256 == null)) {
      reading.error(
          section.mapping(),
          section.path(),
          value == null
              ? "has no key; write 'value: env.NAME' or 'sha256: HASH'"
              : "has both value and sha256; keep one");
      return null;
    }
    if (value != null) {
      String text = section.text(Settings.Auth.VALUE);
      if (text == null) {
        return null;
      }
      if (text.length() < WEAK_BELOW_CHARACTERS) {
        section.warning(
            Settings.Auth.VALUE,
            "has fewer than "
                + WEAK_BELOW_CHARACTERS
                + " characters and can be guessed; write a longer one, such as from 'openssl rand"
                + " -hex 24'");
      }
      return sha256(text);
    }
    String text = section.text(Settings.Auth.SHA256);
    if (text == null) {
      return null;
    }
    if (!text.matches("[0-9A-Fa-f]{64}")) {
      section.error(
          Settings.Auth.SHA256,
          "is not a SHA-256 hash; write the 64 hexadecimal digits that 'printf %s KEY | sha256sum'"
              + " prints");
      return null;
    }
    return HexFormat.of().parseHex(text.toLowerCase(Locale.ROOT));
  }

  private Set<String> routes(Section section) {
    Tree node = section.node(Settings.Auth.ROUTES);
    String path = section.path(Settings.Auth.ROUTES);
    Tree.Sequence list = node == null ? null : reading.list(node, path, "[NAME] or [\"*\"]");
    if (list == null) {
      return Set.of("*");
    }
    if (list.items().isEmpty()) {
      reading.error(list, path, "is empty, so the key could call nothing; name a route, or \"*\"");
    }
    Set<String> allowed = new LinkedHashSet<>();
    for (int i = 0; i < list.items().size(); i++) {
      Tree item = list.items().get(i);
      String name = reading.text(item, path + '[' + i + ']', "the name of a route");
      if (name == null) {
        continue;
      }
      int slash = name.indexOf('/');
      boolean known =
          name.equals("*")
              || routes.contains(name)
              || (slash > 0 && providers.contains(name.substring(0, slash)));
      if (!known && item instanceof Scalar scalar) {
        reading.error(
            item,
            path + '[' + i + ']',
            Reading.shown(scalar)
                + " is not a route"
                + Suggestions.didYouMean(scalar.text(), routes)
                + "; write \"*\", PROVIDER/MODEL or a route; "
                + Suggestions.list(routes));
      }
      allowed.add(name);
    }
    return Set.copyOf(allowed);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
