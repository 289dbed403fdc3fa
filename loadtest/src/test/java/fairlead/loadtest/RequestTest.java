package fairlead.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestTest {
  private static final URI BASE = URI.create("http://127.0.0.1:81/v1");
  private static final Contestant CONTESTANT =
      new Contestant(
          "it",
          BASE,
          BASE,
          List.of("Authorization: Bearer right", "x-team: red"),
          "a \"model\"",
          "",
          true,
          false,
          null);

  private static String text(Request.Form form) {
    return new String(Request.of(CONTESTANT, form).bytes(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 1_000, 20_000, 150_000, 1_000_000})
  void theBodyIsAsLongAsItShouldBeAndAnnounced(int bytes) {
    String text = text(new Request.Form("m", true, bytes, false, false));
    String body = text.substring(text.indexOf("\r\n\r\n") + 4);

    assertThat(body).hasSize(bytes).startsWith("{\"messages\":[").endsWith("\"stream\":true}");
    assertThat(text).contains("\r\nContent-Length: " + bytes + "\r\n");
  }

  @Test
  void headAndModelAreTheContestants() {
    String text = text(new Request.Form(CONTESTANT.model(), false, 500, false, true));

    assertThat(text)
        .startsWith("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:81\r\n")
        .contains("\r\nAuthorization: Bearer right\r\n", "\r\nx-team: red\r\n")
        .contains("\r\nConnection: close\r\n")
        .endsWith("\"model\":\"a \\\"model\\\"\"}")
        .doesNotContain("stream");
  }

  @Test
  void aWrongKeyStandsInPlaceOfTheRightOne() {
    String text = text(new Request.Form("m", false, 500, true, false));

    assertThat(text)
        .contains("\r\nAuthorization: Bearer sk-wrong-000000000000\r\n", "x-team: red")
        .doesNotContain("right");
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 100_000})
  void anotherNumberChangesNothingElse(int bytes) {
    Request request = Request.of(CONTESTANT, new Request.Form("m", false, bytes, false, false));
    ByteBuffer[] parts = request.parts();
    request.number(parts[0], 123);

    ByteBuffer sent = ByteBuffer.allocate(request.bytes().length);
    for (ByteBuffer part : parts) {
      sent.put(part.duplicate());
    }
    assertThat(new String(sent.array(), StandardCharsets.US_ASCII))
        .isEqualTo(
            new String(request.bytes(), StandardCharsets.US_ASCII)
                .replace("\"000000000000 ", "\"000000000123 ")
                .replace("\"000000000000\"", "\"000000000123\""));
    assertThat(request.bytes())
        .as("other connections' requests")
        .contains("0000".getBytes(StandardCharsets.US_ASCII));
  }
}
