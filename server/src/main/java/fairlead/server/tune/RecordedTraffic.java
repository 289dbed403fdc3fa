package fairlead.server.tune;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads recorded chat calls from JSON lines, one call a line.
 *
 * <p>Not thread-safe. All calls are held in memory. A line may be
 *
 * <ul>
 *   <li>{@code {"request": {…}, "response": {…}}}; either may hold the message as its {@code body}
 *   <li>a chat request alone, {@code {"messages": […]}}: it is looked up and has no answer
 *   <li>OpenAI's batch input, {@code {"custom_id": …, "body": {…}}}, and its output, {@code
 *       {"custom_id": …, "response": {"body": {…}}}}, in any order and in one file or two
 * </ul>
 */
public final class RecordedTraffic {
  /** More of them help nobody. */
  private static final int SHOWN_PROBLEMS = 5;

  private static final String EXPECTED =
      "expected an object with 'request' and 'response', with 'messages', or with 'custom_id' and"
          + " 'body' or 'response'";

  private static final JSON READER =
      JSON.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .build();

  /** A call as it is put together. */
  private static final class Draft {
    private final String at;
    private @Nullable Map<?, ?> request;
    private @Nullable Map<?, ?> response;

    private Draft(String at) {
      this.at = at;
    }
  }

  private final List<Draft> drafts = new ArrayList<>();
  private final Map<String, Draft> byCustomId = new HashMap<>();
  private final Consumer<String> problems;
  private long bad;

  /**
   * @param problems hears of the first lines that cannot be used, as {@code file:line: why}
   */
  public RecordedTraffic(Consumer<String> problems) {
    this.problems = problems;
  }

  /** Reads a file more. */
  public void read(Path file) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (!line.isBlank()) {
          line(file + ":" + number, line);
        }
      }
    }
  }

  /** Lines that could not be used. */
  public long bad() {
    return bad;
  }

  private void problem(String at, String why) {
    bad++;
    if (bad <= SHOWN_PROBLEMS) {
      problems.accept(at + ": " + why);
    }
  }

  private void line(String at, String line) {
    Object value;
    try {
      value = READER.anyFrom(line);
    } catch (JsonProcessingException e) {
      problem(at, "not JSON: " + e.getOriginalMessage());
      return;
    } catch (IOException e) {
      problem(at, "not JSON: " + e.getMessage());
      return;
    }
    if (!(value instanceof Map<?, ?> entry)) {
      problem(at, EXPECTED);
      return;
    }
    Map<?, ?> response = body(entry.get("response"));
    if (entry.get("custom_id") instanceof String id) {
      Draft draft =
          byCustomId.computeIfAbsent(
              id,
              _ -> {
                Draft made = new Draft(at);
                drafts.add(made);
                return made;
              });
      Map<?, ?> request = body(entry.get("body"));
      draft.request = request == null ? draft.request : request;
      draft.response = response == null ? draft.response : response;
      if (request == null && !entry.containsKey("response")) {
        problem(at, EXPECTED);
      }
      return;
    }
    Map<?, ?> request = entry.containsKey("messages") ? entry : body(entry.get("request"));
    if (request == null) {
      problem(at, EXPECTED);
      return;
    }
    Draft draft = new Draft(at);
    draft.request = request;
    draft.response = response;
    drafts.add(draft);
  }

  /** The message itself, which recorders keep as an object or a text, alone or as a body. */
  private static @Nullable Map<?, ?> body(@Nullable Object message) {
    if (message instanceof String text) {
      try {
        return READER.anyFrom(text) instanceof Map<?, ?> parsed ? parsed : null;
      } catch (IOException e) {
        return null; // a stream, or no JSON
      }
    }
    if (message instanceof Map<?, ?> object) {
      return object.containsKey("body") ? body(object.get("body")) : object;
    }
    return null;
  }

  /** The calls whose request is there, in the order of their first lines. */
  public List<RecordedCall> calls() throws IOException {
    List<RecordedCall> calls = new ArrayList<>();
    for (Draft draft : drafts) {
      Map<?, ?> request = draft.request;
      if (request == null) {
        problem(draft.at, "there is no request with this 'custom_id': give the batch input too");
      } else if (!(request.get("messages") instanceof List)) {
        problem(draft.at, "the request has no 'messages': only chat calls can be replayed");
      } else {
        calls.add(call(draft, request));
      }
    }
    return calls;
  }

  private static RecordedCall call(Draft draft, Map<?, ?> request) throws IOException {
    Map<String, Object> plain = new LinkedHashMap<>();
    request.forEach((name, value) -> plain.put(String.valueOf(name), value));
    Map<?, ?> response = draft.response;
    return new RecordedCall(
        draft.at,
        JSON.std.asBytes(plain),
        request.get("model") instanceof String model ? model : "",
        response == null ? null : answer(response),
        response != null && response.get("created") instanceof Number created
            ? created.longValue() * 1_000
            : 0);
  }

  /** The text, if the answer came to its natural end. */
  private static byte @Nullable [] answer(Map<?, ?> response) {
    if (response.get("choices") instanceof List<?> choices
        && choices.size() == 1
        && choices.getFirst() instanceof Map<?, ?> choice
        && choice.get("message") instanceof Map<?, ?> message
        && message.get("content") instanceof String text
        && !text.isBlank()
        && (choice.get("finish_reason") == null || "stop".equals(choice.get("finish_reason")))) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    return null;
  }
}
