package fairlead.server.caching;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.hash.HashSecret;
import fairlead.providers.Operation;
import fairlead.providers.wire.RequestScan;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What keeps requests out of the cache. */
final class EligibilityTest {
  private static final String USER = "{\"role\":\"user\",\"content\":\"why?\"}";

  private final RequestFingerprint request = new RequestFingerprint(HashSecret.random());
  private final RequestScan scan = new RequestScan();

  private void read(String members) {
    String messages = members.contains("\"messages\"") ? "" : ",\"messages\":[" + USER + "]";
    byte[] body = ("{\"model\":\"m\"" + messages + members + "}").getBytes(StandardCharsets.UTF_8);
    assertThat(scan.scan(body, 0, body.length)).as(scan.errorMessage()).isTrue();
    request.read(scan, Operation.CHAT, 1, 2, null);
  }

  private static Set<NotCached> set(int reasons) {
    Set<NotCached> set = EnumSet.noneOf(NotCached.class);
    for (NotCached reason : NotCached.values()) {
      if (reason.in(reasons)) {
        set.add(reason);
      }
    }
    return set;
  }

  @Test
  void eachFieldGivesItsReasonAndOnlyIt() {
    Map<String, Set<NotCached>> reasons = new LinkedHashMap<>();
    Set<NotCached> none = Set.of();
    reasons.put("", none);
    reasons.put(",\"tools\":[],\"functions\":null,\"tool_choice\":\"none\"", none);
    reasons.put(",\"tools\":[{}]", Set.of(NotCached.TOOLS));
    reasons.put(",\"functions\":[{}]", Set.of(NotCached.TOOLS));
    reasons.put(",\"n\":1,\"seed\":7,\"store\":false,\"logprobs\":null", none);
    reasons.put(",\"n\":2", Set.of(NotCached.SEVERAL_ANSWERS));
    reasons.put(",\"logprobs\":true", Set.of(NotCached.LOGPROBS));
    reasons.put(",\"top_logprobs\":3", Set.of(NotCached.LOGPROBS));
    reasons.put(",\"store\":true", Set.of(NotCached.STORE));
    reasons.put(",\"web_search_options\":{}", Set.of(NotCached.SEARCH));
    reasons.put(",\"\\u0077eb_search_options\":{}", Set.of(NotCached.SEARCH));
    reasons.put(",\"enable_search\":false", none);
    reasons.put(",\"modalities\":[\"text\"]", none);
    reasons.put(",\"modalities\":[\"text\",\"audio\"]", Set.of(NotCached.OTHER_MODALITIES));
    reasons.put(",\"audio\":{\"voice\":\"a\"}", Set.of(NotCached.OTHER_MODALITIES));
    reasons.put(",\"previous_response_id\":\"x\"", Set.of(NotCached.PROVIDER_STATE));
    reasons.put(",\"metadata\":{\"store\":true,\"image_url\":1,\"tool_calls\":[1]}", none);
    reasons.put(
        ",\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{}]}," + USER + "]",
        Set.of(NotCached.TOOL_TURNS));
    reasons.put(
        ",\"messages\":[{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"x\"}," + USER + "]",
        Set.of(NotCached.TOOL_TURNS));
    for (String part :
        new String[] {
          "\"type\":\"image_url\",\"image_url\":{\"url\":\"u\"}",
          "\"type\":\"input_audio\",\"input_audio\":{}",
          "\"type\":\"file\",\"file\":{}",
          "\"image_url\":\"u\"",
          "\"type\":\"something new\"",
          "\"type\":7",
          "\"type\":\"\\u0074ext\",\"text\":\"written as nobody writes it\""
        }) {
      reasons.put(
          ",\"messages\":[{\"role\":\"user\",\"content\":[{" + part + "}]}," + USER + "]",
          Set.of(NotCached.ATTACHMENTS));
    }
    reasons.put(
        ",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}]",
        none);
    Eligibility usual = Eligibility.usual(true);
    reasons.forEach(
        (members, wanted) -> {
          read(members);
          assertThat(set(usual.exactReasons(request))).as(members).isEqualTo(wanted);
          assertThat(set(usual.nearReasons(request, Operation.CHAT))).as(members).isEqualTo(wanted);
        });
  }

  @Test
  void whoNamesAnEndUserGetsEqualAnswersOnlyUnlessTheRouteAllowsMore() {
    read(",\"user\":\"u\"");
    Eligibility usual = Eligibility.usual(true);
    assertThat(set(usual.exactReasons(request))).isEmpty();
    assertThat(set(usual.nearReasons(request, Operation.CHAT))).containsExactly(NotCached.USER);
    Eligibility open = new Eligibility(true, true, Trait.USER.bit(), 2, 2);
    assertThat(set(open.nearReasons(request, Operation.CHAT))).isEmpty();
  }

  @Test
  void aRouteMayAllowWhatIsForbiddenByDefault() {
    Eligibility open =
        new Eligibility(true, true, Trait.TOOLS.bit() | Trait.ATTACHMENTS.bit(), 2, 2);
    read(",\"tools\":[{}],\"n\":2");
    assertThat(set(open.exactReasons(request))).containsExactly(NotCached.SEVERAL_ANSWERS);
  }

  @Test
  void temperatureCountsForLikenessAndWhereALimitIsSetForRepeats() {
    Eligibility usual = Eligibility.usual(true);
    Eligibility limited = new Eligibility(true, true, 0, 0.5, 0.2);
    record Case(String temperature, boolean usualNear, boolean limitedExact, boolean limitedNear) {}
    for (Case each :
        new Case[] {
          new Case("0", true, true, true),
          new Case("0.2", true, true, true),
          new Case("0.5", true, true, false),
          new Case("0.7", true, false, false),
          new Case("70e-2", true, false, false),
          new Case("0.71", false, false, false),
          new Case("1", false, false, false),
          new Case("2E0", false, false, false),
          new Case("-1", true, true, true),
          new Case("null", true, true, true),
          new Case("1e999", false, false, false)
        }) {
      read(",\"temperature\":" + each.temperature());
      assertThat(usual.exactReasons(request)).as(each.temperature()).isZero();
      assertThat(usual.nearReasons(request, Operation.CHAT) == 0)
          .as(each.temperature())
          .isEqualTo(each.usualNear());
      assertThat(limited.exactReasons(request) == 0)
          .as(each.temperature())
          .isEqualTo(each.limitedExact());
      assertThat(limited.nearReasons(request, Operation.CHAT) == 0)
          .as(each.temperature())
          .isEqualTo(each.limitedNear());
    }
  }

  @Test
  void likenessNeedsATextAndARouteThatAllowsIt() {
    read(",\"messages\":[" + USER + ",{\"role\":\"assistant\",\"content\":\"so\"}]");
    Eligibility usual = Eligibility.usual(true);
    assertThat(usual.exactReasons(request)).isZero();
    assertThat(set(usual.nearReasons(request, Operation.CHAT)))
        .containsExactly(NotCached.NO_PAYLOAD);
    assertThat(set(usual.nearReasons(request, Operation.EMBEDDINGS)))
        .containsExactly(NotCached.OPERATION);
    read("");
    assertThat(set(Eligibility.usual(false).nearReasons(request, Operation.CHAT)))
        .containsExactly(NotCached.ROUTE_OFF);
    assertThat(set(Eligibility.OFF.exactReasons(request))).containsExactly(NotCached.ROUTE_OFF);
  }

  @Test
  void whatTheScanTellsIsKnownBeforeTheFingerprint() throws InvalidControl {
    CacheControls none = new CacheControls();
    none.read(new HeadersOnly());
    CacheControls off = new CacheControls();
    off.read(new HeadersOnly("x-fairlead-cache", "off"));
    read(",\"tools\":[{}],\"n\":3");
    Eligibility usual = Eligibility.usual(true);
    assertThat(set(usual.early(scan, none)))
        .containsExactly(NotCached.TOOLS, NotCached.SEVERAL_ANSWERS);
    read("");
    assertThat(usual.early(scan, none)).isZero();
    assertThat(set(usual.early(scan, off))).containsExactly(NotCached.CALLER_OFF);
    assertThat(NotCached.first(usual.early(scan, off)).label()).isEqualTo("caller_off");
  }
}
