package fairlead.server.gameday;

import com.fasterxml.jackson.jr.ob.JSON;
import fairlead.server.gameday.CallView.Ending;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A caller of the gateway's chat surface: asks for the healthy answer and reads what comes as the
 * official clients would, but believes nothing.
 *
 * <p>Immutable and thread-safe.
 */
final class Caller {
  private static final String CHAT = "/v1/chat/completions";
  private static final double NANOS_PER_MS = 1e6;

  private final int port;
  private final long runNanos;

  /**
   * @param port of the gateway
   * @param runNanos the moment that times are told from
   */
  Caller(int port, long runNanos) {
    this.port = port;
    this.runNanos = runNanos;
  }

  /** Makes one call and returns when it ended or hangs. */
  CallView call(String route, boolean streamed, long patienceMs) {
    long begin = System.nanoTime();
    RawAnswer answer = RawAnswer.call(port, CHAT, request(route, streamed), patienceMs);
    Reading reading = new Reading();
    if (answer.status() != 200) {
      reading.error(answer.text());
    } else if (streamed) {
      reading.events(answer.text());
    } else {
      reading.plain(answer.text());
    }
    return new CallView(
        (begin - runNanos) / NANOS_PER_MS,
        answer.firstByteNanos() < 0 ? -1 : (answer.firstByteNanos() - runNanos) / NANOS_PER_MS,
        (answer.endNanos() - runNanos) / NANOS_PER_MS,
        answer.status(),
        reading.ending(answer, streamed),
        reading.text.toString(),
        reading.finish,
        reading.done,
        reading.model,
        reading.promptTokens,
        reading.completionTokens,
        reading.error,
        reading.malformed,
        Map.copyOf(answer.headers()));
  }

  static String request(String route, boolean streamed) {
    return "{\"model\":\""
        + route
        + "\","
        + (streamed ? "\"stream\":true,\"stream_options\":{\"include_usage\":true}," : "")
        + "\"messages\":[{\"role\":\"user\",\"content\":\"What does the harbour pilot do?\"}]}";
  }

  /** What an answer says; not thread-safe. */
  static final class Reading {
    final StringBuilder text = new StringBuilder();
    String finish = "";
    boolean done;
    String model = "";
    long promptTokens = -1;
    long completionTokens = -1;
    String error = "";
    boolean failed;
    int malformed;

    /** An error's body. */
    void error(String body) {
      failed = true;
      message(tree(body));
    }

    /** The body of a plain answer. */
    void plain(String body) {
      Map<?, ?> answer = tree(body);
      if (answer == null) {
        malformed++;
        return;
      }
      take(answer, "message");
    }

    /** A stream of server-sent events, as far as it came. */
    void events(String stream) {
      for (String event : stream.replace("\r\n", "\n").split("\n\n", -1)) {
        StringBuilder data = new StringBuilder();
        boolean hasData = false;
        for (String line : event.split("\n", -1)) {
          if (line.startsWith("data:")) {
            data.append(hasData ? "\n" : "").append(line.substring(5).strip());
            hasData = true;
          }
        }
        if (hasData) {
          event(data.toString());
        }
      }
    }

    private void event(String data) {
      if (data.equals("[DONE]")) {
        done = true;
        return;
      }
      Map<?, ?> chunk = tree(data);
      if (chunk == null) {
        malformed++;
      } else if (chunk.containsKey("error")) {
        failed = true;
        message(chunk);
      } else {
        take(chunk, "delta");
      }
    }

    private void take(Map<?, ?> answer, String part) {
      if (answer.get("model") instanceof String name) {
        model = name;
      }
      if (answer.get("usage") instanceof Map<?, ?> usage) {
        promptTokens = number(usage.get("prompt_tokens"));
        completionTokens = number(usage.get("completion_tokens"));
      }
      if (answer.get("choices") instanceof List<?> choices
          && !choices.isEmpty()
          && choices.getFirst() instanceof Map<?, ?> choice) {
        if (choice.get(part) instanceof Map<?, ?> message
            && message.get("content") instanceof String content) {
          text.append(content);
        }
        if (choice.get("finish_reason") instanceof String reason) {
          finish = reason;
        }
      }
    }

    private void message(@Nullable Map<?, ?> body) {
      if (body != null
          && body.get("error") instanceof Map<?, ?> details
          && details.get("message") instanceof String message) {
        error = message;
      }
    }

    Ending ending(RawAnswer answer, boolean streamed) {
      if (answer.ending() != Ending.FINISHED) {
        // An error event is an end of its own; what the connection does afterwards says no more.
        return failed && answer.status() == 200 && answer.ending() == Ending.CUT
            ? Ending.ERROR
            : answer.ending();
      }
      if (failed) {
        return Ending.ERROR;
      }
      return streamed && finish.isEmpty() && !done ? Ending.UNFINISHED : Ending.FINISHED;
    }

    private static long number(@Nullable Object value) {
      return value instanceof Number number ? number.longValue() : -1;
    }

    private static @Nullable Map<?, ?> tree(String json) {
      try {
        return JSON.std.anyFrom(json) instanceof Map<?, ?> map ? map : null;
      } catch (IOException e) {
        return null;
      }
    }
  }
}
