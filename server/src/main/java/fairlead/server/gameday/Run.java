package fairlead.server.gameday;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One scenario on one wire, plain or streamed, with two simulated providers and a route of its own,
 * so that runs do not disturb each other in one gateway.
 *
 * <p>Belongs to one thread at a time. Lifecycle: 1. create, which starts healthy providers; 2.
 * {@link #describe}; 3. {@link #play} once; 4. {@link #close}.
 */
final class Run implements AutoCloseable {
  static final String PRIMARY_MODEL = "sim-primary";
  static final String FALLBACK_MODEL = "sim-fallback";

  private static final long SMALL_WINDOW = 8_000;
  private static final long LARGE_WINDOW = 128_000;
  private static final long SETTLE_MS = 1_000;
  private static final long POLL_MS = 5;

  private final Scenario scenario;
  private final Wire wire;
  private final boolean streamed;
  private final Variant variant;
  private final String name;
  private final SimulatedServer primary;
  private final SimulatedServer fallback;

  Run(Scenario scenario, Wire wire, boolean streamed, Variant variant) {
    this.scenario = scenario;
    this.wire = wire;
    this.streamed = streamed;
    this.variant = variant;
    name =
        String.join(
            "_",
            scenario.id().toLowerCase(Locale.ROOT),
            wire.key().replace('-', '_'),
            streamed ? "stream" : "plain",
            Integer.toString(scenario.variants().indexOf(variant) + 1));
    primary = SimulatedServer.start(healthy());
    fallback = SimulatedServer.start(healthy().with(variant.fallback()));
  }

  /** A provider in good health; a stream that will break takes a tenth of a second. */
  private SimulatedBehaviour healthy() {
    return SimulatedBehaviour.of(
        scenario.breaksInTheMiddle()
            ? Map.of("answer", HealthyAnswer.TEXT, "tokens_per_second", "600")
            : Map.of("answer", HealthyAnswer.TEXT));
  }

  Scenario scenario() {
    return scenario;
  }

  /** The name of its route. */
  String name() {
    return name;
  }

  void describe(GatewayConfig config) {
    boolean windows = scenario.largerFallback();
    config
        .provider(primaryName(), wire.isPrimaryAnthropic(), primary.baseUrl(), 1, false)
        .provider(
            fallbackName(), wire.isFallbackAnthropic(), fallback.baseUrl(), 1, variant.prefill())
        .route(
            name,
            new GatewayConfig.Target(primaryName(), PRIMARY_MODEL, windows ? SMALL_WINDOW : 0),
            new GatewayConfig.Target(fallbackName(), FALLBACK_MODEL, windows ? LARGE_WINDOW : 0),
            0);
  }

  /** Plays the scenario against the gateway and judges what was seen. */
  RunResult play(int port) throws InterruptedException {
    primary.reset();
    fallback.reset();
    primary.behaviour(healthy().with(variant.primary()));
    // After the fault's: a call that is made when an outage has ended does not meet its last
    // moment.
    long begin = System.nanoTime();
    Caller caller = new Caller(port, begin);
    List<CallView> calls = callAll(scenario, caller, name, streamed, begin);
    settle();
    List<Attempt> atPrimary = Attempt.of(primary, primaryName(), 0);
    List<Attempt> atFallback = Attempt.of(fallback, fallbackName(), 0);
    CallView after = null;
    if (scenario.recovers()) {
      primary.behaviour(healthy());
      after = caller.call(name, streamed, scenario.patienceMs());
    }
    double billed =
        scenario.billing()
            ? Scrape.of(port).sum("fairlead_tokens_total", "provider=\"" + primaryName() + '"')
            : -1;
    Observation seen =
        new Observation(
            streamed,
            calls,
            after,
            atPrimary,
            atFallback,
            primaryName(),
            PRIMARY_MODEL,
            fallbackName(),
            FALLBACK_MODEL,
            billed);
    return new RunResult(scenario, wire.key(), variant, seen, Judge.judge(scenario, seen));
  }

  /** Makes the scenario's calls, each at its time. */
  static List<CallView> callAll(
      Scenario scenario, Caller caller, String route, boolean streamed, long begin)
      throws InterruptedException {
    int count = scenario.calls();
    @Nullable CallView[] views = new CallView[count];
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int call = i;
      long at = begin + TimeUnit.MILLISECONDS.toNanos(scenario.gapMs() * i);
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    Pause.until(at);
                    views[call] = caller.call(route, streamed, scenario.patienceMs());
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    List<CallView> calls = new ArrayList<>();
    for (CallView view : views) {
      if (view != null) {
        calls.add(view);
      }
    }
    return calls;
  }

  /** What the gateway gave up is noted by the providers a moment later. */
  private void settle() {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SETTLE_MS);
    while (primary.inFlight() + fallback.inFlight() > 0 && System.nanoTime() - until < 0) {
      Pause.ms(POLL_MS);
    }
  }

  private String primaryName() {
    return name + "_a";
  }

  private String fallbackName() {
    return name + "_b";
  }

  @Override
  public void close() {
    primary.close();
    fallback.close();
  }
}
