package fairlead.server.gameday;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The result as one page that needs nothing else: the scorecard, what was not clean, and the time
 * line of every run. Stateless.
 */
public final class HtmlReport {
  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Fairlead game day</title>
      <style>
      :root { color-scheme: light dark; --ink: #1c2329; --paper: #ffffff; --line: #d5dbe0;
        --good: #2e8b57; --soft: #c77700; --bad: #c0392b; --wait: #b8c2cc; }
      @media (prefers-color-scheme: dark) {
        :root { --ink: #e3e8ec; --paper: #14191d; --line: #36404a;
          --good: #4fb37d; --soft: #e0a040; --bad: #e8685a; --wait: #55626e; } }
      body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
        max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
      .scroll { overflow-x: auto; }
      table { border-collapse: collapse; }
      th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: left; }
      td.cell { font-variant-numeric: tabular-nums; }
      .pass { color: var(--good); } .partial, .safe, .unknown { color: var(--soft); font-weight: 600; }
      .fail { color: var(--bad); font-weight: 700; }
      details { border-bottom: 1px solid var(--line); padding: .3rem 0; }
      summary { cursor: pointer; }
      h3 { font-size: 1rem; margin: .8rem 0 .2rem; font-weight: 600; }
      li { white-space: pre-line; }
      ul { margin: .2rem 0; padding-left: 1.2rem; }
      svg { width: 100%; max-width: 52rem; display: block; }
      svg text { font-size: 11px; fill: var(--ink); } svg text.end { text-anchor: end; }
      rect.good { fill: var(--good); } rect.bad { fill: var(--bad); } rect.wait { fill: var(--wait); }
      </style>
      </head>
      <body>
      """;

  private HtmlReport() {}

  public static String text(Result result) {
    StringBuilder out = new StringBuilder(HEAD);
    out.append("<h1>Game day: ").append(result.passed() ? "passed" : "not passed");
    out.append("</h1>\n<p>").append(escaped(result.title())).append("; took ");
    out.append(result.tookMs() / 1_000).append(" s.</p>\n");
    if (!result.groups().isEmpty()) {
      table(out, result);
    }
    meanings(out, result);
    for (StoryResult story : result.stories()) {
      story(out, story);
    }
    for (String note : result.notes()) {
      out.append("<p>").append(escaped(note)).append("</p>\n");
    }
    if (!result.runs().isEmpty()) {
      out.append(
          "<h2>Time lines</h2>\n<p>Grey: the caller waits for the first byte. Green: went"
              + " well. Red: failed, or was given up. A bar's tip says more.</p>");
    }
    for (String id : result.scenarios()) {
      out.append("<details id=\"").append(id).append("\"><summary>").append(id).append(' ');
      out.append(escaped(Scorecard.description(result, id))).append("</summary>\n");
      for (String group : result.groups()) {
        result.runs(id, group).forEach(run -> run(out, run));
      }
      out.append("</details>\n");
    }
    return out.append("</body>\n</html>\n").toString();
  }

  private static void table(StringBuilder out, Result result) {
    out.append("<div class=\"scroll\"><table>\n<tr><th></th>");
    for (String group : result.groups()) {
      out.append("<th colspan=\"2\">").append(escaped(group)).append("</th>");
    }
    out.append("</tr>\n<tr><th></th>");
    for (String _ : result.groups()) {
      out.append("<th>plain</th><th>stream</th>");
    }
    out.append("</tr>\n");
    for (String id : result.scenarios()) {
      out.append("<tr><td><a href=\"#").append(id).append("\">").append(id).append("</a> ");
      out.append(escaped(Scorecard.description(result, id))).append("</td>");
      for (String group : result.groups()) {
        cell(out, result.verdict(id, group, false));
        cell(out, result.verdict(id, group, true));
      }
      out.append("</tr>\n");
    }
    out.append("<tr><th>passed</th>");
    for (String group : result.groups()) {
      out.append("<th colspan=\"2\">").append(result.passes(group)).append('/');
      out.append(result.played(group)).append("</th>");
    }
    out.append("</tr>\n</table></div>\n");
  }

  private static void meanings(StringBuilder out, Result result) {
    Set<Verdict> seen = EnumSet.noneOf(Verdict.class);
    result.runs().forEach(run -> seen.add(run.verdict()));
    seen.remove(Verdict.PASS);
    for (Verdict verdict : seen) {
      out.append("<p><span class=\"").append(verdict.key()).append("\">").append(verdict.key());
      out.append("</span>: ").append(verdict.meaning()).append("</p>\n");
    }
  }

  private static void cell(StringBuilder out, @Nullable Verdict verdict) {
    if (verdict == null) {
      out.append("<td>–</td>");
    } else {
      out.append("<td class=\"cell ").append(verdict.key()).append("\">");
      out.append(verdict.key()).append("</td>");
    }
  }

  private static void story(StringBuilder out, StoryResult story) {
    String outcome = story.passed() ? "pass" : "fail";
    out.append("<h3>").append(story.id()).append(' ').append(escaped(story.title()));
    out.append(": <span class=\"").append(outcome).append("\">");
    out.append(story.skipped().isEmpty() ? outcome : "skipped, " + escaped(story.skipped()));
    out.append("</span></h3>\n<ul>");
    if (story.calls() > 0) {
      out.append("<li>").append(story.calls()).append(" calls, ");
      out.append(story.failed()).append(" failed</li>");
    }
    story.evidence().forEach(line -> out.append("<li>").append(escaped(line)).append("</li>"));
    story
        .failures()
        .forEach(line -> out.append("<li class=\"fail\">").append(escaped(line)).append("</li>"));
    out.append("</ul>\n");
  }

  private static void run(StringBuilder out, RunResult run) {
    out.append("<h3>").append(escaped(run.title())).append(": <span class=\"");
    out.append(run.verdict().key()).append("\">").append(run.verdict().key());
    out.append("</span></h3>\n");
    if (!run.judgement().reasons().isEmpty()) {
      out.append("<ul>");
      run.judgement()
          .reasons()
          .forEach(reason -> out.append("<li>").append(escaped(reason)).append("</li>"));
      out.append("</ul>\n");
    }
    out.append(Timeline.svg(run.seen())).append('\n');
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
