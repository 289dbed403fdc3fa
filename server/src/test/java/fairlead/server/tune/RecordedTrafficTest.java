package fairlead.server.tune;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every form in which people keep their calls, and what is said about others. */
final class RecordedTrafficTest {
  private static final String REQUEST =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  private static final String RESPONSE =
      "{\"created\":1764444000,\"choices\":[{\"message\":{\"content\":\"hello\"},"
          + "\"finish_reason\":\"stop\"}]}";

  private final List<String> problems = new ArrayList<>();

  @TempDir private Path folder = Path.of("");

  @Test
  void pairsOfRequestAndResponse() throws IOException {
    RecordedCall call =
        read("{\"request\":" + REQUEST + ",\"response\":" + RESPONSE + "}").getFirst();
    assertThat(call.model()).isEqualTo("m");
    assertThat(new String(call.request(), StandardCharsets.UTF_8)).isEqualTo(REQUEST);
    assertThat(answer(call)).isEqualTo("hello");
    assertThat(call.timeMillis()).isEqualTo(1_764_444_000_000L);
    assertThat(call.at()).endsWith("calls.jsonl:1");
    assertThat(problems).isEmpty();
  }

  @Test
  void bodiesAsObjectsAndAsTexts() throws IOException {
    String quoted = REQUEST.replace("\"", "\\\"");
    assertThat(
            read(
                "{\"request\":{\"body\":" + REQUEST + "},\"response\":{\"body\":" + RESPONSE + "}}",
                "{\"request\":{\"method\":\"POST\",\"body\":\"" + quoted + "\"}}"))
        .extracting(RecordedTrafficTest::answer)
        .containsExactly("hello", null);
  }

  @Test
  void requestsAlone() throws IOException {
    List<RecordedCall> calls = read(REQUEST, "", REQUEST);
    assertThat(calls).hasSize(2);
    assertThat(calls.get(1).at()).endsWith(":3");
    assertThat(calls.getFirst().answer()).isNull();
  }

  @Test
  void batchesAreJoinedInAnyOrder() throws IOException {
    List<RecordedCall> calls =
        read(
            "{\"custom_id\":\"b\",\"response\":{\"status_code\":200,\"body\":" + RESPONSE + "}}",
            "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":"
                + REQUEST
                + "}",
            "{\"custom_id\":\"b\",\"body\":" + REQUEST + "}");
    assertThat(calls).extracting(RecordedTrafficTest::answer).containsExactly("hello", null);
    assertThat(problems).isEmpty();
  }

  @Test
  void answersThatAreNotWholeAreNone() throws IOException {
    assertThat(
            read(
                "{\"request\":"
                    + REQUEST
                    + ",\"response\":"
                    + RESPONSE.replace("stop", "length")
                    + "}",
                "{\"request\":" + REQUEST + ",\"response\":{\"error\":{}}}",
                "{\"request\":" + REQUEST + ",\"response\":\"data: {}\\n\\n\"}"))
        .extracting(RecordedTrafficTest::answer)
        .containsExactly(null, null, null);
  }

  @Test
  void whatCannotBeUsedIsNamedByFileAndLine() throws IOException {
    assertThat(read(REQUEST, "{\"a\":", "[]", "{\"x\":1}", "{\"custom_id\":\"q\",\"response\":{}}"))
        .hasSize(1);
    String file = folder.resolve("calls.jsonl").toString();
    assertThat(problems).hasSize(4);
    assertThat(problems.get(0)).startsWith(file + ":2: not JSON: ");
    assertThat(problems.get(1)).startsWith(file + ":3: expected an object with 'request'");
    assertThat(problems.get(2)).startsWith(file + ":4: expected an object with 'request'");
    assertThat(problems.get(3)).startsWith(file + ":5: there is no request with this 'custom_id'");
  }

  @Test
  void otherCallsThanChatAreNamed() throws IOException {
    assertThat(read("{\"request\":{\"model\":\"m\",\"input\":\"x\"}}")).isEmpty();
    assertThat(problems.getFirst())
        .endsWith(":1: the request has no 'messages': only chat calls can be replayed");
  }

  @Test
  void onlyTheFirstProblemsAreShown() throws IOException {
    String[] lines = new String[20];
    Arrays.fill(lines, "nothing");
    read(lines);
    assertThat(problems).hasSize(5);
  }

  @Test
  void anyBytesCanBeRead() throws IOException {
    SplittableRandom random = new SplittableRandom(8);
    String whole =
        "{\"custom_id\":\"a\",\"request\":" + REQUEST + ",\"response\":" + RESPONSE + "}";
    for (int i = 0; i < 300; i++) {
      byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
      for (int k = random.nextInt(4); k >= 0; k--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Path file = Files.write(folder.resolve("fuzz.jsonl"), bytes);
      RecordedTraffic traffic = new RecordedTraffic(problems::add);
      traffic.read(file);
      assertThat(traffic.calls()).hasSizeLessThanOrEqualTo(3);
    }
  }

  private List<RecordedCall> read(String... lines) throws IOException {
    Path file = Files.write(folder.resolve("calls.jsonl"), List.of(lines));
    RecordedTraffic traffic = new RecordedTraffic(problems::add);
    traffic.read(file);
    return traffic.calls();
  }

  private static @Nullable String answer(RecordedCall call) {
    byte[] answer = call.answer();
    return answer == null ? null : new String(answer, StandardCharsets.UTF_8);
  }
}
