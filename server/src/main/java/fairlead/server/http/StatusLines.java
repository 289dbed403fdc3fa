package fairlead.server.http;

import java.nio.charset.StandardCharsets;

/**
 * The status line of each status code, ready to copy.
 *
 * <p>Immutable.
 */
final class StatusLines {
  private static final int LOWEST = 100;
  private static final int HIGHEST = 599;
  private static final byte[][] LINES = new byte[HIGHEST - LOWEST + 1][];

  static {
    for (int status = LOWEST; status <= HIGHEST; status++) {
      LINES[status - LOWEST] =
          ("HTTP/1.1 " + status + " " + reason(status) + "\r\n")
              .getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  private StatusLines() {}

  static byte[] of(int status) {
    if (status < LOWEST || status > HIGHEST) {
      throw new IllegalArgumentException("status must be 100 to 599: " + status);
    }
    return LINES[status - LOWEST];
  }

  private static String reason(int status) {
    return switch (status) {
      case 100 -> "Continue";
      case 200 -> "OK";
      case 201 -> "Created";
      case 202 -> "Accepted";
      case 204 -> "No Content";
      case 206 -> "Partial Content";
      case 301 -> "Moved Permanently";
      case 302 -> "Found";
      case 303 -> "See Other";
      case 304 -> "Not Modified";
      case 307 -> "Temporary Redirect";
      case 308 -> "Permanent Redirect";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 402 -> "Payment Required";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 406 -> "Not Acceptable";
      case 408 -> "Request Timeout";
      case 409 -> "Conflict";
      case 410 -> "Gone";
      case 411 -> "Length Required";
      case 412 -> "Precondition Failed";
      case 413 -> "Content Too Large";
      case 414 -> "URI Too Long";
      case 415 -> "Unsupported Media Type";
      case 417 -> "Expectation Failed";
      case 422 -> "Unprocessable Content";
      case 424 -> "Failed Dependency";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 499 -> "Client Closed Request";
      case 500 -> "Internal Server Error";
      case 501 -> "Not Implemented";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      case 505 -> "HTTP Version Not Supported";
      case 529 -> "Site Overloaded";
      default -> "Status";
    };
  }
}
