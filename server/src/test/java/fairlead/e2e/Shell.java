package fairlead.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.opentest4j.AssertionFailedError;

/** Runs commands as a person would; stateless. */
final class Shell {
  private Shell() {}

  /** What came of a command; the error output is part of the output. */
  record Result(int exitCode, String output) {}

  static boolean has(String program) throws IOException {
    return run("command -v " + program, 10).exitCode() == 0;
  }

  static Result run(String command, long seconds) throws IOException {
    return run(command, Path.of("."), seconds);
  }

  static Result run(String command, Path folder, long seconds) throws IOException {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    Thread limit =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                      process.descendants().forEach(ProcessHandle::destroyForcibly);
                      process.destroyForcibly();
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      limit.join();
      return new Result(process.waitFor(), output);
    } catch (InterruptedException e) {
      throw new AssertionFailedError("interrupted in " + command, e);
    }
  }
}
