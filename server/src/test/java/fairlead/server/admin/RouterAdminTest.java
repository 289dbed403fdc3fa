package fairlead.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What operators read of the router, and what they may say to it. */
class RouterAdminTest {
  private final FakeRouter router = new FakeRouter();
  private final FakeHttp http = new FakeHttp();

  private void restore(String body) throws IOException {
    RouterAdmin.restore(http.exchange(body), router);
  }

  @Test
  void everythingIsShownByName() throws IOException {
    RouterAdmin.show(http.exchange(""), router);

    assertThat(http.status).isEqualTo(200);
    assertThat(http.headers)
        .isEqualTo("Content-Type: application/json\r\nCache-Control: no-store\r\n");
    assertThat(http.body)
        .isEqualTo(
            """
            {"routes":[{"name":"triage","strategy":"fastest","targets":[\
            {"provider":"p","model":"m-\\"1\\"","weight":2.5,"priority":1,"circuit":"open",\
            "due_in_ms":4200,"consecutive_failures":5,"failure_rate":0.667,"ejections":2,\
            "share":0.1,"in_flight":3,"limit":64,"queued":7,"retry_budget":9.5,\
            "first_token_ms":{"ewma":312.4,"p50":250.0,"p95":1900.0},"quota_share":0.05,\
            "prefill":true},\
            {"provider":"q","model":null,"weight":1.0,"priority":0,"circuit":"probing",\
            "due_in_ms":0,"consecutive_failures":0,"failure_rate":null,"ejections":0,\
            "share":1.0,"in_flight":0,"limit":0,"queued":0,"retry_budget":10.0,\
            "first_token_ms":{"ewma":null,"p50":null,"p95":null},"quota_share":1.0,\
            "prefill":false}]}],\
            "providers":[{"name":"p","keys":[{"name":"key-1","state":"ready","for_ms":0},\
            {"name":"spare","state":"out","for_ms":3600000},\
            {"name":"key-3","state":"cooling","for_ms":1500}]},{"name":"q","keys":[]}]}""");
    assertThat(JSON.std.mapFrom(http.body)).containsOnlyKeys("routes", "providers");
  }

  @Test
  void keysAndTargetsAreRestored() throws IOException {
    restore(" {\"provider\": \"p\", \"key\": \"spare\"} ");
    assertThat(http.status).isEqualTo(200);
    assertThat(JSON.std.mapFrom(http.body))
        .isEqualTo(Map.of("restored", true, "provider", "p", "key", "spare"));
    restore("{\"model\":\"m-\\\"1\\\"\",\"provider\":\"p\"}");
    assertThat(JSON.std.mapFrom(http.body))
        .isEqualTo(Map.of("restored", true, "provider", "p", "model", "m-\"1\""));
    restore("{\"provider\":\"q\"}");
    assertThat(JSON.std.mapFrom(http.body)).isEqualTo(Map.of("restored", true, "provider", "q"));
    assertThat(router.restored).isEqualTo(List.of("key p spare", "target p m-\"1\"", "all of q"));
  }

  /**
   * One request that cannot be fulfilled.
   *
   * @param body with ' for "
   * @param param the field at fault, or null
   * @param message a part of it
   */
  record Case(String body, int status, @Nullable String param, String message) {}

  static Stream<Case> cases() {
    return Stream.of(
        new Case("", 400, null, "The body is not a JSON object."),
        new Case("[]", 400, null, "The body is not a JSON object."),
        new Case("{", 400, null, "The body is not sound JSON."),
        new Case("{'provider':'p','provider':'q'}", 400, null, "The body is not sound JSON."),
        new Case("{'provider':'p','key':'spare'} {}", 400, null, "Something follows"),
        new Case("{'provider':'p','key':'spare'", 400, null, "The body is not sound JSON."),
        new Case("{}", 400, "provider", "'provider' is missing."),
        new Case("{'provider':7,'key':'spare'}", 400, "provider", "'provider' must be a text"),
        new Case("{'provider':'','key':'spare'}", 400, "provider", "'provider' must be a text"),
        new Case("{'provider':'x'}", 404, "provider", "provider 'x'; there are: p, q."),
        new Case("{'provider':'p','key':null}", 400, "key", "'key' must be a text"),
        new Case("{'provider':'p','key':'a','model':'b'}", 400, "model", "'key' and 'model' are"),
        new Case("{'provider':'p','kee':'a'}", 400, "kee", "'kee' is not a field here."),
        new Case("{'provider':'x','key':'k'}", 404, "provider", "provider 'x'; there are: p, q."),
        new Case(
            "{'provider':'p','key':'gone'}",
            404,
            "key",
            "Provider 'p' has no key 'gone' here; there are: key-1, spare, key-3."),
        new Case("{'provider':'q','key':'gone'}", 404, "key", "no key 'gone' here; there is none."),
        new Case(
            "{'provider':'p','model':'gone'}",
            404,
            "model",
            "Provider 'p' has no model 'gone' here; there are: m-\"1\"."));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsWrongIsSaid(Case bad) {
    assertThatThrownBy(() -> restore(bad.body().replace('\'', '"')))
        .isInstanceOfSatisfying(
            AdminRefusal.class,
            refusal -> {
              assertThat(refusal.status()).isEqualTo(bad.status());
              assertThat(refusal.type()).isEqualTo("invalid_request_error");
              assertThat(refusal.param()).isEqualTo(bad.param());
              assertThat(refusal.getMessage()).contains(bad.message());
            });
    assertThat(http.status).isZero();
    assertThat(router.restored).isEmpty();
  }

  @Test
  void longBodiesAndLongNamesStayShortInMessages() {
    String name = "n".repeat(2_000);
    assertThatThrownBy(() -> restore("{\"provider\":\"" + name + "\",\"key\":\"k\"}"))
        .message()
        .hasSizeLessThan(300);
    assertThatThrownBy(() -> restore("{\"" + name + "\":1}")).message().hasSizeLessThan(400);
    assertThatThrownBy(() -> restore(" ".repeat(AdminBody.MAX_BYTES) + "{}"))
        .isInstanceOfSatisfying(
            AdminRefusal.class, refusal -> assertThat(refusal.status()).isEqualTo(413));
  }

  @Test
  void anyOtherBodyIsRefusedToo() throws IOException {
    long seed = Long.getLong("fairlead.seed", 20261129);
    SplittableRandom random = new SplittableRandom(seed);
    String good = "{\"provider\":\"p\",\"key\":\"spare\"}";
    int refused = 0;
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder(good);
      for (int n = random.nextInt(3); n >= 0; n--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, (char) random.nextInt(0x250));
          default -> text.setCharAt(at, "{}[]\",:\\pk0 ".charAt(random.nextInt(12)));
        }
      }
      try {
        restore(text.toString());
      } catch (AdminRefusal refusal) {
        refused++;
        assertThat(refusal.status()).isIn(400, 404);
      } catch (RuntimeException e) {
        fail("seed " + seed + ", body " + text, e);
      }
    }
    assertThat(refused).as("seed " + seed).isBetween(4_000, 5_000);
  }
}
