package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.http.DeadlineSweeper;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One row per rule: the bytes of a request, the status it gets, and whether the connection lives
 * on.
 *
 * <p>{@code ~} stands for CRLF, so that the other line ends are seen.
 */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
final class HttpConformanceTest {
  private static final String KEEP = "keep";
  private static final String CLOSE = "close";
  private static final String H = "Host: x~";

  private static DeadlineSweeper sweeper;
  private static HttpFront front;

  @BeforeAll
  static void start() throws IOException {
    sweeper = new DeadlineSweeper(5);
    front = HttpFront.builder(EchoHandler::new, sweeper).maxBodyBytes(100_000).build().start();
  }

  @AfterAll
  static void stop() {
    front.close();
    sweeper.close();
  }

  private static Arguments row(String name, String request, int status, String then) {
    return Arguments.of(name, request, status, then, null);
  }

  private static Arguments row(String name, String request, int status, String then, String code) {
    return Arguments.of(name, request, status, then, code);
  }

  private static String post(String headers, String body) {
    return "POST /p HTTP/1.1~" + H + headers + "~" + body;
  }

  private static String chunked(String body) {
    return post("Transfer-Encoding: chunked~", body);
  }

  static Stream<Arguments> wellFormed() {
    return Stream.of(
        row("plain GET", "GET / HTTP/1.1~" + H + "~", 200, KEEP),
        row("lower-case header name", "GET / HTTP/1.1~host: x~~", 200, KEEP),
        row("no space after the colon", "GET / HTTP/1.1~Host:x~~", 200, KEEP),
        row("tabs around a value", "GET / HTTP/1.1~Host:\tx\t~~", 200, KEEP),
        row("empty header value", "GET / HTTP/1.1~" + H + "X-Empty:~~", 200, KEEP),
        row("obs-text in a value", "GET / HTTP/1.1~" + H + "X-T: \u00e9\u00ff~~", 200, KEEP),
        row(
            "every token character in a name",
            "GET / HTTP/1.1~" + H + "a!#$%&'*+-.^_`|~".replace('~', '\u0001') + "b: 1~~",
            200,
            KEEP),
        row("one empty line first", "~GET / HTTP/1.1~" + H + "~", 200, KEEP),
        row("two empty lines first", "~~GET / HTTP/1.1~" + H + "~", 200, KEEP),
        row("an unknown method", "FROB / HTTP/1.1~" + H + "~", 200, KEEP),
        row("OPTIONS *", "OPTIONS * HTTP/1.1~" + H + "~", 200, KEEP),
        row("absolute-form", "GET http://x/p?q HTTP/1.1~" + H + "~", 200, KEEP),
        row("absolute-form with upper-case host", "GET http://X/p HTTP/1.1~" + H + "~", 200, KEEP),
        row("absolute-form without a path", "GET http://x HTTP/1.1~" + H + "~", 200, KEEP),
        row("Host with a port", "GET / HTTP/1.1~Host: x:8080~~", 200, KEEP),
        row("Host with an IPv6 address", "GET / HTTP/1.1~Host: [::1]:80~~", 200, KEEP),
        row("HTTP/1.2 is served as 1.1", "GET / HTTP/1.2~" + H + "~", 200, KEEP),
        row("HTTP/1.0 closes", "GET / HTTP/1.0~~", 200, CLOSE),
        row("HTTP/1.0 with keep-alive", "GET / HTTP/1.0~Connection: keep-alive~~", 200, KEEP),
        row("Connection: close", "GET / HTTP/1.1~" + H + "Connection: close~~", 200, CLOSE),
        row(
            "Connection: a list with close",
            "GET / HTTP/1.1~" + H + "Connection: a, Close ,b~~",
            200,
            CLOSE),
        row(
            "Upgrade to h2c is ignored",
            "GET / HTTP/1.1~"
                + H
                + "Connection: Upgrade, HTTP2-Settings~Upgrade: h2c~HTTP2-Settings: AAMAAABkAAQAAP__~~",
            200,
            KEEP),
        row("Content-Length 0", post("Content-Length: 0~", ""), 200, KEEP),
        row("Content-Length with leading zeros", post("Content-Length: 0003~", "abc"), 200, KEEP),
        row("GET with a body", "GET / HTTP/1.1~" + H + "Content-Length: 3~~abc", 200, KEEP),
        row("chunked", chunked("3~abc~0~~"), 200, KEEP),
        row("CHUNKED in capitals", post("Transfer-Encoding: ChunKed~", "3~abc~0~~"), 200, KEEP),
        row("chunk sizes with zeros and capitals", chunked("00A~0123456789~000~~"), 200, KEEP),
        row("chunk extensions", chunked("3;a;b=c;d=\"e;\\\"f\" ; g=h~abc~0;z~~"), 200, KEEP),
        row("blanks before a chunk extension", chunked("3 ;a~abc~0~~"), 200, KEEP),
        row("trailers", chunked("3~abc~0~X-A: 1~Content-Length: 7~~"), 200, KEEP),
        row("an empty chunked body", chunked("0~~"), 200, KEEP),
        row("longest request line", "GET /" + "a".repeat(8178) + " HTTP/1.1~" + H + "~", 200, KEEP),
        row("a hundred headers", "GET / HTTP/1.1~" + H + "X: y~".repeat(99) + "~", 200, KEEP),
        row(
            "a large header",
            "GET / HTTP/1.1~" + H + "X: " + "y".repeat(32_000) + "~~",
            200,
            KEEP));
  }

  static Stream<Arguments> lines() {
    return Stream.of(
        row("bare LF after the request line", "GET / HTTP/1.1\nHost: x~~", 400, CLOSE, "bare_lf"),
        row("bare LF after a header", "GET / HTTP/1.1~Host: x\n~", 400, CLOSE, "bare_lf"),
        row("bare LF as the end of the head", "GET / HTTP/1.1~" + H + "\n", 400, CLOSE, "bare_lf"),
        row("bare CR in the request line", "GET /\r HTTP/1.1~" + H + "~", 400, CLOSE, "bare_cr"),
        row("bare CR in a value", "GET / HTTP/1.1~" + H + "X: a\rb~~", 400, CLOSE, "bare_cr"),
        row("CR CR LF", "GET / HTTP/1.1~" + H + "X: a\r~~", 400, CLOSE, "bare_cr"),
        row("NUL in the target", "GET /\0 HTTP/1.1~" + H + "~", 400, CLOSE, "nul_byte"),
        row("NUL in a name", "GET / HTTP/1.1~" + H + "X\0: a~~", 400, CLOSE, "nul_byte"),
        row("NUL in a value", "GET / HTTP/1.1~" + H + "X: a\0b~~", 400, CLOSE, "nul_byte"),
        row("three empty lines first", "~~~GET / HTTP/1.1~" + H + "~", 400, CLOSE, "empty_lines"),
        row("HTTP/0.9", "GET /~", 400, CLOSE, "request_line_malformed"),
        row("no target", "GET HTTP/1.1~" + H + "~", 400, CLOSE, "request_line_malformed"),
        row("empty target", "GET  HTTP/1.1~" + H + "~", 400, CLOSE, "request_line_malformed"),
        row(
            "two spaces before the version",
            "GET /  HTTP/1.1~" + H + "~",
            400,
            CLOSE,
            "request_line_malformed"),
        row(
            "a space in the target",
            "GET /a b HTTP/1.1~" + H + "~",
            400,
            CLOSE,
            "request_line_malformed"),
        row("a tab instead of a space", "GET\t/ HTTP/1.1~" + H + "~", 400, CLOSE, "method_invalid"),
        row("a blank first", " GET / HTTP/1.1~" + H + "~", 400, CLOSE, "method_invalid"),
        row("a blank last", "GET / HTTP/1.1 ~" + H + "~", 400, CLOSE, "request_line_malformed"),
        row("a bad method", "G(T / HTTP/1.1~" + H + "~", 400, CLOSE, "method_invalid"),
        row(
            "a long method",
            "G".repeat(33) + " / HTTP/1.1~" + H + "~",
            400,
            CLOSE,
            "method_invalid"),
        row(
            "TLS on the plain port",
            "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc",
            400,
            CLOSE,
            "nul_byte"),
        row("HTTP/2 preface", "PRI * HTTP/2.0~~SM~~", 505, CLOSE, "version_unsupported"),
        row("HTTP/3.0", "GET / HTTP/3.0~" + H + "~", 505, CLOSE, "version_unsupported"),
        row("lower-case http", "GET / http/1.1~" + H + "~", 400, CLOSE, "version_malformed"),
        row(
            "version without a minor number",
            "GET / HTTP/1~" + H + "~",
            400,
            CLOSE,
            "version_malformed"),
        row(
            "version with two digits",
            "GET / HTTP/1.10~" + H + "~",
            400,
            CLOSE,
            "version_malformed"),
        row("a target that is no path", "GET foo HTTP/1.1~" + H + "~", 400, CLOSE, "target_form"),
        row("* without OPTIONS", "GET * HTTP/1.1~" + H + "~", 400, CLOSE, "target_form"),
        row("ftp target", "GET ftp://x/ HTTP/1.1~" + H + "~", 400, CLOSE, "target_form"),
        row(
            "credentials in the target",
            "GET http://u:p@x/ HTTP/1.1~" + H + "~",
            400,
            CLOSE,
            "target_form"),
        row(
            "absolute-form for another host",
            "GET http://y/ HTTP/1.1~" + H + "~",
            400,
            CLOSE,
            "target_host_mismatch"),
        row(
            "absolute-form for another port",
            "GET http://x:81/ HTTP/1.1~" + H + "~",
            400,
            CLOSE,
            "target_host_mismatch"),
        row(
            "a fragment in the target",
            "GET /#a HTTP/1.1~" + H + "~",
            400,
            CLOSE,
            "target_invalid"),
        row(
            "raw UTF-8 in the target",
            "GET /\u00c3\u00a9 HTTP/1.1~" + H + "~",
            400,
            CLOSE,
            "target_invalid"),
        row("DEL in the target", "GET /\u007f HTTP/1.1~" + H + "~", 400, CLOSE, "target_invalid"),
        row(
            "request line over the limit",
            "GET /" + "a".repeat(8190) + " HTTP/1.1~" + H + "~",
            414,
            CLOSE,
            "request_line_too_long"),
        row(
            "request line without an end",
            "GET /" + "a".repeat(9000),
            414,
            CLOSE,
            "request_line_too_long"));
  }

  static Stream<Arguments> headers() {
    return Stream.of(
        row("obs-fold", "GET / HTTP/1.1~" + H + "X: a~ b~~", 400, CLOSE, "obsolete_folding"),
        row(
            "obs-fold with a tab",
            "GET / HTTP/1.1~" + H + "X: a~\tb~~",
            400,
            CLOSE,
            "obsolete_folding"),
        row(
            "first header begins with a blank",
            "GET / HTTP/1.1~ Host: x~~",
            400,
            CLOSE,
            "obsolete_folding"),
        row(
            "space before the colon",
            "GET / HTTP/1.1~Host : x~~",
            400,
            CLOSE,
            "space_before_colon"),
        row(
            "tab before the colon",
            "GET / HTTP/1.1~" + H + "X\t: y~~",
            400,
            CLOSE,
            "space_before_colon"),
        row("no name", "GET / HTTP/1.1~" + H + ": y~~", 400, CLOSE, "header_name_invalid"),
        row(
            "space in a name",
            "GET / HTTP/1.1~" + H + "X Y: z~~",
            400,
            CLOSE,
            "header_name_invalid"),
        row(
            "a name that is no token",
            "GET / HTTP/1.1~" + H + "X[]: z~~",
            400,
            CLOSE,
            "header_name_invalid"),
        row(
            "obs-text in a name",
            "GET / HTTP/1.1~" + H + "X\u00e9: z~~",
            400,
            CLOSE,
            "header_name_invalid"),
        row("no colon", "GET / HTTP/1.1~" + H + "garbage~~", 400, CLOSE, "header_without_colon"),
        row(
            "a control character in a value",
            "GET / HTTP/1.1~" + H + "X: a\u0001b~~",
            400,
            CLOSE,
            "header_value_invalid"),
        row(
            "DEL in a value",
            "GET / HTTP/1.1~" + H + "X: a\u007fb~~",
            400,
            CLOSE,
            "header_value_invalid"),
        row("no Host", "GET / HTTP/1.1~~", 400, CLOSE, "host_missing"),
        row("two Hosts", "GET / HTTP/1.1~" + H + "Host: y~~", 400, CLOSE, "host_repeated"),
        row("the same Host twice", "GET / HTTP/1.1~" + H + H + "~", 400, CLOSE, "host_repeated"),
        row("two Hosts in HTTP/1.0", "GET / HTTP/1.0~" + H + H + "~", 400, CLOSE, "host_repeated"),
        row("an empty Host", "GET / HTTP/1.1~Host: ~~", 400, CLOSE, "host_invalid"),
        row("Host with a path", "GET / HTTP/1.1~Host: x/y~~", 400, CLOSE, "host_invalid"),
        row("Host with a user", "GET / HTTP/1.1~Host: u@x~~", 400, CLOSE, "host_invalid"),
        row("Host with a list", "GET / HTTP/1.1~Host: x, y~~", 400, CLOSE, "host_invalid"),
        row("Host with a bad port", "GET / HTTP/1.1~Host: x:y~~", 400, CLOSE, "host_invalid"),
        row("Host with a bracket", "GET / HTTP/1.1~Host: [::1~~", 400, CLOSE, "host_invalid"),
        row(
            "unknown expectation",
            "GET / HTTP/1.1~" + H + "Expect: 200-ok~~",
            417,
            CLOSE,
            "expectation_unknown"),
        row(
            "101 headers",
            "GET / HTTP/1.1~" + H + "X: y~".repeat(100) + "~",
            431,
            CLOSE,
            "too_many_headers"),
        row(
            "headers over the limit",
            "GET / HTTP/1.1~" + H + "X: " + "y".repeat(33_000) + "~~",
            431,
            CLOSE,
            "headers_too_large"),
        row(
            "headers without an end",
            "GET / HTTP/1.1~" + H + "X: " + "y".repeat(40_000),
            431,
            CLOSE,
            "headers_too_large"));
  }

  static Stream<Arguments> framing() {
    return Stream.of(
        row(
            "both lengths, CL first",
            post("Content-Length: 5~Transfer-Encoding: chunked~", "0~~"),
            400,
            CLOSE,
            "length_and_coding"),
        row(
            "both lengths, TE first",
            post("Transfer-Encoding: chunked~Content-Length: 5~", "0~~"),
            400,
            CLOSE,
            "length_and_coding"),
        row(
            "two lengths that differ",
            post("Content-Length: 3~Content-Length: 4~", "abcd"),
            400,
            CLOSE,
            "length_repeated"),
        row(
            "the same length twice",
            post("Content-Length: 3~Content-Length: 3~", "abc"),
            400,
            CLOSE,
            "length_repeated"),
        row(
            "a list of lengths",
            post("Content-Length: 3, 3~", "abc"),
            400,
            CLOSE,
            "length_invalid"),
        row("+3", post("Content-Length: +3~", "abc"), 400, CLOSE, "length_invalid"),
        row("-3", post("Content-Length: -3~", "abc"), 400, CLOSE, "length_invalid"),
        row("0x3", post("Content-Length: 0x3~", "abc"), 400, CLOSE, "length_invalid"),
        row("3 3", post("Content-Length: 3 3~", "abc"), 400, CLOSE, "length_invalid"),
        row("3.0", post("Content-Length: 3.0~", "abc"), 400, CLOSE, "length_invalid"),
        row("3e0", post("Content-Length: 3e0~", "abc"), 400, CLOSE, "length_invalid"),
        row("3_0", post("Content-Length: 3_0~", "abc"), 400, CLOSE, "length_invalid"),
        row("an empty length", post("Content-Length:~", "abc"), 400, CLOSE, "length_invalid"),
        row(
            "an overflowing length",
            post("Content-Length: 18446744073709551619~", "abc"),
            400,
            CLOSE,
            "length_invalid"),
        row("a quoted length", post("Content-Length: \"3\"~", "abc"), 400, CLOSE, "length_invalid"),
        row(
            "a non-breaking space before it",
            post("Content-Length: \u00a03~", "abc"),
            400,
            CLOSE,
            "length_invalid"),
        row(
            "body over the limit",
            post("Content-Length: 100001~", ""),
            413,
            CLOSE,
            "body_too_large"),
        row(
            "body far over the limit",
            post("Content-Length: 999999999999999999~", ""),
            413,
            CLOSE,
            "body_too_large"),
        row("gzip", post("Transfer-Encoding: gzip~", ""), 400, CLOSE, "coding_unknown"),
        row(
            "gzip, chunked",
            post("Transfer-Encoding: gzip, chunked~", "0~~"),
            400,
            CLOSE,
            "coding_unknown"),
        row(
            "chunked, gzip",
            post("Transfer-Encoding: chunked, gzip~", "0~~"),
            400,
            CLOSE,
            "coding_unknown"),
        row("identity", post("Transfer-Encoding: identity~", ""), 400, CLOSE, "coding_unknown"),
        row(
            "chunked twice in a list",
            post("Transfer-Encoding: chunked, chunked~", "0~~"),
            400,
            CLOSE,
            "coding_unknown"),
        row(
            "chunked in two headers",
            post("Transfer-Encoding: chunked~Transfer-Encoding: chunked~", "0~~"),
            400,
            CLOSE,
            "coding_repeated"),
        row(
            "chunked and identity headers",
            post("Transfer-Encoding: chunked~Transfer-Encoding: identity~", "0~~"),
            400,
            CLOSE,
            "coding_repeated"),
        row("xchunked", post("Transfer-Encoding: xchunked~", "0~~"), 400, CLOSE, "coding_unknown"),
        row(
            "quoted chunked",
            post("Transfer-Encoding: \"chunked\"~", "0~~"),
            400,
            CLOSE,
            "coding_unknown"),
        row(
            "chunked with a parameter",
            post("Transfer-Encoding: chunked;a=b~", "0~~"),
            400,
            CLOSE,
            "coding_unknown"),
        row(
            "a vertical tab before chunked",
            post("Transfer-Encoding: \u000bchunked~", "0~~"),
            400,
            CLOSE,
            "header_value_invalid"),
        row(
            "a non-breaking space before chunked",
            post("Transfer-Encoding: \u00a0chunked~", "0~~"),
            400,
            CLOSE,
            "coding_unknown"),
        row(
            "a comma before chunked",
            post("Transfer-Encoding: ,chunked~", "0~~"),
            400,
            CLOSE,
            "coding_unknown"),
        row("an empty coding", post("Transfer-Encoding:~", "0~~"), 400, CLOSE, "coding_unknown"),
        row(
            "space before TE's colon",
            post("Transfer-Encoding : chunked~", "0~~"),
            400,
            CLOSE,
            "space_before_colon"),
        row(
            "folded chunked",
            post("Transfer-Encoding:~ chunked~", "0~~"),
            400,
            CLOSE,
            "coding_unknown"),
        row(
            "HTTP/1.0 with chunked",
            "POST / HTTP/1.0~Transfer-Encoding: chunked~~0~~",
            400,
            CLOSE,
            "coding_in_http_1_0"));
  }

  static Stream<Arguments> chunks() {
    return Stream.of(
        row("no size", chunked("~abc~0~~"), 400, CLOSE, "chunk_size_invalid"),
        row("a size that is no number", chunked("xyz~abc~0~~"), 400, CLOSE, "chunk_size_invalid"),
        row("0x before a size", chunked("0x3~abc~0~~"), 400, CLOSE, "chunk_size_invalid"),
        row("a negative size", chunked("-3~abc~0~~"), 400, CLOSE, "chunk_size_invalid"),
        row("a blank before a size", chunked(" 3~abc~0~~"), 400, CLOSE, "chunk_size_invalid"),
        row("a blank after a size", chunked("3 ~abc~0~~"), 400, CLOSE, "chunk_size_invalid"),
        row("a size ended by LF", chunked("3\nabc~0~~"), 400, CLOSE, "chunk_size_invalid"),
        row("a size ended by CR", chunked("3\rabc~0~~"), 400, CLOSE, "chunk_size_invalid"),
        row(
            "a size that overflows",
            chunked("ffffffffffffffff1~abc~0~~"),
            400,
            CLOSE,
            "chunk_size_overflow"),
        row(
            "a size with many zeros",
            chunked("00000000000000000003~abc~0~~"),
            400,
            CLOSE,
            "chunk_size_overflow"),
        row("a chunk over the limit", chunked("7fffffff~abc"), 413, CLOSE, "body_too_large"),
        row(
            "a chunk that comes to the limit of long",
            chunked("7ffffffffffffff~abc"),
            413,
            CLOSE,
            "body_too_large"),
        row("data longer than its size", chunked("3~abcd~0~~"), 400, CLOSE, "chunk_end_invalid"),
        row("data ended by LF", chunked("3~abc\n0~~"), 400, CLOSE, "chunk_end_invalid"),
        row(
            "an extension without a name",
            chunked("3;;a~abc~0~~"),
            400,
            CLOSE,
            "chunk_extension_invalid"),
        row(
            "an extension with a bare LF",
            chunked("3;a\nabc~0~~"),
            400,
            CLOSE,
            "chunk_extension_invalid"),
        row(
            "an extension with NUL",
            chunked("3;a\0~abc~0~~"),
            400,
            CLOSE,
            "chunk_extension_invalid"),
        row(
            "a quoted extension with a line end",
            chunked("3;a=\"b~c\"~abc~0~~"),
            400,
            CLOSE,
            "chunk_extension_invalid"),
        row(
            "too long an extension",
            chunked("3;" + "a".repeat(5000) + "~abc~0~~"),
            400,
            CLOSE,
            "chunk_extension_too_long"),
        row(
            "too many extensions",
            chunked("1;abcdefgh~a~".repeat(600) + "0~~"),
            400,
            CLOSE,
            "chunk_extension_too_long"),
        row("a trailer without a colon", chunked("0~garbage~~"), 400, CLOSE, "trailer_invalid"),
        row("a folded trailer", chunked("0~X: a~ b~~"), 400, CLOSE, "trailer_invalid"),
        row("a trailer with a bare LF", chunked("0~X: a\n~"), 400, CLOSE, "trailer_invalid"),
        row(
            "a trailer with a space before its colon",
            chunked("0~X : a~~"),
            400,
            CLOSE,
            "trailer_invalid"),
        row("the body's end with LF", chunked("0~\r\r"), 400, CLOSE, "trailer_invalid"),
        row(
            "too long a trailer",
            chunked("0~X: " + "a".repeat(9000) + "~~"),
            431,
            CLOSE,
            "trailers_too_large"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"wellFormed", "lines", "headers", "framing", "chunks"})
  void answers(String name, String request, int status, String then, String code)
      throws IOException {
    try (RawClient client = new RawClient(front.port())) {
      client.send(
          request.replace("~", "\r\n").replace('\u0001', request.contains("a!#") ? '~' : '\u0001'));
      RawClient.Response response = client.response();
      assertThat(response.status()).as(response.body()).isEqualTo(status);
      assertThat(response.closes()).isEqualTo(then.equals(CLOSE));
      if (code != null) {
        assertThat(response.body())
            .startsWith("{\"error\":{\"message\":\"")
            .contains("\"code\":\"" + code.toLowerCase(Locale.ROOT) + "\"")
            .contains("(RFC ");
      }
      if (then.equals(KEEP)) {
        client.send("GET /after HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(client.response().body()).isEqualTo("GET /after|0|");
      } else {
        assertThat(client.rest()).isEmpty();
      }
    }
  }
}
