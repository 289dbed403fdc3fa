package fairlead.server.surface;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import fairlead.server.Gateway;
import fairlead.server.config.Config;
import fairlead.server.config.ConfigLoader;
import fairlead.server.config.Loaded;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every address over a real socket, with callers' keys. */
class SurfacesTest {
  private static final String KEY = "a-key-that-is-long-enough";
  private static final String OTHER_KEY = "another-key-that-is-long";

  private Gateway gateway;

  @BeforeEach
  void start() throws IOException {
    Loaded loaded =
        new ConfigLoader(Map.of("K", KEY, "O", OTHER_KEY))
            .load(
                "test.yaml",
                """
                server: { port: 0 }
                auth:
                  keys:
                    - { name: all, value: env.K, routes: ["*"] }
                    - { name: some, value: env.O, routes: [other] }
                providers:
                  sim: { type: simulated, models: [m1] }
                routing:
                  demo: { targets: [ { provider: sim, model: m1 } ] }
                  other: { targets: [ { provider: sim, model: m1 } ] }
                """);
    assertThat(loaded.errors()).isEmpty();
    Config config = Objects.requireNonNull(loaded.config());
    gateway = Gateway.start(config);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private String send(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String get(String path, String... headers) throws IOException {
    return send(
        "GET "
            + path
            + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + String.join("", headers)
            + "\r\n");
  }

  private String post(String path, String body, String... headers) throws IOException {
    return send(
        "POST "
            + path
            + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length
            + "\r\n"
            + String.join("", headers)
            + "\r\n"
            + body);
  }

  private static String body(String response) {
    return response.substring(response.indexOf("\r\n\r\n") + 4);
  }

  @Test
  void aKeyIsTakenFromAnyOfTheHeaders() throws IOException {
    for (String header :
        new String[] {
          "Authorization: Bearer " + KEY,
          "authorization: bearer   " + KEY,
          "x-api-key: " + KEY,
          "api-key: " + KEY,
          "x-goog-api-key: " + KEY
        }) {
      assertThat(get("/v1/models", header + "\r\n")).as(header).startsWith("HTTP/1.1 200 ");
    }
    for (String header :
        new String[] {
          "Authorization: Bearer nope", "Authorization: Basic " + KEY, "x-api-key: nope"
        }) {
      assertThat(get("/v1/models", header + "\r\n"))
          .as(header)
          .startsWith("HTTP/1.1 401 ")
          .contains("WWW-Authenticate: Bearer");
    }
    assertThat(get("/v1/models")).startsWith("HTTP/1.1 401 ").contains("\"missing_api_key\"");
    assertThat(post("/v1/chat/completions", "{}")).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void theModelListShowsWhatTheKeyMayUse() throws IOException {
    Map<String, Object> all =
        JSON.std.mapFrom(body(get("/v1/models", "x-api-key: " + KEY + "\r\n")));
    assertThat(all).containsEntry("object", "list");
    assertThat(all.toString()).contains("id=demo").contains("id=other").contains("id=sim/m1");
    String some = get("/v1/models", "x-api-key: " + OTHER_KEY + "\r\n");
    assertThat(some).contains("\"other\"").doesNotContain("\"demo\"").doesNotContain("sim/m1");
    assertThat(get("/v1/models/sim%2Fm1", "x-api-key: " + KEY + "\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .contains("\"owned_by\":\"sim\"");
    assertThat(get("/v1/models/demo", "x-api-key: " + OTHER_KEY + "\r\n"))
        .startsWith("HTTP/1.1 404 ");
  }

  @Test
  void callsGoThroughAndLimitedKeysAreLimited() throws IOException {
    String ask = "{\"model\":\"demo\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    assertThat(post("/v1/chat/completions", ask, "x-api-key: " + KEY + "\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .contains("x-fairlead-provider: sim")
        .contains("\"chat.completion\"");
    assertThat(post("/v1/chat/completions", ask, "x-api-key: " + OTHER_KEY + "\r\n"))
        .startsWith("HTTP/1.1 403 ")
        .contains("\"model_not_allowed\"");
    assertThat(
            post(
                "/v1/embeddings",
                "{\"model\":\"sim/e\",\"input\":\"x\"}",
                "x-api-key: " + KEY + "\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .contains("\"embedding\"");
    assertThat(
            post(
                "/v1/completions",
                "{\"model\":\"m1\",\"prompt\":\"x\"}",
                "x-api-key: " + KEY + "\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .contains("\"text_completion\"");
  }

  @Test
  void wrongMethodsAndPathsSayWhatIsRight() throws IOException {
    assertThat(get("/v1/chat/completions"))
        .startsWith("HTTP/1.1 405 ")
        .contains("Allow: POST")
        .contains("takes POST, not GET");
    assertThat(post("/v1/models", "{}"))
        .startsWith("HTTP/1.1 405 ")
        .contains("Allow: GET, HEAD")
        .contains("method_not_allowed");
    assertThat(post("/chat/completions", "{}"))
        .startsWith("HTTP/1.1 404 ")
        .contains("Did you mean /v1/chat/completions?");
    assertThat(get("/nothing")).startsWith("HTTP/1.1 404 ").contains("unknown_url");
  }

  @Test
  void operatorsNeedNoKey() throws IOException {
    assertThat(get("/livez")).startsWith("HTTP/1.1 200 ");
    assertThat(get("/readyz")).startsWith("HTTP/1.1 200 ").contains("\"ready\"");
    assertThat(get("/startupz")).startsWith("HTTP/1.1 200 ");
    assertThat(get("/")).startsWith("HTTP/1.1 200 ").contains("Fairlead");
    assertThat(get("/metrics"))
        .startsWith("HTTP/1.1 200 ")
        .contains("fairlead_in_flight")
        .doesNotContain(KEY);
    String head = send("HEAD /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(head).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
  }

  @Test
  void nobodyElseCanProbe() throws IOException {
    assertThat(post("/internal/probe", "{}")).startsWith("HTTP/1.1 404 ");
    assertThat(post("/internal/probe", "{}", "x-fairlead-probe: guess\r\n"))
        .startsWith("HTTP/1.1 404 ");
  }

  @Test
  void badFramingGetsTheSameErrorShape() throws IOException {
    String response =
        send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n");
    assertThat(response).startsWith("HTTP/1.1 400 ");
    assertThat(JSON.std.mapFrom(body(response))).containsKey("error");
  }
}
