package fairlead.server.surface;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedProvider;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.server.config.Config;
import fairlead.server.config.ConfigLoader;
import fairlead.server.exchange.Snapshot;
import fairlead.server.exchange.SnapshotBuilder;
import fairlead.server.http.HttpExchange;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.Health;
import fairlead.server.observe.MetricsRegistry;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may look at the router and put things back into service. */
class AdminSurfaceTest {
  private static final String KEY = "a-key-that-is-long-enough";
  private static final String LIMITED = "another-key-that-is-long";
  private static final String SECRET = "secret-of-the-provider";
  private static final String PATH = "/admin/v1/router";
  private static final String RESTORE = PATH + "/restore";
  private static final String KEYS =
      """
      auth:
        keys:
          - { name: all, value: env.K, routes: ["*"] }
          - { name: some, value: env.O, routes: [r] }
      """;

  private final DeadlineSweeper sweeper = new DeadlineSweeper(5);

  @AfterEach
  void stop() {
    sweeper.close();
  }

  /** An answer. */
  private record Answer(int status, String headers, String body) {
    Map<String, Object> json() throws IOException {
      return JSON.std.mapFrom(body);
    }

    String code() throws IOException {
      return String.valueOf(JSON.std.mapFrom(JSON.std.asString(json().get("error"))).get("code"));
    }
  }

  private Answer call(
      String auth, boolean loopback, String method, String path, String key, String body)
      throws IOException {
    Config config =
        Objects.requireNonNull(
            new ConfigLoader(Map.of("K", KEY, "O", LIMITED, "S", SECRET))
                .load(
                    "f.yaml",
                    auth
                        + """
                        providers:
                          up: { type: openai, keys: [ { value: env.S, name: main } ], default_model: m }
                          sim: { type: simulated }
                        routing:
                          r: { strategy: least_busy, targets: [ up, { provider: sim, model: x, weight: 3, priority: 2 } ] }
                        """)
                .config());
    GatewayMetrics metrics = new GatewayMetrics(new MetricsRegistry());
    Snapshot snapshot =
        new SnapshotBuilder(
                provider -> new SimulatedProvider(SimulatedBehaviour.of(Map.of())), metrics)
            .build(config);
    Surfaces surfaces = new Surfaces(() -> snapshot, metrics, sweeper, new Health(250), "unused");
    try {
      Answer[] answer = new Answer[1];
      surfaces.handle(exchange(loopback, method, path, key, body, answer));
      return Objects.requireNonNull(answer[0]);
    } finally {
      surfaces.close();
    }
  }

  private static HttpExchange exchange(
      boolean loopback, String method, String path, String key, String body, Answer[] answer) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    byte[] bearer = ("Bearer " + key).getBytes(StandardCharsets.UTF_8);
    return (HttpExchange)
        Proxy.newProxyInstance(
            AdminSurfaceTest.class.getClassLoader(),
            new Class<?>[] {HttpExchange.class},
            (proxy, called, arguments) ->
                switch (called.getName()) {
                  case "method" -> method;
                  case "path" -> path;
                  case "peerIsLoopback" -> loopback;
                  case "body" -> new ByteRange().set(bytes, 0, bytes.length);
                  case "header" -> null;
                  case "findHeader" -> {
                    boolean sent = arguments[0].equals("authorization") && !key.isEmpty();
                    if (sent) {
                      ((ByteRange) arguments[1]).set(bearer, 0, bearer.length);
                    }
                    yield sent;
                  }
                  case "respond" -> {
                    answer[0] =
                        new Answer(
                            (int) arguments[0],
                            ((ByteSink) arguments[1]).toString(),
                            new String(
                                (byte[]) arguments[2],
                                (int) arguments[3],
                                (int) arguments[4],
                                StandardCharsets.UTF_8));
                    yield null;
                  }
                  default -> throw new UnsupportedOperationException(called.getName());
                });
  }

  @Test
  void theRouterIsShownWithoutSecrets() throws IOException {
    Answer answer = call("", true, "GET", PATH, "", "");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).doesNotContain(SECRET);
    assertThat(answer.body())
        .contains(
            "{\"name\":\"r\",\"strategy\":\"least_busy\",\"targets\":[{\"provider\":\"up\",\"model\":\"m\","
                + "\"weight\":1.0,\"priority\":0,\"circuit\":\"closed\",")
        .contains("{\"provider\":\"sim\",\"model\":\"x\",\"weight\":3.0,\"priority\":2,")
        .contains(
            "{\"name\":\"up\",\"keys\":[{\"name\":\"main\",\"state\":\"ready\",\"for_ms\":0}]}");
    assertThat(answer.body())
        .contains(
            "{\"name\":\"sim\",\"keys\":[{\"name\":\"none\",\"state\":\"ready\",\"for_ms\":0}]}");
    assertThat(answer.json()).containsOnlyKeys("routes", "providers");
  }

  @Test
  void withKeysOneForEverythingIsNeeded() throws IOException {
    for (boolean loopback : new boolean[] {true, false}) {
      assertThat(call(KEYS, loopback, "GET", PATH, KEY, "").status()).isEqualTo(200);
      Answer none = call(KEYS, loopback, "GET", PATH, "", "");
      assertThat(none.status()).isEqualTo(401);
      assertThat(none.code()).isEqualTo("missing_api_key");
      Answer wrong = call(KEYS, loopback, "POST", RESTORE, "guess", "{}");
      assertThat(wrong.status()).isEqualTo(401);
      assertThat(wrong.headers()).contains("WWW-Authenticate: Bearer");
      Answer limited = call(KEYS, loopback, "GET", PATH, LIMITED, "");
      assertThat(limited.status()).isEqualTo(403);
      assertThat(limited.code()).isEqualTo("admin_not_allowed");
      assertThat(limited.body()).contains("The key 'some' may not use " + PATH);
      assertThat(call(KEYS, loopback, "POST", RESTORE, LIMITED, "{}").status()).isEqualTo(403);
    }
  }

  @Test
  void withoutKeysItIsForThisMachine() throws IOException {
    for (String auth : List.of("", "auth: none\n")) {
      assertThat(call(auth, true, "HEAD", PATH, "", "").status()).isEqualTo(200);
      Answer far = call(auth, false, "GET", PATH, "", "");
      assertThat(far.status()).isEqualTo(403);
      assertThat(far.body()).contains("answers only this machine");
      assertThat(far.headers()).contains("x-request-id: ");
      assertThat(call(auth, false, "POST", RESTORE, "", "{}").status()).isEqualTo(403);
    }
  }

  @Test
  void keysAndTargetsAreRestored() throws IOException {
    Answer key = call("", true, "POST", RESTORE, "", "{\"provider\":\"up\",\"key\":\"main\"}");
    assertThat(key.status()).isEqualTo(200);
    assertThat(key.json()).containsEntry("restored", true).containsEntry("key", "main");
    assertThat(
            call("", true, "POST", RESTORE, "", "{\"provider\":\"up\",\"model\":\"m\"}").status())
        .isEqualTo(200);
    Answer all = call("", true, "POST", RESTORE, "", "{\"provider\":\"sim\"}");
    assertThat(all.json()).isEqualTo(Map.of("restored", true, "provider", "sim"));
    Answer unknown = call("", true, "POST", RESTORE, "", "{\"provider\":\"up\",\"key\":\"x\"}");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.code()).isEqualTo("not_found");
    assertThat(unknown.body()).contains("\"param\":\"key\"").contains("there are: main.");
    assertThat(call("", true, "POST", RESTORE, "", "nonsense").code()).isEqualTo("invalid_value");
  }

  @Test
  void methodsAreChecked() throws IOException {
    Answer post = call("", true, "POST", PATH, "", "");
    assertThat(post.status()).isEqualTo(405);
    assertThat(post.headers()).contains("Allow: GET, HEAD");
    Answer get = call("", true, "GET", RESTORE, "", "");
    assertThat(get.status()).isEqualTo(405);
    assertThat(get.headers()).contains("Allow: POST");
    assertThat(call("", true, "GET", PATH + "/nothing", "", "").status()).isEqualTo(404);
  }
}
