package fairlead.server.gameday;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The result as JSON, with the time line of every attempt. Stateless. */
public final class JsonReport {
  private static final double TENTHS = 10;

  private JsonReport() {}

  public static String text(Result result) throws IOException {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("title", result.title());
    root.put("passed", result.passed());
    root.put("took_ms", result.tookMs());
    Map<String, Object> passes = new LinkedHashMap<>();
    for (String group : result.groups()) {
      passes.put(group, Map.of("passed", result.passes(group), "of", result.played(group)));
    }
    root.put("scorecard", passes);
    List<Object> runs = new ArrayList<>();
    result.runs().forEach(run -> runs.add(run(run)));
    root.put("runs", runs);
    List<Object> stories = new ArrayList<>();
    result.stories().forEach(story -> stories.add(story(story)));
    root.put("stories", stories);
    root.put("notes", result.notes());
    return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(root) + '\n';
  }

  private static Map<String, Object> run(RunResult run) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("scenario", run.scenario().id());
    json.put("upstream", run.scenario().upstream());
    json.put("group", run.group());
    json.put("streamed", run.streamed());
    json.put("variant", run.variant().name());
    json.put("verdict", run.verdict().key());
    json.put("as_expected", run.isAsExpected());
    json.put("reasons", run.judgement().reasons());
    List<Object> calls = new ArrayList<>();
    run.seen().calls().forEach(call -> calls.add(call(call)));
    json.put("calls", calls);
    CallView after = run.seen().after();
    if (after != null) {
      json.put("call_afterwards", call(after));
    }
    List<Object> attempts = new ArrayList<>();
    run.seen().attempts().forEach(attempt -> attempts.add(attempt(attempt)));
    json.put("attempts", attempts);
    return json;
  }

  private static Map<String, Object> call(CallView call) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("start_ms", rounded(call.startMs()));
    json.put("first_byte_ms", rounded(call.firstByteMs()));
    json.put("end_ms", rounded(call.endMs()));
    json.put("status", call.status());
    json.put("ending", call.ending().name().toLowerCase(Locale.ROOT));
    json.put("whole", call.isWhole());
    json.put("words", HealthyAnswer.words(call.text()));
    json.put("model", call.model());
    json.put("prompt_tokens", call.promptTokens());
    json.put("completion_tokens", call.completionTokens());
    json.put("error", call.error());
    json.put("provider", call.header(Checks.PROVIDER));
    json.put("attempts", call.header(Checks.ATTEMPTS));
    return json;
  }

  private static Map<String, Object> attempt(Attempt attempt) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("target", attempt.target());
    json.put("key", attempt.key());
    json.put("start_ms", rounded(attempt.startMs()));
    json.put("duration_ms", rounded(attempt.durationMs()));
    json.put("status", attempt.status());
    json.put("outcome", attempt.outcome());
    return json;
  }

  private static Map<String, Object> story(StoryResult story) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("story", story.id());
    json.put("title", story.title());
    json.put("passed", story.passed());
    json.put("skipped", story.skipped());
    json.put("calls", story.calls());
    json.put("failed", story.failed());
    json.put("failures", story.failures());
    json.put("evidence", story.evidence());
    json.put("took_ms", story.tookMs());
    return json;
  }

  private static double rounded(double ms) {
    return Math.round(ms * TENTHS) / TENTHS;
  }
}
