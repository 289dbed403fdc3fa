package fairlead.providers;

/**
 * Token counts of one answer as the provider reported them, reusable.
 *
 * <p>Not thread-safe. Counts follow OpenAI's meaning: {@code promptTokens} includes cached ones,
 * {@code completionTokens} includes reasoning.
 */
public final class Usage {
  private boolean known;
  private long promptTokens;
  private long completionTokens;
  private long cachedTokens;
  private long cacheWriteTokens;
  private long reasoningTokens;

  public void clear() {
    known = false;
    promptTokens = 0;
    completionTokens = 0;
    cachedTokens = 0;
    cacheWriteTokens = 0;
    reasoningTokens = 0;
  }

  /** Whether the provider reported anything; without it the counts are 0 and mean nothing. */
  public boolean known() {
    return known;
  }

  public long promptTokens() {
    return promptTokens;
  }

  public long completionTokens() {
    return completionTokens;
  }

  public long totalTokens() {
    return promptTokens + completionTokens;
  }

  /** Prompt tokens read from the provider's cache. */
  public long cachedTokens() {
    return cachedTokens;
  }

  /** Prompt tokens written to the provider's cache. */
  public long cacheWriteTokens() {
    return cacheWriteTokens;
  }

  public long reasoningTokens() {
    return reasoningTokens;
  }

  public void prompt(long tokens) {
    known = true;
    promptTokens = tokens;
  }

  public void completion(long tokens) {
    known = true;
    completionTokens = tokens;
  }

  public void cached(long tokens) {
    cachedTokens = tokens;
  }

  public void cacheWrite(long tokens) {
    cacheWriteTokens = tokens;
  }

  public void reasoning(long tokens) {
    reasoningTokens = tokens;
  }
}
