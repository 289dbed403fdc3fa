package fairlead.server.http;

/**
 * Every reason for which the front refuses a request before a handler answers it, with the rule
 * that asks for it.
 *
 * <p>Immutable. Where RFC 9112 lets a recipient repair or refuse, the front refuses: two parties
 * that repair differently are how requests are smuggled.
 */
enum Rejection {
  BARE_CR(400, "RFC 9112 2.2", "a carriage return that no line feed follows"),
  BARE_LF(400, "RFC 9112 2.2", "a line that ends with a line feed alone; lines end with CRLF"),
  NUL_BYTE(400, "RFC 9110 5.5", "a NUL byte before the end of the headers"),
  EMPTY_LINES(400, "RFC 9112 2.2", "too many empty lines before the request line"),
  REQUEST_LINE_MALFORMED(
      400, "RFC 9112 3", "the request line is not 'METHOD target HTTP/1.1' with single spaces"),
  METHOD_INVALID(400, "RFC 9110 9.1", "the method is not a token of at most 32 characters"),
  TARGET_INVALID(400, "RFC 9112 3.2", "the request target holds a character that must be encoded"),
  TARGET_FORM(400, "RFC 9112 3.2", "the request target is not a path, an http URI or '*'"),
  TARGET_HOST_MISMATCH(
      400, "RFC 9112 3.2.2", "the target's authority differs from the Host header"),
  VERSION_MALFORMED(400, "RFC 9112 2.3", "the protocol version is not 'HTTP/' DIGIT '.' DIGIT"),
  VERSION_UNSUPPORTED(505, "RFC 9110 15.6.6", "only HTTP/1.1 and HTTP/1.0 are served here"),
  REQUEST_LINE_TOO_LONG(414, "RFC 9112 3", "the request line is longer than the limit"),
  HEADERS_TOO_LARGE(431, "RFC 6585 5", "the headers are larger than the limit"),
  TOO_MANY_HEADERS(431, "RFC 6585 5", "there are more headers than the limit"),
  OBSOLETE_FOLDING(400, "RFC 9112 5.2", "a header line begins with white space (obs-fold)"),
  HEADER_NAME_INVALID(400, "RFC 9110 5.1", "a header name is empty or not a token"),
  SPACE_BEFORE_COLON(400, "RFC 9112 5.1", "white space between a header's name and its colon"),
  HEADER_WITHOUT_COLON(400, "RFC 9112 5", "a header line has no colon"),
  HEADER_VALUE_INVALID(400, "RFC 9110 5.5", "a header value holds a control character"),
  HOST_MISSING(400, "RFC 9112 3.2", "an HTTP/1.1 request needs a Host header"),
  HOST_REPEATED(400, "RFC 9112 3.2", "more than one Host header"),
  HOST_INVALID(400, "RFC 9112 3.2", "the Host header is not host[:port]"),
  LENGTH_AND_CODING(
      400, "RFC 9112 6.3", "both Content-Length and Transfer-Encoding; send only one of them"),
  LENGTH_INVALID(400, "RFC 9110 8.6", "Content-Length is not a plain decimal number"),
  LENGTH_REPEATED(400, "RFC 9112 6.3", "more than one Content-Length header"),
  CODING_UNKNOWN(
      400,
      "RFC 9112 6.1",
      "Transfer-Encoding must be exactly 'chunked'; other codings are not read"),
  CODING_REPEATED(400, "RFC 9112 6.1", "more than one Transfer-Encoding header"),
  CODING_IN_HTTP_1_0(400, "RFC 9112 6.1", "HTTP/1.0 has no Transfer-Encoding"),
  EXPECTATION_UNKNOWN(417, "RFC 9110 10.1.1", "the only known expectation is '100-continue'"),
  CHUNK_SIZE_INVALID(400, "RFC 9112 7.1", "a chunk size is not hexadecimal digits ended by CRLF"),
  CHUNK_SIZE_OVERFLOW(400, "RFC 9112 7.1", "a chunk size has more than 15 hexadecimal digits"),
  CHUNK_EXTENSION_INVALID(400, "RFC 9112 7.1.1", "a chunk extension is malformed"),
  CHUNK_EXTENSION_TOO_LONG(400, "RFC 9112 7.1.1", "the chunk extensions are longer than the limit"),
  CHUNK_END_INVALID(400, "RFC 9112 7.1", "chunk data is not followed by CRLF"),
  TRAILER_INVALID(400, "RFC 9112 7.1.2", "a trailer line is malformed"),
  TRAILERS_TOO_LARGE(431, "RFC 6585 5", "the trailers are larger than the limit"),
  BODY_TOO_LARGE(413, "RFC 9110 15.5.14", "the request body is larger than the limit"),
  REQUEST_CUT(400, "RFC 9112 8", "the connection ended before the request was complete"),
  HEAD_TOO_SLOW(408, "RFC 9110 15.5.9", "the request's headers did not arrive in time"),
  BODY_TOO_SLOW(408, "RFC 9110 15.5.9", "the request's body did not arrive in time"),
  OVERLOADED(
      503, "RFC 9110 15.6.4", "too many request bytes are buffered already; try again later");

  private final int status;
  private final String section;
  private final String message;
  private final String code;

  Rejection(int status, String section, String message) {
    this.status = status;
    this.section = section;
    this.message = message;
    StringBuilder lower = new StringBuilder(name());
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      lower.setCharAt(i, c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
    }
    code = lower.toString();
  }

  int status() {
    return status;
  }

  /** Where the rule stands. */
  String section() {
    return section;
  }

  String message() {
    return message;
  }

  /** The machine-readable reason in the answer. */
  String code() {
    return code;
  }

  /** The failure that answers with this reason; nothing after it on the connection is trusted. */
  HttpFailure failure() {
    return new HttpFailure(status, code, message + " (" + section + ")", true);
  }

  /** The same with the offending value or the limit. */
  HttpFailure failure(String detail) {
    return new HttpFailure(status, code, message + ": " + detail + " (" + section + ")", true);
  }
}
