package fairlead.loadtest;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One kind of load: what is asked, by how many callers at once, and how the upstream answers.
 *
 * @param bodyBytes about how long the request body is
 * @param events how many events an answer must have; 0 for a plain answer
 * @param upstream knobs of the simulated upstream
 * @param perEvent whether cost is counted per event, because the upstream sets the pace
 */
record Load(
    String name,
    String title,
    int connections,
    int bodyBytes,
    int events,
    String upstream,
    boolean perEvent) {
  static final String MODEL = "load";

  /** 98 words make 101 events: role, words, finish, end mark. */
  private static final String STREAM = "answer_words=98";

  static final List<Load> ALL =
      List.of(
          new Load("plain-1", "plain 1 KB, c=1", 1, 1_000, 0, "", false),
          new Load("plain-16", "plain 1 KB, c=16", 16, 1_000, 0, "", false),
          new Load("plain-64", "plain 1 KB, c=64", 64, 1_000, 0, "", false),
          new Load("body-16", "20 KB body, c=16", 16, 20_000, 0, "", false),
          new Load("stream-16", "101 events in one piece, c=16", 16, 1_000, 101, STREAM, false),
          new Load(
              "paced-256",
              "256 streams, an event each 10 ms",
              256,
              1_000,
              101,
              STREAM + ";tokens_per_second=100",
              true));

  static @Nullable Load byName(String name) {
    return ALL.stream().filter(load -> load.name.equals(name)).findFirst().orElse(null);
  }

  /** What tells requests apart: digits of the body. */
  static final int COUNTER_DIGITS = 12;

  /** What stands before the digits. */
  static final String COUNTER = "number ";

  boolean isStream() {
    return events > 0;
  }

  /** The whole request for a contestant. */
  byte[] request(Contestant contestant) {
    String start =
        "{\"model\":\""
            + MODEL
            + "\",\"stream\":"
            + isStream()
            + ",\"temperature\":0.2,\"messages\":[{\"role\":\"system\",\"content\":"
            + "\"You sort build failures.\"},{\"role\":\"user\",\"content\":\""
            + COUNTER
            + "0".repeat(COUNTER_DIGITS)
            + ". ";
    String end = "\"}]}";
    String filler = "The linker could not find a symbol that the test refers to. ";
    int missing = Math.max(0, bodyBytes - start.length() - end.length());
    String text = filler.repeat(missing / filler.length() + 1).substring(0, missing);
    String body = start + text + end;
    StringBuilder head = new StringBuilder(256);
    head.append("POST ").append(contestant.path(this)).append("/chat/completions HTTP/1.1\r\n");
    head.append("Host: ").append(contestant.host()).append(':').append(contestant.port(this));
    head.append("\r\nContent-Type: application/json\r\n");
    for (String header : contestant.headers()) {
      head.append(header).append("\r\n");
    }
    head.append("Content-Length: ").append(body.length()).append("\r\n\r\n");
    return (head + body).getBytes(StandardCharsets.US_ASCII);
  }
}
