package fairlead.server.caching;

import fairlead.cache.judge.TextEmbedder;
import fairlead.cache.judge.TextEmbedderFactory;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Opens the embedder of the optional module {@code cache-onnx}, from its own jar or from the class
 * path. Stateless.
 */
public final class OnnxModule {
  private static final String NAME = "onnx";

  private OnnxModule() {}

  /**
   * Opens it.
   *
   * @param jar the module; null: it is on the class path
   * @throws IllegalStateException with what an operator should read if it cannot be had
   */
  public static TextEmbedder open(@Nullable String jar) {
    ClassLoader ours = OnnxModule.class.getClassLoader();
    if (jar == null) {
      return open(ours, "the class path");
    }
    URLClassLoader loader = new URLClassLoader("cache-onnx", new URL[] {url(jar)}, ours);
    boolean opened = false;
    try {
      TextEmbedder embedder = new FromJar(open(loader, jar), loader);
      opened = true;
      return embedder;
    } finally {
      if (!opened) {
        close(loader);
      }
    }
  }

  private static URL url(String jar) {
    try {
      return Path.of(jar).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(
          "the second judge cannot be loaded from " + jar + ": " + e, e);
    }
  }

  private static TextEmbedder open(ClassLoader loader, String where) {
    try {
      TextEmbedderFactory factory = find(loader);
      if (factory == null) {
        throw new IllegalStateException(
            "there is no second judge '" + NAME + "' in " + where + "; is it the right jar?");
      }
      return factory.open();
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new IllegalStateException(
          "the second judge cannot be loaded from " + where + ": " + e, e);
    }
  }

  /** The loader's own goes before one that its parent has too. */
  @SuppressWarnings("ReferenceEquality") // a loader is no other
  private static @Nullable TextEmbedderFactory find(ClassLoader loader) {
    TextEmbedderFactory found = null;
    for (TextEmbedderFactory factory : ServiceLoader.load(TextEmbedderFactory.class, loader)) {
      if (factory.name().equals(NAME)
          && (found == null || loader.equals(factory.getClass().getClassLoader()))) {
        found = factory;
      }
    }
    return found;
  }

  private static void close(URLClassLoader loader) {
    try {
      loader.close();
    } catch (IOException e) {
      System.getLogger("fairlead.cache")
          .log(System.Logger.Level.WARNING, "the second judge's jar could not be closed", e);
    }
  }

  /** Keeps the jar open as long as the embedder may load classes from it. */
  private record FromJar(TextEmbedder embedder, URLClassLoader loader) implements TextEmbedder {
    @Override
    public String name() {
      return embedder.name();
    }

    @Override
    public float @Nullable [] embed(byte[] utf8, int from, int to, long deadlineNanos) {
      return embedder.embed(utf8, from, to, deadlineNanos);
    }

    @Override
    public void close() {
      embedder.close();
      OnnxModule.close(loader);
    }
  }
}
