package fairlead.server.tune;

import com.fasterxml.jackson.jr.ob.JSON;
import fairlead.cache.earn.ThresholdTable.Row;
import fairlead.cache.earn.ThresholdTable.Table;
import fairlead.server.tune.ReplayTarget.Found;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The result for people and for programs. Immutable.
 *
 * @param source what was read
 * @param calls replayed calls by where they would have been answered from; empty for a log
 * @param canonicalWrong of those that differ only in writing, how many had another answer
 * @param parts the tables, each with the budget and the floor it was judged by
 */
public record TuneReport(
    String source, Map<Found, Long> calls, long canonicalWrong, List<Part> parts) {

  /**
   * One table.
   *
   * @param budgetPercent the accepted share of wrong answers
   * @param floor nothing below may be served
   */
  public record Part(Table table, double budgetPercent, float floor) {}

  public TuneReport {
    calls = Map.copyOf(calls);
    parts = List.copyOf(parts);
  }

  /** For a terminal. */
  public String text() {
    StringBuilder out = new StringBuilder();
    out.append(source).append('\n');
    if (!calls.isEmpty()) {
      out.append("calls:");
      for (Found found : Found.values()) {
        long count = calls.getOrDefault(found, 0L);
        if (count > 0) {
          out.append(' ').append(name(found)).append(' ').append(count).append(',');
        }
      }
      out.setCharAt(out.length() - 1, '\n');
      if (canonicalWrong > 0) {
        out.append("of the canonical ones, ")
            .append(canonicalWrong)
            .append(" had another or a doubtful answer\n");
      }
    }
    for (Part part : parts) {
      table(out, part);
    }
    return out.toString();
  }

  private static void table(StringBuilder out, Part part) {
    Table table = part.table();
    out.append("\nroute ").append(table.part().route());
    out.append(", tier ").append(name(table.part().tier()));
    if (table.lookups() > 0) {
      out.append(", ").append(table.lookups()).append(" look-ups");
    }
    out.append('\n');
    if (!table.refused().isEmpty()) {
      out.append("refused by guards:");
      new TreeMap<>(table.refused())
          .forEach(
              (reason, count) ->
                  out.append(' ')
                      .append(reason.toLowerCase(Locale.ROOT))
                      .append(' ')
                      .append(count)
                      .append(','));
      out.setCharAt(out.length() - 1, '\n');
    }
    out.append("  threshold      hits    hit %   checked   wrong   wrong %   at most %\n");
    long before = 0;
    for (Row row : table.rows()) {
      if (row.hits() > before || row.chosen()) { // a row that adds nothing says nothing
        before = row.hits();
        out.append(row.chosen() ? "> " : "  ");
        out.append(
            String.format(
                Locale.ROOT,
                "%9.3f %9d %8s %9d %7d %9s %11s%n",
                row.threshold(),
                row.hits(),
                percent(row.hitPercent()),
                row.checked(),
                row.wrong(),
                percent(row.wrongPercent()),
                row.checked() == 0 ? "-" : percent(row.boundPercent())));
      }
    }
    Row chosen = chosen(table);
    out.append(
        String.format(
            Locale.ROOT,
            chosen == null
                ? "no threshold is certified for a budget of %s %%%s%n"
                : "> would be served for a budget of %s %%%s%n",
            percent(part.budgetPercent()),
            part.floor() > 0 ? " and a floor of " + part.floor() : ""));
  }

  private static @Nullable Row chosen(Table table) {
    return table.rows().stream().filter(Row::chosen).findFirst().orElse(null);
  }

  private static String percent(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** For programs. */
  public String json() throws IOException {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("source", source);
    if (!calls.isEmpty()) {
      Map<String, Object> counts = new LinkedHashMap<>();
      for (Found found : Found.values()) {
        counts.put(found.name().toLowerCase(Locale.ROOT), calls.getOrDefault(found, 0L));
      }
      counts.put("canonical_wrong", canonicalWrong);
      root.put("calls", counts);
    }
    List<Object> tables = new ArrayList<>();
    for (Part part : parts) {
      Table table = part.table();
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("route", table.part().route());
      one.put("tier", name(table.part().tier()));
      one.put("budget_percent", part.budgetPercent());
      one.put("floor", decimal(part.floor()));
      one.put("lookups", table.lookups());
      one.put("refused", new TreeMap<>(table.refused()));
      Row chosen = chosen(table);
      one.put("chosen", chosen == null ? null : decimal(chosen.threshold()));
      one.put("thresholds", table.rows().stream().map(TuneReport::row).toList());
      tables.add(one);
    }
    root.put("tables", tables);
    return JSON.std
        .with(JSON.Feature.PRETTY_PRINT_OUTPUT, JSON.Feature.WRITE_NULL_PROPERTIES)
        .asString(root);
  }

  private static Map<String, Object> row(Row row) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("threshold", decimal(row.threshold()));
    one.put("hits", row.hits());
    one.put("hit_percent", number(row.hitPercent()));
    one.put("checked", row.checked());
    one.put("wrong", row.wrong());
    one.put("wrong_percent", number(row.wrongPercent()));
    one.put("wrong_at_most_percent", number(row.boundPercent()));
    one.put("chosen", row.chosen());
    return one;
  }

  private static @Nullable Object number(double value) {
    return Double.isNaN(value) ? null : (Object) value;
  }

  /** As it is written, not as a float widens: 0.92, not 0.9200000166893005. */
  private static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }
}
