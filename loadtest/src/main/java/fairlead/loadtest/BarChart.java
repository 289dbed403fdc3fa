package fairlead.loadtest;

import java.util.List;
import java.util.Locale;

/**
 * A small chart of horizontal bars, one for each contestant, with a line from the smallest to the
 * largest round. Inline SVG, coloured by classes of the page around it. Stateless.
 */
final class BarChart {
  private static final int WIDTH = 360;
  private static final int NAME_WIDTH = 110;
  private static final int VALUE_WIDTH = 74;
  private static final int BAR_WIDTH = WIDTH - NAME_WIDTH - VALUE_WIDTH;
  private static final int ROW = 24;
  private static final int BAR = 14;
  private static final int MAX_NAME = 16;

  /**
   * One contestant.
   *
   * @param css which colour
   */
  record Bar(String name, String css, double value, double least, double most, String shown) {}

  private BarChart() {}

  /** The chart; bars whose value is not known are empty. */
  static String svg(String title, List<Bar> bars) {
    double top =
        bars.stream()
            .mapToDouble(bar -> Math.max(bar.value(), bar.most()))
            .filter(Double::isFinite)
            .max()
            .orElse(1);
    double scale = top > 0 ? BAR_WIDTH / top : 0;
    StringBuilder out = new StringBuilder(1_024);
    out.append("<svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(bars.size() * ROW);
    out.append("\" role=\"img\" aria-label=\"").append(HtmlReport.escaped(title)).append("\">");
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      int y = i * ROW;
      int middle = y + ROW / 2;
      out.append("<g><title>").append(HtmlReport.escaped(bar.name() + ": " + bar.shown()));
      out.append("</title><text class=\"end\" x=\"").append(NAME_WIDTH - 6);
      out.append("\" y=\"").append(middle + 4).append("\">");
      out.append(HtmlReport.escaped(cut(bar.name()))).append("</text>");
      if (Double.isFinite(bar.value())) {
        double width = Math.max(0, bar.value() * scale);
        rect(out, bar.css(), NAME_WIDTH, middle - BAR / 2.0, width);
        if (bar.most() > bar.least()) {
          whisker(out, NAME_WIDTH + bar.least() * scale, NAME_WIDTH + bar.most() * scale, middle);
        }
      }
      double end = Math.max(finite(bar.value()), finite(bar.most())) * scale;
      out.append("<text x=\"").append(number(NAME_WIDTH + end + 6)).append("\" y=\"");
      out.append(middle + 4).append("\">").append(HtmlReport.escaped(bar.shown()));
      out.append("</text></g>");
    }
    return out.append("</svg>").toString();
  }

  private static double finite(double value) {
    return Double.isFinite(value) ? Math.max(0, value) : 0;
  }

  private static void rect(StringBuilder out, String css, double x, double y, double width) {
    out.append("<rect class=\"").append(css).append("\" x=\"").append(number(x));
    out.append("\" y=\"").append(number(y)).append("\" width=\"").append(number(width));
    out.append("\" height=\"").append(BAR).append("\"/>");
  }

  private static void whisker(StringBuilder out, double from, double to, int y) {
    out.append("<path d=\"M").append(number(from)).append(' ').append(y).append("H");
    out.append(number(to)).append("M").append(number(from)).append(' ').append(y - 4);
    out.append("v8M").append(number(to)).append(' ').append(y - 4).append("v8\"/>");
  }

  private static String cut(String name) {
    return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME - 1) + "…";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
