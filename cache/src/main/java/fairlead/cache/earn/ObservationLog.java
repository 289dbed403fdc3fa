package fairlead.cache.earn;

import fairlead.cache.OwnersOnly;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The built-in log of near answers, from which thresholds can be judged afterwards.
 *
 * <p>Not thread-safe: the cache's writer adds and flushes. A line is about 120 bytes; a flush is
 * one write. Two files, each at most half of the bound: when the current one is full it takes the
 * place of the older one. A failing disk costs the lines of that flush and no call; the number of
 * lost lines is kept.
 */
public final class ObservationLog implements AutoCloseable {
  private static final String CURRENT = "observations.jsonl";
  private static final String OLDER = "observations.1.jsonl";

  /** So much waits for a flush at most; then one is made. */
  private static final int BUFFERED_CHARS = 64 * 1024;

  private final Path folder;
  private final long maxFileBytes;
  private final boolean recordTexts;
  private final StringBuilder pending = new StringBuilder();
  private int pendingLines;
  private long lost;
  private @Nullable FileChannel file;
  private long size;

  /**
   * @param folder where the cache keeps its files; it must be there
   * @param maxBytes of both files together
   * @param recordTexts whether prompts may be written
   */
  public ObservationLog(Path folder, long maxBytes, boolean recordTexts) {
    this.folder = folder;
    maxFileBytes = Math.max(1, maxBytes / 2);
    this.recordTexts = recordTexts;
  }

  /** Whether prompts may be written. */
  public boolean recordsTexts() {
    return recordTexts;
  }

  /** Adds a line to the next flush. */
  public void add(Observation seen) {
    Observation written = recordTexts ? seen : seen.withTexts(null, null);
    ObservationLine.write(pending, written);
    pendingLines++;
    if (pending.length() >= BUFFERED_CHARS) {
      flush();
    }
  }

  /** Writes what has been added. */
  public void flush() {
    if (pendingLines == 0) {
      return;
    }
    byte[] lines = pending.toString().getBytes(StandardCharsets.UTF_8);
    try {
      FileChannel to = opened(lines.length);
      ByteBuffer bytes = ByteBuffer.wrap(lines);
      while (bytes.hasRemaining()) {
        size += to.write(bytes);
      }
    } catch (IOException e) {
      lost += pendingLines;
      release(); // the next flush opens it anew
    }
    pending.setLength(0);
    pendingLines = 0;
  }

  /** Lines that could not be written. */
  public long lost() {
    return lost;
  }

  private FileChannel opened(int more) throws IOException {
    FileChannel current = file;
    if (current == null) {
      current = open();
    }
    if (size > 0 && size + more > maxFileBytes) {
      current.close();
      file = null;
      Files.move(
          folder.resolve(CURRENT), folder.resolve(OLDER), StandardCopyOption.REPLACE_EXISTING);
      current = open();
    }
    return current;
  }

  /** Ends a torn last line of an earlier run, so that the next one does not hang on it. */
  private FileChannel open() throws IOException {
    Path path = folder.resolve(CURRENT);
    FileChannel opened =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ),
            OwnersOnly.file(folder));
    size = opened.size();
    opened.position(size);
    if (size > 0) {
      ByteBuffer last = ByteBuffer.allocate(1);
      opened.read(last, size - 1);
      if (last.get(0) != '\n') {
        size += opened.write(ByteBuffer.wrap(new byte[] {'\n'}));
      }
    }
    file = opened;
    return opened;
  }

  /** Flushes and lets go of the file. */
  @Override
  public void close() {
    flush();
    release();
  }

  private void release() {
    FileChannel open = file;
    file = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        file = null; // nothing is buffered here: what was written stays written
      }
    }
  }

  /** Whether there is a log in a folder. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(CURRENT))
        || Files.isRegularFile(folder.resolve(OLDER));
  }

  /** What was read. */
  public record Reading(long lines, long unreadable) {}

  /**
   * Reads a log file, or the files of a folder from the oldest line on. Lines that are torn or not
   * of this log are counted and passed over.
   */
  public static Reading read(Path fileOrFolder, Consumer<Observation> to) throws IOException {
    if (!Files.isDirectory(fileOrFolder)) {
      return readFile(fileOrFolder, to);
    }
    Reading all = new Reading(0, 0);
    for (String name : new String[] {OLDER, CURRENT}) {
      Path path = fileOrFolder.resolve(name);
      if (Files.isRegularFile(path)) {
        Reading one = readFile(path, to);
        all = new Reading(all.lines + one.lines, all.unreadable + one.unreadable);
      }
    }
    return all;
  }

  private static Reading readFile(Path file, Consumer<Observation> to) throws IOException {
    long lines = 0;
    long unreadable = 0;
    // Not newBufferedReader: it throws on bytes that are no UTF-8, and a torn line may have some.
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.isBlank()) {
          continue;
        }
        lines++;
        Observation seen = ObservationLine.parse(line);
        if (seen == null) {
          unreadable++;
        } else {
          to.accept(seen);
        }
      }
    }
    return new Reading(lines, unreadable);
  }
}
