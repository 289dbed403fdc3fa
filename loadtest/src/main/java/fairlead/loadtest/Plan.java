package fairlead.loadtest;

import fairlead.providers.simulated.SimulatedBehaviour;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a run consists of, checked: whatever is wrong is said before anything is started.
 *
 * @param targets what runs already
 */
public record Plan(
    List<Load> loads, List<Target> targets, Own own, Timing timing, OpenLoop openLoop) {

  /** Not in the plan: with it, loads are closed loops unless their names say otherwise. */
  public static final double CLOSED = 0;

  /**
   * How long it takes.
   *
   * @param rounds in which each contestant is measured once
   * @param seconds of one measurement
   * @param warmUp seconds of each load for each contestant, before the first round
   * @param settle seconds of load before each measurement
   */
  public record Timing(int rounds, double seconds, double warmUp, double settle) {
    private static final int MAX_ROUNDS = 1_000;
    private static final double MIN_SECONDS = 0.1;
    private static final double MAX_SECONDS = 3_600;

    /** Checks the ranges. */
    public Timing {
      within("--rounds", rounds, 1, MAX_ROUNDS);
      within("--seconds", seconds, MIN_SECONDS, MAX_SECONDS);
      within("--warm-up", warmUp, 0, MAX_SECONDS);
      within("--settle", settle, 0, MAX_SECONDS);
    }
  }

  /**
   * How an open loop sends.
   *
   * @param rate for all loads whose names have none; {@link #CLOSED} for none
   * @param arrivals {@code constant} or {@code poisson}
   * @param connections at most
   */
  public record OpenLoop(double rate, Schedule.Arrivals arrivals, int connections) {
    private static final int MAX_CONNECTIONS = 20_000;

    /** Checks the ranges. */
    public OpenLoop {
      if (rate != CLOSED) {
        Load.checkRate("--rate", rate);
      }
      within("--connections", connections, 1, MAX_CONNECTIONS);
    }

    /** From the command line. */
    public static OpenLoop of(double rate, String arrivals, int connections) {
      for (Schedule.Arrivals known : Schedule.Arrivals.values()) {
        if (known.name().toLowerCase(Locale.ROOT).equals(arrivals)) {
          return new OpenLoop(rate, known, connections);
        }
      }
      throw new IllegalArgumentException(
          "--arrivals: \"" + arrivals + "\" is not known; write constant or poisson");
    }
  }

  /**
   * What this run starts itself.
   *
   * @param names of contestants; empty for all that are here if no URL is given, else for none
   * @param upstreamPort of the simulated upstream; 0 for a free one, and for no upstream where
   *     nothing of this run's own needs one
   * @param knobs of the simulated upstream, besides those of the loads
   * @param configuration Fairlead's, instead of the generated one
   */
  public record Own(
      List<String> names, int upstreamPort, String knobs, @Nullable Path configuration) {
    private static final int MAX_PORT = 65_535;

    /** Checks names, port, knobs and file. */
    public Own {
      for (String name : names) {
        if (!Setup.NAMES.contains(name)) {
          throw new IllegalArgumentException(
              "--only: \""
                  + name
                  + "\" is not known; write some of "
                  + String.join(",", Setup.NAMES));
        }
      }
      within("--upstream-port", upstreamPort, 0, MAX_PORT);
      try {
        SimulatedBehaviour _ = SimulatedBehaviour.parse(knobs);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("--upstream: " + e.getMessage(), e);
      }
      if (configuration != null && !Files.isReadable(configuration)) {
        throw new IllegalArgumentException(
            "--fairlead-config: cannot read " + configuration + "; name a file that is there");
      }
      names = List.copyOf(names);
    }
  }

  /** Fills in what is meant where nothing is written, and checks that it all fits. */
  public Plan {
    if (own.names().isEmpty() && targets.isEmpty()) {
      own =
          new Own(
              List.of(Setup.STRAIGHT, Proxies.NGINX, Proxies.HAPROXY, Setup.FAIRLEAD),
              own.upstreamPort(),
              own.knobs(),
              own.configuration());
    }
    if (own.names().isEmpty() && own.upstreamPort() == 0 && !own.knobs().isEmpty()) {
      throw new IllegalArgumentException(
          "--upstream: \""
              + own.knobs()
              + "\" has no meaning for URLs with upstreams of their own; add --upstream-port and"
              + " put it behind them");
    }
  }

  /**
   * A plan from the command line.
   *
   * @param loads names; empty for the default ones
   * @throws IllegalArgumentException with option, value and what to write instead
   */
  public static Plan of(
      List<String> loads, Target.Written targets, Own own, Timing timing, OpenLoop openLoop) {
    return new Plan(
        Load.parse(loads, openLoop.rate()),
        Target.parse(targets, System::getenv),
        own,
        timing,
        openLoop);
  }

  /** Whether the simulated upstream is part of it. */
  boolean hasUpstream() {
    return !own.names().isEmpty() || own.upstreamPort() > 0;
  }

  /**
   * Whether each request must be another one: where something may remember answers. Else they are
   * all the same, which is cheapest for the upstream.
   */
  boolean differs() {
    return !targets.isEmpty()
        || own.configuration() != null
        || own.names().contains(Setup.MEMORY_MISS);
  }

  private static void within(String option, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          option + " must be " + number(least) + " to " + number(most) + ": " + number(value));
    }
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
