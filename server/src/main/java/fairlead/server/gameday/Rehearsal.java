package fairlead.server.gameday;

import fairlead.server.config.Config;
import fairlead.server.config.ConfigLoader;
import fairlead.server.config.Loaded;
import fairlead.server.config.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Plays the catalogue on the routes of a user's own configuration, with simulated providers in
 * place of the real ones. Clocks, retries and health are the user's; only how long is waited at
 * most is ours. Stateless.
 */
public final class Rehearsal {
  private static final long CAP_MS = 100_000;
  private static final long FAST_CAP_MS = 40_000;
  private static final long OUTAGE_MS = 24_000;
  private static final long FAST_OUTAGE_MS = 12_000;

  /** The first ejections last 5 s unless configured, a later one a quarter of the outage. */
  private static final long CALLS_AFTER_MS = 8_000;

  /** What the catalogue gives a primary to come back. */
  private static final long MAX_CALLS_AFTER_MS = 30_000;

  /** Each has some thirty runs, and each run two or more simulated providers. */
  private static final int ROUTES_AT_ONCE = 5;

  private static final boolean[] STREAMED = {true};
  private static final boolean[] BOTH = {false, true};

  private Rehearsal() {}

  /**
   * Plays it.
   *
   * @param fast gives up earlier; the configuration's own times stay
   * @param only identifiers of scenarios; empty: all
   * @throws IllegalArgumentException if the file is not a configuration, or has no route
   * @throws IOException if the gateway cannot be started
   */
  public static Result play(Path file, boolean fast, List<String> only, Consumer<String> progress)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Config config = config(file);
    List<Config.Route> routes = RehearsedConfig.routes(config);
    routes.removeIf(route -> route.targets().isEmpty());
    if (routes.isEmpty()) {
      throw new IllegalArgumentException(file + " has no route to rehearse");
    }
    long cap = fast ? FAST_CAP_MS : CAP_MS;
    long outage = fast ? FAST_OUTAGE_MS : OUTAGE_MS;
    List<Scenario> scenarios = Scenarios.rehearsal(outage, callsAfterMs(routes, config), cap);
    Set<String> known = GameDay.ids(scenarios);
    for (String id : only) {
      if (!known.contains(id)) {
        throw new IllegalArgumentException("unknown scenario: " + id + "; there are " + known);
      }
    }
    List<String> groups = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    List<RunResult> results = new ArrayList<>();
    for (Config.Route route : routes) {
      groups.add(route.name());
      notes.add(note(route, config));
    }
    for (int from = 0; from < routes.size(); from += ROUTES_AT_ONCE) {
      int to = Math.min(routes.size(), from + ROUTES_AT_ONCE);
      progress.accept(
          "rehearsing " + groups.subList(from, to) + ", at most " + cap / 1_000 + " s each call");
      results.addAll(play(file, fast, routes.subList(from, to), scenarios, only));
    }
    notes.add(
        "Calls were given up after "
            + cap / 1_000
            + " s at most"
            + (fast ? "; without --fast they are waited for longer." : "."));
    notes.add("The outage of S15 was " + outage / 1_000 + " s instead of 60 s.");
    return new Result(
        "rehearsal of " + file,
        groups,
        results,
        List.of(),
        notes,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
  }

  /** Longer than the shortest ejection, so that the probe after it falls into the calls. */
  private static long callsAfterMs(List<Config.Route> routes, Config config) {
    long after = CALLS_AFTER_MS;
    for (Config.Route route : routes) {
      Config.Provider first = config.providers().get(firstChoice(route).provider());
      if (first != null) {
        after = Math.max(after, 2L * first.failover().health().minEjectionMs());
      }
    }
    return Math.min(after, MAX_CALLS_AFTER_MS);
  }

  private static Config config(Path file) {
    Loaded loaded = new ConfigLoader(RehearsedConfig.environment(file, System.getenv())).load(file);
    Config config = loaded.config();
    if (config == null) {
      StringBuilder problems = new StringBuilder("cannot rehearse ").append(file).append(':');
      for (Problem problem : loaded.errors()) {
        problems.append('\n').append(problem);
      }
      throw new IllegalArgumentException(problems.toString());
    }
    return config;
  }

  /** Some routes at once, in one gateway. */
  private static List<RunResult> play(
      Path file,
      boolean fast,
      List<Config.Route> routes,
      List<Scenario> scenarios,
      List<String> only)
      throws IOException, InterruptedException {
    List<RehearsalRun> runs = new ArrayList<>();
    try {
      for (Config.Route route : routes) {
        for (Scenario scenario : scenarios) {
          boolean chosen = only.isEmpty() || only.contains(scenario.id());
          boolean fits = RehearsalRun.canGoOn(route) || !scenario.id().equals(Scenarios.OUTAGE);
          if (chosen && fits) {
            add(runs, fast, route, scenario);
          }
        }
      }
      runs.sort(Comparator.comparingLong((RehearsalRun r) -> r.scenario().lengthMs()).reversed());
      List<String> arguments = new ArrayList<>();
      runs.forEach(run -> arguments.addAll(run.arguments()));
      try (GatewayUnderTest gateway = GatewayUnderTest.start(file, arguments)) {
        List<SideBySide.Play> plays = new ArrayList<>();
        runs.forEach(run -> plays.add(() -> run.play(gateway.port())));
        return SideBySide.play(plays);
      }
    } finally {
      runs.forEach(RehearsalRun::close);
    }
  }

  private static void add(
      List<RehearsalRun> runs, boolean fast, Config.Route route, Scenario scenario) {
    String broken = firstChoice(route).provider();
    for (Variant variant : scenario.variants()) {
      if (variant.anthropicFallback()) {
        continue; // whether the user's model continues a prefill is not ours to say
      }
      for (boolean streamed : scenario.streamedOnly() ? STREAMED : BOTH) {
        String name = "run" + (runs.size() + 1);
        runs.add(new RehearsalRun(scenario, route, broken, streamed, variant, name, fast));
      }
    }
  }

  /** The target that is asked first: of the first priority, the one with most weight. */
  static Config.Target firstChoice(Config.Route route) {
    Config.Target first = route.targets().getFirst();
    for (Config.Target target : route.targets()) {
      boolean usable = target.weight() > 0;
      boolean earlier = target.priority() < first.priority();
      boolean heavier = target.priority() == first.priority() && target.weight() > first.weight();
      if (usable && (earlier || heavier || first.weight() == 0)) {
        first = target;
      }
    }
    return first;
  }

  private static String note(Config.Route route, Config config) {
    String first = firstChoice(route).provider();
    StringBuilder note = new StringBuilder("Route ").append(route.name());
    note.append(": ").append(first).append(" breaks");
    if (!RehearsalRun.canGoOn(route)) {
      note.append(
          "; there is no other provider to go on to: a clean error (safe) and a late answer are"
              + " right, and S15 is left out");
    }
    if (route.midStream() == Config.MidStream.ERROR) {
      note.append("; mid_stream is error: a stream that breaks ends with an error (safe)");
    }
    Config.Provider provider = config.providers().get(first);
    if (provider != null && !RehearsedConfig.speaksSimulatedWire(provider)) {
      note.append("; it is played in OpenAI's wire instead of its own");
    }
    return note.append('.').toString();
  }
}
