package fairlead.loadtest;

import fairlead.providers.wire.ByteSink;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the medians, for people as a table with ratios to nginx and for machines as JSON.
 *
 * <p>Stateless.
 */
final class Report {
  private static final String FLOOR = "nginx";
  private static final String STRAIGHT = "straight";

  private Report() {}

  /** Rows of one load in Markdown. */
  static String table(Load load, Map<String, Sample> medians) {
    StringBuilder out = new StringBuilder(1_024);
    String unit = load.perEvent() ? "event" : "request";
    out.append("\n### ").append(load.title()).append("\n\n");
    out.append("| contestant | CPU µs per ").append(unit).append(" | × nginx | ");
    out.append(load.perEvent() ? "events/s" : "requests/s").append(" | × nginx | ");
    out.append(load.perEvent() ? "gap p50 ms | gap p99 ms" : "p50 ms | p99 ms");
    out.append(" | p99 × nginx | p50 added, × nginx's | first event p50 ms | RSS MB | errors |\n");
    out.append("| --- ".repeat(12)).append("|\n");
    Sample floor = medians.get(FLOOR);
    Sample straight = medians.get(STRAIGHT);
    medians.forEach(
        (name, sample) -> {
          double rate = load.perEvent() ? sample.eventsPerSecond() : sample.answersPerSecond();
          out.append("| ").append(name);
          cell(out, "%.1f", sample.cpuMicros());
          cell(out, "%.2f", floor == null ? Double.NaN : sample.cpuMicros() / floor.cpuMicros());
          cell(out, "%.0f", rate);
          cell(out, "%.2f", floor == null ? Double.NaN : rate / rate(load, floor));
          cell(out, "%.3f", sample.p50Micros() / 1e3);
          cell(out, "%.3f", sample.p99Micros() / 1e3);
          cell(out, "%.2f", floor == null ? Double.NaN : sample.p99Micros() / floor.p99Micros());
          cell(out, "%.2f", added(sample, straight, floor));
          cell(out, "%.3f", load.isStream() ? sample.firstMicros() / 1e3 : Double.NaN);
          cell(out, "%.0f", sample.residentMib());
          out.append(" | ").append(sample.errors());
          if (sample.errors() > 0) {
            out.append(" (").append(sample.problem()).append(')');
          }
          out.append(" |\n");
        });
    return out.toString();
  }

  private static double rate(Load load, Sample sample) {
    return load.perEvent() ? sample.eventsPerSecond() : sample.answersPerSecond();
  }

  private static double added(Sample sample, @Nullable Sample straight, @Nullable Sample floor) {
    if (straight == null || floor == null || sample.equals(straight)) {
      return Double.NaN;
    }
    return (sample.p50Micros() - straight.p50Micros()) / (floor.p50Micros() - straight.p50Micros());
  }

  private static void cell(StringBuilder out, String format, double value) {
    out.append(" | ");
    out.append(Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "–");
  }

  /** All rounds of all loads. */
  static String json(Map<Load, Map<String, List<Sample>>> results, String machine) {
    ByteSink out = new ByteSink(4_096);
    out.ascii("{\"machine\":").jsonString(machine).ascii(",\"loads\":[");
    String separator = "\n";
    for (Map.Entry<Load, Map<String, List<Sample>>> load : results.entrySet()) {
      out.ascii(separator).ascii(" {\"load\":").jsonString(load.getKey().name());
      out.ascii(",\"title\":").jsonString(load.getKey().title()).ascii(",\"contestants\":[");
      separator = ",\n";
      String inner = "\n";
      for (Map.Entry<String, List<Sample>> row : load.getValue().entrySet()) {
        out.ascii(inner).ascii("  {\"name\":").jsonString(row.getKey()).ascii(",\"median\":");
        sample(out, Sample.median(row.getValue()));
        out.ascii(",\"rounds\":[");
        String comma = "";
        for (Sample round : row.getValue()) {
          out.ascii(comma);
          sample(out, round);
          comma = ",";
        }
        out.ascii("]}");
        inner = ",\n";
      }
      out.ascii("]}");
    }
    return out.ascii("\n]}\n").toString();
  }

  private static void sample(ByteSink out, Sample sample) {
    out.ascii("{\"answers_per_second\":").ascii(number(sample.answersPerSecond()));
    out.ascii(",\"events_per_second\":").ascii(number(sample.eventsPerSecond()));
    out.ascii(",\"errors\":").decimal(sample.errors());
    out.ascii(",\"p50_us\":").ascii(number(sample.p50Micros()));
    out.ascii(",\"p99_us\":").ascii(number(sample.p99Micros()));
    out.ascii(",\"first_event_us\":").ascii(number(sample.firstMicros()));
    out.ascii(",\"cpu_us\":").ascii(number(sample.cpuMicros()));
    out.ascii(",\"rss_mib\":").ascii(number(sample.residentMib())).append('}');
  }

  private static String number(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "null";
  }
}
