package fairlead.server.caching;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Recorded chat exchanges beside the repository; tests skip where they are absent. */
final class Recorded {
  private static final JSON READER =
      JSON.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .build();

  /** One exchange; the response is a body or the events of a stream. */
  record Chat(String source, String request, int status, String response) {
    boolean isStream() {
      return response.startsWith("data:") || response.startsWith(": ");
    }

    byte[] bytes() {
      return response.getBytes(StandardCharsets.UTF_8);
    }
  }

  private Recorded() {}

  private static Path folder() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path data = at.resolveSibling("shared").resolve("data").resolve("wire");
      if (Files.isDirectory(data)) {
        return data;
      }
    }
    return Assumptions.abort(
        "skipped: the recorded exchanges are not at ../shared/data/wire beside this repository");
  }

  /** Every recorded chat completion. */
  static List<Chat> chats() {
    List<Chat> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          Map<String, Object> entry = object(line);
          Map<?, ?> request = (Map<?, ?>) entry.get("request");
          Map<?, ?> response = (Map<?, ?>) entry.get("response");
          if (request != null
              && response != null
              && String.valueOf(request.get("uri")).contains("/chat/completions")
              && request.get("body") instanceof String asked
              && response.get("body") instanceof String answered
              && response.get("status") instanceof Number status) {
            String source = file.getFileName() + " " + entry.get("case");
            all.add(new Chat(source, asked, status.intValue(), answered));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  static Map<String, Object> object(String json) {
    try {
      return READER.mapFrom(json);
    } catch (IOException e) {
      throw new UncheckedIOException(json, e);
    }
  }
}
