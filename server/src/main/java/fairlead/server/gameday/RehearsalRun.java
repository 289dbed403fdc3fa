package fairlead.server.gameday;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import fairlead.server.config.Config;
import fairlead.server.gameday.CallView.Ending;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * One scenario on one of the user's routes: the provider of its first choice breaks, the others are
 * well. Each run has copies of the route and of its providers.
 *
 * <p>Belongs to one thread at a time. Lifecycle: 1. create, which starts healthy providers; 2.
 * {@link #arguments}; 3. {@link #play} once; 4. {@link #close}.
 */
final class RehearsalRun implements AutoCloseable {
  /** A route that shares calls out reaches its first choice within so many, almost surely. */
  private static final int MAX_TRIES = 40;

  private static final long SETTLE_MS = 1_000;
  private static final long POLL_MS = 5;
  private static final long MS_PER_SECOND = 1_000;
  private static final double NANOS_PER_MS = 1e6;

  private final Scenario scenario;
  private final Config.Route route;
  private final boolean streamed;
  private final Variant variant;
  private final String run;
  private final boolean impatient;
  private final String broken;
  private final Map<String, SimulatedServer> servers = new LinkedHashMap<>();

  /**
   * @param route with everything a call may go on to
   * @param broken the provider of its first choice
   * @param run unique, of letters and digits
   * @param impatient calls are given up earlier than the catalogue would
   */
  RehearsalRun(
      Scenario scenario,
      Config.Route route,
      String broken,
      boolean streamed,
      Variant variant,
      String run,
      boolean impatient) {
    this.impatient = impatient;
    this.scenario = scenario;
    this.route = route;
    this.broken = broken;
    this.streamed = streamed;
    this.variant = variant;
    this.run = run;
    for (Config.Target target : route.targets()) {
      if (!servers.containsKey(target.provider())) {
        String knobs = target.provider().equals(broken) ? "" : variant.fallback();
        servers.put(target.provider(), SimulatedServer.start(healthy().with(knobs)));
      }
    }
  }

  private SimulatedBehaviour healthy() {
    return SimulatedBehaviour.of(
        scenario.breaksInTheMiddle()
            ? Map.of("answer", HealthyAnswer.TEXT, "tokens_per_second", "600")
            : Map.of("answer", HealthyAnswer.TEXT));
  }

  Scenario scenario() {
    return scenario;
  }

  /** What {@code serve} must be told, see {@link RehearsedConfig#of}. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    servers.forEach(
        (name, server) -> {
          arguments.add("--rehearse");
          arguments.add(run + ':' + name + '=' + server.baseUrl());
        });
    return arguments;
  }

  RunResult play(int port) throws InterruptedException {
    primary().behaviour(healthy().with(variant.primary()));
    String name = run + '_' + route.name();
    Map<String, Long> offsets = new LinkedHashMap<>();
    List<CallView> calls = List.of();
    Caller caller = new Caller(port, System.nanoTime());
    for (int i = 0; i < MAX_TRIES && primary().requestCount() == 0; i++) {
      long begin = System.nanoTime();
      for (Map.Entry<String, SimulatedServer> server : servers.entrySet()) {
        server.getValue().reset();
        offsets.put(server.getKey(), System.nanoTime() - begin);
      }
      caller = new Caller(port, begin);
      calls = Run.callAll(scenario, caller, name, streamed, begin);
    }
    settle();
    List<Attempt> atPrimary = new ArrayList<>();
    List<Attempt> others = new ArrayList<>();
    String firstModel = "";
    String answerer = "";
    String answererModel = "";
    double answeredMs = -1;
    for (Map.Entry<String, SimulatedServer> server : servers.entrySet()) {
      for (SimulatedServer.Seen seen : server.getValue().requests()) {
        Attempt attempt =
            new Attempt(
                server.getKey() + '/' + seen.model(),
                seen.key(),
                (Objects.requireNonNull(offsets.get(server.getKey())) + seen.arrivalNanos())
                    / NANOS_PER_MS,
                seen.status(),
                seen.outcome(),
                seen.durationNanos() / NANOS_PER_MS);
        boolean first = server.getKey().equals(broken);
        firstModel = first && firstModel.isEmpty() ? seen.model() : firstModel;
        // Another model of the broken provider is another target.
        boolean primary = first && seen.model().equals(firstModel);
        (primary ? atPrimary : others).add(attempt);
        if (!primary && seen.status() == 200 && attempt.startMs() > answeredMs) {
          answeredMs = attempt.startMs();
          answerer = server.getKey();
          answererModel = seen.model();
        }
      }
    }
    CallView after = null;
    if (scenario.recovers()) {
      primary().behaviour(healthy());
      after = caller.call(name, streamed, scenario.patienceMs());
    }
    double billed =
        scenario.billing()
            ? Scrape.of(port).sum("fairlead_tokens_total", "provider=\"" + run + '_' + broken + '"')
            : -1;
    Observation seen =
        new Observation(
            streamed,
            calls.stream().map(this::inUsersNames).toList(),
            after,
            atPrimary,
            others,
            run + '_' + broken,
            firstModel,
            run + '_' + answerer,
            answererModel,
            billed);
    return new RunResult(scenario, route.name(), variant, seen, judgement(seen), expected());
  }

  private Judge.Judgement judgement(Observation seen) {
    // Where nobody else can be asked, a late answer is better than none.
    boolean lone = !canGoOn(route);
    Judge.Judgement judgement = Judge.judge(lone ? scenario.withoutHaste() : scenario, seen);
    boolean gaveUp = seen.calls().stream().anyMatch(call -> call.ending() == Ending.HUNG);
    if (!gaveUp || !(impatient || lone)) {
      return judgement;
    }
    return new Judge.Judgement(
        Verdict.UNKNOWN,
        List.of(
            "the rehearsal gave up after "
                + scenario.patienceMs() / MS_PER_SECOND
                + " s; the route's clocks let it wait longer"));
  }

  /** Errors name providers, which are copies here. */
  private CallView inUsersNames(CallView call) {
    return call.withError(call.error().replace(run + '_', ""));
  }

  private SimulatedServer primary() {
    return Objects.requireNonNull(servers.get(broken));
  }

  private void settle() {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SETTLE_MS);
    while (System.nanoTime() - until < 0
        && servers.values().stream().anyMatch(server -> server.inFlight() > 0)) {
      Pause.ms(POLL_MS);
    }
  }

  /** Whether a call of the route can go on to another provider. */
  static boolean canGoOn(Config.Route route) {
    return route.failover()
        && route.targets().stream().map(Config.Target::provider).distinct().count() > 1;
  }

  /** The worst verdict that is right for this route. */
  private Verdict expected() {
    Verdict expected = expectedOfRoute();
    // A second copy of a call is an attempt that the headers need not count.
    return route.hedge() == null ? expected : expected.worse(Verdict.PARTIAL);
  }

  private Verdict expectedOfRoute() {
    return switch (scenario.id()) {
      case "S11", "S13" -> Verdict.PASS;
      case "S12" -> Verdict.SAFE; // whether another window is larger may be unknown
      case "S01", "S03" -> canGoOn(route) ? Verdict.PARTIAL : Verdict.SAFE;
      case "S08", "S09", "S10", "S14" ->
          canGoOn(route) && route.midStream() != Config.MidStream.ERROR
              ? Verdict.PASS
              : Verdict.SAFE;
      default -> canGoOn(route) ? Verdict.PASS : Verdict.SAFE;
    };
  }

  @Override
  public void close() {
    servers.values().forEach(SimulatedServer::close);
  }
}
