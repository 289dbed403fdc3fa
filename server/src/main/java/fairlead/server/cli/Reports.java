package fairlead.server.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Files that commands write when they are done. Stateless. */
final class Reports {
  private Reports() {}

  /** Whether a file could be put there; says so if not. True for none. */
  static boolean hasFolder(@Nullable Path file, PrintWriter err) {
    Path folder = file == null ? null : file.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(folder)) {
      return true;
    }
    err.println("fairlead: cannot write " + file + ": there is no folder " + folder);
    return false;
  }
}
