package fairlead.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.jr.ob.JSON;
import fairlead.server.admin.CacheView.Feedback;
import fairlead.server.admin.CacheView.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What operators see of the memory for answers, and what they may do about it. */
class CacheAdminTest {
  private static final String KEY_1 = "000000000000abcd0000000000000001";
  private static final String KEY_9 = "000000000000abcd0000000000000009";

  private final FakeCache cache =
      new FakeCache()
          .with(1, "key:ci", "r", "team=blue", "nightly")
          .with(2, "key:ci", "s", "team=red")
          .with(3, "scope:a b", "r", "team=blue", "team2=x=y")
          .with(-4, "share:é", "s");
  private final FakeHttp http = new FakeHttp();

  private List<String> find(String query) throws IOException {
    CacheAdmin.find(http.exchange("", query), cache, 2_500);
    assertThat(http.status).isEqualTo(200);
    List<String> keys = new ArrayList<>();
    for (Object entry :
        (List<?>) Objects.requireNonNull(JSON.std.mapFrom(http.body).get("entries"))) {
      String key = String.valueOf(((Map<?, ?>) entry).get("key"));
      keys.add(key.substring(key.length() - 1));
    }
    return keys;
  }

  private long remove(String query) throws IOException {
    CacheAdmin.remove(http.exchange("", query), cache);
    return ((Number) Objects.requireNonNull(JSON.std.mapFrom(http.body).get("removed")))
        .longValue();
  }

  @Test
  void theWholeIsShown() throws IOException {
    CacheAdmin.show(http.exchange(""), cache);
    assertThat(http.status).isEqualTo(200);
    assertThat(http.headers)
        .isEqualTo("Content-Type: application/json\r\nCache-Control: no-store\r\n");
    assertThat(http.body)
        .isEqualTo(
            """
            {"on":true,"entries":4,"bytes":2048,"max_bytes":1048576,\
            "journal":{"state":"ready","directory":"/var/\\"c\\"","bytes":77,"max_bytes":1000,\
            "loaded":5,"lost":1,"errors":2},\
            "judge":{"name":"onnx","asked":9,"silent":1},\
            "routes":[{"name":"r","exact":true,"semantic":true,"mode":"earn","guards":"strict",\
            "tiers":[{"name":"prose","threshold":0.9851,"floor":0.92,"checks":412,"wrong":1},\
            {"name":"lines","threshold":null,"floor":0.95,"checks":0,"wrong":0}],\
            "results":{"miss":3,"exact":4},"refusals":{"numbers":2}}]}""");
  }

  @Test
  void aGatewayWithoutAMemorySaysSo() throws IOException {
    CacheAdmin.show(http.exchange(""), CacheView.OFF);
    assertThat(JSON.std.mapFrom(http.body)).containsEntry("on", false).containsEntry("judge", null);
    CacheAdmin.find(http.exchange("", ""), CacheView.OFF, 0);
    assertThat(http.body).isEqualTo("{\"entries\":[],\"more\":false}");
    CacheAdmin.remove(http.exchange("", "all=1"), CacheView.OFF);
    assertThat(http.body).isEqualTo("{\"removed\":0}");
    assertThatThrownBy(
            () ->
                CacheAdmin.feedback(
                    http.exchange("{\"key\":\"" + KEY_1 + "\",\"verdict\":\"right\"}"),
                    CacheView.OFF))
        .hasMessageContaining("There is no entry");
  }

  @Test
  void anEntryIsShownWithoutItsTextsUnlessTheyAreAskedFor() throws IOException {
    assertThat(find("key=" + KEY_1)).containsExactly("1");
    String shown =
        "{\"key\":\""
            + KEY_1
            + "\",\"route\":\"r\",\"tenant\":\"key:ci\",\"tags\":[\"team=blue\",\"nightly\"],"
            + "\"provider\":\"p\",\"model\":\"m\",\"hits\":0,\"bytes\":219,\"age_ms\":1500,"
            + "\"expires_in_ms\":58500,\"prompt_tokens\":12,\"completion_tokens\":null,"
            + "\"cost_usd\":0.00123,\"own_threshold\":0.9877";
    assertThat(http.body).isEqualTo("{\"entries\":[" + shown + "}],\"more\":false}");
    assertThat(find("key=" + KEY_1 + "&body=1")).containsExactly("1");
    assertThat(http.body)
        .isEqualTo(
            "{\"entries\":["
                + shown
                + ",\"payload\":\"why \\\"x\\\"?\",\"answer\":\"{\\\"id\\\":\\\"é\\\"}\"}],"
                + "\"more\":false}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "'' | 1 2 3 c",
        "& | 1 2 3 c",
        "route=r | 1 3",
        "route=nowhere | ''",
        "tenant=key:ci | 1 2",
        "tenant=key%3aci&route=r | 1",
        "tenant=scope:a+b | 3",
        "tenant=scope:a%20b | 3",
        "tenant=share:%C3%A9 | c",
        "tag=team | 1 2 3",
        "tag=team=blue | 1 3",
        "tag=team%3Dblue&route=r&tenant=key:ci | 1",
        "tag=tea | ''",
        "tag=team2=x=y | 3",
        "tag=team2=x | ''",
        "tag=nightly | 1",
        "key=000000000000ABCD0000000000000002 | 2",
        "key=000000000000abcdfffffffffffffffc | c",
        "key=000000000000abcd0000000000000002&route=r | ''",
        "body=0&body2 | -",
      })
  void entriesAreFoundByAllThatIsGiven(String query, String found) throws IOException {
    if (found.equals("-")) {
      assertThatThrownBy(() -> find(query)).isInstanceOf(AdminRefusal.class);
      return;
    }
    assertThat(String.join(" ", find(query))).isEqualTo(found);
  }

  @Test
  void moreThanTheLimitIsSaid() throws IOException {
    assertThat(find("limit=3")).hasSize(3);
    assertThat(http.body).endsWith("\"more\":true}");
    assertThat(find("limit=4")).hasSize(4);
    assertThat(http.body).endsWith("\"more\":false}");
    for (int i = 10; i < 100; i++) {
      cache.with(i, "t", "u");
    }
    assertThat(find("")).hasSize(50);
    assertThat(find("body=1")).hasSize(CacheQuery.MAX_BODIES);
    assertThat(find("limit=1000")).hasSize(94);
  }

  @Test
  void entriesEndByTheSameSelectors() throws IOException {
    assertThat(remove("tenant=key:ci&route=s")).isEqualTo(1);
    assertThat(find("")).containsExactly("1", "3", "c");
    assertThat(remove("tag=team=blue")).isEqualTo(2);
    assertThat(remove("key=" + KEY_9)).isZero();
    assertThat(find("")).containsExactly("c");
    assertThat(remove("all=1")).isEqualTo(1);
    assertThat(cache.entries).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      nullValues = "-",
      value = {
        "\"\" | - | Say which entries are to go",
        "all=0 | - | Say which entries are to go",
        "all=1&route=r | all | stands beside a selector",
        "all=yes | all | 'all' must be 1 or 0, not 'yes'",
        "limit=5&route=r | limit | 'limit' is not a parameter here; there are: key, route",
        "route= | route | 'route' is empty",
        "route | route | 'route' is empty",
        "route=r&route=s | route | 'route' is there twice",
        "key=12 | key | must be the 32 hexadecimal digits of an entry, not '12'",
        "key=000000000000abcd000000000000000g | key | must be the 32 hexadecimal digits",
        "route=%zz | - | not percent-encoded UTF-8 at 'route=%zz'",
        "route=%e | - | not percent-encoded UTF-8",
        "route=%C3 | - | not percent-encoded UTF-8",
        "roote=r | roote | 'roote' is not a parameter here",
      })
  void whatIsNotClearEndsNothing(String query, @Nullable String param, String message) {
    assertThatThrownBy(() -> remove(query))
        .isInstanceOfSatisfying(
            AdminRefusal.class,
            refusal -> {
              assertThat(refusal.status()).isEqualTo(400);
              assertThat(refusal.param()).isEqualTo(param);
              assertThat(refusal.getMessage()).contains(message);
            });
    assertThat(cache.entries).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "limit=0 | from 1 to 1000, not '0'",
        "limit=1001 | from 1 to 1000, not '1001'",
        "limit=x | from 1 to 1000, not 'x'",
        "limit=99999999999 | from 1 to 1000",
        "limit=21&body=1 | from 1 to 20 with body=1, not '21'",
        "all=1 | 'all' is not a parameter here",
      })
  void aLookUpIsBounded(String query, String message) {
    assertThatThrownBy(() -> find(query))
        .isInstanceOf(AdminRefusal.class)
        .hasMessageContaining(message);
  }

  @Test
  void feedbackIsPassedOn() throws IOException {
    CacheAdmin.feedback(http.exchange("{\"key\":\"" + KEY_1 + "\",\"verdict\":\"wrong\"}"), cache);
    assertThat(http.status).isEqualTo(200);
    assertThat(http.body)
        .isEqualTo("{\"noted\":true,\"key\":\"" + KEY_1 + "\",\"verdict\":\"wrong\"}");
    CacheAdmin.feedback(
        http.exchange(
            " { \"verdict\": \"right\", \"request_key\": \""
                + KEY_9
                + "\", \"key\": \""
                + KEY_1
                + "\" } "),
        cache);
    CacheKey one = new CacheKey(0xABCD, 1);
    assertThat(cache.said)
        .isEqualTo(
            List.of(
                new Feedback(one, null, Verdict.WRONG),
                new Feedback(one, new CacheKey(0xABCD, 9), Verdict.RIGHT)));
  }

  /**
   * One body that cannot be fulfilled.
   *
   * @param body with ' for "
   */
  record Case(String body, int status, @Nullable String param, String message) {}

  static Stream<Case> cases() {
    String key = "'key':'" + KEY_1 + "'";
    return Stream.of(
        new Case("", 400, null, "The body is not a JSON object."),
        new Case("[]", 400, null, "The body is not a JSON object."),
        new Case("{" + key, 400, null, "The body is not sound JSON."),
        new Case("{" + key + "," + key + "}", 400, null, "The body is not sound JSON."),
        new Case("{" + key + ",'verdict':'wrong'} 1", 400, null, "Something follows"),
        new Case("{}", 400, "key", "'key' is missing."),
        new Case("{" + key + "}", 400, "verdict", "'verdict' is missing."),
        new Case("{" + key + ",'verdict':'bad'}", 400, "verdict", "right or wrong, not 'bad'"),
        new Case("{" + key + ",'verdict':true}", 400, "verdict", "must be a text"),
        new Case("{'key':'x','verdict':'wrong'}", 400, "key", "32 hexadecimal digits"),
        new Case("{" + key + ",'request_key':''}", 400, "request_key", "must be a text"),
        new Case("{" + key + ",'score':1}", 400, "score", "'score' is not a field here."),
        new Case(
            "{'key':'" + KEY_9 + "','verdict':'wrong'}", 404, "key", "There is no entry " + KEY_9),
        new Case(" ".repeat(AdminBody.MAX_BYTES) + "{}", 413, null, "it may have 16384"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsWrongWithFeedbackIsSaid(Case bad) {
    assertThatThrownBy(
            () -> CacheAdmin.feedback(http.exchange(bad.body().replace('\'', '"')), cache))
        .isInstanceOfSatisfying(
            AdminRefusal.class,
            refusal -> {
              assertThat(refusal.status()).isEqualTo(bad.status());
              assertThat(refusal.param()).isEqualTo(bad.param());
              assertThat(refusal.getMessage()).contains(bad.message());
            });
    assertThat(cache.said).isEmpty();
  }

  @Test
  void anyQueryIsAnsweredOrRefusedAndNeverEndsTooMuch() throws IOException {
    long seed = Long.getLong("fairlead.seed", 20261130);
    SplittableRandom random = new SplittableRandom(seed);
    String pieces = "&=%+?#/ 0aZé\u0000\uD800";
    int refused = 0;
    for (int i = 0; i < 10_000; i++) {
      StringBuilder query = new StringBuilder("route=gone&tag=a%3Db");
      for (int n = random.nextInt(4); n >= 0; n--) {
        int at = random.nextInt(query.length());
        switch (random.nextInt(3)) {
          case 0 -> query.deleteCharAt(at);
          case 1 -> query.insert(at, pieces.charAt(random.nextInt(pieces.length())));
          default -> query.setCharAt(at, pieces.charAt(random.nextInt(pieces.length())));
        }
      }
      try {
        assertThat(remove(query.toString())).as("seed " + seed + ", query " + query).isZero();
      } catch (AdminRefusal refusal) {
        refused++;
        assertThat(refusal.status()).isEqualTo(400);
      } catch (RuntimeException e) {
        fail("seed " + seed + ", query " + query, e);
      }
    }
    assertThat(refused).as("seed " + seed).isBetween(1_000, 9_900);
  }

  @Test
  void anyOtherFeedbackIsRefusedToo() throws IOException {
    long seed = Long.getLong("fairlead.seed", 20261201);
    SplittableRandom random = new SplittableRandom(seed);
    String good = "{\"key\":\"" + KEY_9 + "\",\"verdict\":\"wrong\"}";
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
        CacheAdmin.feedback(http.exchange(text.toString()), cache);
        fail("seed " + seed + ", body " + text);
      } catch (AdminRefusal refusal) {
        assertThat(refusal.status()).isIn(400, 404);
      }
    }
    assertThat(cache.said).isEmpty();
  }
}
