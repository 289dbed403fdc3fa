package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Generated streams: the reader agrees with the specification's algorithm written down slowly. */
final class SsePropertyTest {
  private static final String[] PIECES = {
    "data",
    "event",
    "id",
    "retry",
    ":",
    ": ",
    " ",
    "x",
    "[DONE]",
    "{\"a\":1}",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\r\n\r\n",
    "\ufeff",
    "é",
    "datax",
    "even",
    "data: 1\n\n",
    "event: e\ndata: 2\r\n\r\n",
    "a longer run of text without any line end in it",
  };

  /** WHATWG HTML section 9.2.6, except that what is left at the end counts. */
  private static List<String> slowly(String stream) {
    String text = stream.startsWith("\ufeff") ? stream.substring(1) : stream;
    List<String> events = new ArrayList<>();
    StringBuilder data = new StringBuilder();
    int dataLines = 0;
    String name = "";
    for (String line : (text + "\n\n").replace("\r\n", "\n").replace('\r', '\n').split("\n", -1)) {
      if (line.isEmpty()) {
        String joined = dataLines == 0 ? "" : data.substring(0, data.length() - 1);
        if (!name.isEmpty() || !joined.isEmpty()) {
          events.add(name + "|" + joined);
        }
        data.setLength(0);
        dataLines = 0;
        name = "";
        continue;
      }
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1);
      value = value.startsWith(" ") ? value.substring(1) : value;
      if (field.equals("data")) {
        data.append(value).append('\n');
        dataLines++;
      } else if (field.equals("event")) {
        name = value;
      }
    }
    return events;
  }

  @Test
  void agreesWithTheSpecification() throws IOException {
    long seed = Long.getLong("fairlead.seed", 20261121);
    System.out.println("SsePropertyTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int found = 0;
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(30); i > 0; i--) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      byte[] stream = text.toString().getBytes(StandardCharsets.UTF_8);
      List<String> expected = slowly(text.toString());
      found += expected.size();
      int[] cuts = random.ints(random.nextInt(8), 0, stream.length + 1).sorted().toArray();
      assertThat(SseReaderTest.events(stream, cuts))
          .as("seed " + seed + " round " + round + ": " + text)
          .isEqualTo(expected);
    }
    assertThat(found).isGreaterThan(10_000);
  }
}
