package fairlead.server.cli;

import fairlead.server.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the gateway says when it starts: what it serves, where, and three commands to try. Pure. */
final class StartPage {
  private final Config config;
  private final int port;

  StartPage(Config config, int port) {
    this.config = config;
    this.port = port;
  }

  String text() {
    String base = base();
    StringBuilder text = new StringBuilder();
    text.append("Fairlead ").append(VersionCommand.version()).append(" serves on ").append(base);
    text.append("  (configuration: ").append(config.source()).append(")\n\n");
    for (Config.Route route : config.routes().values()) {
      text.append("  route     ").append(route.name()).append("  →  ").append(targets(route));
      text.append('\n');
    }
    for (Config.Provider provider : config.providers().values()) {
      text.append("  provider  ").append(provider.name()).append("  (");
      text.append(type(provider)).append(")  as model ").append(provider.name()).append("/MODEL\n");
    }
    text.append("  callers   ").append(callers()).append("\n\nTry:\n");
    for (String command : commands(base)) {
      text.append("  ").append(command).append('\n');
    }
    return text.append('\n').toString();
  }

  private String base() {
    String host = config.server().host();
    if (host.equals("0.0.0.0") || host.equals("::")) {
      host = "127.0.0.1";
    }
    String shown = host.contains(":") ? "[" + host + "]" : host;
    return (config.server().tls() == null ? "http://" : "https://") + shown + ":" + port;
  }

  private static String targets(Config.Route route) {
    List<String> parts = new ArrayList<>();
    for (Config.Target target : route.targets()) {
      String model = target.model();
      parts.add(model == null ? target.provider() : target.provider() + "/" + model);
    }
    String separator = route.strategy() == Config.Strategy.PRIORITY ? ", then " : ", ";
    return String.join(separator, parts);
  }

  private static String type(Config.Provider provider) {
    String type = provider.type().name().toLowerCase(Locale.ROOT).replace('_', '-');
    return provider.baseUrl().isEmpty() ? type : type + ", " + provider.baseUrl();
  }

  private String callers() {
    return switch (config.auth().mode()) {
      case LOOPBACK_ONLY -> "no keys asked for; loopback only";
      case NONE -> "no keys asked for, on any address (auth: none)";
      case KEYS -> config.auth().keys().size() + " keys";
    };
  }

  private List<String> commands(String base) {
    String key =
        config.auth().mode() == Config.Auth.Mode.KEYS ? " -H \"Authorization: Bearer $KEY\"" : "";
    String model = model();
    String chat = base + "/v1/chat/completions" + key + " -H 'Content-Type: application/json' -d ";
    return List.of(
        "curl " + chat + body(model, "Say hello.", false),
        "curl -N " + chat + body(model, "Count to five.", true),
        "curl " + base + "/v1/models" + key);
  }

  private String model() {
    if (!config.routes().isEmpty()) {
      return config.routes().keySet().iterator().next();
    }
    for (Config.Provider provider : config.providers().values()) {
      String model = provider.defaultModel();
      if (model != null) {
        return provider.name() + "/" + model;
      }
    }
    return "PROVIDER/MODEL";
  }

  private static String body(String model, String text, boolean stream) {
    return "'{\"model\":\""
        + model
        + "\""
        + (stream ? ",\"stream\":true" : "")
        + ",\"messages\":[{\"role\":\"user\",\"content\":\""
        + text
        + "\"}]}'";
  }
}
