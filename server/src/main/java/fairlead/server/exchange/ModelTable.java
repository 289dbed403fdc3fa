package fairlead.server.exchange;

import fairlead.providers.wire.ByteRange;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds a route by the bytes of a name, without making a string of it.
 *
 * <p>Immutable, thread-safe. One hash over the name and one comparison; no allocation.
 */
final class ModelTable {
  private final byte[][] names;
  private final RouteRuntime[] routes;

  ModelTable(Map<String, RouteRuntime> byName) {
    int size = Integer.highestOneBit(Math.max(1, byName.size())) * 4;
    names = new byte[size][];
    routes = new RouteRuntime[size];
    byName.forEach(
        (name, route) -> {
          byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
          int slot = slot(bytes, 0, bytes.length);
          while (names[slot] != null) {
            slot = (slot + 1) & (size - 1);
          }
          names[slot] = bytes;
          routes[slot] = route;
        });
  }

  @Nullable RouteRuntime find(ByteRange name) {
    return find(name.array(), name.start(), name.end());
  }

  @Nullable RouteRuntime find(byte[] bytes, int start, int end) {
    int slot = slot(bytes, start, end);
    while (names[slot] != null) {
      if (Arrays.equals(names[slot], 0, names[slot].length, bytes, start, end)) {
        return routes[slot];
      }
      slot = (slot + 1) & (names.length - 1);
    }
    return null;
  }

  private int slot(byte[] bytes, int start, int end) {
    int hash = 0x811C9DC5; // FNV-1a
    for (int i = start; i < end; i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
    }
    return (hash ^ hash >>> 16) & (names.length - 1);
  }
}
