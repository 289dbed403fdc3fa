package fairlead.loadtest;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One way to an upstream.
 *
 * @param base address up to and with the version segment
 * @param streamBase another one for streams, or the same
 * @param headers constant request headers, without line ends; among them the key, if there is one
 * @param model what is asked for
 * @param longModel the same for the long streams of the mixed load
 * @param knowsAnswers whether the upstream behind it is the simulated one of this run, and nothing
 *     cuts its answers anew: then each has exactly the events it should have
 * @param repeats whether it must be asked the same again and again
 * @param process whose cost is measured; null when nobody's is known
 */
record Contestant(
    String name,
    URI base,
    URI streamBase,
    List<String> headers,
    String model,
    String longModel,
    boolean knowsAnswers,
    boolean repeats,
    @Nullable ProcessTree process) {
  private static final int DEFAULT_PORT = 80;

  static boolean isCredential(String header) {
    return header.regionMatches(true, 0, "authorization:", 0, 14)
        || header.regionMatches(true, 0, "x-api-key:", 0, 10)
        || header.regionMatches(true, 0, "api-key:", 0, 8);
  }

  /** Whether it looks at keys. A plain proxy passes wrong ones on to an upstream that does not. */
  boolean checksKeys() {
    return !(name.equals(Setup.STRAIGHT) || Proxies.NAMES.contains(name))
        && headers.stream().anyMatch(Contestant::isCredential);
  }

  private URI uri(boolean stream) {
    return stream ? streamBase : base;
  }

  InetSocketAddress address(boolean stream) {
    return new InetSocketAddress(base.getHost(), port(stream));
  }

  /** Host and port, as the header wants them. */
  String authority(boolean stream) {
    return base.getHost() + ":" + port(stream);
  }

  String path(boolean stream) {
    return uri(stream).getRawPath();
  }

  private int port(boolean stream) {
    int port = uri(stream).getPort();
    return port < 0 ? DEFAULT_PORT : port;
  }
}
