package fairlead.loadtest;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One way to the upstream.
 *
 * @param base address up to and with the version segment
 * @param streamBase another one for streams, or the same
 * @param headers constant request headers, without line ends
 * @param repeats whether it is asked the same again and again; else every request is another one
 * @param process whose cost is measured; null when nobody's is known
 */
record Contestant(
    String name,
    URI base,
    URI streamBase,
    List<String> headers,
    boolean repeats,
    @Nullable ProcessTree process) {
  String host() {
    return base.getHost();
  }

  int port(Load load) {
    URI uri = load.isStream() ? streamBase : base;
    return uri.getPort() < 0 ? 80 : uri.getPort();
  }

  String path(Load load) {
    return (load.isStream() ? streamBase : base).getPath();
  }
}
