package fairlead.e2e;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The recorded exchanges in {@code ../shared/data/wire}, read once per test class.
 *
 * <p>Stateless. A test that needs them is skipped, with a message, where the folder is absent.
 */
final class Recordings {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();
  static final JSON JSON_READER = JSON.builder(FACTORY).build();

  /** The end of the path of an OpenAI-wire call, longest first: one ends with another. */
  private static final List<String> OPENAI_PATHS =
      List.of("/chat/completions", "/completions", "/embeddings");

  private Recordings() {}

  /**
   * One exchange.
   *
   * @param source file and case, for messages
   * @param path the operation below the base address: {@code /chat/completions}
   * @param model what the request names
   * @param contentType of the response
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared as a record
  record Exchange(
      String source,
      String path,
      String model,
      byte[] request,
      int status,
      String contentType,
      byte[] response) {

    boolean isStream() {
      return contentType.startsWith("text/event-stream");
    }

    String responseText() {
      return new String(response, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return source;
    }
  }

  /** The data folder, or the end of the test if it is not there. */
  static Path folder() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path data = at.resolveSibling("shared").resolve("data").resolve("wire");
      if (Files.isDirectory(data)) {
        return data;
      }
    }
    return Assumptions.abort(
        "skipped: the recorded exchanges are not at ../shared/data/wire beside this repository");
  }

  /** Every recorded exchange in the OpenAI wire: chat completions, completions, embeddings. */
  static List<Exchange> openAiWire() {
    List<Exchange> all = new ArrayList<>();
    for (Path file : files(folder(), ".jsonl")) {
      for (Map<String, Object> entry : lines(file)) {
        URI uri = uri(entry);
        for (String path : OPENAI_PATHS) {
          if (uri.getPath().endsWith(path)) {
            all.add(exchange(file, entry, path));
            break;
          }
        }
      }
    }
    chunkFiles(all);
    return all;
  }

  /** Every recorded exchange with Anthropic's Messages. */
  static List<Exchange> anthropic() {
    List<Exchange> all = new ArrayList<>();
    for (Path file : files(folder(), ".jsonl")) {
      for (Map<String, Object> entry : lines(file)) {
        if (uri(entry).getPath().endsWith("/v1/messages")) {
          all.add(exchange(file, entry, "/messages"));
        }
      }
    }
    return all;
  }

  /** One exchange by the end of its file's name and its case. */
  static Exchange find(List<Exchange> among, String fileEnd, String caseName) {
    return among.stream()
        .filter(e -> e.source().contains(fileEnd) && e.source().endsWith(" " + caseName))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(fileEnd + " has no case " + caseName));
  }

  /** Parses a body into maps and lists. */
  static Map<String, Object> object(byte[] json) {
    try {
      return JSON_READER.mapFrom(json);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "not a JSON object: " + new String(json, StandardCharsets.UTF_8), e);
    }
  }

  /** Replaces the value of the top-level {@code model}, leaving every other byte. */
  static byte[] withModel(byte[] body, String model) {
    try (JsonParser parser = FACTORY.createParser(body)) {
      int depth = 0;
      while (parser.nextToken() != null) {
        JsonToken token = parser.currentToken();
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (depth == 1
            && token == JsonToken.FIELD_NAME
            && parser.currentName().equals("model")) {
          parser.nextToken();
          int from = (int) parser.currentTokenLocation().getByteOffset();
          parser.finishToken();
          int to = (int) parser.currentLocation().getByteOffset();
          byte[] quoted = JSON_READER.asBytes(model);
          byte[] edited = new byte[body.length - (to - from) + quoted.length];
          System.arraycopy(body, 0, edited, 0, from);
          System.arraycopy(quoted, 0, edited, from, quoted.length);
          System.arraycopy(body, to, edited, from + quoted.length, body.length - to);
          return edited;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalArgumentException("no model in " + new String(body, StandardCharsets.UTF_8));
  }

  /**
   * The chunk files: one event a line, or the JSON of a whole answer; the request is made up, since
   * they have none. Only those of the OpenAI wire, which the first object tells.
   */
  private static void chunkFiles(List<Exchange> all) {
    for (Path file : files(folder().resolve("vercel-ai-chunks"), "")) {
      String name = file.getFileName().toString();
      String text = read(file);
      boolean stream = !name.endsWith(".json");
      if (name.endsWith(".sse")) {
        text = text.stripTrailing() + "\n\n"; // stored without its last blank line
      } else if (name.endsWith(".chunks.txt")) {
        StringBuilder sse = new StringBuilder();
        text.lines()
            .filter(line -> !line.isBlank())
            .forEach(line -> sse.append("data: ").append(line).append("\n\n"));
        text = sse.append("data: [DONE]\n\n").toString();
      }
      String path = pathOf(stream ? firstEvent(text) : text);
      if (path != null) {
        String request =
            path.equals("/embeddings")
                ? "{\"input\":\"a\",\"model\":\"recorded\"}"
                : path.equals("/completions")
                    ? "{\"prompt\":\"a\",\"stream\":" + stream + ",\"model\":\"recorded\"}"
                    : "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"stream\":"
                        + stream
                        + ",\"model\":\"recorded\"}";
        all.add(
            new Exchange(
                "vercel-ai-chunks/" + name,
                path,
                "recorded",
                request.getBytes(StandardCharsets.UTF_8),
                200,
                stream ? "text/event-stream" : "application/json",
                text.getBytes(StandardCharsets.UTF_8)));
      }
    }
  }

  private static String firstEvent(String sse) {
    int data = sse.indexOf("data: ");
    int end = sse.indexOf('\n', data);
    return data < 0 || end < 0 ? "" : sse.substring(data + 6, end);
  }

  private static @Nullable String pathOf(String json) {
    Map<String, Object> object;
    try {
      object = JSON_READER.mapFrom(json);
    } catch (IOException e) {
      return null;
    }
    if (object.get("choices") instanceof List<?> choices) {
      boolean text =
          !choices.isEmpty() && choices.getFirst() instanceof Map<?, ?> c && c.containsKey("text");
      return text ? "/completions" : "/chat/completions";
    }
    return object.get("data") instanceof List<?> && "list".equals(object.get("object"))
        ? "/embeddings"
        : null;
  }

  private static Exchange exchange(Path file, Map<String, Object> entry, String path) {
    Map<String, Object> request = child(entry, "request");
    Map<String, Object> response = child(entry, "response");
    byte[] body = text(request, "body").getBytes(StandardCharsets.UTF_8);
    String contentType = "application/json";
    for (Map.Entry<String, Object> header : child(response, "headers").entrySet()) {
      if (header.getKey().toLowerCase(Locale.ROOT).equals("content-type")) {
        contentType = String.valueOf(header.getValue());
      }
    }
    return new Exchange(
        folder().relativize(file) + " " + text(entry, "case"),
        path,
        String.valueOf(object(body).get("model")),
        body,
        ((Number) response.getOrDefault("status", 0)).intValue(),
        contentType,
        text(response, "body").getBytes(StandardCharsets.UTF_8));
  }

  private static URI uri(Map<String, Object> entry) {
    // Authors replaced base addresses by names in angle brackets.
    return URI.create(
        text(child(entry, "request"), "uri")
            .replaceAll("<[A-Z_]*BASE>", "http://replaced")
            .replaceAll("[<>]", ""));
  }

  private static List<Map<String, Object>> lines(Path file) {
    List<Map<String, Object>> all = new ArrayList<>();
    read(file)
        .lines()
        .forEach(
            line -> {
              if (!line.isBlank()) {
                all.add(object(line.getBytes(StandardCharsets.UTF_8)));
              }
            });
    return all;
  }

  private static List<Path> files(Path folder, String end) {
    try (Stream<Path> found = Files.walk(folder)) {
      return found
          .filter(Files::isRegularFile)
          .filter(path -> path.getFileName().toString().endsWith(end))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> child(Map<String, Object> of, String name) {
    return (Map<String, Object>) of.getOrDefault(name, Map.of());
  }

  private static String text(Map<String, Object> of, String name) {
    Object value = of.get(name);
    return value == null ? "" : value.toString();
  }
}
