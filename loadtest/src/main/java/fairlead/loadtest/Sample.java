package fairlead.loadtest;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one measurement gave.
 *
 * @param errors answers with another status than 200, another number of events, broken off or wrong
 * @param p50Micros of whole answers; for paced streams of the gap between events
 * @param firstMicros median time to the first event of a stream; 0 for plain answers
 * @param cpuMicros processor time of the contestant per answer, or per event for paced streams
 * @param residentMib at the end
 * @param problem what the last error was; empty without
 */
record Sample(
    double answersPerSecond,
    double eventsPerSecond,
    long errors,
    double p50Micros,
    double p99Micros,
    double firstMicros,
    double cpuMicros,
    double residentMib,
    String problem) {

  /** Each figure's median over the rounds; errors are added up. */
  static Sample median(List<Sample> rounds) {
    return new Sample(
        median(rounds, Sample::answersPerSecond),
        median(rounds, Sample::eventsPerSecond),
        rounds.stream().mapToLong(Sample::errors).sum(),
        median(rounds, Sample::p50Micros),
        median(rounds, Sample::p99Micros),
        median(rounds, Sample::firstMicros),
        median(rounds, Sample::cpuMicros),
        median(rounds, Sample::residentMib),
        rounds.stream().map(Sample::problem).filter(p -> !p.isEmpty()).findFirst().orElse(""));
  }

  private static double median(List<Sample> rounds, ToDoubleFunction<Sample> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
