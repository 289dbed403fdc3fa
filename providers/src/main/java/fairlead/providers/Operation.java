package fairlead.providers;

/**
 * What a call asks of a provider, with the path below the provider's base address in the OpenAI
 * wire.
 */
public enum Operation {
  CHAT("/chat/completions"),
  COMPLETIONS("/completions"),
  EMBEDDINGS("/embeddings");

  private final String path;

  Operation(String path) {
    this.path = path;
  }

  public String path() {
    return path;
  }
}
