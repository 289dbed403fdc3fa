package fairlead.loadtest;

import fairlead.providers.wire.ByteSink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A request that was formatted before, with digits in it that tell one from another.
 *
 * <p>Immutable. Large bodies are in one place of memory for all connections; what a connection has
 * of its own is the beginning with the digits.
 */
final class Request {
  /** What tells requests apart. */
  static final int COUNTER_DIGITS = 12;

  private static final String DIGITS = "0".repeat(COUNTER_DIGITS);
  private static final String WRONG_KEY = "sk-wrong-";
  private static final String FILLER =
      "The linker could not find a symbol that the test refers to. ";

  /** Below, the whole request is each connection's own and goes out in one piece. */
  private static final int SHARED_FROM_BYTES = 16_384;

  private final byte[] own;
  private final ByteBuffer shared;
  private final int counterAt;

  private Request(byte[] bytes, int counterAt) {
    int split = bytes.length < SHARED_FROM_BYTES ? bytes.length : counterAt + COUNTER_DIGITS;
    own = Arrays.copyOf(bytes, split);
    shared = ByteBuffer.allocateDirect(bytes.length - split);
    shared.put(bytes, split, bytes.length - split).flip();
    this.counterAt = counterAt;
  }

  /** What a request asks for, and how. */
  record Form(String model, boolean stream, int bodyBytes, boolean wrongKey, boolean close) {}

  static Request of(Contestant contestant, Form form) {
    byte[] body = body(form);
    ByteSink out = new ByteSink(512 + body.length);
    boolean stream = form.stream();
    out.ascii("POST ").ascii(contestant.path(stream)).ascii("/chat/completions HTTP/1.1\r\n");
    out.ascii("Host: ").ascii(contestant.authority(stream));
    out.ascii("\r\nContent-Type: application/json\r\n");
    for (String header : contestant.headers()) {
      if (!form.wrongKey() || !Contestant.isCredential(header)) {
        out.utf8(header).ascii("\r\n");
      }
    }
    if (form.close()) {
      out.ascii("Connection: close\r\n");
    }
    int counterAt = -1;
    if (form.wrongKey()) {
      out.ascii("Authorization: Bearer ").ascii(WRONG_KEY);
      counterAt = out.length();
      out.ascii(DIGITS).ascii("\r\n");
    }
    out.ascii("Content-Length: ").decimal(body.length).ascii("\r\n\r\n");
    if (counterAt < 0) {
      counterAt = out.length() + new String(body, StandardCharsets.ISO_8859_1).indexOf(DIGITS);
    }
    return new Request(out.append(body).toByteArray(), counterAt);
  }

  private static byte[] body(Form form) {
    ByteSink out = new ByteSink(256 + form.bodyBytes());
    // The digits come first: all that differs is then in a request's beginning.
    out.ascii("{\"messages\":[");
    if (form.bodyBytes() >= FILLER.length() * 4) {
      out.ascii("{\"role\":\"system\",\"content\":\"You sort build failures.\"},");
    }
    out.ascii("{\"role\":\"user\",\"content\":\"").ascii(DIGITS).ascii(" ");
    ByteSink end = new ByteSink(64);
    end.ascii("\"}],\"model\":").jsonString(form.model());
    if (form.stream()) {
      end.ascii(",\"stream\":true");
    }
    end.ascii("}");
    int missing = form.bodyBytes() - out.length() - end.length();
    while (missing > 0) {
      int count = Math.min(missing, FILLER.length());
      out.ascii(FILLER.substring(0, count));
      missing -= count;
    }
    return out.append(end.array(), 0, end.length()).toByteArray();
  }

  /** A connection's own copy of what differs, followed by what is the same for all. */
  ByteBuffer[] parts() {
    ByteBuffer mine = ByteBuffer.allocateDirect(own.length);
    mine.put(own).flip();
    return shared.hasRemaining()
        ? new ByteBuffer[] {mine, shared.duplicate()}
        : new ByteBuffer[] {mine};
  }

  /** Writes a number into the digits of a connection's own part. */
  void number(ByteBuffer mine, long number) {
    long rest = number;
    for (int i = counterAt + COUNTER_DIGITS - 1; i >= counterAt; i--) {
      mine.put(i, (byte) ('0' + rest % 10));
      rest /= 10;
    }
  }

  /** The whole request, for tests. */
  byte[] bytes() {
    ByteBuffer rest = shared.duplicate();
    byte[] all = Arrays.copyOf(own, own.length + rest.remaining());
    rest.get(all, own.length, all.length - own.length);
    return all;
  }
}
