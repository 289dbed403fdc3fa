package fairlead.server.exchange;

import fairlead.providers.Operation;
import fairlead.providers.http.Endpoint;
import fairlead.providers.http.RequestHead;
import fairlead.server.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Encodes the constant part of the requests to a provider, once per key and operation. Pure. */
final class ProviderHeads {
  /** The one version of the Messages API there is (docs.anthropic.com, "Versions"). */
  private static final String ANTHROPIC_VERSION = "2023-06-01";

  private ProviderHeads() {}

  /** Request line and headers by key and {@link Operation} ordinal; empty for simulated ones. */
  static byte[][][] of(Config.Provider settings, List<Config.ProviderKey> keys) {
    Operation[] operations = Operation.values();
    if (settings.type() == Config.ProviderType.SIMULATED) {
      return new byte[keys.size()][operations.length][0];
    }
    String host = Endpoint.parse(settings.baseUrl()).hostHeader();
    String basePath = Endpoint.basePath(settings.baseUrl());
    byte[][][] heads = new byte[keys.size()][operations.length][];
    for (int key = 0; key < keys.size(); key++) {
      Map<String, String> headers = headers(settings, keys.get(key).value());
      for (Operation operation : operations) {
        heads[key][operation.ordinal()] =
            RequestHead.encode("POST", basePath + path(settings, operation), host, headers);
      }
    }
    return heads;
  }

  private static String path(Config.Provider settings, Operation operation) {
    return settings.type() == Config.ProviderType.ANTHROPIC ? "/v1/messages" : operation.path();
  }

  private static Map<String, String> headers(Config.Provider settings, String key) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    if (settings.type() == Config.ProviderType.ANTHROPIC) {
      if (!key.isEmpty()) {
        headers.put("x-api-key", key);
      }
      headers.put("anthropic-version", ANTHROPIC_VERSION);
    } else if (!key.isEmpty()) {
      headers.put("Authorization", "Bearer " + key);
    }
    settings
        .headers()
        .forEach(
            (name, value) -> {
              headers.keySet().removeIf(present -> present.equalsIgnoreCase(name));
              headers.put(name, value);
            });
    return headers;
  }
}
