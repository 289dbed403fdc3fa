package fairlead.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Real clients in other languages with the versions that are written down in {@code src/test},
 * installed below {@code target/} once for each content of that list.
 *
 * <p>Stateless. A test that needs them is skipped, with the reason, where the language or the
 * registry is missing.
 */
final class ClientPackages {
  private static final long INSTALL_SECONDS = 180;

  private ClientPackages() {}

  /** A folder with the Node scripts and their packages. */
  static Path node() throws IOException {
    Assumptions.assumeTrue(
        Shell.has("node") && Shell.has("npm"),
        "skipped: the Node clients need node and npm on the PATH");
    return install("node", "package-lock.json", "npm ci --no-audit --no-fund --ignore-scripts");
  }

  /** A folder with the Python scripts and a virtual environment {@code venv}. */
  static Path python() throws IOException {
    Assumptions.assumeTrue(
        Shell.has("python3"), "skipped: the Python client needs python3 on the PATH");
    return install(
        "python",
        "requirements.txt",
        "python3 -m venv venv && venv/bin/python -m pip install -q -r requirements.txt");
  }

  private static Path install(String language, String list, String command) throws IOException {
    Path sources = module().resolve("src/test/" + language);
    Path target = module().resolve("target/" + language + "-" + digest(sources.resolve(list)));
    Files.createDirectories(target);
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Path done = target.resolve("installed");
    if (!Files.exists(done)) {
      Shell.Result result = Shell.run(command, target, INSTALL_SECONDS);
      Assumptions.assumeTrue(
          result.exitCode() == 0,
          "skipped: \"" + command + "\" failed, is there a registry?\n" + result.output());
      Files.createFile(done);
    }
    return target;
  }

  private static Path module() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("src/test/node")) ? here : here.resolve("server");
  }

  private static String digest(Path file) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha.digest(Files.readAllBytes(file)), 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
