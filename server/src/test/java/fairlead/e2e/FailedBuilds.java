package fairlead.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/**
 * The failed builds in {@code ../shared/data/pairs}, and the rule there that says which of them are
 * the same failure. A test that needs them is skipped, with a message, where they are absent.
 */
final class FailedBuilds {
  private static final String FILE = "ci_failures_logchunks.jsonl.gz";

  /** Signatures that are at least so alike may be of the same failure: nobody has decided. */
  private static final double DOUBTFUL = 0.8;

  private FailedBuilds() {}

  /**
   * A failed build: the log around the failure, the part of it that somebody has marked as the
   * failure, and that with its volatile parts masked.
   */
  record Failure(String repo, long id, String log, String chunk, String signature) {}

  /** What the data says about the answer to one failure being given to another. */
  enum Verdict {
    RIGHT,
    DOUBTFUL,
    /**
     * Another failure by the letter of the rule, but what was marked in one log is a part of what
     * was marked in the other: the same failure, marked by hand from another line on.
     */
    MARKED_WIDER,
    WRONG
  }

  /** All of them as they happened. */
  static List<Failure> inOrder() {
    Path file = folder().resolve(FILE);
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(FailedBuilds::failure)
          .sorted(Comparator.comparingLong(Failure::id))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder of pairs, or the end of the test if it is not there. */
  static Path folder() {
    Path pairs = Recordings.folder().resolveSibling("pairs");
    Assumptions.assumeTrue(
        Files.isDirectory(pairs), "skipped: ../shared/data/pairs is not beside this repository");
    return pairs;
  }

  static Verdict verdict(String served, String own) {
    if (served.equals(own)) {
      return Verdict.RIGHT;
    }
    Set<String> a = tokens(served);
    Set<String> b = tokens(own);
    Set<String> either = new HashSet<>(a);
    either.addAll(b);
    a.retainAll(b);
    if (a.size() >= DOUBTFUL * either.size()) {
      return Verdict.DOUBTFUL;
    }
    return served.contains(own) || own.contains(served) ? Verdict.MARKED_WIDER : Verdict.WRONG;
  }

  private static Set<String> tokens(String signature) {
    Stream<String> words = Arrays.stream(signature.split("\\s+"));
    return new HashSet<>(words.filter(word -> !word.isEmpty()).toList());
  }

  private static Failure failure(String line) {
    var fields = Recordings.object(line.getBytes(StandardCharsets.UTF_8));
    String id = String.valueOf(fields.get("id"));
    return new Failure(
        String.valueOf(fields.get("repo")),
        Long.parseLong(id.substring(0, id.length() - ".log".length())),
        String.valueOf(fields.get("text")),
        String.valueOf(fields.get("chunk")),
        String.valueOf(fields.get("sig")));
  }
}
