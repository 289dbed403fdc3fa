package fairlead.providers;

/**
 * One place that answers calls: a provider's address behind the HTTP client, or the simulated
 * provider inside the process.
 *
 * <p>Thread-safe.
 */
public interface Upstream {
  /**
   * Sends the request and waits for the head of the response.
   *
   * @param request what to send; not kept after the return
   * @param control the call's clocks and its cancellation; may be cancelled from any thread
   * @return the response; the caller must {@link UpstreamResponse#release} it
   * @throws UpstreamException if no response head arrived
   */
  UpstreamResponse open(UpstreamRequest request, CallControl control) throws UpstreamException;
}
