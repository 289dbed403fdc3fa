package fairlead.server.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the {@code server} section. Stateless. */
final class ServerReader {
  private static final int BODIES_HEAP_PERCENT = 40;

  private ServerReader() {}

  /** The listener where nothing is written about it. */
  static Config.Server defaults() {
    Reading reading = new Reading("defaults", new References(Map.of(), Path.of("")));
    return read(reading, new Tree.Mapping(List.of(), 1, 1, 1));
  }

  /** Where to point when the address is the trouble. */
  static Tree hostAt(Tree.Mapping server) {
    for (Tree.Entry entry : server.entries()) {
      if (entry.key().text().equals(Settings.Server.HOST.key())) {
        return entry.value();
      }
    }
    return server;
  }

  static Config.Server read(Reading reading, Tree.Mapping mapping) {
    Section section = new Section(reading, mapping, "server", Settings.Server.GROUP);
    if (section.node(Settings.Server.ADMIN_PORT) != null) {
      int _ = section.integer(Settings.Server.ADMIN_PORT);
      section.warnWithoutEffect(Settings.Server.ADMIN_PORT);
    }
    long maxBody = section.size(Settings.Server.MAX_BODY);
    boolean written = section.has(Settings.Server.MAX_BUFFERED);
    long maxBuffered =
        written
            ? section.size(Settings.Server.MAX_BUFFERED)
            : Math.max(maxBody, shareOfHeap(Runtime.getRuntime().maxMemory()));
    if (maxBuffered < maxBody) {
      section.error(
          Settings.Server.MAX_BUFFERED,
          "is "
              + Sizes.format(maxBuffered)
              + ", less than one body may have; write at least max_body_bytes, "
              + Sizes.format(maxBody));
    }
    String host = section.textOrDefault(Settings.Server.HOST);
    if (!isHost(host)) {
      section.error(
          Settings.Server.HOST,
          "is not a host name or an address; write 127.0.0.1, 0.0.0.0, ::1 or a name, without scheme"
              + " and port");
      host = Settings.Server.HOST.absent();
    }
    return new Config.Server(
        host,
        section.integer(Settings.Server.PORT),
        maxBody,
        maxBuffered,
        section.integer(Settings.Server.HEADER_TIMEOUT),
        section.integer(Settings.Server.BODY_TIMEOUT),
        section.integer(Settings.Server.IDLE_TIMEOUT),
        section.integer(Settings.Server.DRAIN_TIMEOUT),
        section.integer(Settings.Server.MAX_CONNECTIONS),
        tls(reading, section));
  }

  /** What bodies may take: connections, answers in memory and garbage need the rest. */
  static long shareOfHeap(long heapBytes) {
    return heapBytes / 100 * BODIES_HEAP_PERCENT;
  }

  private static Config.@Nullable Tls tls(Reading reading, Section section) {
    Tree node = section.node(Settings.Server.TLS);
    Tree.Mapping mapping =
        node == null
            ? null
            : reading.mapping(
                node, section.path(Settings.Server.TLS), "{ certificate: FILE, key: FILE }");
    if (mapping == null) {
      return null;
    }
    Section tls = new Section(reading, mapping, "server.tls", Settings.Server.TLS_GROUP);
    String certificate = file(reading, tls, Settings.Server.CERTIFICATE);
    String key = file(reading, tls, Settings.Server.KEY);
    return certificate == null || key == null ? null : new Config.Tls(certificate, key);
  }

  private static @Nullable String file(Reading reading, Section section, Setting setting) {
    String name = section.text(setting);
    if (name == null) {
      return null;
    }
    try {
      Path path = reading.references().directory().resolve(name);
      if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
        section.error(setting, "names no file that can be read; write the path of a PEM file");
        return null;
      }
      return path.toString();
    } catch (InvalidPathException e) {
      section.error(setting, "is not a path; write the path of a PEM file");
      return null;
    }
  }

  private static boolean isHost(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean allowed =
          (c >= '0' && c <= '9')
              || (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || ".-_:[]%".indexOf(c) >= 0;
      if (!allowed) {
        return false;
      }
    }
    // A port stuck to a name or an IPv4 address; IPv6 has more than one colon.
    int colon = host.indexOf(':');
    return colon < 0 || host.indexOf(':', colon + 1) >= 0;
  }
}
