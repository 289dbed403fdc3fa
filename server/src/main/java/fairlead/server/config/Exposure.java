package fairlead.server.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who can reach a listener. Stateless. */
public final class Exposure {
  private Exposure() {}

  /**
   * Whether only this machine can connect to a listener bound there. Names are not resolved: only
   * {@code localhost} is known to be local.
   */
  public static boolean isLoopback(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    if (name.startsWith("[") && name.endsWith("]")) {
      name = name.substring(1, name.length() - 1);
    }
    return name.equals("localhost")
        || name.equals("::1")
        || name.equals("0:0:0:0:0:0:0:1")
        || name.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }

  /**
   * Why the gateway must not listen there with these callers' keys, or null if it may. The text
   * follows after the host, which is not repeated in it.
   */
  public static @Nullable String refusal(String host, Config.Auth auth) {
    if (auth.mode() != Config.Auth.Mode.LOOPBACK_ONLY || isLoopback(host)) {
      return null;
    }
    return "can be reached from other machines, and no authentication is configured, so anybody"
        + " could spend your providers' keys; write 'auth: { keys: [ { name: …, value: env.NAME } ]"
        + " }', or 'auth: none' if that is meant";
  }
}
