package fairlead.loadtest;

import fairlead.providers.wire.ByteSink;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All rounds of all loads as JSON. Stateless. */
public final class JsonReport {
  private JsonReport() {}

  /** One object; figures that are not known are left out. */
  public static String text(Results results) {
    ByteSink out = new ByteSink(16_384);
    out.ascii("{\"machine\":").jsonString(results.machine());
    out.ascii(",\"method\":").jsonString(results.method()).ascii(",\"loads\":[");
    String separator = "\n";
    for (Map.Entry<Load, Map<String, List<Sample>>> entry : results.samples().entrySet()) {
      Load load = entry.getKey();
      out.ascii(separator).ascii(" {\"load\":").jsonString(load.name());
      out.ascii(",\"title\":").jsonString(load.title());
      out.ascii(",\"loop\":").jsonString(load.isOpen() ? "open" : "closed");
      out.ascii(",\"contestants\":[");
      separator = ",\n";
      String inner = "\n";
      for (Map.Entry<String, List<Sample>> row : entry.getValue().entrySet()) {
        out.ascii(inner).ascii("  {\"name\":").jsonString(row.getKey());
        out.ascii(",\"median\":");
        sample(out, Sample.median(row.getValue()));
        out.ascii(",\"spread_percent\":");
        spread(out, row.getValue());
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
    out.ascii("{\"errors\":").decimal(sample.errors());
    if (!sample.problem().isEmpty()) {
      out.ascii(",\"problem\":").jsonString(sample.problem());
    }
    sample.figures().forEach((figure, value) -> number(out.ascii(","), figure, value));
    out.ascii("}");
  }

  private static void spread(ByteSink out, List<Sample> rounds) {
    String comma = "{";
    for (Figure figure : Figure.values()) {
      double percent = Statistics.spreadPercent(Sample.values(rounds, figure));
      if (Double.isFinite(percent)) {
        number(out.ascii(comma), figure, percent);
        comma = ",";
      }
    }
    out.ascii(comma.equals("{") ? "{}" : "}");
  }

  private static void number(ByteSink out, Figure figure, double value) {
    out.jsonString(figure.key()).ascii(":").ascii(String.format(Locale.ROOT, "%.3f", value));
  }
}
