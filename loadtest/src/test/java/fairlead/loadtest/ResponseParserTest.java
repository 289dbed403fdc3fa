package fairlead.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ResponseParserTest {
  private static final String FIXED =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
  private static final String CHUNKED =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
          + String.join(
              "\r\n",
              "9;x=1",
              "data: 1\n\n",
              "A",
              "data: 22\r\n",
              "3",
              "\r\nd",
              "6",
              "ata\n\n\n",
              "0",
              "T: x",
              "",
              "");

  static final List<String> RESPONSES = List.of(FIXED, CHUNKED);

  @ParameterizedTest
  @FieldSource("RESPONSES")
  void everySplitGivesTheSameEnd(String response) {
    byte[] bytes = response.getBytes(StandardCharsets.US_ASCII);
    for (int at = 0; at <= bytes.length; at++) {
      ResponseParser parser = new ResponseParser(true);
      assertThat(parser.accept(ByteBuffer.wrap(bytes, 0, at))).isEqualTo(at == bytes.length);
      if (at < bytes.length) {
        assertThat(parser.accept(ByteBuffer.wrap(bytes, at, bytes.length - at))).isTrue();
      }
      assertThat(parser.status()).isEqualTo(200);
      assertThat(parser.events()).isEqualTo(response.equals(FIXED) ? 0 : 3);
    }
  }

  @Test
  void bytesAfterTheEndAreLeft() {
    ByteBuffer two = ByteBuffer.wrap((FIXED + FIXED).getBytes(StandardCharsets.US_ASCII));
    ResponseParser parser = new ResponseParser(true);

    assertThat(parser.accept(two)).isTrue();
    assertThat(two.remaining()).isEqualTo(FIXED.length());
    parser.reset();
    assertThat(parser.isFresh()).isTrue();
    assertThat(parser.accept(two)).isTrue();
    assertThat(two.hasRemaining()).isFalse();
  }

  @Test
  void anEventThatIsNotCompleteIsSeen() {
    ResponseParser parser = new ResponseParser(true);
    String start = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n9\r\n";

    assertThat(parser.accept(bytes(start))).isFalse();
    assertThat(parser.isInsideEvent()).isFalse();
    assertThat(parser.accept(bytes("data:"))).isFalse();
    assertThat(parser.isInsideEvent()).isTrue();
    assertThat(parser.accept(bytes(" 2\n"))).isFalse();
    assertThat(parser.isInsideEvent()).isTrue();
    assertThat(parser.accept(bytes("\n"))).isFalse();
    assertThat(parser.isInsideEvent()).isFalse();
    assertThat(parser.events()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"data: x\n\ndata: [DONE]\n\n", "data:[DONE]\r\n\r\n"})
  void theEndMarkIsSeenInEverySplit(String body) {
    byte[] bytes =
        ("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
            .getBytes(StandardCharsets.US_ASCII);
    for (int at = 0; at < bytes.length; at++) {
      ResponseParser parser = new ResponseParser(true);
      assertThat(parser.accept(ByteBuffer.wrap(bytes, 0, at))).isFalse();
      assertThat(parser.endsWithDone()).isFalse();
      assertThat(parser.accept(ByteBuffer.wrap(bytes, at, bytes.length - at))).isTrue();
      assertThat(parser.endsWithDone()).isTrue();
    }
  }

  @Test
  void aStreamWithoutItsEndMarkIsTold() {
    ResponseParser parser = parsed("data: [DONE]\n\ndata: more\n\n");

    assertThat(parser.events()).isEqualTo(2);
    assertThat(parser.endsWithDone()).isFalse();
  }

  @Test
  void anObjectIsToldFromOtherText() {
    assertThat(parsed("{\"a\":\"" + "x".repeat(100) + "\"}\n").looksLikeJson()).isTrue();
    assertThat(parsed("{\"a\":\"" + "x".repeat(100)).looksLikeJson()).isFalse();
    assertThat(parsed("<html>}").looksLikeJson()).isFalse();
    assertThat(parsed("").looksLikeJson()).isFalse();
  }

  @Test
  void anAnnouncedCloseIsSeenAndForgotten() {
    ResponseParser parser = new ResponseParser(false);
    String head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

    assertThat(parser.accept(bytes(head))).isTrue();
    assertThat(parser.closes()).isTrue();
    parser.reset();
    assertThat(parser.closes()).isFalse();
  }

  private static ResponseParser parsed(String body) {
    ResponseParser parser = new ResponseParser(true);
    String head = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n";
    assertThat(parser.accept(bytes(head + body))).isTrue();
    return parser;
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-not-http\r\n\r\n",
        "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n"
      })
  void whatIsNotAResponseIsRefused(String bytes) {
    ResponseParser parser = new ResponseParser(true);

    assertThatIllegalStateException()
        .isThrownBy(
            () -> parser.accept(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.US_ASCII))));
  }
}
