package fairlead.server.exchange;

import fairlead.server.config.Config;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds a provider's credentials in what the provider says: some servers answer an error with the
 * request they got, and the gateway must not pass that on.
 *
 * <p>Immutable, thread-safe. Costs one pass per credential; only errors are looked at.
 */
final class ProviderSecrets {
  /** What is shorter is no credential, and would be found in ordinary words. */
  private static final int MIN_BYTES = 8;

  /** Parts of the names of configured headers that hold credentials. */
  private static final String[] SECRET_HEADERS = {
    "auth", "key", "token", "secret", "cookie", "password"
  };

  private final byte[][] secrets;

  ProviderSecrets(Config.Provider settings) {
    List<byte[]> found = new ArrayList<>();
    for (Config.ProviderKey key : settings.keys()) {
      add(key.value(), found);
    }
    settings
        .headers()
        .forEach(
            (name, value) -> {
              if (isSecret(name.toLowerCase(Locale.ROOT))) {
                add(value.substring(value.lastIndexOf(' ') + 1), found); // behind "Bearer"
              }
            });
    secrets = found.toArray(new byte[0][]);
  }

  private static void add(String value, List<byte[]> to) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length >= MIN_BYTES) {
      to.add(bytes);
    }
  }

  private static boolean isSecret(String header) {
    for (String part : SECRET_HEADERS) {
      if (header.contains(part)) {
        return true;
      }
    }
    return false;
  }

  boolean quotedIn(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return quotedIn(bytes, 0, bytes.length);
  }

  boolean quotedIn(byte[] text, int from, int to) {
    for (byte[] secret : secrets) {
      for (int at = from; at <= to - secret.length; at++) {
        if (startsAt(text, at, secret)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean startsAt(byte[] text, int at, byte[] secret) {
    int same = 0;
    while (same < secret.length && text[at + same] == secret[same]) {
      same++;
    }
    return same == secret.length;
  }
}
