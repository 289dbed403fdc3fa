package fairlead.server.config;

import fairlead.providers.catalogue.Catalogue;
import fairlead.providers.catalogue.KnownProvider;
import fairlead.server.config.Config.ProviderType;
import fairlead.server.config.Tree.Entry;
import fairlead.server.config.Tree.Scalar;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads one provider. Stateless. */
final class ProviderReader {
  private static final String EXAMPLE = "{ type: openai, api_key: env.OPENAI_API_KEY }";

  /** What the client itself writes: RFC 9110, 7.6.1 and RFC 9112, 6. */
  private static final Set<String> OWN_HEADERS =
      Set.of(
          "connection",
          "content-length",
          "content-type",
          "host",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private ProviderReader() {}

  /** What a type stands for. */
  private record Kind(ProviderType type, @Nullable KnownProvider known) {}

  /** The provider, or null after reporting why there is none. */
  static Config.@Nullable Provider read(Reading reading, Entry entry) {
    String name = entry.key().text();
    String path = "providers." + name;
    if (!Names.isValid(name)) {
      reading.error(entry.key(), "providers", Reading.shown(entry.key()) + ' ' + Names.RULE);
      return null;
    }
    if (!(entry.value() instanceof Tree.Mapping mapping)) {
      reading.error(entry.value(), path, "is " + entry.value().kind() + "; write " + EXAMPLE);
      return null;
    }
    Kind kind = kind(reading, entry.key(), mapping, path);
    if (kind == null) {
      // What else stands there belongs to a provider that cannot be used: more would only confuse.
      return null;
    }
    return read(reading, new Section(reading, mapping, path, Settings.Provider.GROUP), name, kind);
  }

  private static Config.Provider read(Reading reading, Section section, String name, Kind kind) {
    KnownProvider known = kind.known();
    List<String> models = Lists.texts(reading, section, Settings.Provider.MODELS, "[MODEL, …]");
    String defaultModel = section.text(Settings.Provider.DEFAULT_MODEL);
    if (defaultModel == null) {
      defaultModel =
          !models.isEmpty() ? models.getFirst() : known == null ? null : known.defaultModel();
    }
    boolean simulated = kind.type() == ProviderType.SIMULATED;
    boolean ownUrl = section.node(Settings.Provider.BASE_URL) != null;
    return new Config.Provider(
        name,
        kind.type(),
        baseUrl(section, kind),
        ProviderKeys.read(reading, section, kind.type(), !simulated && !ownUrl ? known : null),
        section.decimal(Settings.Provider.WEIGHT),
        models,
        defaultModel,
        section.flag(
            Settings.Provider.STREAM_USAGE,
            known == null ? kind.type() != ProviderType.ANTHROPIC : known.streamUsage()),
        section.integer(Settings.Provider.MAX_TOKENS),
        headers(reading, section),
        proxy(section),
        FailoverReader.timeouts(reading, section),
        FailoverReader.retries(reading, section),
        SimulatedKnobs.read(reading, section, simulated),
        known == null ? List.of() : known.modelPrefixes(),
        FailoverReader.failover(reading, section));
  }

  private static @Nullable Kind kind(
      Reading reading, Scalar key, Tree.Mapping mapping, String path) {
    for (Entry entry : mapping.entries()) {
      if (!entry.key().text().equals(Settings.Provider.TYPE.key())) {
        continue;
      }
      String typePath = path + ".type";
      String type = reading.text(entry.value(), typePath, "one of " + types());
      if (type == null || !(entry.value() instanceof Scalar scalar)) {
        return null;
      }
      Kind kind = kindOf(type, key.text());
      if (kind == null) {
        reading.error(
            scalar,
            typePath,
            Reading.shown(scalar)
                + (Catalogue.isUnsupported(type)
                    ? " is not supported in this version"
                    : " is not a type" + Suggestions.didYouMean(scalar.text(), typeNames()))
                + "; write one of "
                + types());
      }
      return kind;
    }
    KnownProvider known = Catalogue.find(key.text());
    if (known != null) {
      return new Kind(type(known), known);
    }
    reading.error(
        key,
        path,
        Catalogue.isUnsupported(key.text())
            ? "providers of type '"
                + key.text()
                + "' are not supported in this version; remove it, or write 'type' as one of "
                + types()
            : "has no 'type', and the name is not a well-known provider's"
                + Suggestions.didYouMean(key.text(), typeNames())
                + "; write 'type' as one of "
                + types());
    return null;
  }

  private static @Nullable Kind kindOf(String type, String name) {
    return switch (type.toLowerCase(Locale.ROOT).replace('-', '_')) {
      case "simulated" -> new Kind(ProviderType.SIMULATED, null);
      case "openai_compatible" -> {
        KnownProvider known = Catalogue.find(name);
        yield new Kind(
            ProviderType.OPENAI_COMPATIBLE,
            known != null && known.wire() != KnownProvider.Wire.ANTHROPIC ? known : null);
      }
      default -> {
        KnownProvider known = Catalogue.find(type);
        yield known == null ? null : new Kind(type(known), known);
      }
    };
  }

  private static ProviderType type(KnownProvider known) {
    return switch (known.wire()) {
      case OPENAI -> ProviderType.OPENAI;
      case OPENAI_COMPATIBLE -> ProviderType.OPENAI_COMPATIBLE;
      case ANTHROPIC -> ProviderType.ANTHROPIC;
    };
  }

  private static List<String> typeNames() {
    return Stream.concat(
            Stream.of("openai", "anthropic", "openai-compatible", "simulated"),
            Catalogue.providers().stream().map(KnownProvider::name).skip(2))
        .toList();
  }

  private static String types() {
    return String.join(", ", typeNames());
  }

  private static String baseUrl(Section section, Kind kind) {
    if (kind.type() == ProviderType.SIMULATED) {
      if (section.node(Settings.Provider.BASE_URL) != null) {
        section.error(
            Settings.Provider.BASE_URL,
            "has no meaning for a simulated provider, which is inside the process; remove it");
      }
      return "";
    }
    String written = section.text(Settings.Provider.BASE_URL);
    KnownProvider known = kind.known();
    if (written == null) {
      if (section.node(Settings.Provider.BASE_URL) == null && known == null) {
        section.error(
            Settings.Provider.BASE_URL,
            "is missing; write the address OpenAI clients use, such as"
                + " http://127.0.0.1:8000/v1");
      }
      return known == null ? "" : known.baseUrl();
    }
    try {
      boolean gemini = known != null && known.name().equals("gemini");
      return BaseUrls.normalize(written, kind.type(), gemini);
    } catch (RejectedException e) {
      section.error(Settings.Provider.BASE_URL, e.why());
      return "";
    }
  }

  private static Map<String, String> headers(Reading reading, Section section) {
    Tree node = section.node(Settings.Provider.HEADERS);
    String path = section.path(Settings.Provider.HEADERS);
    Tree.Mapping mapping = node == null ? null : reading.mapping(node, path, "{ NAME: VALUE }");
    if (mapping == null) {
      return Map.of();
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (Entry entry : mapping.entries()) {
      String name = entry.key().text();
      if (!Names.isHeader(name)) {
        reading.error(entry.key(), path, "is not a header's name; write one such as X-Title");
        continue;
      }
      if (OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
        reading.error(
            entry.key(), path + '.' + name, "is written by the gateway itself; remove it");
        continue;
      }
      String value = reading.text(entry.value(), path + '.' + name, "the header's value");
      if (value != null) {
        headers.put(name, value);
      }
    }
    return Collections.unmodifiableMap(headers);
  }

  private static @Nullable String proxy(Section section) {
    String proxy = section.text(Settings.Provider.PROXY);
    if (proxy == null) {
      return null;
    }
    try {
      BaseUrls.checkProxy(proxy);
      return proxy.endsWith("/") ? proxy.substring(0, proxy.length() - 1) : proxy;
    } catch (RejectedException e) {
      section.error(Settings.Provider.PROXY, e.why());
      return null;
    }
  }
}
