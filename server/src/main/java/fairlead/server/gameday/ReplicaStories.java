package fairlead.server.gameday;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The user stories about the gateway's own processes: two replicas behind a balancer, one of which
 * becomes slow, or is killed, under load. Belongs to one thread.
 */
final class ReplicaStories {
  static final String KILLED = "U5";
  static final String SLOW = "U6";

  private static final String KILLED_TITLE = "one of two replicas killed";
  private static final String SLOW_TITLE = "one replica made slow, its process alive";

  private static final String ROUTE = "replicas";
  private static final int CALLERS = 16;
  private static final long PAUSE_MS = 100;
  private static final long PATIENCE_MS = 30_000;
  private static final long STOPPED_MS = 700;

  /** The stops differ by up to this, so that no poll falls into step with them. */
  private static final long STOPPED_MORE_MS = 300;

  private static final long STOPPED_STEP_MS = 130;
  private static final long RUNNING_MS = 50;
  private static final long RECOVERY_MS = 5_000;
  private static final Map<String, String> HEALTHY =
      Map.of("answer", HealthyAnswer.TEXT, "tokens_per_second", "600");

  /** Starts a replica with a configuration. */
  interface Starter {
    GatewayUnderTest start(String yaml) throws IOException;
  }

  private final Timing timing;
  private final Set<String> only;
  private final Starter starter;

  ReplicaStories(Timing timing, Set<String> only, Starter starter) {
    this.timing = timing;
    this.only = only;
    this.starter = starter;
  }

  /** Plays both; where the replicas do not start, each has failed for that reason. */
  List<StoryResult> play() throws InterruptedException {
    List<StoryResult> results = new ArrayList<>();
    try {
      play(results);
    } catch (IOException e) {
      for (StoryResult missing : notPlayed(e)) {
        if (results.stream().noneMatch(result -> result.id().equals(missing.id()))) {
          results.add(missing);
        }
      }
    }
    return results;
  }

  /** All that were chosen, failed for one reason. */
  List<StoryResult> notPlayed(Throwable why) {
    List<StoryResult> failed = new ArrayList<>();
    if (only.contains(KILLED)) {
      failed.add(StoryResult.notPlayed(KILLED, KILLED_TITLE, why));
    }
    if (only.contains(SLOW)) {
      failed.add(StoryResult.notPlayed(SLOW, SLOW_TITLE, why));
    }
    return failed;
  }

  private void play(List<StoryResult> results) throws IOException, InterruptedException {
    if (!only.contains(SLOW) && !only.contains(KILLED)) {
      return;
    }
    try (SimulatedServer provider = SimulatedServer.start(SimulatedBehaviour.of(HEALTHY))) {
      String yaml =
          new GatewayConfig(timing)
              .provider(ROUTE + "_a", false, provider.baseUrl(), 1, false)
              .provider(ROUTE + "_b", false, provider.baseUrl(), 1, false)
              .route(
                  ROUTE,
                  new GatewayConfig.Target(ROUTE + "_a", Run.PRIMARY_MODEL),
                  new GatewayConfig.Target(ROUTE + "_b", Run.FALLBACK_MODEL),
                  0)
              .yaml();
      try (GatewayUnderTest one = starter.start(yaml);
          GatewayUnderTest two = starter.start(yaml);
          Balancer balancer = new Balancer(List.of(one, two), timing.isFast() ? 200 : 500)) {
        if (only.contains(SLOW)) {
          results.add(slow(one, two, balancer));
        }
        if (only.contains(KILLED)) {
          results.addFirst(killed(one, two, balancer));
        }
      }
    }
  }

  private StoryResult slow(GatewayUnderTest one, GatewayUnderTest two, Balancer balancer)
      throws IOException, InterruptedException {
    long durationMs = timing.isFast() ? 4_000 : 40_000;
    if (!signal(one, "CONT")) {
      return new StoryResult(
          SLOW, SLOW_TITLE, "there is no kill command here", 0, 0, List.of(), List.of(), 0);
    }
    long begin = System.nanoTime();
    Load load = new Load(CALLERS, durationMs, PAUSE_MS, true);
    Thread pulses = Thread.ofVirtual().start(() -> pulse(one, durationMs));
    load.run(streamed -> balancer.call(ROUTE, streamed, begin, PATIENCE_MS));
    pulses.join();
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RECOVERY_MS);
    while (!balancer.isReady(0) && System.nanoTime() - until < 0) {
      Pause.ms(RUNNING_MS);
    }
    List<String> failures = new ArrayList<>(load.examples());
    if (balancer.timesOut(0) == 0) {
      failures.add("/readyz of the slow replica never failed");
    }
    if (!balancer.isReady(0)) {
      failures.add("the replica did not become ready when it was fast again");
    }
    double slow = meanMs(one);
    double fast = meanMs(two);
    if (slow <= fast) {
      failures.add("the metrics do not tell why: fairlead_request_seconds of both are alike");
    }
    return new StoryResult(
        SLOW,
        SLOW_TITLE,
        "",
        load.calls(),
        load.failed(),
        failures,
        List.of(
            "taken out by /readyz " + balancer.timesOut(0) + " times, back afterwards",
            "calls answered by the slow one: "
                + Checks.shown(requests(one))
                + ", by the other: "
                + Checks.shown(requests(two)),
            "mean fairlead_request_seconds, ms: " + Checks.shown(slow) + ", " + Checks.shown(fast),
            "slowest call " + Checks.shown(load.slowestMs()) + " ms"),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
  }

  private StoryResult killed(GatewayUnderTest one, GatewayUnderTest two, Balancer balancer)
      throws InterruptedException {
    long durationMs = timing.isFast() ? 3_000 : 30_000;
    long before = balancer.repeats();
    double answeredBefore = requests(two);
    long begin = System.nanoTime();
    // Plain calls: what is left of a stream that began dies with its process, in sight of its
    // caller, and no gateway can change that.
    Load load = new Load(CALLERS, durationMs, PAUSE_MS, false);
    Thread killer =
        Thread.ofVirtual()
            .start(
                () -> {
                  Pause.ms(durationMs / 3);
                  one.kill();
                });
    load.run(streamed -> balancer.call(ROUTE, streamed, begin, PATIENCE_MS));
    killer.join();
    List<String> failures = new ArrayList<>(load.examples());
    double answeredAfter = requests(two);
    if (answeredAfter <= answeredBefore) {
      failures.add("the metrics do not tell why: fairlead_requests_total of the other stood still");
    }
    if (one.isAlive()) {
      failures.add("the replica is still alive");
    }
    return new StoryResult(
        KILLED,
        KILLED_TITLE,
        "",
        load.calls(),
        load.failed(),
        failures,
        List.of(
            "calls repeated on the other replica: " + (balancer.repeats() - before),
            "answered by the other, before and after: "
                + Checks.shown(answeredBefore)
                + ", "
                + Checks.shown(answeredAfter),
            "slowest call " + Checks.shown(load.slowestMs()) + " ms"),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
  }

  private static void pulse(GatewayUnderTest gateway, long durationMs) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(durationMs);
    try {
      long more = 0;
      while (System.nanoTime() - until < 0 && signal(gateway, "STOP")) {
        Pause.ms(STOPPED_MS + more);
        more = (more + STOPPED_STEP_MS) % STOPPED_MORE_MS;
        boolean _ = signal(gateway, "CONT");
        Pause.ms(RUNNING_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the signal could be sent. */
  private static boolean signal(GatewayUnderTest gateway, String name) throws InterruptedException {
    try {
      return new ProcessBuilder("sh", "-c", "kill -" + name + ' ' + gateway.pid())
              .redirectErrorStream(true)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static double meanMs(GatewayUnderTest gateway) {
    Scrape metrics = Scrape.of(gateway.port());
    String route = "route=\"" + ROUTE + '"';
    double count = metrics.sum("fairlead_request_seconds_count", route);
    return count == 0 ? 0 : metrics.sum("fairlead_request_seconds_sum", route) / count * 1e3;
  }

  private static double requests(GatewayUnderTest gateway) {
    return Scrape.of(gateway.port())
        .sum("fairlead_requests_total", "route=\"" + ROUTE + '"', "status=\"200\"");
  }
}
