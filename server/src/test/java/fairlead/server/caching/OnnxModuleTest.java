package fairlead.server.caching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.cache.judge.TextEmbedder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the optional module is looked for, and what is said when it cannot be had. */
final class OnnxModuleTest {
  private static final String SERVICE =
      "META-INF/services/fairlead.cache.judge.TextEmbedderFactory";

  private static final String SOURCE =
      """
      package other;
      import fairlead.cache.judge.*;
      public final class Judge implements TextEmbedderFactory {
        public String name() { return "onnx"; }
        public TextEmbedder open() { BODY }
        static final class Made implements TextEmbedder {
          public String name() { return "from the jar"; }
          public float[] embed(byte[] a, int b, int c, long d) { return new float[] {c}; }
          public void close() {}
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void isFoundOnTheClassPath() {
    try (TextEmbedder embedder = OnnxModule.open(null)) {
      assertThat(embedder.name()).isEqualTo("fake");
    }
  }

  @Test
  void theJarThatIsNamedGoesBeforeTheClassPath() throws IOException {
    try (TextEmbedder embedder = OnnxModule.open(compiled("return new Made();"))) {
      assertThat(embedder.name()).isEqualTo("from the jar");
      assertThat(embedder.embed(new byte[9], 0, 7, 0)).containsExactly(7);
    }
  }

  @Test
  void aModelThatCannotBeLoadedSaysWhy() throws IOException {
    String jar = compiled("throw new IllegalStateException(\"no model in it\");");
    assertThatThrownBy(() -> OnnxModule.open(jar))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no model in it");
  }

  @Test
  void nativeCodeThatDoesNotFitIsNoCrash() throws IOException {
    String jar = compiled("throw new UnsatisfiedLinkError(\"no library for it\");");
    assertThatThrownBy(() -> OnnxModule.open(jar))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(jar)
        .hasMessageContaining("no library for it");
  }

  @Test
  void aServiceWithoutItsClassIsNamed() throws IOException {
    Path jar = folder.resolve("hollow.jar");
    write(jar, "other.Gone");
    assertThatThrownBy(() -> OnnxModule.open(jar.toString()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(jar.toString())
        .hasMessageContaining("other.Gone");
  }

  /** A jar with one factory. */
  private String compiled(String body) throws IOException {
    Path source = folder.resolve("Judge.java");
    Files.writeString(source, SOURCE.replace("BODY", body));
    Path classes = Files.createDirectories(folder.resolve("classes"));
    int exit =
        Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                source.toString());
    assertThat(exit).isZero();
    Path jar = folder.resolve("judge.jar");
    write(jar, "other.Judge");
    return jar.toString();
  }

  private void write(Path jar, String service) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      entries.putNextEntry(new JarEntry(SERVICE));
      entries.write(service.getBytes(StandardCharsets.UTF_8));
      Path classes = folder.resolve("classes");
      if (Files.exists(classes)) {
        try (Stream<Path> files = Files.walk(classes)) {
          for (Path file : files.filter(Files::isRegularFile).toList()) {
            entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
            entries.write(Files.readAllBytes(file));
          }
        }
      }
    }
  }
}
