package fairlead.server.gameday;

import java.util.List;

/** One reading of a gateway's metrics, in Prometheus' text form. Immutable. */
final class Scrape {
  private static final long PATIENCE_MS = 5_000;

  private final List<String> lines;

  private Scrape(List<String> lines) {
    this.lines = lines;
  }

  static Scrape of(int port) {
    return parse(RawAnswer.call(port, "/metrics", null, PATIENCE_MS).text());
  }

  static Scrape parse(String text) {
    return new Scrape(List.of(text.split("\n", -1)));
  }

  /** The sum over all series of a metric that have each of the labels, {@code name="value"}. */
  double sum(String metric, String... labels) {
    double sum = 0;
    for (String line : lines) {
      if ((line.startsWith(metric + "{") || line.startsWith(metric + " ")) && has(line, labels)) {
        sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
      }
    }
    return sum;
  }

  private static boolean has(String line, String... labels) {
    for (String label : labels) {
      if (!line.contains(label)) {
        return false;
      }
    }
    return true;
  }
}
