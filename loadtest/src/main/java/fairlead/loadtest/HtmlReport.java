package fairlead.loadtest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The results as one page that needs nothing else: for each load charts of its figures and a table
 * with ratios. No script; readable in light and dark. Stateless.
 */
public final class HtmlReport {
  private static final int COLOURS = 6;
  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Fairlead bench</title>
      <style>
      :root { color-scheme: light dark; --ink: #1c2329; --soft: #5b6770; --paper: #ffffff;
        --line: #d5dbe0; --c0: #9aa5ae; --c1: #4a7fb5; --c2: #2e8b57; --c3: #c77700;
        --c4: #8e5ba6; --c5: #b0506b; --bad: #c0392b; }
      @media (prefers-color-scheme: dark) {
        :root { --ink: #e3e8ec; --soft: #9aa7b1; --paper: #14191d; --line: #36404a;
          --c0: #75828c; --c1: #5f98d1; --c2: #4fb37d; --c3: #e0a040; --c4: #b088c6;
          --c5: #d27a93; --bad: #e8685a; } }
      body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
        max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
      h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
      p, figcaption { color: var(--soft); } a { color: inherit; }
      .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr));
        gap: 1rem 1.5rem; }
      figure { margin: 0; } figcaption { margin-bottom: .2rem; }
      svg { width: 100%; display: block; }
      svg text { font-size: 12px; fill: var(--ink); font-variant-numeric: tabular-nums; }
      svg text.end { text-anchor: end; }
      svg path { stroke: var(--ink); fill: none; opacity: .6; }
      rect.c0 { fill: var(--c0); } rect.c1 { fill: var(--c1); } rect.c2 { fill: var(--c2); }
      rect.c3 { fill: var(--c3); } rect.c4 { fill: var(--c4); } rect.c5 { fill: var(--c5); }
      .scroll { overflow-x: auto; margin-top: 1rem; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px; }
      th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: right;
        white-space: nowrap; }
      th:first-child, td:first-child { text-align: left; }
      td small { color: var(--soft); } .bad { color: var(--bad); font-weight: 600; }
      </style>
      </head>
      <body>
      """;

  private HtmlReport() {}

  /** The whole page. */
  public static String text(Results results) {
    StringBuilder out = new StringBuilder(HEAD);
    out.append("<h1>Fairlead bench</h1>\n<p>").append(escaped(results.machine()));
    out.append("<br>").append(escaped(results.method())).append("</p>\n");
    out.append(
        "<p>Medians of the rounds; lines in the bars reach from the smallest to the largest");
    out.append(" round, ± is half of that. Ratios hold within this run only.</p>\n<ul>\n");
    for (Load load : results.samples().keySet()) {
      out.append("<li><a href=\"#").append(escaped(load.name())).append("\">");
      out.append(escaped(load.title())).append("</a></li>\n");
    }
    out.append("</ul>\n");
    results.samples().forEach((load, contestants) -> load(out, load, contestants));
    return out.append("</body>\n</html>\n").toString();
  }

  private static void load(StringBuilder out, Load load, Map<String, List<Sample>> contestants) {
    out.append("<h2 id=\"").append(escaped(load.name())).append("\">");
    out.append(escaped(load.title())).append("</h2>\n<p>");
    out.append(
        load.isOpen()
            ? "Open loop: latency counts from when a request should have left."
            : "Closed loop: each caller sends when its answer is there.");
    out.append("</p>\n<div class=\"charts\">\n");
    for (Figure figure : load.kind().figures(load.isOpen())) {
      List<BarChart.Bar> bars = bars(contestants, figure);
      if (bars.stream().anyMatch(bar -> Double.isFinite(bar.value()))) {
        String title = TableReport.title(load, figure);
        out.append("<figure><figcaption>").append(escaped(title));
        out.append(figure.better() == Figure.Better.MORE ? ", more is better" : "");
        out.append("</figcaption>").append(BarChart.svg(title, bars)).append("</figure>\n");
      }
    }
    out.append("</div>\n");
    table(out, load, contestants);
  }

  private static List<BarChart.Bar> bars(Map<String, List<Sample>> contestants, Figure figure) {
    List<BarChart.Bar> bars = new ArrayList<>();
    contestants.forEach(
        (name, rounds) -> {
          double[] values = Sample.values(rounds, figure);
          double median = Statistics.median(values);
          bars.add(
              new BarChart.Bar(
                  name,
                  "c" + bars.size() % COLOURS,
                  median,
                  Arrays.stream(values).min().orElse(Double.NaN),
                  Arrays.stream(values).max().orElse(Double.NaN),
                  figure.shown(median)));
        });
    return bars;
  }

  private static void table(StringBuilder out, Load load, Map<String, List<Sample>> contestants) {
    String floor = Results.floor(contestants);
    Map<String, Sample> medians = Results.medians(contestants);
    List<Figure> figures = load.kind().figures(load.isOpen());
    out.append("<div class=\"scroll\"><table>\n<tr><th>contestant</th>");
    for (Figure figure : figures) {
      out.append("<th>").append(escaped(TableReport.title(load, figure))).append("</th>");
      if (isCompared(figure, floor)) {
        out.append("<th>× ").append(escaped(floor)).append("</th>");
      }
    }
    out.append("<th>errors</th></tr>\n");
    medians.forEach(
        (name, sample) -> {
          out.append("<tr><td>").append(escaped(name)).append("</td>");
          for (Figure figure : figures) {
            out.append("<td>").append(escaped(figure.shown(sample.get(figure))));
            out.append("<small>");
            out.append(
                escaped(TableReport.spread(contestants.getOrDefault(name, List.of()), figure)));
            out.append("</small></td>");
            if (isCompared(figure, floor)) {
              out.append("<td>").append(TableReport.ratio(sample, medians.get(floor), figure));
              out.append("</td>");
            }
          }
          out.append("<td").append(sample.errors() > 0 ? " class=\"bad\">" : ">");
          out.append(sample.errors());
          if (sample.errors() > 0) {
            out.append(' ').append(escaped(sample.problem()));
          }
          out.append("</td></tr>\n");
        });
    out.append("</table></div>\n");
  }

  private static boolean isCompared(Figure figure, String floor) {
    return !floor.isEmpty() && TableReport.COMPARED.contains(figure);
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
