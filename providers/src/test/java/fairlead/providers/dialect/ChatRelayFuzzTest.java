package fairlead.providers.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.jr.ob.JSON;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.SseEvent;
import fairlead.providers.wire.SseReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Spoiled streams: whatever comes, the signals are right and nothing of a bad event passes. */
final class ChatRelayFuzzTest {
  private static final String[] DELTAS = {
    "{\"content\":\"a\"}",
    "{\"content\":\" longer \\\"text\\\" with é and 漢\"}",
    "{\"content\":\"\"}",
    "{\"role\":\"assistant\",\"content\":null}",
    "{\"reasoning\":\"r\"}",
    "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\":1\"}}]}",
    "{}",
  };
  private static final byte[] SPOILERS =
      "{}[]\",:\\0e-n \n\r\u0000:data".getBytes(StandardCharsets.UTF_8);

  private final ChatRelayStream reused = new ChatRelayStream();

  @Test
  void neverPassesWhatIsBad() throws IOException {
    long seed = Long.getLong("fairlead.seed", 20261121);
    System.out.println("ChatRelayFuzzTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int good = 0;
    int bad = 0;
    for (int round = 0; round < 4_000; round++) {
      byte[] stream = spoil(random, stream(random));
      SseReader reader = new SseReader();
      SseEvent event = new SseEvent();
      ByteSink out = new ByteSink();
      boolean usageWanted = random.nextBoolean();
      reused.begin(usageWanted);
      int fed = 0;
      while (fed < stream.length) {
        reader.reserve();
        int piece = Math.min(reader.room(), stream.length - fed);
        System.arraycopy(stream, fed, reader.buffer(), reader.limit(), piece);
        reader.advance(piece);
        fed += piece;
      }
      reader.end();
      while (reader.next(event)) {
        String data = event.data().toString();
        out.clear();
        int signals = reused.accept(event, out);
        if (data.isEmpty() || data.strip().equals("[DONE]")) {
          continue;
        }
        String shown = "seed " + seed + ": " + data;
        ChatTwin twin = new ChatTwin();
        Map<String, Object> chunk = object(data);
        int expected =
            event.name().toString().strip().equals("error")
                ? AnswerStream.ERROR
                : chunk == null ? AnswerStream.MALFORMED : twin.chunk(chunk);
        // FINISH waits for all choices, which the twin does not count.
        if (chunk == null || expected == AnswerStream.ERROR || unambiguous(data)) {
          assertThat(signals & ~AnswerStream.FINISH)
              .as(shown)
              .isEqualTo(expected & ~AnswerStream.FINISH);
        }
        if ((signals & (AnswerStream.ERROR | AnswerStream.MALFORMED)) != 0) {
          bad++;
          assertThat(out.isEmpty()).as(shown).isTrue();
        } else {
          good++;
          assertThat(chunk).as(shown).isNotNull();
        }
      }
    }
    assertThat(good).isGreaterThan(10_000);
    assertThat(bad).isGreaterThan(500);
  }

  /** Whether no key is doubled: a map keeps one, the scan sees both. */
  private static boolean unambiguous(String data) {
    for (String key :
        new String[] {"choices", "delta", "usage", "content", "error", "finish_reason"}) {
      int first = data.indexOf('"' + key + '"');
      if (first >= 0 && data.indexOf('"' + key + '"', first + 1) > 0) {
        return false;
      }
    }
    return !data.contains("\\u");
  }

  private static @Nullable Map<String, Object> object(String data) throws IOException {
    if (data.indexOf('\ufffd') >= 0) {
      return null;
    }
    try (JsonParser parser = new JsonFactory().createParser(data)) {
      // The map reader would stop behind the first value.
      boolean object = parser.nextToken() == JsonToken.START_OBJECT;
      parser.skipChildren();
      return object && parser.nextToken() == null ? JSON.std.mapFrom(data) : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  private static byte[] stream(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(2, 9); i > 0; i--) {
      text.append(random.nextInt(12) == 0 ? ": keep-alive\n\n" : "")
          .append("data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"choices\":[")
          .append("{\"index\":0,\"delta\":")
          .append(DELTAS[random.nextInt(DELTAS.length)])
          .append(",\"finish_reason\":null}],\"usage\":null}\n\n");
    }
    return text.append(
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n")
        .append(
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}}\n\n")
        .append("data: [DONE]\n\n")
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] spoil(SplittableRandom random, byte[] stream) {
    byte[] bytes = stream;
    for (int rounds = random.nextInt(4); rounds > 0; rounds--) {
      int at = random.nextInt(bytes.length);
      int to = Math.min(bytes.length, at + random.nextInt(3));
      byte spoiler = SPOILERS[random.nextInt(SPOILERS.length)];
      ByteSink sink = new ByteSink();
      switch (random.nextInt(4)) {
        case 0 -> sink.append(bytes, 0, at).append(bytes, to, bytes.length - to);
        case 1 -> sink.append(bytes, 0, to).append(bytes, at, bytes.length - at);
        case 2 -> sink.append(bytes, 0, at).append(spoiler).append(bytes, at, bytes.length - at);
        default -> sink.append(bytes, 0, at).append(spoiler).append(bytes, to, bytes.length - to);
      }
      bytes = sink.toByteArray();
    }
    return bytes;
  }
}
