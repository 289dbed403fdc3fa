package fairlead.server.http;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Answers with what it understood of a request: {@code METHOD path?query|length|body}. */
final class EchoHandler implements HttpHandler {
  private final ByteSink headers = new ByteSink();
  private final ByteSink content = new ByteSink();

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    ByteRange body = exchange.body();
    headers.clear();
    headers.ascii("Content-Type: text/plain\r\n");
    content.clear();
    content.ascii(exchange.method()).append(' ').ascii(exchange.path());
    if (!exchange.query().isEmpty()) {
      content.append('?').ascii(exchange.query());
    }
    content.append('|').decimal(body.length()).append('|');
    content.append(body.array(), body.start(), body.length());
    if (exchange.path().equals("/stream")) {
      exchange.beginStream(200, headers);
      for (int i = 0; i < 3; i++) {
        byte[] event = ("data: " + i + "\n\n").getBytes(StandardCharsets.US_ASCII);
        exchange.write(event, 0, event.length);
      }
      exchange.endStream();
    } else {
      exchange.respond(200, headers, content.array(), 0, content.length());
    }
  }
}
