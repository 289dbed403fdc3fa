package fairlead.server.gameday;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A user story about a provider that breaks under load, with another one to fall back to.
 *
 * <p>Belongs to one thread. Lifecycle: 1. create, which starts healthy providers; 2. {@link
 * #describe}; 3. {@link #play} once; 4. {@link #close}.
 */
final class UpstreamStory implements AutoCloseable {
  private static final int CALLERS = 16;
  private static final long PAUSE_MS = 100;
  private static final long PATIENCE_MS = 60_000;

  /** A good part of a stream, and less than the rest of it. */
  private static final long MID_STREAM_MS = 60;

  private static final long MAX_WAIT_MS = 10_000;

  /** A stream takes a fifth of a second, so that some are always under way. */
  private static final Map<String, String> HEALTHY =
      Map.of("answer", HealthyAnswer.TEXT, "tokens_per_second", "300");

  /** Something that the metrics must say afterwards. */
  record Sign(String meaning, String metric, List<String> labels) {}

  private final String id;
  private final String title;
  private final String knobs;
  private final boolean dies;
  private final int keys;
  private final long durationMs;
  private final long routeTimeoutMs;
  private final List<Sign> signs;
  private final SimulatedServer primary = SimulatedServer.start(SimulatedBehaviour.of(HEALTHY));
  private final SimulatedServer fallback = SimulatedServer.start(SimulatedBehaviour.of(HEALTHY));

  private UpstreamStory(
      String id,
      String title,
      String knobs,
      boolean dies,
      int keys,
      long durationMs,
      long routeTimeoutMs,
      List<Sign> signs) {
    this.id = id;
    this.title = title;
    this.knobs = knobs;
    this.dies = dies;
    this.keys = keys;
    this.durationMs = durationMs;
    this.routeTimeoutMs = routeTimeoutMs;
    this.signs = signs;
  }

  static UpstreamStory storm(Timing timing) {
    return new UpstreamStory(
        "U1",
        "429 storm, two keys and a fallback",
        "error=rate_limit;retry_after=" + timing.seconds(30),
        false,
        2,
        timing.isFast() ? 10_000 : 300_000,
        0,
        List.of(
            attempts("u1", "refused for its rate", "outcome=\"rate_limited\""), failovers("u1")));
  }

  static UpstreamStory halfBroken(Timing timing) {
    return new UpstreamStory(
        "U2",
        "503 on half of the requests",
        "error=unavailable;fail_rate=0.5",
        false,
        1,
        timing.isFast() ? 6_000 : 60_000,
        0,
        List.of(
            attempts("u2", "answered", "outcome=\"success\""),
            new Sign("repeated", "fairlead_retries_total", List.of("provider=\"u2_a\"")),
            failovers("u2")));
  }

  static UpstreamStory tarPit(Timing timing) {
    return new UpstreamStory(
        "U3",
        "tar pit: 30 s late, no errors",
        "latency_ms=" + timing.ms(30_000),
        false,
        1,
        timing.isFast() ? 6_000 : 60_000,
        timing.ms(8_000),
        List.of(attempts("u3", "timed out", "outcome=\"timeout\""), failovers("u3")));
  }

  static UpstreamStory killed(Timing timing) {
    return new UpstreamStory(
        "U4",
        "provider killed in the middle of requests",
        "",
        true,
        1,
        timing.isFast() ? 6_000 : 60_000,
        0,
        List.of(
            failovers("u4"),
            new Sign("streams rescued", "fairlead_rescues_total", List.of("route=\"u4\""))));
  }

  private static Sign attempts(String route, String meaning, String outcome) {
    return new Sign(
        "attempts " + meaning,
        "fairlead_upstream_attempts_total",
        List.of("provider=\"" + route + "_a\"", outcome));
  }

  private static Sign failovers(String route) {
    return new Sign(
        "calls that went on to the fallback",
        "fairlead_failovers_total",
        List.of("route=\"" + route + '"'));
  }

  String id() {
    return id;
  }

  String title() {
    return title;
  }

  void describe(GatewayConfig config) {
    String route = route();
    config
        .provider(route + "_a", false, primary.baseUrl(), keys, false)
        .provider(route + "_b", false, fallback.baseUrl(), 1, false)
        .route(
            route,
            new GatewayConfig.Target(route + "_a", Run.PRIMARY_MODEL),
            new GatewayConfig.Target(route + "_b", Run.FALLBACK_MODEL),
            routeTimeoutMs);
  }

  StoryResult play(int port) throws InterruptedException {
    long begin = System.nanoTime();
    Caller caller = new Caller(port, begin);
    Load load = new Load(CALLERS, durationMs, PAUSE_MS, true);
    primary.behaviour(primary.behaviour().with(knobs));
    Thread killer =
        Thread.ofVirtual()
            .start(
                () -> {
                  if (dies) {
                    Pause.ms(durationMs / 3);
                    awaitStreamUnderWay();
                    primary.close();
                  }
                });
    load.run(streamed -> caller.call(route(), streamed, PATIENCE_MS));
    killer.join();
    List<String> evidence = new ArrayList<>();
    List<String> failures = new ArrayList<>(load.examples());
    evidence.add("slowest call " + Checks.shown(load.slowestMs()) + " ms");
    Scrape metrics = Scrape.of(port);
    for (Sign sign : signs) {
      double value = metrics.sum(sign.metric(), sign.labels().toArray(new String[0]));
      evidence.add(sign.meaning() + ": " + Checks.shown(value));
      if (value <= 0) {
        failures.add("the metrics do not tell why: " + sign.metric() + sign.labels() + " is 0");
      }
    }
    return new StoryResult(
        id,
        title,
        "",
        load.calls(),
        load.failed(),
        failures,
        evidence,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
  }

  /** Callers keep step, and might all be pausing just now: waits for a stream in its middle. */
  private void awaitStreamUnderWay() {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_WAIT_MS);
    while (System.nanoTime() - until < 0) {
      long stream = openStream(0);
      Pause.ms(MID_STREAM_MS);
      if (stream > 0 && openStream(stream) == stream) {
        return;
      }
    }
  }

  /** The number of a stream that the primary is answering: that one, or any for 0; 0 if none. */
  private long openStream(long number) {
    for (SimulatedServer.Seen seen : primary.requests().reversed()) {
      boolean open = seen.outcome().equals("open") && seen.body().contains("\"stream\":true");
      if (open && (number == 0 || seen.number() == number)) {
        return seen.number();
      }
    }
    return 0;
  }

  private String route() {
    return id.toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    primary.close();
    fallback.close();
  }
}
