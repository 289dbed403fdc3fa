package fairlead.server.admin;

/**
 * The running router, for operators. Thread-safe.
 *
 * <p>What is put back into service is used by the next call; it goes out again by the usual rules.
 */
public interface RouterControl {
  /** What it looks like now. */
  RouterView view();

  /**
   * Makes a provider's key ready at once.
   *
   * @param key the key's name
   * @return false if there is no such key
   */
  boolean restoreKey(String provider, String key);

  /**
   * Ends the ejection of a target and forgets its failures.
   *
   * @return false if there is no such target
   */
  boolean restoreTarget(String provider, String model);

  /**
   * Does both for everything a provider has: all its keys, and all its targets, those for models
   * only callers name included.
   *
   * @return false if there is no such provider
   */
  boolean restoreProvider(String provider);
}
