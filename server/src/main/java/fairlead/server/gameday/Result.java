package fairlead.server.gameday;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What came of a game day. Immutable.
 *
 * @param title what was rehearsed
 * @param groups the columns of the scorecard: wires, or routes
 * @param notes what a reader must know, such as what was capped
 */
public record Result(
    String title,
    List<String> groups,
    List<RunResult> runs,
    List<StoryResult> stories,
    List<String> notes,
    long tookMs) {

  /** Whether everything went as it should. */
  public boolean passed() {
    for (RunResult run : runs) {
      if (!run.isAsExpected()) {
        return false;
      }
    }
    for (StoryResult story : stories) {
      if (!story.passed()) {
        return false;
      }
    }
    return true;
  }

  /** The identifiers of the scenarios that were played, sorted. */
  Set<String> scenarios() {
    Set<String> ids = new TreeSet<>();
    for (RunResult run : runs) {
      ids.add(run.scenario().id());
    }
    return ids;
  }

  /** The runs of one scenario in one group. */
  List<RunResult> runs(String id, String group) {
    List<RunResult> found = new ArrayList<>();
    for (RunResult run : runs) {
      if (run.scenario().id().equals(id) && run.group().equals(group)) {
        found.add(run);
      }
    }
    return found;
  }

  /** The worst verdict of one cell of the scorecard; null where nothing was played. */
  @Nullable Verdict verdict(String id, String group, boolean streamed) {
    Verdict worst = null;
    for (RunResult run : runs(id, group)) {
      if (run.streamed() == streamed) {
        worst = worst == null ? run.verdict() : worst.worse(run.verdict());
      }
    }
    return worst;
  }

  /** How many scenarios of a group passed in all their runs. */
  public int passes(String group) {
    int passes = 0;
    for (String id : scenarios()) {
      List<RunResult> played = runs(id, group);
      boolean pass = !played.isEmpty();
      for (RunResult run : played) {
        pass &= run.verdict() == Verdict.PASS;
      }
      passes += pass ? 1 : 0;
    }
    return passes;
  }

  /** How many scenarios of a group were played. */
  public int played(String group) {
    int played = 0;
    for (String id : scenarios()) {
      played += runs(id, group).isEmpty() ? 0 : 1;
    }
    return played;
  }
}
