package fairlead.server.http;

import fairlead.providers.wire.ByteSink;

/**
 * Decides what an error answer looks like, so that each path can speak its own dialect.
 *
 * <p>Called from any connection's thread.
 */
@FunctionalInterface
public interface FailureBody {
  /** The error object of OpenAI's API. */
  FailureBody OPENAI =
      (failure, path, headers, body) -> {
        headers.ascii("Content-Type: application/json\r\n");
        if (failure.status() == 503) {
          headers.ascii("Retry-After: 1\r\n");
        }
        body.ascii("{\"error\":{\"message\":").jsonString(String.valueOf(failure.getMessage()));
        body.ascii(",\"type\":\"")
            .ascii(failure.status() >= 500 ? "server_error" : "invalid_request_error")
            .ascii("\",\"param\":null,\"code\":")
            .jsonString(failure.code())
            .ascii("}}");
      };

  /**
   * Renders the answer to a refused request.
   *
   * @param path the request's path, or an empty string if the request line itself was refused
   * @param headers takes header lines, each ended by CRLF, Content-Type among them
   * @param body takes the body
   */
  void render(HttpFailure failure, String path, ByteSink headers, ByteSink body);
}
