package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

/** What operators and callers with keys can do with the packaged gateway's memory, and cannot. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CacheAdminIT {
  private static final String OPERATOR = "sk-of-the-operator";
  private static final String ERIN = "sk-for-everything-but-others";
  private static final String ALICE = "sk-of-alice-herself";
  private static final String BOB = "sk-of-bob-himself-";
  private static final String CAROL = "sk-of-carol-of-ci-";
  private static final String DAVE = "sk-of-dave-of-ci-x";
  private static final long LIMIT_SECONDS = 20;
  private static final long POLL_NANOS = 2_000_000;

  private final ReplayUpstream upstream = ReplayUpstream.start();
  private final AtomicInteger answers = new AtomicInteger();
  private final String config;
  private GatewayProcess gateway;

  CacheAdminIT(@TempDir Path directory) {
    upstream.on("one", new TalkingProvider(_ -> "answer " + answers.incrementAndGet()));
    config =
        """
        auth:
          keys:
            - { name: operator, value: %s, routes: ["*"], admin: true }
            - { name: erin, value: %s, routes: ["*"] }
            - { name: alice, value: %s, routes: [r, other, shared] }
            - { name: bob, value: %s, routes: [r, other, shared] }
            - { name: carol, value: %s, routes: [r, shared], cache_scope: ci }
            - { name: dave, value: %s, routes: [r, shared], cache_scope: ci }
        providers:
        """
                .formatted(OPERATOR, ERIN, ALICE, BOB, CAROL, DAVE)
            + GatewayProcess.provider("one", upstream.baseUrl("one"), Map.of())
            + """
            routing:
              r: { targets: [one/m] }
              other: { targets: [one/m] }
              shared: { targets: [one/m], cache: { share: all } }
            cache:
              directory: %s
              semantic: { mode: serve, guards: balanced, recheck_percent: 0 }
            """
                .formatted(directory);
    gateway = GatewayProcess.start(config);
  }

  @AfterAll
  void close() throws IOException {
    gateway.close();
    upstream.close();
  }

  private RawClient.Response ask(String key, ChatCall call) throws IOException {
    RawClient.Response response = call.key(key).on(gateway);
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    return response;
  }

  private RawClient.Response ask(String key, String question) throws IOException {
    return ask(key, ChatCall.to("r", question));
  }

  private String from(String key, String route, String question) throws IOException {
    return ask(key, ChatCall.to(route, question)).header("x-fairlead-cache");
  }

  /** Whether memory has an answer for the caller. */
  private boolean known(String key, String question) throws IOException {
    int status = ChatCall.to("r", question).key(key).fromMemory().on(gateway).status();
    assertThat(status).isIn(200, 504);
    return status == 200;
  }

  private RawClient.Response admin(@Nullable String key, String method, String path, String body)
      throws IOException {
    try (RawClient client = new RawClient(gateway.port())) {
      String authorization = key == null ? "" : "Authorization: Bearer " + key + "\r\n";
      client.send(
          method,
          "/admin/v1/cache" + path,
          authorization + "Content-Type: application/json\r\n",
          body.getBytes(StandardCharsets.UTF_8));
      return client.response();
    }
  }

  private Map<String, Object> operator(String method, String path, String body) throws IOException {
    RawClient.Response response = admin(OPERATOR, method, path, body);
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    return Recordings.object(response.body());
  }

  private int removed(String selector) throws IOException {
    Object count = operator("DELETE", "/entries?" + selector, "").get("removed");
    return Integer.parseInt(String.valueOf(count));
  }

  /** Waits until everything before is found by similar questions and on disk. */
  private void filed() throws IOException {
    try (RawClient client = new RawClient(gateway.port())) {
      Settling settling = new Settling(client, "r", OPERATOR);
      settling.await();
      settling.await(); // what the first one was written with is written now
    }
  }

  @Test
  void entriesAreLookedUpByWhatTheyAre() throws IOException {
    String question = "Which entry is looked up?";
    String key =
        ask(ALICE, ChatCall.to("r", question).header("x-fairlead-tags", "team=blue,run=7"))
            .header("x-fairlead-cache-key");
    assertThat(ask(ALICE, question).header("x-fairlead-cache")).isEqualTo("exact");
    for (String selector :
        List.of("key=" + key, "tag=team%3Dblue", "tag=run", "route=r&tenant=key:alice&tag=run=7")) {
      List<?> entries =
          (List<?>) operator("GET", "/entries?" + selector, "").getOrDefault("entries", List.of());
      assertThat(entries).as(selector).hasSize(1);
      assertThat(entries.getFirst().toString())
          .contains("key=" + key, "route=r", "tenant=key:alice", "team=blue", "run=7", "hits=1")
          .doesNotContain(question);
    }
    assertThat(operator("GET", "/entries?body=1&key=" + key, "").toString())
        .contains(question, "answer ");
    assertThat(operator("GET", "/entries?tag=team%3Dgreen", "").get("entries"))
        .isEqualTo(List.of());
  }

  @Test
  void othersMayNot() throws IOException {
    for (String[] call :
        new String[][] {
          {"GET", ""},
          {"GET", "/entries?route=r"},
          {"DELETE", "/entries?all=1"},
          {"POST", "/feedback"}
        }) {
      assertThat(admin(ALICE, call[0], call[1], "{}").status()).as(call[1]).isEqualTo(403);
      assertThat(admin("sk-of-nobody-at-all", call[0], call[1], "{}").status()).isEqualTo(401);
      assertThat(admin(null, call[0], call[1], "{}").status()).isEqualTo(401);
    }
  }

  @Test
  void aKeyForEverythingSeesItsOwnOnly() throws IOException {
    String key = ask(ALICE, "What may Erin see of this?").header("x-fairlead-cache-key");
    ask(ERIN, "What is Erin's?");
    for (String selector : List.of("key=" + key, "tenant=key:alice")) {
      assertThat(admin(ERIN, "GET", "/entries?" + selector, "").text()).contains("\"entries\":[]");
      assertThat(admin(ERIN, "DELETE", "/entries?" + selector, "").text())
          .contains("\"removed\":0");
    }
    String wrong = "{\"key\":\"" + key + "\",\"verdict\":\"wrong\"}";
    assertThat(admin(ERIN, "POST", "/feedback", wrong).status()).isEqualTo(404);
    assertThat(admin(ERIN, "GET", "/entries?route=r", "").text())
        .contains("key:erin")
        .doesNotContain("key:alice");
    assertThat(admin(ERIN, "DELETE", "/entries?all=1", "").text()).contains("\"removed\":1");
    assertThat(known(ALICE, "What may Erin see of this?")).isTrue();
  }

  @Test
  void whatIsDeletedIsGoneAfterAKillToo() throws IOException {
    String[] questions = {"Which goes by key?", "Which goes by tag?", "Which stays?"};
    String key = ask(ALICE, questions[0]).header("x-fairlead-cache-key");
    ask(ALICE, ChatCall.to("r", questions[1]).header("x-fairlead-tags", "go=yes"));
    String stays = ask(ALICE, questions[2]).text();
    String elsewhere = "Which goes by route?";
    assertThat(from(ALICE, "other", elsewhere)).isEqualTo("miss");
    assertThat(from(BOB, "other", elsewhere)).isEqualTo("miss");
    filed();
    double before = gateway.metric("fairlead_cache_evictions_total", "removed");
    assertThat(removed("key=" + key)).isEqualTo(1);
    assertThat(removed("tag=go%3Dyes")).isEqualTo(1);
    assertThat(removed("route=other&tenant=key:bob")).isEqualTo(1);
    assertThat(from(ALICE, "other", elsewhere)).isEqualTo("exact");
    assertThat(removed("route=other")).isEqualTo(1);
    assertThat(gateway.metric("fairlead_cache_evictions_total", "removed") - before).isEqualTo(4);
    for (boolean killed : new boolean[] {false, true}) {
      if (killed) {
        filed();
        gateway.kill();
        gateway.awaitExit(LIMIT_SECONDS);
        gateway.close();
        gateway = GatewayProcess.start(config);
        loaded();
      }
      assertThat(known(ALICE, questions[0])).isFalse();
      assertThat(known(ALICE, questions[0].toLowerCase(Locale.ROOT))).isFalse();
      assertThat(known(ALICE, questions[1])).isFalse();
      assertThat(ask(ALICE, questions[2]).text()).isEqualTo(stays);
    }
    assertThat(from(ALICE, "other", elsewhere)).isEqualTo("miss");
  }

  private void loaded() throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!operator("GET", "", "").toString().contains("state=ready")) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionFailedError(operator("GET", "", "").toString());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  @Test
  void aWrongAnswerIsNotGivenAgain() throws IOException {
    String stored = "How can I reset my password?";
    String near = "How do I reset my password?";
    ask(ALICE, stored);
    filed();
    double hits = gateway.metric("fairlead_cache_requests_total", "result=\"semantic\"");
    double saved = gateway.metric("fairlead_cache_saved_tokens_total");
    RawClient.Response hit = ask(ALICE, near);
    assertThat(hit.header("x-fairlead-cache")).startsWith("semantic;score=0.");
    assertThat(gateway.metric("fairlead_cache_requests_total", "result=\"semantic\"") - hits)
        .isEqualTo(1);
    assertThat(gateway.metric("fairlead_cache_saved_tokens_total")).isGreaterThan(saved);
    String key = hit.header("x-fairlead-cache-key");
    String request = hit.header("x-fairlead-cache-request");

    operator(
        "POST",
        "/feedback",
        "{\"key\":\"" + key + "\",\"request_key\":\"" + request + "\",\"verdict\":\"wrong\"}");
    assertThat(known(ALICE, near)).isFalse();
    assertThat(known(ALICE, stored)).isTrue();

    operator("POST", "/feedback", "{\"key\":\"" + key + "\",\"verdict\":\"wrong\"}");
    assertThat(known(ALICE, stored)).isFalse();
    assertThat(known(ALICE, near)).isFalse();
    assertThat(
            admin(OPERATOR, "POST", "/feedback", "{\"key\":\"" + key + "\",\"verdict\":\"right\"}")
                .status())
        .isEqualTo(404);
  }

  @Test
  void answersAreTheOwnersAndThoseOfWhomTheyAreSharedWith() throws IOException {
    String question = "Whose answer is this?";
    String written = "whose answer is this";
    String[] keys = {ALICE, BOB, CAROL};
    for (String key : keys) {
      assertThat(from(key, "r", question)).isEqualTo("miss");
    }
    filed();
    String[] texts = new String[keys.length];
    for (int i = 0; i < keys.length; i++) {
      RawClient.Response again = ask(keys[i], written);
      assertThat(again.header("x-fairlead-cache")).startsWith("semantic");
      texts[i] = again.text();
    }
    assertThat(texts).doesNotHaveDuplicates();
    RawClient.Response dave = ask(DAVE, question);
    assertThat(dave.header("x-fairlead-cache")).isEqualTo("exact");
    assertThat(dave.text()).isEqualTo(texts[2]);
    // A scope that callers name themselves opens nothing.
    for (String key : List.of(ALICE, BOB)) {
      ChatCall scoped = ChatCall.to("r", question).header("x-fairlead-cache-scope", "ci");
      assertThat(ask(key, scoped).header("x-fairlead-cache")).isEqualTo("miss");
    }
    assertThat(from(ALICE, "shared", question)).isEqualTo("miss");
    for (String key : List.of(BOB, CAROL, OPERATOR)) {
      assertThat(from(key, "shared", question)).isEqualTo("exact");
    }
  }
}
