package fairlead.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong is said with its option, its value, and what to write instead. */
final class PlanTest {
  private static final Plan.Timing TIMING = new Plan.Timing(1, 1, 1, 1);
  private static final Plan.OpenLoop CLOSED = Plan.OpenLoop.of(Plan.CLOSED, "poisson", 8);
  private static final Plan.Own NOTHING = new Plan.Own(List.of(), 0, "", null);
  private static final String URL = "http://127.0.0.1:9";

  private static Plan plan(Target.Written targets, Plan.Own own) {
    return Plan.of(List.of("plain"), targets, own, TIMING, CLOSED);
  }

  private static List<Target> targets(
      List<String> urls, List<String> keys, List<String> headers, List<String> models) {
    return Target.parse(
        new Target.Written(urls, keys, headers, models, List.of()),
        name -> name.equals("SET") ? "sk-set" : null);
  }

  private static void refused(ThrowingCallable what, String... parts) {
    assertThatThrownBy(what).isInstanceOf(IllegalArgumentException.class).message().contains(parts);
  }

  @Test
  void rangesAreNamed() {
    refused(() -> new Plan.Timing(0, 1, 1, 1), "--rounds", "1 to 1000", ": 0");
    refused(() -> new Plan.Timing(1, 0.05, 1, 1), "--seconds", "0.1 to 3600", ": 0.05");
    refused(() -> new Plan.Timing(1, 1, -1, 1), "--warm-up", "0 to 3600", ": -1");
    refused(() -> new Plan.Timing(1, 1, 1, Double.NaN), "--settle", "0 to 3600", "NaN");
    refused(() -> Plan.OpenLoop.of(-5, "poisson", 1), "--rate", "0.1 to 200000", "-5");
    refused(() -> Plan.OpenLoop.of(5, "bursts", 1), "--arrivals", "bursts", "constant or poisson");
    refused(() -> Plan.OpenLoop.of(5, "constant", 0), "--connections", "1 to 20000", ": 0");
  }

  @Test
  void whatIsStartedHereIsChecked() {
    refused(
        () -> new Plan.Own(List.of("apache"), 0, "", null), "--only", "apache", "straight,nginx");
    refused(() -> new Plan.Own(List.of(), 70_000, "", null), "--upstream-port", "0 to 65535");
    refused(() -> new Plan.Own(List.of(), 0, "latencyms=3", null), "--upstream", "latencyms");
    refused(
        () -> new Plan.Own(List.of(), 0, "", Path.of("no-such.yaml")),
        "--fairlead-config",
        "no-such.yaml");
  }

  @Test
  void withoutUrlsEverythingHereIsMeasuredAndWithUrlsOnlyThese() {
    Target.Written none = new Target.Written(List.of(), List.of(), List.of(), List.of(), List.of());
    Target.Written one =
        new Target.Written(List.of(URL), List.of(), List.of(), List.of(), List.of());

    assertThat(plan(none, NOTHING).own().names())
        .containsExactly("straight", "nginx", "haproxy", "fairlead");
    assertThat(plan(none, NOTHING).differs()).isFalse();
    assertThat(plan(one, NOTHING).own().names()).isEmpty();
    assertThat(plan(one, NOTHING).hasUpstream()).isFalse();
    assertThat(plan(one, NOTHING).differs()).isTrue();
    assertThat(plan(one, new Plan.Own(List.of("nginx"), 0, "", null)).own().names())
        .containsExactly("nginx");
    refused(
        () -> plan(one, new Plan.Own(List.of(), 0, "latency_ms=3", null)),
        "--upstream",
        "latency_ms=3",
        "--upstream-port");
  }

  @Test
  void aUrlHasANameAndEndsWithTheVersion() {
    List<Target> targets =
        targets(
            List.of(URL, "a=" + URL + "/", "b=" + URL + "/api/v2/"),
            List.of(),
            List.of(),
            List.of());

    assertThat(targets).extracting(Target::name).containsExactly("127.0.0.1:9", "a", "b");
    assertThat(targets)
        .extracting(target -> target.base().toString())
        .containsExactly(URL + "/v1", URL + "/v1", URL + "/api/v2");
    assertThat(targets).extracting(Target::model).containsOnly("load");
  }

  @Test
  void keysHeadersAndModelsAreForOneOrForAll() {
    List<Target> targets =
        targets(
            List.of("a=" + URL, "b=" + URL),
            List.of("sk-all==", "b=env.SET"),
            List.of("x-team: a=b", "a=x-only: 1"),
            List.of("b=m/2", "m1"));

    assertThat(targets.getFirst().headers())
        .containsExactly("Authorization: Bearer sk-all==", "x-only: 1");
    assertThat(targets.getLast().headers())
        .containsExactly("Authorization: Bearer sk-set", "x-team: a=b");
    assertThat(targets).extracting(Target::model).containsExactly("m1", "m/2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1:9/v1",
        "127.0.0.1:9",
        "http:///v1",
        "http://u:p@127.0.0.1/v1",
        "http://127.0.0.1/v1?x=1",
        "http://no-such-host.invalid/v1",
        "a=http://[/"
      })
  void whatIsNoUrlIsRefused(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> targets(List.of(url), List.of(), List.of(), List.of()))
        .withMessageContaining("\"" + url + "\"")
        .withMessageContaining("[NAME=]http://HOST:PORT/v1");
  }

  @Test
  void whatDoesNotFitAUrlIsRefused() {
    List<String> none = List.of();
    refused(() -> targets(List.of(URL, URL), none, none, none), "127.0.0.1:9", "taken");
    refused(() -> targets(List.of("nginx=" + URL), none, none, none), "nginx", "taken");
    refused(() -> targets(List.of(URL), List.of("env.UNSET"), none, none), "--key", "UNSET");
    refused(() -> targets(List.of(URL), List.of("a b"), none, none), "--key", "no spaces");
    refused(() -> targets(List.of(URL), none, List.of("nothing"), none), "--header");
    refused(() -> targets(List.of(URL), none, List.of("a: b\r\nc: d"), none), "--header");
    refused(() -> pid("b=1"), "--pid", "\"b=1\"", "NAME=PID", "a");
    refused(() -> pid("a=x"), "--pid", "\"a=x\"");
    refused(() -> pid("a=" + Long.MAX_VALUE), "--pid", Long.toString(Long.MAX_VALUE));
    assertThat(pid("a=" + ProcessHandle.current().pid())).isEqualTo(ProcessHandle.current().pid());
  }

  @Test
  void aKeyIsInNoMessage() {
    assertThatThrownBy(() -> targets(List.of(URL), List.of("sk secret"), List.of(), List.of()))
        .message()
        .doesNotContain("secret");
  }

  private static long pid(String written) {
    return Target.parse(
            new Target.Written(
                List.of("a=" + URL), List.of(), List.of(), List.of(), List.of(written)),
            name -> null)
        .getFirst()
        .pid();
  }
}
