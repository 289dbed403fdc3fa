package fairlead.loadtest;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One load's medians as a Markdown table, with their spread over the rounds and ratios to nginx,
 * and what memory costs in a line below.
 *
 * <p>Stateless.
 */
final class TableReport {
  /** What has a ratio and a spread of its own: the rest would only make the table wide. */
  static final Set<Figure> COMPARED =
      EnumSet.of(Figure.CPU, Figure.RATE, Figure.EVENTS, Figure.P99, Figure.GAP_P99);

  private TableReport() {}

  static String text(Load load, Map<String, List<Sample>> samples) {
    String floor = Results.floor(samples);
    Map<String, Sample> medians = Results.medians(samples);
    StringBuilder out = new StringBuilder(1_024);
    out.append("\n### ").append(load.title()).append("\n\n| contestant |");
    StringBuilder line = new StringBuilder("\n| --- |");
    List<Figure> figures = load.kind().figures(load.isOpen());
    for (Figure figure : figures) {
      out.append(' ').append(title(load, figure)).append(" |");
      line.append(" --- |");
      if (COMPARED.contains(figure) && !floor.isEmpty()) {
        out.append(" × ").append(floor).append(" |");
        line.append(" --- |");
      }
      if (figure == Figure.P50 && !floor.isEmpty()) {
        out.append(" p50 added, × ").append(floor).append("'s |");
        line.append(" --- |");
      }
    }
    out.append(" errors |").append(line).append(" --- |\n");
    medians.forEach(
        (name, sample) -> {
          out.append("| ").append(cell(name)).append(" |");
          for (Figure figure : figures) {
            out.append(' ').append(figure.shown(sample.get(figure)));
            if (COMPARED.contains(figure)) {
              out.append(spread(samples.getOrDefault(name, List.of()), figure));
            }
            out.append(" |");
            if (COMPARED.contains(figure) && !floor.isEmpty()) {
              out.append(' ').append(ratio(sample, medians.get(floor), figure)).append(" |");
            }
            if (figure == Figure.P50 && !floor.isEmpty()) {
              out.append(' ').append(added(name, medians, floor)).append(" |");
            }
          }
          out.append(' ').append(sample.errors());
          if (sample.errors() > 0) {
            out.append(" (").append(cell(sample.problem())).append(')');
          }
          out.append(" |\n");
        });
    return out.append(memory(samples)).toString();
  }

  /**
   * How Fairlead's processor time changes with its memory: the median of the ratios of rounds that
   * were measured next to each other, so that what moves both, as a busy machine does, does not
   * count. Empty where not both were measured.
   */
  private static String memory(Map<String, List<Sample>> samples) {
    List<Sample> without = samples.getOrDefault(Setup.FAIRLEAD, List.of());
    StringBuilder out = new StringBuilder();
    for (String name : List.of(Setup.MEMORY_MISS, Setup.MEMORY_HIT)) {
      double[] ratios = Sample.ratios(samples.getOrDefault(name, List.of()), without, Figure.CPU);
      if (ratios.length > 0) {
        out.append(
            String.format(
                Locale.ROOT,
                "\nProcessor time of %s beside %s, round by round: × %.3f (quartiles %.3f and %.3f"
                    + " of %d).\n",
                name,
                Setup.FAIRLEAD,
                Statistics.median(ratios),
                Statistics.quantile(0.25, ratios),
                Statistics.quantile(0.75, ratios),
                ratios.length));
      }
    }
    return out.toString();
  }

  static String title(Load load, Figure figure) {
    return figure == Figure.CPU && load.kind().isPerEvent() ? "CPU µs per event" : figure.title();
  }

  static String spread(List<Sample> rounds, Figure figure) {
    double percent = Statistics.spreadPercent(Sample.values(rounds, figure));
    return Double.isFinite(percent) ? String.format(Locale.ROOT, " ±%.0f %%", percent) : "";
  }

  static String ratio(Sample sample, @Nullable Sample floor, Figure figure) {
    return two(floor == null ? Double.NaN : sample.get(figure) / floor.get(figure));
  }

  private static String added(String name, Map<String, Sample> medians, String floor) {
    Sample straight = medians.get(Setup.STRAIGHT);
    Sample plain = medians.get(floor);
    Sample mine = medians.get(name);
    if (straight == null || plain == null || mine == null || name.equals(Setup.STRAIGHT)) {
      return two(Double.NaN);
    }
    double base = straight.get(Figure.P50);
    double plainAdded = plain.get(Figure.P50) - base;
    return two(plainAdded > 0 ? (mine.get(Figure.P50) - base) / plainAdded : Double.NaN);
  }

  private static String two(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "–";
  }

  /** Text that cannot end a cell. */
  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
