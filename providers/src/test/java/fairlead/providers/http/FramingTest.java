package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.CallControl;
import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamException.Kind;
import fairlead.providers.UpstreamResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads and bodies: whole, in pieces, and as they must not be. */
@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF here, which text blocks hide
class FramingTest {
  private static final String TEXT =
      "data: {\"text\":\"Grüße, 世界 🌍\"}\n\ndata: zwölf Boxkämpfer 🥊🥊\n\ndata: [DONE]\n\n";

  private final ClientFixture fixture = new ClientFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  /** In chunks of 1 to 17 bytes, which cut characters and gzip fields apart. */
  private static byte[] chunked(byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int size = 1;
    for (int at = 0; at < body.length; size = size % 17 + 1) {
      int n = Math.min(size, body.length - at);
      out.writeBytes(
          ascii((n % 2 == 0 ? "0" : "") + Integer.toHexString(n) + (n == 3 ? ";a=\"b\"" : "")));
      out.writeBytes(ascii("\r\n"));
      out.write(body, at, n);
      out.writeBytes(ascii("\r\n"));
      at += n;
    }
    out.writeBytes(ascii("0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n"));
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] body) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
      packed.write(body);
    }
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] join(byte[] one, byte[] two) {
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }

  private static byte[] packedResponse() throws IOException {
    return join(
        ascii(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
                + "Content-Encoding: gzip\r\n\r\n"),
        chunked(gzip(TEXT.getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void everySplitOfAPackedChunkedResponseGivesTheSameBytes() throws Exception {
    byte[] response = packedResponse();
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              for (int split = 1; peer.readRequest() != null; split++) {
                int at = Math.min(split, response.length);
                peer.write(Arrays.copyOf(response, at));
                peer.write(Arrays.copyOfRange(response, at, response.length));
              }
            })) {
      Upstream upstream = fixture.upstream(server);
      for (int split = 1; split <= response.length; split++) {
        assertThat(fixture.call(upstream, "x")).as("split at %d", split).isEqualTo(TEXT);
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void oneByteAtATimeGivesTheSameBytes() throws Exception {
    byte[] response = packedResponse();
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              while (peer.readRequest() != null) {
                for (byte b : response) {
                  peer.write(new byte[] {b});
                }
              }
            })) {
      assertThat(fixture.call(fixture.upstream(server), "x")).isEqualTo(TEXT);
      CallControl control = fixture.control();
      UpstreamResponse answer = fixture.upstream(server).open(ClientFixture.post("x"), control);
      assertThat(answer.header("content-encoding")).isNull();
      assertThat(answer.header("transfer-encoding")).isEqualTo("chunked");
      assertThat(new String(ClientFixture.bytes(answer, 1), StandardCharsets.UTF_8))
          .isEqualTo(TEXT);
      answer.release();
      control.close();
    }
  }

  @Test
  void theChunkDecoderResumesAtEveryByte() throws Exception {
    byte[] plain = TEXT.getBytes(StandardCharsets.UTF_8);
    resumesAtEveryByte("Transfer-Encoding: chunked", plain, chunked(plain));
  }

  @Test
  void aBodyOfKnownLengthResumesAtEveryByte() throws Exception {
    byte[] plain = TEXT.getBytes(StandardCharsets.UTF_8);
    resumesAtEveryByte("Content-Length: " + plain.length, plain, plain);
  }

  /** Without a second thread, so that the decoder really stands still at each split. */
  private static void resumesAtEveryByte(String framing, byte[] plain, byte[] wire)
      throws Exception {
    int ready = 0;
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      for (int split = 0; split < wire.length; split++) {
        try (SocketChannel client = SocketChannel.open(listener.getLocalAddress());
            SocketChannel server = listener.accept()) {
          WireBuffer in = new WireBuffer(new Transport(client));
          in.stopWaiting();
          Body body = new Body();
          body.begin(head("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n"));
          byte[] got = new byte[plain.length + 1];
          int length = 0;
          int from = 0;
          for (int to : new int[] {split, wire.length}) {
            int _ = server.write(ByteBuffer.wrap(wire, from, to - from));
            from = to;
            int n;
            do {
              if (in.available() == 0) {
                int _ = in.refill(); // as behind a head, else long pieces pass the buffer by
              }
              boolean known = body.isReady(in);
              // two bytes at a time, so that some are left in the buffer
              n = body.read(in, got, length, Math.min(2, got.length - length));
              assertThat(known && n == 0).as("said to be ready, split at %d", split).isFalse();
              ready += known ? 1 : 0;
              length += Math.max(0, n);
            } while (n > 0);
            assertThat(n).as("split at %d", split).isEqualTo(to == wire.length ? -1 : 0);
          }
          assertThat(Arrays.copyOf(got, length)).isEqualTo(plain);
          assertThat(body.isEnded()).isTrue();
        }
      }
    }
    assertThat(ready).isGreaterThan(wire.length); // not just at the end
  }

  private static ResponseHead head(String text) throws UpstreamException {
    ResponseHead head = new ResponseHead();
    head.reset();
    byte[] bytes = ascii(text);
    assertThat(head.parse(bytes, bytes.length)).isEqualTo(bytes.length);
    return head;
  }

  @Test
  void theHeadParserResumesAtEveryByte() throws Exception {
    String text =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-AFTER: 12\r\nConnection: Keep-Alive, x\r\n"
            + "KEEP-alive: max=3, timeout=7\r\nEmpty:\r\nContent-Type: text/event-stream\r\n\r\n";
    for (int split = 0; split < text.length(); split++) {
      byte[] bytes = ascii(text);
      ResponseHead head = new ResponseHead();
      head.reset();
      assertThat(head.parse(bytes, split)).isEqualTo(-1);
      assertThat(head.parse(bytes, bytes.length)).isEqualTo(bytes.length);
      assertThat(head.status()).isEqualTo(503);
      assertThat(head.value("retry-after")).isEqualTo("12");
      assertThat(head.value("empty")).isEmpty();
      assertThat(head.keepAliveSeconds()).isEqualTo(7);
      assertThat(head.isEventStream()).isTrue();
      assertThat(head.isPersistent()).isTrue();
    }
  }

  @Test
  void longHeadsAndManyFieldsFit() throws Exception {
    StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 120; i++) {
      head.append("X-").append(i).append(": ").append("v".repeat(240)).append("\r\n");
    }
    String body = "b".repeat(100_000);
    String response = head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.always(response))) {
      for (int i = 0; i < 3; i++) {
        CallControl control = fixture.control();
        UpstreamResponse answer = fixture.upstream(server).open(ClientFixture.post("x"), control);
        assertThat(ClientFixture.text(answer)).isEqualTo(body);
        assertThat(answer.header("x-119")).isEqualTo("v".repeat(240));
        answer.release();
        control.close();
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  static Stream<Arguments> malformed() {
    String ok = "HTTP/1.1 200 OK\r\n";
    String chunks = ok + "Transfer-Encoding: chunked\r\n\r\n";
    String zipped = ok + "Content-Encoding: gzip\r\nContent-Length: ";
    return Stream.of(
        Arguments.of("not HTTP", "SSH-2.0-OpenSSH_9\r\n\r\n"),
        Arguments.of("HTTP/2 in clear", "HTTP/2 200\r\n\r\n"),
        Arguments.of("HTTP/1.2", "HTTP/1.2 200 OK\r\n\r\n"),
        Arguments.of("lower-case protocol", "http/1.1 200 OK\r\n\r\n"),
        Arguments.of("empty line first", "\r\n" + ok + "\r\n"),
        Arguments.of("status of two digits", "HTTP/1.1 20 OK\r\n\r\n"),
        Arguments.of("status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"),
        Arguments.of("status 600", "HTTP/1.1 600 OK\r\n\r\n"),
        Arguments.of("status 099", "HTTP/1.1 099 OK\r\n\r\n"),
        Arguments.of("status 101", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"),
        Arguments.of("control character in reason", "HTTP/1.1 200 O\u0001K\r\n\r\n"),
        Arguments.of("bare LF after status", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"),
        Arguments.of("bare LF after field", ok + "Content-Length: 0\n\r\n"),
        Arguments.of("bare LF as the end", ok + "Content-Length: 0\r\n\n"),
        Arguments.of("bare CR in a value", ok + "X: a\rb\r\n\r\n"),
        Arguments.of("NUL in a value", ok + "X: a\u0000b\r\n\r\n"),
        Arguments.of("no colon", ok + "X\r\n\r\n"),
        Arguments.of("empty name", ok + ": x\r\n\r\n"),
        Arguments.of("space in a name", ok + "X Y: z\r\n\r\n"),
        Arguments.of("space before the colon", ok + "Content-Length : 0\r\n\r\n"),
        Arguments.of("folded line", ok + "X: a\r\n b\r\n\r\n"),
        Arguments.of("129 fields", ok + "X: y\r\n".repeat(129) + "\r\n"),
        Arguments.of("head over 32 KiB", ok + ("X: " + "y".repeat(4_000) + "\r\n").repeat(9)),
        Arguments.of("one line over 32 KiB", ok + "X: " + "y".repeat(40_000)),
        Arguments.of(
            "both framings", ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc"),
        Arguments.of(
            "both framings, other order",
            ok + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc"),
        Arguments.of("negative length", ok + "Content-Length: -1\r\n\r\n"),
        Arguments.of("signed length", ok + "Content-Length: +1\r\n\r\na"),
        Arguments.of("hexadecimal length", ok + "Content-Length: 0x1\r\n\r\na"),
        Arguments.of("empty length", ok + "Content-Length:\r\n\r\n"),
        Arguments.of("list of lengths", ok + "Content-Length: 1, 1\r\n\r\na"),
        Arguments.of("two lengths", ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        Arguments.of("length overflow", ok + "Content-Length: 99999999999999999999\r\n\r\n"),
        Arguments.of("gzip as transfer coding", ok + "Transfer-Encoding: gzip\r\n\r\n"),
        Arguments.of("two codings", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "chunked twice",
            ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of("brotli", ok + "Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx"),
        Arguments.of(
            "two content codings",
            ok + "Content-Encoding: gzip\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx"),
        Arguments.of("endless interim responses", "HTTP/1.1 103 x\r\n\r\n".repeat(20)),
        Arguments.of("chunk size missing", chunks + "\r\nabc\r\n0\r\n\r\n"),
        Arguments.of("chunk size not hexadecimal", chunks + "g\r\nabc\r\n0\r\n\r\n"),
        Arguments.of("negative chunk size", chunks + "-1\r\nabc\r\n"),
        Arguments.of("chunk size with prefix", chunks + "0x3\r\nabc\r\n0\r\n\r\n"),
        Arguments.of("chunk size overflow", chunks + "1234567890abcdef\r\nabc"),
        Arguments.of("bare LF after chunk size", chunks + "3\nabc\r\n0\r\n\r\n"),
        Arguments.of("bare CR after chunk size", chunks + "3\rabc\r\n0\r\n\r\n"),
        Arguments.of("chunk longer than it says", chunks + "3\r\nabcd\r\n0\r\n\r\n"),
        Arguments.of("bare LF after chunk", chunks + "3\r\nabc\n0\r\n\r\n"),
        Arguments.of("bare LF in extension", chunks + "3;a\nabc\r\n0\r\n\r\n"),
        Arguments.of("long extension", chunks + "3;" + "a".repeat(1_100) + "\r\nabc\r\n"),
        Arguments.of("bare LF in trailers", chunks + "0\r\nX: y\n\r\n"),
        Arguments.of("endless trailers", chunks + "0\r\n" + "X: yyyyyyy\r\n".repeat(2_000)),
        Arguments.of("bare CR at the end", chunks + "0\r\n\rx"),
        Arguments.of("not gzip", zipped + "20\r\n\r\n" + "a".repeat(20)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void refuses(String what, String response) throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              var _ = peer.readRequest();
              peer.write(ascii(response));
              peer.awaitClientClose();
            })) {
      assertThatThrownBy(() -> fixture.call(fixture.upstream(server), "x"))
          .as(what)
          .isInstanceOfSatisfying(
              UpstreamException.class,
              e -> assertThat(e.kind()).isEqualTo(Kind.MALFORMED_RESPONSE));
      assertThat(fixture.client.stats().open()).isZero();
    }
  }

  static Stream<Arguments> cut() throws IOException {
    byte[] packed = packedResponse();
    String chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    return Stream.concat(
        Stream.of(
            Arguments.of(ascii("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc")),
            Arguments.of(ascii("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")),
            Arguments.of(ascii(chunks)),
            Arguments.of(ascii(chunks + "3")),
            Arguments.of(ascii(chunks + "3\r\nab")),
            Arguments.of(ascii(chunks + "3\r\nabc\r\n")),
            Arguments.of(ascii(chunks + "3\r\nabc\r\n0\r\n")),
            Arguments.of(ascii(chunks + "3\r\nabc\r\n0\r\nX: y\r\n"))),
        IntStream.of(120, 140, 200, packed.length - 1)
            .mapToObj(n -> Arguments.of(Arrays.copyOf(packed, n))));
  }

  @ParameterizedTest
  @MethodSource("cut")
  void aBodyThatEndsEarlyNeverLooksWhole(byte[] response) throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              var _ = peer.readRequest();
              peer.write(response);
            })) {
      assertThatThrownBy(() -> fixture.call(fixture.upstream(server), "x"))
          .isInstanceOfSatisfying(
              UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BODY_CUT));
      assertThat(fixture.client.stats().open()).isZero();
    }
  }

  @Test
  void bytesBeforeAMalformedChunkAreDeliveredFirst() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            ScriptedServer.always(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n"))) {
      CallControl control = fixture.control();
      UpstreamResponse response = fixture.upstream(server).open(ClientFixture.post("x"), control);
      byte[] buffer = new byte[10];
      int n = response.read(buffer, 0, 10);
      assertThat(new String(buffer, 0, n, StandardCharsets.US_ASCII)).isEqualTo("abc");
      assertThatThrownBy(() -> response.read(buffer, 0, 10)).isInstanceOf(UpstreamException.class);
      response.release();
      control.close();
    }
  }

  @Test
  void gzipOfSeveralMembersAndOfNothingIsRead() throws Exception {
    byte[] two = join(gzip(ascii("first ")), gzip(ascii("second")));
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              for (byte[] body : new byte[][] {two, {}}) {
                var _ = peer.readRequest();
                peer.write(
                    "HTTP/1.1 200 OK\r\nContent-Encoding: x-gzip\r\nContent-Length: "
                        + body.length
                        + "\r\n\r\n");
                peer.write(body);
              }
              peer.awaitClientClose();
            })) {
      assertThat(fixture.call(fixture.upstream(server), "x")).isEqualTo("first second");
      assertThat(fixture.call(fixture.upstream(server), "x")).isEmpty();
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aDecompressionBombIsRefusedAndAWrongChecksumToo() throws Exception {
    byte[] bomb = gzip(new byte[16 << 20]);
    byte[] wrong = gzip(ascii("something"));
    wrong[wrong.length - 6] ^= 1;
    for (byte[] body : new byte[][] {bomb, wrong}) {
      byte[] head =
          ascii(
              "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                  + body.length
                  + "\r\n\r\n");
      try (ScriptedServer server =
          new ScriptedServer(
              peer -> {
                var _ = peer.readRequest();
                peer.write(join(head, body));
                peer.awaitClientClose();
              })) {
        assertThatThrownBy(() -> fixture.call(fixture.upstream(server), "x"))
            .isInstanceOfSatisfying(
                UpstreamException.class,
                e -> assertThat(e.kind()).isEqualTo(Kind.MALFORMED_RESPONSE));
      }
    }
  }
}
