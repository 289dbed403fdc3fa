package fairlead.providers.simulated;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** A client on a bare socket that notes exactly how an answer ends. */
final class RawClient implements AutoCloseable {
  static final String CHAT = "/v1/chat/completions";
  static final String MESSAGES = "/v1/messages";
  private static final int TIMEOUT_MS = 20_000;

  /** How the body ended: as framed, by a close before that, or by a reset. */
  enum End {
    COMPLETE,
    CUT,
    RESET
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(String head, byte[] body, End end, List<Integer> chunks) {
    int status() {
      return head.isEmpty() ? 0 : Integer.parseInt(head.split(" ")[1]);
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    String header(String name) {
      Matcher matcher =
          Pattern.compile("(?im)^" + Pattern.quote(name) + ": *(.*?)\r?$").matcher(head);
      return matcher.find() ? matcher.group(1) : "";
    }

    /** The data of each event. */
    List<String> events() {
      return text()
          .lines()
          .filter(line -> line.startsWith("data: "))
          .map(line -> line.substring(6))
          .toList();
    }

    /** The streamed text of a chat or a message. */
    String streamed() {
      Matcher matcher =
          Pattern.compile("\"(?:content|text)\":\"((?:[^\"\\\\]|\\\\.)*)\"").matcher(text());
      return matcher.results().map(r -> r.group(1)).collect(Collectors.joining());
    }
  }

  private final Socket socket;
  private final InputStream in;

  RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MS);
    socket.setTcpNoDelay(true);
    in = socket.getInputStream();
  }

  static String chat(boolean stream) {
    return "{\"model\":\"m\",\"stream\":"
        + stream
        + ",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
  }

  static String message(boolean stream) {
    return "{\"model\":\"m\",\"max_tokens\":500,\"stream\":"
        + stream
        + ",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
  }

  /** One request on a connection of its own. */
  static Answer post(int port, String path, String body, String... headers) throws IOException {
    try (RawClient client = new RawClient(port)) {
      client.send(path, body, headers);
      return client.receive();
    }
  }

  void send(String path, String body, String... headers) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: test\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    all.writeBytes(bytes);
    socket.getOutputStream().write(all.toByteArray());
  }

  Socket socket() {
    return socket;
  }

  int readByte() throws IOException {
    return in.read();
  }

  Answer receive() throws IOException {
    StringBuilder head = new StringBuilder();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    List<Integer> chunks = new ArrayList<>();
    try {
      while (head.indexOf("\r\n\r\n") < 0) {
        int b = in.read();
        if (b < 0) {
          return new Answer(head.toString(), body.toByteArray(), End.CUT, chunks);
        }
        head.append((char) b);
      }
      String lower = head.toString().toLowerCase(Locale.ROOT);
      if (lower.contains("transfer-encoding: chunked")) {
        chunked(body, chunks);
      } else if (lower.contains("content-length:")) {
        Matcher matcher = Pattern.compile("content-length: (\\d+)").matcher(lower);
        boolean _ = matcher.find();
        fixed(body, Integer.parseInt(matcher.group(1)));
      } else {
        in.transferTo(body);
      }
      byte[] bytes = body.toByteArray();
      if (lower.contains("content-encoding: gzip")) {
        bytes = new GZIPInputStream(new java.io.ByteArrayInputStream(bytes)).readAllBytes();
      }
      return new Answer(head.toString(), bytes, End.COMPLETE, chunks);
    } catch (EOFException e) {
      return new Answer(head.toString(), body.toByteArray(), End.CUT, chunks);
    } catch (java.net.SocketException e) {
      return new Answer(head.toString(), body.toByteArray(), End.RESET, chunks);
    }
  }

  private void chunked(ByteArrayOutputStream body, List<Integer> chunks) throws IOException {
    while (true) {
      StringBuilder line = new StringBuilder();
      while (line.indexOf("\r\n") < 0) {
        line.append((char) readOrEnd());
      }
      int size = Integer.parseInt(line.substring(0, line.length() - 2), 16);
      fixed(body, size);
      int cr = readOrEnd();
      int lf = readOrEnd();
      if (cr != '\r' || lf != '\n') {
        throw new IllegalStateException("a chunk of " + size + " does not end in CRLF");
      }
      if (size == 0) {
        return;
      }
      chunks.add(size);
    }
  }

  private void fixed(ByteArrayOutputStream body, int length) throws IOException {
    byte[] buffer = new byte[Math.min(length, 65_536)];
    for (int left = length; left > 0; ) {
      int count = in.read(buffer, 0, Math.min(left, buffer.length));
      if (count < 0) {
        throw new EOFException();
      }
      body.write(buffer, 0, count);
      left -= count;
    }
  }

  private int readOrEnd() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException();
    }
    return b;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
