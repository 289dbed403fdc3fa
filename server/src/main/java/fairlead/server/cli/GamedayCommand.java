package fairlead.server.cli;

import fairlead.server.gameday.GameDay;
import fairlead.server.gameday.HtmlReport;
import fairlead.server.gameday.JsonReport;
import fairlead.server.gameday.Rehearsal;
import fairlead.server.gameday.Result;
import fairlead.server.gameday.Scorecard;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fairlead gameday}. */
@Command(
    name = "gameday",
    description =
        "Plays the catalogue of faults against a gateway process and prints the scorecard.",
    mixinStandardHelpOptions = true)
final class GamedayCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Rehearses the routes of this configuration, with simulated providers in place of the"
              + " real ones; no key is needed.")
  private @Nullable Path config;

  @Option(
      names = "--fast",
      description =
          "A tenth of all times, for a first look and for CI. With --config, times stay as they"
              + " are written, and calls are given up earlier.")
  private boolean fast;

  @Option(
      names = "--wire",
      split = ",",
      paramLabel = "WIRE",
      description =
          "What primary and fallback speak: openai, anthropic, anthropic-openai, openai-anthropic."
              + " Default: each of them.")
  private List<String> wires = new ArrayList<>();

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "ID",
      description = "Only these scenarios and stories, such as S01,S08,U4.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Writes all details there, and the page of --html next to it.")
  private @Nullable Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Writes a page with the scorecard and the time lines of all attempts.")
  private @Nullable Path html;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (config != null && !wires.isEmpty()) {
      err.println("fairlead: --wire has no meaning with --config, whose providers have theirs");
      return Main.WRONG_USAGE;
    }
    Path page = html == null && json != null ? besides(json) : html;
    if (!Reports.hasFolder(json, err) || !Reports.hasFolder(page, err)) {
      return Main.WRONG_USAGE; // now, and not after minutes of playing
    }
    Result result;
    try {
      Consumer<String> progress = line -> err.println("fairlead: " + line);
      result =
          config == null
              ? GameDay.play(fast, wires, only, progress)
              : Rehearsal.play(config, fast, only, progress);
    } catch (IllegalArgumentException e) {
      err.println("fairlead: " + e.getMessage());
      return Main.WRONG_USAGE;
    }
    out.print(Scorecard.text(result));
    out.flush();
    if (json != null) {
      Files.writeString(json, JsonReport.text(result));
    }
    if (page != null) {
      Files.writeString(page, HtmlReport.text(result));
      err.println("fairlead: time lines: " + page.toAbsolutePath());
    }
    return result.passed() ? Main.OK : Main.FAILED;
  }

  /** The page's place for a report: {@code OUT.json} has {@code OUT.html} beside it. */
  private static Path besides(Path json) {
    String name = String.valueOf(json.getFileName());
    String stem = name.endsWith(".json") ? name.substring(0, name.length() - 5) : name;
    return json.resolveSibling(stem + ".html");
  }
}
