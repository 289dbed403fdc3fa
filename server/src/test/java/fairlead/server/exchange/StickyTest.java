package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedProvider;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Calls of one session stay on one target while it is healthy. */
class StickyTest {
  private static final int SESSIONS = 60;

  private final SimulatedProvider one = provider("");
  private final SimulatedProvider two = provider("");

  private static SimulatedProvider provider(String knobs) {
    return new SimulatedProvider(SimulatedBehaviour.parse(knobs));
  }

  private Rig rig(String strategy, String sticky) {
    return new Rig(
        """
        providers:
          one: { type: simulated, retries: { max: 0 } }
          two: { type: simulated, retries: { max: 0 } }
        routing:
          route: { strategy: %s, sticky: %s, targets: [one/a, two/b] }
        """
            .formatted(strategy, sticky),
        Map.of("one", one, "two", two));
  }

  private static FakeExchange ask(String user) {
    return FakeExchange.chat(
        "{\"model\":\"route\",\"user\":\""
            + user
            + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
  }

  private static String answeredBy(Rig rig, FakeExchange http) throws IOException {
    assertThat(rig.call(http).status).isEqualTo(200);
    return Objects.requireNonNull(http.responseHeader("x-fairlead-provider"));
  }

  @Test
  void aUserStaysAndUsersAreSpread() throws IOException {
    for (String strategy : new String[] {"weighted", "round_robin", "least_busy", "fastest"}) {
      try (Rig rig = rig(strategy, "user")) {
        Map<String, String> where = new HashMap<>();
        for (int round = 0; round < 5; round++) {
          for (int session = 0; session < SESSIONS; session++) {
            String by = answeredBy(rig, ask("user-" + session));
            assertThat(where.putIfAbsent("user-" + session, by))
                .as(strategy + ", session " + session + " in round " + round)
                .isIn(null, by);
          }
        }
        assertThat(where.values().stream().filter("one"::equals).count())
            .as(strategy)
            .isBetween(SESSIONS / 4L, 3L * SESSIONS / 4);
      }
    }
  }

  @Test
  void aHeaderMayNameTheSession() throws IOException {
    try (Rig rig = rig("weighted", "header:x-session-id")) {
      String by = answeredBy(rig, ask("a").with("x-session-id", "s1"));
      for (int i = 0; i < 20; i++) {
        assertThat(answeredBy(rig, ask("user-" + i).with("x-session-id", "s1"))).isEqualTo(by);
      }
      // Without the header every call is chosen for anew.
      boolean otherToo = false;
      for (int i = 0; i < 100 && !otherToo; i++) {
        otherToo = !answeredBy(rig, ask("a")).equals(by);
      }
      assertThat(otherToo).isTrue();
    }
  }

  @Test
  void healthGoesBeforeTheSession() throws IOException {
    try (Rig rig = rig("weighted", "user")) {
      String by = answeredBy(rig, ask("steady"));
      SimulatedProvider down = by.equals("one") ? one : two;
      down.behaviour(SimulatedBehaviour.parse("status=503"));
      for (int i = 0; i < 10; i++) {
        assertThat(answeredBy(rig, ask("steady"))).isNotEqualTo(by);
      }
      assertThat(down.requests()).as("ejected after five failures").isEqualTo(5);
    }
  }
}
