package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.server.governance.CallerKeys.Caller;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;

/**
 * Whatever is asked, nobody is answered from what belongs to another tenant, route, model, scope,
 * or to a request with other parameters or an earlier turn more; and each tenant from its own.
 */
final class TenantsTest {
  private static final int CALLS = 4_000;

  /** What was stored is found by similar requests after so many calls at the latest. */
  private static final int UNTIL_FILED = 40;

  private static final String[] SCOPES = {"", "", "nightly", "ci"};
  private static final String[] MODELS = {"one_route", "other_route", "shared", "one/m", "one/n"};

  /** Each row means one thing. */
  private static final String[][] QUESTIONS = {
    {
      "What is the capital of France?",
      "what is the capital of france",
      "What's the capital of France?"
    },
    {"How can I reset my password?", "how can i reset my password", "How do I reset my password?"},
    {"Why does the build fail?", "WHY does the  build fail", "Why does the build fail ?"},
  };

  private static final Caller[] CALLERS = {
    caller("alice", null),
    caller("bob", null),
    caller("ci", null), // named like a scope
    caller("carol", "ci"),
    caller("dave", "ci"),
    caller("erin", "alice"), // a scope named like a key
  };

  /** How an answer from memory and its reader belong together. */
  private enum Kin {
    SAME_CALLER,
    SAME_SCOPE,
    SHARED_ROUTE
  }

  /** Everything that must be the same; the question only in its meaning. */
  private record Request(
      Caller caller, String model, String scope, Map<String, ?> more, List<String> turns, int row) {

    Object tenant() {
      return model.equals("shared") ? "everybody" : caller.tenant();
    }

    boolean mayShareWith(Request other) {
      return tenant().equals(other.tenant())
          && model.equals(other.model)
          && scope.equals(other.scope)
          && more.equals(other.more)
          && turns.equals(other.turns)
          && row == other.row;
    }

    Kin kin(Request other) {
      return caller == other.caller
          ? Kin.SAME_CALLER
          : model.equals("shared") ? Kin.SHARED_ROUTE : Kin.SAME_SCOPE;
    }
  }

  private static Caller caller(String name, @Nullable String scope) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return new Caller(name, digest, Set.of("*"), scope);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> T one(T[] of, SplittableRandom random) {
    return of[random.nextInt(of.length)];
  }

  private static Request request(SplittableRandom random) {
    Map<String, Object> more = new TreeMap<>();
    String model = one(MODELS, random);
    more.put("model", model);
    if (random.nextInt(4) == 0) {
      more.put("temperature", one(new Double[] {0.0, 0.5}, random));
    }
    if (random.nextInt(6) == 0) {
      more.put("max_tokens", one(new Integer[] {50, 60}, random));
    }
    if (random.nextInt(8) == 0) {
      more.put("vendor_option", one(new String[] {"a", "b"}, random));
    }
    List<String> turns = new ArrayList<>();
    if (random.nextInt(3) == 0) {
      turns.add("system");
      turns.add(one(new String[] {"Be brief.", "Be brief!"}, random));
    }
    if (random.nextInt(4) == 0) {
      turns.addAll(
          List.of("user", "Hello.", "assistant", one(new String[] {"Hi.", "Yo."}, random)));
    }
    return new Request(
        one(CALLERS, random),
        model,
        one(SCOPES, random),
        more,
        turns,
        random.nextInt(QUESTIONS.length));
  }

  private static FakeExchange exchange(Request request, SplittableRandom random) {
    List<String> turns = new ArrayList<>(request.turns());
    turns.add("user");
    turns.add(one(QUESTIONS[request.row()], random));
    FakeExchange http =
        FakeExchange.chat(NumberedAnswers.chat(request.more(), turns.toArray(String[]::new)));
    return request.scope().isEmpty() ? http : http.with("x-fairlead-cache-scope", request.scope());
  }

  @RepeatedTest(2)
  void nobodyIsAnsweredFromAnothers() throws IOException {
    long seed = new SplittableRandom().nextLong();
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    NumberedAnswers upstream = new NumberedAnswers();
    List<Request> askedFor = new ArrayList<>();
    Map<String, Integer> results = new TreeMap<>();
    Map<Kin, Integer> kins = new EnumMap<>(Kin.class);
    try (Rig rig =
        new Rig(
            """
            providers:
              one: { type: openai-compatible, base_url: "http://1.example/v1" }
            routing:
              one_route: { targets: [one/m] }
              other_route: { targets: [one/m] }
              shared: { targets: [one/m], cache: { share: team } }
            cache:
              semantic: { mode: serve, guards: balanced, recheck_percent: 0 }
            """,
            Map.of("one", upstream))) {
      for (int i = 0; i < CALLS; i++) {
        Request request = request(random);
        FakeExchange http = rig.call(exchange(request, random), request.caller());
        assertThat(http.status).as(http.text()).isEqualTo(200);
        String from = String.valueOf(http.responseHeader("x-fairlead-cache"));
        results.merge(from.split(";", 2)[0], 1, Integer::sum);
        int number = NumberedAnswers.number(http);
        if (from.equals("miss")) {
          assertThat(number).isEqualTo(askedFor.size());
          askedFor.add(request);
        } else {
          Request first = askedFor.get(number);
          assertThat(request.mayShareWith(first))
              .as("%s was answered from %s (%s), call %d", request, first, from, i)
              .isTrue();
          kins.merge(request.kin(first), 1, Integer::sum);
        }
        if (i % UNTIL_FILED == 0 && rig.cache != null) {
          rig.cache.flush();
        }
      }
    }
    System.out.println(CALLS + " calls: " + results + ", hits by kin " + kins);
    assertThat(results.get("exact")).isPositive();
    assertThat(results.get("semantic")).isPositive();
    assertThat(kins).containsOnlyKeys(Kin.values());
  }
}
