package fairlead.loadtest;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A contestant that runs already, as the command line names it.
 *
 * @param base up to and with the version segment, without a slash at the end
 * @param headers without line ends
 * @param pid whose process tree is measured; 0 for none
 */
public record Target(String name, URI base, List<String> headers, String model, long pid) {
  private static final int DEFAULT_PORT = 80;
  private static final String ENVIRONMENT = "env.";

  /**
   * What was written on the command line. Each of {@code keys}, {@code headers} and {@code models}
   * is for the URL whose name and {@code =} it begins with, else for all; {@code pids} always are.
   *
   * @param urls {@code [NAME=]URL}
   */
  public record Written(
      List<String> urls,
      List<String> keys,
      List<String> headers,
      List<String> models,
      List<String> pids) {}

  /**
   * Targets from the command line.
   *
   * @param environment values of variables; null for those that are not set
   * @throws IllegalArgumentException with option, value and what to write instead
   */
  static List<Target> parse(Written written, Function<String, @Nullable String> environment) {
    Set<String> names = new HashSet<>(Setup.NAMES);
    List<String[]> addresses = new ArrayList<>();
    for (String url : written.urls()) {
      int equals = url.indexOf('=');
      boolean named = equals > 0 && !url.substring(0, equals).contains("/");
      String address = named ? url.substring(equals + 1) : url;
      String name = named ? url.substring(0, equals) : uri(url, address).getRawAuthority();
      if (!names.add(name)) {
        throw new IllegalArgumentException(
            "\"" + url + "\": the name \"" + name + "\" is taken; write another NAME=URL");
      }
      addresses.add(new String[] {name, url, address});
    }
    names.removeAll(Setup.NAMES);
    List<Target> targets = new ArrayList<>();
    for (String[] each : addresses) {
      String name = each[0];
      List<String> headers = new ArrayList<>();
      for (String key : of(name, names, written.keys())) {
        headers.add("Authorization: Bearer " + key(key, environment));
      }
      for (String header : of(name, names, written.headers())) {
        headers.add(header(header));
      }
      List<String> models = of(name, names, written.models());
      targets.add(
          new Target(
              name,
              uri(each[1], each[2]),
              List.copyOf(headers),
              models.isEmpty() ? Setup.MODEL : models.getLast(),
              pid(name, names, written.pids())));
    }
    return List.copyOf(targets);
  }

  private static URI uri(String written, String address) {
    URI uri;
    try {
      uri = new URI(address);
    } catch (URISyntaxException e) {
      throw wrong(written, "is no URL", e);
    }
    if (!"http".equals(uri.getScheme())) {
      throw wrong(written, "must begin with http:// (TLS would be what is measured)", null);
    }
    if (uri.getHost() == null || uri.getRawQuery() != null || uri.getRawUserInfo() != null) {
      throw wrong(written, "must be a host, a port and a path", null);
    }
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    if (new InetSocketAddress(uri.getHost(), port).isUnresolved()) {
      throw wrong(written, "names an unknown host", null);
    }
    String path = uri.getRawPath().replaceAll("/+$", "");
    return URI.create("http://" + uri.getRawAuthority() + (path.isEmpty() ? "/v1" : path));
  }

  private static IllegalArgumentException wrong(
      String written, String what, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "\"" + written + "\" " + what + "; write [NAME=]http://HOST:PORT/v1", cause);
  }

  /** The values for one name: its own if there are any, else those for all. */
  private static List<String> of(String name, Set<String> names, List<String> values) {
    List<String> own = new ArrayList<>();
    List<String> common = new ArrayList<>();
    for (String value : values) {
      String before = value.substring(0, Math.max(0, value.indexOf('=')));
      if (before.equals(name)) {
        own.add(value.substring(name.length() + 1));
      } else if (!names.contains(before)) {
        common.add(value);
      }
    }
    return own.isEmpty() ? common : own;
  }

  private static String key(String value, Function<String, @Nullable String> environment) {
    String key = value;
    if (value.startsWith(ENVIRONMENT)) {
      String variable = value.substring(ENVIRONMENT.length());
      String found = environment.apply(variable);
      if (found == null) {
        throw new IllegalArgumentException(
            "--key: the environment has no " + variable + "; set it, or write the key itself");
      }
      key = found;
    }
    if (key.isBlank() || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "--key: a key is printable and has no spaces; write [NAME=]KEY or [NAME=]env.VARIABLE");
    }
    return key;
  }

  private static String header(String value) {
    int colon = value.indexOf(':');
    if (colon < 1 || !value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "--header: must be [NAME=]'HEADER: VALUE', printable, in one line");
    }
    return value;
  }

  private static long pid(String name, Set<String> names, List<String> values) {
    long found = 0;
    for (String value : values) {
      int equals = value.indexOf('=');
      if (equals < 1 || !names.contains(value.substring(0, equals))) {
        throw new IllegalArgumentException(
            "--pid: \""
                + value
                + "\" must be NAME=PID with the name of a URL: "
                + String.join(", ", names));
      }
      if (value.substring(0, equals).equals(name)) {
        found = number(value, value.substring(equals + 1));
      }
    }
    return found;
  }

  private static long number(String written, String digits) {
    try {
      long pid = Long.parseLong(digits);
      if (ProcessHandle.of(pid).isPresent()) {
        return pid;
      }
    } catch (NumberFormatException _) {
      // as one that does not run
    }
    throw new IllegalArgumentException(
        "--pid: no process runs here as \"" + written + "\"; write NAME=PID");
  }

  /** What it is as a contestant. */
  Contestant contestant(boolean knownUpstream) {
    return new Contestant(
        name,
        base,
        base,
        headers,
        model,
        knownUpstream ? model + "-long" : model,
        knownUpstream,
        false,
        ProcessHandle.of(pid).map(ProcessTree::new).orElse(null));
  }
}
