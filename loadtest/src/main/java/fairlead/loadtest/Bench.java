package fairlead.loadtest;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares ways to one upstream side by side in one run: straight, through plain proxies, through
 * Fairlead, through others.
 *
 * <p>The contestants take turns in each round (A B C A B C), so that a change of the machine's mood
 * meets all of them; medians of the rounds are reported, as ratios to nginx of the same run. Not
 * thread-safe; one run at a time.
 */
public final class Bench {
  private final Plan plan;
  private final PrintWriter out;
  private final Consumer<String> progress;

  private Bench(Plan plan, PrintWriter out, Consumer<String> progress) {
    this.plan = plan;
    this.out = out;
    this.progress = progress;
  }

  /**
   * Runs a plan, for minutes, and prints each load's table when it is measured.
   *
   * @param progress gets a line now and then
   * @throws IOException if something cannot be started
   */
  public static Results run(Plan plan, PrintWriter out, Consumer<String> progress)
      throws IOException {
    return new Bench(plan, out, progress).run();
  }

  private Results run() throws IOException {
    if (!plan.hasUpstream()) {
      return measure(null);
    }
    try (Setup setup = new Setup(plan.own().upstreamPort())) {
      return measure(setup);
    }
  }

  private Results measure(@Nullable Setup setup) throws IOException {
    List<Contestant> contestants = contestants(setup);
    Results results = new Results(machine(), method(), new LinkedHashMap<>());
    out.println(results.machine());
    out.println(results.method());
    for (Load load : plan.loads()) {
      if (setup != null) {
        setup.upstream(load.kind().upstream() + ";" + plan.own().knobs());
      }
      Map<String, List<Sample>> samples = measure(load, contestants);
      results.samples().put(load, samples);
      out.print(TableReport.text(load, samples));
      out.flush();
    }
    return results;
  }

  private Map<String, List<Sample>> measure(Load load, List<Contestant> contestants) {
    Plan.Timing timing = plan.timing();
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    List<Contestant> able = new ArrayList<>();
    for (Contestant contestant : contestants) {
      progress.accept(load.name() + ": warming " + contestant.name() + " up");
      Sample warm = warmUp(contestant, load, timing);
      boolean failed = warm.figures().isEmpty();
      samples.put(contestant.name(), failed ? List.of(warm) : new ArrayList<>());
      if (!failed) {
        able.add(contestant);
      }
    }
    for (int round = 1; round <= timing.rounds(); round++) {
      progress.accept(load.name() + ": round " + round + " of " + timing.rounds());
      for (Contestant contestant : able) {
        samples
            .computeIfAbsent(contestant.name(), n -> new ArrayList<>())
            .add(sample(contestant, load, timing.settle(), timing.seconds(), round));
      }
    }
    return samples;
  }

  /**
   * Runs the load in parts as long as a round, at least two, each with connections of its own: what
   * a runtime compiles during the first requests of connections that stay does not hold for new
   * ones, and it would compile again in the first round. An open load is first run as a closed loop
   * where the upstream is our own: at a modest rate compiling would take minutes.
   */
  private Sample warmUp(Contestant contestant, Load load, Plan.Timing timing) {
    boolean mayHurry = load.isOpen() && (contestant.knowsAnswers() || contestant.repeats());
    int parts =
        Math.max(2, (int) Math.round(timing.warmUp() / (timing.settle() + timing.seconds())));
    double seconds = timing.warmUp() / parts;
    int part = 1;
    Sample last;
    do {
      boolean hurried = mayHurry && part <= parts / 2;
      last = sample(contestant, hurried ? load.closed() : load, 0, seconds, 0);
      part++;
    } while (part <= parts && !last.figures().isEmpty());
    return last;
  }

  private Sample sample(
      Contestant contestant, Load load, double settle, double seconds, int round) {
    Measurement.Conditions conditions =
        new Measurement.Conditions(
            plan.differs(), plan.openLoop().arrivals(), plan.openLoop().connections(), round);
    return new Measurement(contestant, load, conditions).run(settle, seconds);
  }

  private List<Contestant> contestants(@Nullable Setup setup) throws IOException {
    List<Contestant> contestants = new ArrayList<>();
    for (String name : plan.own().names()) {
      Contestant started =
          setup == null ? null : setup.contestant(name, plan.own().configuration());
      if (started == null) {
        out.println(absent(name));
      } else {
        contestants.add(started);
      }
    }
    for (Target target : plan.targets()) {
      contestants.add(target.contestant(setup != null && plan.own().upstreamPort() > 0));
    }
    if (contestants.isEmpty()) {
      throw new IOException("nothing to measure: none of the contestants can be started here");
    }
    return contestants;
  }

  private static String absent(String name) {
    return name
        + (Proxies.NAMES.contains(name)
            ? " is not installed here: left out"
            : " is left out: this does not run from Fairlead's jar");
  }

  private String method() {
    Plan.Timing timing = plan.timing();
    return String.format(
        Locale.ROOT,
        "%d rounds of %s s, contestants in turn; %s s warm-up of each load before, %s s before each"
            + " measurement; %s requests; open loops with %s arrivals",
        timing.rounds(),
        timing.seconds(),
        timing.warmUp(),
        timing.settle(),
        plan.differs() ? "differing" : "equal",
        plan.openLoop().arrivals().name().toLowerCase(Locale.ROOT));
  }

  private static String machine() {
    return System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch")
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " processors, Java "
        + Runtime.version();
  }
}
