package fairlead.providers.dialect;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Recorded traffic and specifications beside the repository; tests skip where they are absent. */
final class Recorded {
  private Recorded() {}

  /** One exchange of a recording. */
  record Exchange(String name, String uri, String request, int status, String response) {
    boolean streamed() {
      return response.startsWith("event:") || response.startsWith("data:");
    }
  }

  static Path data() {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      Path data = dir.resolveSibling("shared").resolve("data");
      if (Files.isDirectory(data)) {
        return data;
      }
    }
    Assumptions.abort("no shared/data directory beside the repository: recorded traffic is absent");
    throw new AssertionError("unreachable");
  }

  static String text(String name) {
    try {
      return Files.readString(data().resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<String, Object> object(String json) {
    try {
      return JSON.std.mapFrom(json);
    } catch (IOException e) {
      throw new UncheckedIOException(json, e);
    }
  }

  static List<Exchange> exchanges(String file) {
    List<Exchange> all = new ArrayList<>();
    for (String line : text(file).split("\n", -1)) {
      if (line.isBlank()) {
        continue;
      }
      Map<String, Object> entry = object(line);
      Map<String, Object> request = map(entry.get("request"));
      Map<String, Object> response = map(entry.get("response"));
      if (request.get("body") instanceof String asked
          && response.get("body") instanceof String answered) {
        all.add(
            new Exchange(
                string(entry.get("case")),
                string(request.get("uri")),
                asked,
                ((Number) required(response.get("status"))).intValue(),
                answered));
      }
    }
    return all;
  }

  /** Every recorded answer of the Messages API, streamed ones as server-sent events. */
  static List<Exchange> messages() throws IOException {
    List<Exchange> all = new ArrayList<>();
    for (String file :
        List.of(
            "wire/ruby_llm-vcr/anthropic.jsonl", "wire/pydantic-ai-vcr/api.anthropic.com.jsonl")) {
      for (Exchange exchange : exchanges(file)) {
        if (!exchange.uri().contains("count_tokens") && exchange.status() == 200) {
          all.add(exchange);
        }
      }
    }
    try (var files =
        Files.newDirectoryStream(data().resolve("wire/vercel-ai-chunks"), "anthropic__*")) {
      for (Path file : files) {
        String name = required(file.getFileName()).toString();
        String body = Files.readString(file);
        if (name.endsWith(".chunks.txt")) {
          StringBuilder events = new StringBuilder();
          for (String line : body.split("\n", -1)) {
            if (!line.isBlank()) {
              events.append("event: ").append(string(object(line).get("type")));
              events.append("\ndata: ").append(line).append("\n\n");
            }
          }
          body = events.toString();
        }
        all.add(new Exchange(name, "", "", 200, body));
      }
    }
    return all;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(@Nullable Object value) {
    return (Map<String, Object>) required(value);
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(@Nullable Object value) {
    return (List<Object>) required(value);
  }

  static String string(@Nullable Object value) {
    return (String) required(value);
  }

  static <T> T required(@Nullable T value) {
    if (value == null) {
      throw new AssertionError("a value is missing");
    }
    return value;
  }
}
