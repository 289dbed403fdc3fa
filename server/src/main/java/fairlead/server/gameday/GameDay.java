package fairlead.server.gameday;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Plays the catalogue of faults against a real gateway process, on every wire, then the user
 * stories.
 *
 * <p>All runs share one gateway and go side by side: each has its own providers and its own route,
 * and together they are a light load.
 */
public final class GameDay {
  private static final int WARM_CALLS = 40;
  private static final long WARM_PATIENCE_MS = 10_000;

  private final Timing timing;
  private final List<Wire> wires;
  private final Set<String> only;
  private final Consumer<String> progress;

  private GameDay(Timing timing, List<Wire> wires, Set<String> only, Consumer<String> progress) {
    this.timing = timing;
    this.wires = wires;
    this.only = only;
    this.progress = progress;
  }

  /**
   * Plays it.
   *
   * @param fast a tenth of all times
   * @param wires their names; empty: all
   * @param only identifiers of scenarios and stories; empty: all
   * @param progress is told what is going on
   * @throws IllegalArgumentException if a name is unknown
   * @throws IOException if the gateway cannot be started
   */
  public static Result play(
      boolean fast, List<String> wires, List<String> only, Consumer<String> progress)
      throws IOException, InterruptedException {
    Timing timing = Timing.of(fast);
    List<Wire> chosen = new ArrayList<>();
    for (String key : wires) {
      Wire wire = Wire.byKey(key);
      if (wire == null) {
        throw new IllegalArgumentException("unknown wire: " + key + "; there are " + wireNames());
      }
      chosen.add(wire);
    }
    Set<String> known = ids(Scenarios.all(timing));
    known.addAll(Stories.ids());
    for (String id : only) {
      if (!known.contains(id)) {
        throw new IllegalArgumentException("unknown scenario: " + id + "; there are " + known);
      }
    }
    return new GameDay(
            timing,
            chosen.isEmpty() ? List.of(Wire.values()) : List.copyOf(chosen),
            only.isEmpty() ? known : Set.copyOf(only),
            progress)
        .play();
  }

  static Set<String> ids(List<Scenario> scenarios) {
    Set<String> ids = new TreeSet<>();
    scenarios.forEach(scenario -> ids.add(scenario.id()));
    return ids;
  }

  private static List<String> wireNames() {
    List<String> names = new ArrayList<>();
    for (Wire wire : Wire.values()) {
      names.add(wire.key());
    }
    return names;
  }

  private Result play() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    List<Run> runs = runs();
    List<RunResult> results = new ArrayList<>();
    List<StoryResult> told = new ArrayList<>();
    try (Stories stories = new Stories(timing, only)) {
      GatewayConfig config = new GatewayConfig(timing);
      runs.forEach(run -> run.describe(config));
      stories.describe(config);
      try (WarmUp warmUp = new WarmUp(config);
          GatewayUnderTest gateway = GatewayUnderTest.start(config.yaml(), List.of())) {
        warmUp.run(gateway.port());
        if (!runs.isEmpty()) {
          progress.accept("playing " + runs.size() + " runs side by side");
          List<SideBySide.Play> plays = new ArrayList<>();
          runs.forEach(run -> plays.add(() -> run.play(gateway.port())));
          results.addAll(SideBySide.play(plays));
        }
        told.addAll(stories.play(gateway.port(), progress));
      }
    } finally {
      runs.forEach(Run::close);
    }
    List<String> groups = new ArrayList<>();
    for (Wire wire : wires) {
      groups.add(wire.key());
    }
    return new Result(
        timing.isFast() ? "fast timing, a tenth of the catalogue's" : "full timing",
        runs.isEmpty() ? List.of() : groups,
        results,
        told,
        List.of(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
  }

  private List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (Scenario scenario : Scenarios.all(timing)) {
      if (!only.contains(scenario.id())) {
        continue;
      }
      for (Wire wire : wires) {
        for (Variant variant : scenario.variants()) {
          if (variant.appliesTo(wire)) {
            runs.add(new Run(scenario, wire, true, variant));
            if (!scenario.streamedOnly()) {
              runs.add(new Run(scenario, wire, false, variant));
            }
          }
        }
      }
    }
    runs.sort(Comparator.comparingLong((Run run) -> run.scenario().lengthMs()).reversed());
    return runs;
  }

  /** Calls before the first one that counts: both processes have just started. */
  static final class WarmUp implements AutoCloseable {
    private static final Scenario NOTHING =
        new Scenario.Builder("warm", "nothing", WARM_PATIENCE_MS).variant(Variant.of("")).build();

    private final List<Run> healthy = new ArrayList<>();

    WarmUp(GatewayConfig config) {
      for (Wire wire : List.of(Wire.OPENAI, Wire.ANTHROPIC)) {
        Run run = new Run(NOTHING, wire, true, NOTHING.variants().getFirst());
        run.describe(config);
        healthy.add(run);
      }
    }

    void run(int port) {
      Caller caller = new Caller(port, System.nanoTime());
      for (int i = 0; i < WARM_CALLS; i++) {
        for (Run run : healthy) {
          CallView _ = caller.call(run.name(), i % 2 == 0, WARM_PATIENCE_MS);
        }
      }
    }

    @Override
    public void close() {
      healthy.forEach(Run::close);
    }
  }
}
