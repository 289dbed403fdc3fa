package fairlead.cache.tiers;

import fairlead.cache.OwnersOnly;
import fairlead.cache.earn.Blockers;
import fairlead.cache.earn.NearTier;
import fairlead.cache.earn.TrustState;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What near answers have earned so far, and the pairs that were wrong, in a small file that is
 * replaced as a whole.
 *
 * <p>{@link #changed} from any thread; the rest belongs to the writer's thread, after the start. A
 * file that cannot be read is as good as none: trust is then earned anew. A line is {@code trust
 * ROUTE STATE}, with the route's name percent-encoded, or {@code block MARK}. What is saved of
 * routes and tiers that are not configured now stays: they may be again.
 */
final class TrustFile {
  private static final System.Logger LOGGER = System.getLogger(TrustFile.class.getName());
  private static final String NAME = "trust";

  /** Figures that are lost with a crash are earned again soon. */
  private static final long INTERVAL_MILLIS = 5_000;

  private final @Nullable Path file;
  private final Map<String, TrustState> saved = new ConcurrentHashMap<>();
  private final List<Long> marks = new ArrayList<>();
  private @Nullable Blockers blockers;
  private volatile boolean changed;
  private long savedAtMillis;
  private volatile boolean failing;

  private TrustFile(@Nullable Path file) {
    this.file = file;
  }

  /** Nothing is kept. */
  static TrustFile none() {
    return new TrustFile(null);
  }

  /** What is in this folder. */
  static TrustFile in(Path folder) {
    TrustFile made = new TrustFile(folder.resolve(NAME));
    made.read();
    return made;
  }

  private void read() {
    Path from = file;
    if (from == null || !Files.exists(from)) {
      return;
    }
    try {
      for (String line : Files.readAllLines(from, StandardCharsets.UTF_8)) {
        line(line);
      }
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.WARNING, "cannot read " + from + ": " + e.getMessage());
    }
  }

  private void line(String line) {
    String[] words = line.split(" ", 3);
    if (words.length == 2 && words[0].equals("block")) {
      try {
        marks.add(Long.parseUnsignedLong(words[1], 16));
      } catch (NumberFormatException e) {
        // a torn line
      }
    } else if (words.length == 3 && words[0].equals("trust")) {
      TrustState state = TrustState.parse(words[2]);
      if (state != null) {
        saved.put(place(words[1], state.tier()), state);
      }
    }
  }

  private static String encoded(String route) {
    return URLEncoder.encode(route, StandardCharsets.UTF_8);
  }

  /** Gives back the pairs that were wrong. */
  void blockers(Blockers to) {
    blockers = to;
    marks.forEach(to::restore);
    marks.clear();
  }

  @Nullable TrustState saved(String route, NearTier tier) {
    return saved.get(place(encoded(route), tier));
  }

  /** There is something new to save. */
  void changed() {
    changed = true;
  }

  /** Saves what is new, if the last time is long enough ago. */
  void save(Iterable<RouteMemory> routes, long nowMillis) {
    if (changed && (nowMillis - savedAtMillis >= INTERVAL_MILLIS || nowMillis < savedAtMillis)) {
      savedAtMillis = nowMillis;
      write(routes);
    }
  }

  /** Saves what is new now. */
  void write(Iterable<RouteMemory> routes) {
    Path to = file;
    if (!changed || to == null) {
      return;
    }
    changed = false;
    for (RouteMemory route : routes) {
      save(route.name(), route.prose().state());
      save(route.name(), route.lines().state());
    }
    StringBuilder text = new StringBuilder();
    saved.forEach(
        (place, state) -> {
          String route = place.substring(0, place.lastIndexOf('/')); // encoded: has no other
          text.append("trust ").append(route).append(' ').append(state.text()).append('\n');
        });
    Blockers from = blockers;
    if (from != null) {
      from.forEach(mark -> text.append("block ").append(Long.toHexString(mark)).append('\n'));
    }
    Path fresh = to.resolveSibling(NAME + ".new");
    try {
      Files.deleteIfExists(fresh);
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              OwnersOnly.file(fresh))) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
      Files.move(fresh, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      failing = false;
    } catch (IOException e) {
      changed = true;
      if (!failing) {
        failing = true;
        LOGGER.log(System.Logger.Level.WARNING, "cannot write " + to + ": " + e.getMessage());
      }
    }
  }

  private void save(String route, TrustState state) {
    saved.put(place(encoded(route), state.tier()), state);
  }

  private static String place(String encodedRoute, NearTier tier) {
    return encodedRoute + "/" + tier;
  }

  /** Whether the last attempt to write it was in vain. */
  boolean failing() {
    return failing;
  }
}
