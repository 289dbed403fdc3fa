package fairlead.server.config;

import fairlead.server.config.Config.Route;
import fairlead.server.config.Tree.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a configuration, YAML or JSON, into a {@link Config} or into the list of everything that is
 * wrong with it.
 *
 * <p>Immutable and thread-safe. Never throws for what a file contains. Costs milliseconds; the file
 * is bounded by {@link #MAX_BYTES}.
 */
public final class ConfigLoader {
  /** A thousand providers with every setting need half of this. */
  public static final int MAX_BYTES = 1024 * 1024;

  private static final int FIRST_VISIBLE = 0x20;
  private static final int DELETE = 0x7f;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final Map<String, String> environment;

  /**
   * @param environment what {@code ${NAME}} and {@code env.NAME} refer to
   */
  public ConfigLoader(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** A loader that resolves references in the environment of this process. */
  public static ConfigLoader ofProcess() {
    return new ConfigLoader(System.getenv());
  }

  /** Reads a file; one that cannot be read is a problem like any other. */
  public Loaded load(Path path) {
    String name = path.toString();
    try {
      if (Files.isDirectory(path)) {
        return Loaded.failed(name, "is a directory; name the configuration file in it");
      }
      byte[] bytes;
      try (InputStream in = Files.newInputStream(path)) {
        bytes = in.readNBytes(MAX_BYTES + 1);
      }
      if (bytes.length > MAX_BYTES) {
        return tooLarge(name);
      }
      CharBuffer text = CharBuffer.allocate(bytes.length);
      ByteBuffer in = ByteBuffer.wrap(bytes);
      CoderResult result =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(in, text, true);
      String decoded = text.flip().toString();
      if (result.isError()) {
        TextCursor.Position at = new TextCursor(decoded).at(decoded.length());
        return Loaded.failed(
            name, at.line(), at.column(), "file", "is not UTF-8 from here on; save it as UTF-8");
      }
      return load(name, decoded);
    } catch (NoSuchFileException e) {
      return Loaded.failed(name, "there is no such file");
    } catch (AccessDeniedException e) {
      return Loaded.failed(name, "may not be read; check its permissions");
    } catch (IOException e) {
      return Loaded.failed(name, "cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  /**
   * Reads a text.
   *
   * @param name the file's name: for messages, for what {@code file:PATH} is relative to, and for
   *     whether it is JSON
   */
  public Loaded load(String name, String text) {
    if (text.length() > MAX_BYTES) {
      return tooLarge(name);
    }
    Reading reading = new Reading(name, new References(environment, directory(name)));
    Tree root = parse(reading, name, text);
    if (root == null) {
      return new Loaded(null, reading.problems());
    }
    Config config = read(reading, name, root);
    return new Loaded(reading.failed() ? null : config, reading.problems());
  }

  private static Loaded tooLarge(String name) {
    return Loaded.failed(name, "is larger than " + Sizes.format(MAX_BYTES) + "; make it smaller");
  }

  private static Path directory(String name) {
    try {
      Path parent = Path.of(name).getParent();
      return parent == null ? Path.of("") : parent;
    } catch (InvalidPathException e) {
      return Path.of("");
    }
  }

  private static @Nullable Tree parse(Reading reading, String name, String original) {
    // A mark at the start is no part of the text (RFC 3629, 6); positions do not count it.
    String text =
        !original.isEmpty() && original.charAt(0) == BYTE_ORDER_MARK
            ? original.substring(1)
            : original;
    TreeBuilder builder = new TreeBuilder();
    try {
      checkCharacters(text);
      builder = isJson(name, text) ? json(text) : yaml(text);
    } catch (Tree.SyntaxException e) {
      reading.error(e.line, e.column, "syntax", e.why());
      return null;
    }
    for (TreeBuilder.Duplicate duplicate : builder.duplicates()) {
      reading.error(
          duplicate.second(),
          Reading.shown(duplicate.second()).replace("'", ""),
          "is written twice, first at line "
              + duplicate.first().line()
              + ", column "
              + duplicate.first().column()
              + "; keep one");
    }
    Tree root = builder.root();
    if (root == null || (root instanceof Tree.Scalar scalar && scalar.isNothing())) {
      reading.error(
          1, 1, "file", "is empty; write at least 'providers:' with one provider under it");
      return null;
    }
    return root;
  }

  private static TreeBuilder json(String text) throws Tree.SyntaxException {
    TreeBuilder builder = new TreeBuilder();
    JsonTree.read(text, builder);
    return builder;
  }

  private static TreeBuilder yaml(String text) throws Tree.SyntaxException {
    TreeBuilder builder = new TreeBuilder();
    YamlTree.read(text, builder);
    return builder;
  }

  /** By its name, or by its first character where the name says nothing. */
  private static boolean isJson(String name, String text) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".json")) {
      return true;
    }
    return !lower.endsWith(".yaml")
        && !lower.endsWith(".yml")
        && text.stripLeading().startsWith("{");
  }

  /** YAML 1.2, 5.1 allows few control characters and JSON none; neither allows half a character. */
  private static void checkCharacters(String text) throws Tree.SyntaxException {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean control = (c < FIRST_VISIBLE && c != '\n' && c != '\r' && c != '\t') || c == DELETE;
      boolean half = false;
      if (Character.isSurrogate(c)) {
        half =
            !Character.isHighSurrogate(c)
                || i + 1 == text.length()
                || !Character.isLowSurrogate(text.charAt(i + 1));
        i += half ? 0 : 1;
      }
      if (control || half || c == '\uFFFE' || c == '\uFFFF' || c == BYTE_ORDER_MARK) {
        TextCursor.Position at = new TextCursor(text).at(i);
        throw new Tree.SyntaxException(
            at.line(),
            at.column(),
            "character U+"
                + HexFormat.of().withUpperCase().toHexDigits(c)
                + " cannot be used here; remove it");
      }
    }
  }

  private static @Nullable Config read(Reading reading, String name, Tree node) {
    Tree.Mapping mapping = reading.mapping(node, "file", "'providers:' with one provider under it");
    if (mapping == null) {
      return null;
    }
    Section root = new Section(reading, mapping, "", Settings.Root.GROUP);
    Tree serverNode = root.node(Settings.Root.SERVER);
    Tree.Mapping serverMapping =
        serverNode == null ? null : reading.mapping(serverNode, "server", "{ port: 8080 }");
    Config.Server server =
        serverMapping == null ? ServerReader.defaults() : ServerReader.read(reading, serverMapping);
    Set<String> declared = new LinkedHashSet<>();
    Map<String, Config.Provider> providers = providers(reading, root, declared);
    Targets targets = new Targets(reading, providers, declared);
    Set<String> routeNames = new LinkedHashSet<>();
    SharedEndpoints endpoints = new SharedEndpoints(reading, providers);
    CacheReader cacheReader = new CacheReader(reading, root);
    CacheConfig cache = cacheReader.read(targets);
    RouteCacheReader caches = new RouteCacheReader(reading, cache.direct(), cacheReader.saysMode());
    Map<String, Route> routes =
        routes(reading, root, new RouteReader(reading, targets, endpoints, caches), routeNames);
    FallbackReader fallbacks = new FallbackReader(reading, targets);
    fallbacks.read(root.node(Settings.Root.FALLBACKS));
    endpoints.checkFallbacks(fallbacks.placed());
    Config.Auth auth =
        new AuthReader(reading, declared, routeNames).read(root.node(Settings.Root.AUTH));
    String refusal = Exposure.refusal(server.host(), auth);
    if (refusal != null && serverMapping != null) {
      Tree host = ServerReader.hostAt(serverMapping);
      String shown = host instanceof Tree.Scalar scalar ? Reading.shown(scalar) : "the host";
      reading.error(host, "server.host", shown + ' ' + refusal);
    }
    return new Config(
        name, server, auth, providers, routes, fallbacks.chain(), fallbacks.rules(), cache);
  }

  private static Map<String, Config.Provider> providers(
      Reading reading, Section root, Set<String> declared) {
    Map<String, Config.Provider> providers = new LinkedHashMap<>();
    if (!root.has(Settings.Root.PROVIDERS)) {
      return providers;
    }
    Tree.Mapping mapping =
        reading.mapping(
            root.at(Settings.Root.PROVIDERS),
            "providers",
            "{ openai: { api_key: env.OPENAI_API_KEY } }");
    if (mapping == null) {
      return providers;
    }
    if (mapping.entries().isEmpty()) {
      reading.error(mapping, "providers", "is empty; write at least one provider");
    }
    for (Entry entry : mapping.entries()) {
      declared.add(entry.key().text());
      Config.Provider provider = ProviderReader.read(reading, entry);
      if (provider != null) {
        providers.put(provider.name(), provider);
      }
    }
    return Collections.unmodifiableMap(providers);
  }

  private static Map<String, Route> routes(
      Reading reading, Section root, RouteReader reader, Set<String> names) {
    Tree node = root.node(Settings.Root.ROUTING);
    Tree.Mapping mapping =
        node == null
            ? null
            : reading.mapping(node, "routing", "{ NAME: { providers: [PROVIDER, …] } }");
    if (mapping == null) {
      return Map.of();
    }
    Map<String, Route> routes = new LinkedHashMap<>();
    for (Entry entry : mapping.entries()) {
      names.add(entry.key().text());
      Route route = reader.read(entry);
      if (route != null) {
        routes.put(route.name(), route);
      }
    }
    return Collections.unmodifiableMap(routes);
  }
}
