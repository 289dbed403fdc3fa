package fairlead.e2e;

/**
 * A client library as its users call it, and what it made of an answer.
 *
 * <p>Implementations are thread-safe: several calls may be in flight.
 */
interface RealClient {
  /**
   * What the library told its caller.
   *
   * @param ok no error was raised
   * @param text the answer, or the error
   */
  record Seen(boolean ok, String text) {}

  /** One chat call; {@code retries} is what the library may repeat by itself. */
  record Call(String baseUrl, String model, boolean stream, int retries) {}

  /**
   * Makes the call and waits for its end.
   *
   * @param content runs when the first content of a stream has reached the library's user
   */
  Seen ask(Call call, Runnable content);
}
