package fairlead.server.surface;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedProvider;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.server.admin.CacheSelection;
import fairlead.server.admin.FakeCache;
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
import java.util.ArrayList;
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
  private static final String ADMIN = "the-key-of-an-administrator";
  private static final String TENANTS =
      """
      auth:
        keys:
          - { name: a, value: env.K }
          - { name: b, value: env.O, cache_scope: team }
          - { name: root, value: env.A, admin: true, routes: [r] }
      """;

  private static final String CACHE = "/admin/v1/cache";
  private static final String ENTRIES = CACHE + "/entries";
  private static final String FEEDBACK = CACHE + "/feedback";
  private static final String ENTRY = "000000000000abcd0000000000000001";

  private final FakeCache cache = new FakeCache().with(1, "key:all", "r").with(2, "t", "s");
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
            new ConfigLoader(Map.of("K", KEY, "O", LIMITED, "S", SECRET, "A", ADMIN))
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
    Surfaces surfaces =
        new Surfaces(() -> snapshot, metrics, sweeper, new Health(250), "unused", null, cache);
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
                  case "path" -> path.split("\\?", -1)[0];
                  case "query" -> path.indexOf('?') < 0 ? "" : path.split("\\?", -1)[1];
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
  void theCacheIsForTheSamePeople() throws IOException {
    String body = "{\"key\":\"" + ENTRY + "\",\"verdict\":\"wrong\"}";
    for (String[] request :
        new String[][] {
          {"GET", CACHE, ""},
          {"GET", ENTRIES, ""},
          {"DELETE", ENTRIES + "?all=1", ""},
          {"POST", FEEDBACK, body},
        }) {
      for (boolean loopback : new boolean[] {true, false}) {
        assertThat(call(KEYS, loopback, request[0], request[1], "", request[2]).status())
            .isEqualTo(401);
        Answer limited = call(KEYS, loopback, request[0], request[1], LIMITED, request[2]);
        assertThat(limited.status()).isEqualTo(403);
        assertThat(limited.code()).isEqualTo("admin_not_allowed");
      }
      assertThat(call("", false, request[0], request[1], "", request[2]).status()).isEqualTo(403);
    }
    assertThat(call("", true, "GET", ENTRIES, "", "").body()).contains("\"more\":false");
    assertThat(call(KEYS, false, "GET", ENTRIES + "?route=r", KEY, "").body())
        .contains(ENTRY)
        .doesNotContain("\"route\":\"s\"");
    assertThat(call("", true, "POST", FEEDBACK, "", body).status()).isEqualTo(200);
    assertThat(call("", true, "GET", CACHE, "", "").json()).containsEntry("entries", 2);
    Answer removed = call(KEYS, false, "DELETE", ENTRIES + "?tenant=key:all", KEY, "");
    assertThat(removed.body()).isEqualTo("{\"removed\":1}");
    assertThat(call("", true, "GET", CACHE, "", "").json()).containsEntry("entries", 1);
    Answer nothing = call("", true, "DELETE", ENTRIES, "", "");
    assertThat(nothing.status()).isEqualTo(400);
    assertThat(nothing.body()).contains("Say which entries are to go");
  }

  private void fill() {
    cache.remove(CacheSelection.ALL);
    cache.with(1, "key:a", "r").with(2, "scope:team", "r").with(3, "share:all", "r");
  }

  private List<String> tenants(String key, String query) throws IOException {
    Answer answer = call(TENANTS, false, "GET", ENTRIES + query, key, "");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json()).containsEntry("more", false);
    List<String> tenants = new ArrayList<>();
    for (Object entry : (List<?>) Objects.requireNonNull(answer.json().get("entries"))) {
      tenants.add(String.valueOf(((Map<?, ?>) entry).get("tenant")));
    }
    return tenants;
  }

  private String removed(String key, String query) throws IOException {
    return call(TENANTS, true, "DELETE", ENTRIES + query, key, "").body();
  }

  @Test
  void aKeySeesTheEntriesOfItsTenantOnly() throws IOException {
    fill();
    assertThat(tenants(KEY, "")).containsExactly("key:a");
    assertThat(tenants(KEY, "?limit=1&route=r&body=1")).containsExactly("key:a");
    assertThat(tenants(KEY, "?tenant=key:a")).containsExactly("key:a");
    assertThat(tenants(KEY, "?tenant=scope:team")).isEmpty();
    assertThat(tenants(KEY, "?key=000000000000abcd0000000000000002")).isEmpty();
    assertThat(tenants(KEY, "?key=000000000000abcd0000000000000003&tenant=share:all")).isEmpty();
    assertThat(tenants(LIMITED, "")).containsExactly("scope:team");
    assertThat(tenants(ADMIN, "")).containsExactly("key:a", "scope:team", "share:all");
    assertThat(tenants(ADMIN, "?tenant=share:all")).containsExactly("share:all");
  }

  @Test
  void aKeyEndsTheEntriesOfItsTenantOnly() throws IOException {
    fill();
    assertThat(removed(KEY, "?tenant=scope:team")).isEqualTo("{\"removed\":0}");
    assertThat(removed(KEY, "?key=000000000000abcd0000000000000002")).isEqualTo("{\"removed\":0}");
    assertThat(removed(KEY, "?all=1")).isEqualTo("{\"removed\":1}");
    assertThat(tenants(ADMIN, "")).containsExactly("scope:team", "share:all");
    assertThat(removed(LIMITED, "?route=r")).isEqualTo("{\"removed\":1}");
    assertThat(removed(ADMIN, "?all=1")).isEqualTo("{\"removed\":1}");
    assertThat(tenants(ADMIN, "")).isEmpty();
  }

  @Test
  void aKeyJudgesTheEntriesOfItsTenantOnly() throws IOException {
    fill();
    for (int entry = 1; entry <= 4; entry++) {
      String body =
          "{\"key\":\"000000000000abcd000000000000000" + entry + "\",\"verdict\":\"wrong\"}";
      Answer own = call(TENANTS, false, "POST", FEEDBACK, KEY, body);
      assertThat(own.status()).isEqualTo(entry == 1 ? 200 : 404);
      assertThat(call(TENANTS, false, "POST", FEEDBACK, ADMIN, body).status())
          .isEqualTo(entry < 4 ? 200 : 404);
    }
  }

  @Test
  void anAdministratorOfTheMemoryNeedNotCallEverything() throws IOException {
    assertThat(call(TENANTS, false, "GET", CACHE, ADMIN, "").status()).isEqualTo(200);
    Answer router = call(TENANTS, false, "GET", PATH, ADMIN, "");
    assertThat(router.status()).isEqualTo(403);
    assertThat(router.body()).contains("that takes a key for everything (routes: [\\\"*\\\"]).");
    assertThat(call(KEYS, false, "GET", CACHE, LIMITED, "").body())
        .contains("or one with 'admin: true'.");
  }

  @Test
  void everyAddressOfTheCacheSaysWhatItTakes() throws IOException {
    assertThat(call("", true, "HEAD", ENTRIES, "", "").status()).isEqualTo(200);
    String[][] wrong = {
      {"POST", CACHE, "GET, HEAD", "takes GET, not POST"},
      {"DELETE", CACHE, "GET, HEAD", "takes GET, not DELETE"},
      {"POST", ENTRIES, "GET, HEAD, DELETE", "takes GET, DELETE, not POST"},
      {"E", ENTRIES, "GET, HEAD, DELETE", "takes GET, DELETE, not E"},
      {"GET", FEEDBACK, "POST", "takes POST, not GET"},
    };
    for (String[] request : wrong) {
      Answer answer = call("", true, request[0], request[1], "", "");
      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.headers()).contains("Allow: " + request[2] + "\r\n");
      assertThat(answer.body()).contains(request[3]);
    }
    assertThat(call("", true, "GET", CACHE + "/", "", "").status()).isEqualTo(404);
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
