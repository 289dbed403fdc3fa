package fairlead.server.http;

import java.io.IOException;

/** What answers the requests of one connection, one after the other, on the connection's thread. */
public interface HttpHandler {
  /**
   * Answers one request, completely, before it returns.
   *
   * @throws HttpFailure for a request that is to be refused; the front answers it if nothing was
   *     sent yet
   * @throws IOException if the caller's connection broke; the front closes it
   */
  void handle(HttpExchange exchange) throws IOException;

  /** The connection has ended; called once, after the last request. */
  default void close() {}

  /** Makes the handler of each new connection, so that buffers can be reused without locks. */
  interface Factory {
    HttpHandler newConnection();
  }
}
