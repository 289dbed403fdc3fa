package fairlead.loadtest;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What one measurement gave, or what several gave together.
 *
 * @param figures those that are known
 * @param errors answers with another status, another number of events, broken off, wrong or missing
 * @param problem what the first of them was; empty without
 */
record Sample(Map<Figure, Double> figures, long errors, String problem) {
  Sample {
    Map<Figure, Double> copy = new EnumMap<>(Figure.class);
    figures.forEach(
        (figure, value) -> {
          if (Double.isFinite(value)) {
            copy.put(figure, value);
          }
        });
    figures = Collections.unmodifiableMap(copy);
  }

  /** A measurement that came to no end. */
  static Sample failed(String problem) {
    return new Sample(Map.of(), 1, problem);
  }

  /** NaN if it is not known. */
  double get(Figure figure) {
    return figures.getOrDefault(figure, Double.NaN);
  }

  /** Each figure's median over the rounds; errors are added up. */
  static Sample median(List<Sample> rounds) {
    Map<Figure, Double> medians = new EnumMap<>(Figure.class);
    for (Figure figure : Figure.values()) {
      medians.put(figure, Statistics.median(values(rounds, figure)));
    }
    return new Sample(
        medians,
        rounds.stream().mapToLong(Sample::errors).sum(),
        rounds.stream().map(Sample::problem).filter(p -> !p.isEmpty()).findFirst().orElse(""));
  }

  /** A figure's value in each round in which it is known. */
  static double[] values(List<Sample> rounds, Figure figure) {
    return rounds.stream()
        .mapToDouble(sample -> sample.get(figure))
        .filter(Double::isFinite)
        .toArray();
  }

  /** One contestant's value over another's, in each round in which both are known. */
  static double[] ratios(List<Sample> rounds, List<Sample> others, Figure figure) {
    return IntStream.range(0, Math.min(rounds.size(), others.size()))
        .mapToDouble(i -> rounds.get(i).get(figure) / others.get(i).get(figure))
        .filter(Double::isFinite)
        .toArray();
  }
}
