package fairlead.server.gameday;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The result as text: a row for each scenario, two columns for each wire or route, then what was
 * not clean. Stateless.
 */
public final class Scorecard {
  private static final int CELL = 9;
  private static final int DESCRIPTION = 46;

  /** Of a scenario's identifier. */
  private static final int ID_CHARS = 3;

  private static final String NOTHING = "-";

  private Scorecard() {}

  public static String text(Result result) {
    StringBuilder out = new StringBuilder();
    line(out, "Game day, ", result.title());
    if (!result.groups().isEmpty()) {
      line(out);
      table(out, result);
    }
    if (!result.stories().isEmpty()) {
      line(out);
      result.stories().forEach(story -> story(out, story));
    }
    unclean(out, result);
    meanings(out, result);
    if (!result.notes().isEmpty()) {
      line(out);
      result.notes().forEach(note -> line(out, note));
    }
    line(out);
    line(
        out,
        result.passed() ? "Passed" : "NOT passed",
        ", " + BigDecimal.valueOf(result.tookMs(), 3).setScale(1, RoundingMode.HALF_UP),
        " s");
    return out.toString();
  }

  /** Runs of one scenario that ended for the same reasons share an entry. */
  private static void unclean(StringBuilder out, Result result) {
    Map<String, List<String>> titles = new LinkedHashMap<>();
    for (RunResult run : result.runs()) {
      if (run.verdict() != Verdict.PASS) {
        String entry =
            run.verdict().name()
                + (isRightHere(run) ? ", as is right here" : "")
                + "\n    "
                + String.join("\n    ", run.judgement().reasons());
        titles
            .computeIfAbsent(run.scenario().id() + entry, _ -> new ArrayList<>())
            .add(run.title());
      }
    }
    titles.forEach(
        (entry, runs) -> {
          line(out);
          runs.subList(0, runs.size() - 1).forEach(title -> line(out, title, ","));
          line(out, runs.getLast(), ": ", entry.substring(ID_CHARS));
        });
  }

  /** What the words of the table mean, if it has any but pass. */
  private static void meanings(StringBuilder out, Result result) {
    Set<Verdict> seen = EnumSet.noneOf(Verdict.class);
    result.runs().forEach(run -> seen.add(run.verdict()));
    seen.remove(Verdict.PASS);
    if (!seen.isEmpty()) {
      line(out);
      seen.forEach(verdict -> line(out, verdict.name(), ": ", verdict.meaning()));
    }
  }

  private static boolean isRightHere(RunResult run) {
    return run.isAsExpected() && run.verdict() != Verdict.UNKNOWN;
  }

  private static void table(StringBuilder out, Result result) {
    out.append(" ".repeat(DESCRIPTION));
    for (String group : result.groups()) {
      out.append(' ').append(pad(group, 2 * CELL));
    }
    out.append('\n').append(" ".repeat(DESCRIPTION));
    for (String _ : result.groups()) {
      out.append(' ').append(pad("plain", CELL)).append(pad("stream", CELL));
    }
    out.append('\n');
    for (String id : result.scenarios()) {
      out.append(pad(id + ' ' + description(result, id), DESCRIPTION));
      for (String group : result.groups()) {
        out.append(' ')
            .append(pad(cell(result.verdict(id, group, false)), CELL))
            .append(pad(cell(result.verdict(id, group, true)), CELL));
      }
      out.append('\n');
    }
    out.append(pad("passed", DESCRIPTION));
    for (String group : result.groups()) {
      String sum = result.passes(group) + "/" + result.played(group);
      out.append(' ').append(pad(sum, 2 * CELL));
    }
    out.append('\n');
  }

  private static void story(StringBuilder out, StoryResult story) {
    String outcome = story.passed() ? "pass" : "FAIL";
    line(
        out,
        pad(story.id() + ' ' + story.title(), DESCRIPTION),
        " ",
        story.skipped().isEmpty() ? outcome : "skipped: " + story.skipped(),
        story.calls() == 0 ? "" : "; " + story.calls() + " calls, " + story.failed() + " failed");
    story.evidence().forEach(evidence -> line(out, "    ", evidence));
    story.failures().forEach(failure -> line(out, "    ! ", failure.replace("\n", "\n      ")));
  }

  static String description(Result result, String id) {
    for (RunResult run : result.runs()) {
      if (run.scenario().id().equals(id)) {
        return run.scenario().upstream();
      }
    }
    return "";
  }

  private static String cell(@Nullable Verdict verdict) {
    if (verdict == null) {
      return NOTHING;
    }
    return verdict == Verdict.PASS ? verdict.key() : verdict.name();
  }

  /** Left-aligned; what is too long is cut, so that columns stay columns. */
  private static String pad(String text, int width) {
    String shown = text.length() < width ? text : text.substring(0, width - 2) + '…';
    return shown + " ".repeat(Math.max(0, width - shown.length()));
  }

  private static void line(StringBuilder out, String... parts) {
    for (String part : parts) {
      out.append(part);
    }
    out.append('\n');
  }
}
