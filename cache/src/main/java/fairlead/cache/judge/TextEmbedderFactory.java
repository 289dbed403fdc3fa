package fairlead.cache.judge;

/** Opens an embedder of one kind; found by {@link java.util.ServiceLoader}. */
public interface TextEmbedderFactory {
  /** What a configuration calls it. */
  String name();

  /** Takes a second or two: loads a model. Throws {@link IllegalStateException} with a reason. */
  TextEmbedder open();
}
