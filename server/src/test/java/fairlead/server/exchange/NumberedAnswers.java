package fairlead.server.exchange;

import com.fasterxml.jackson.jr.ob.JSON;
import fairlead.providers.CallControl;
import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamRequest;
import fairlead.providers.UpstreamResponse;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A provider that never gives the same answer twice. Not thread-safe. */
final class NumberedAnswers implements Upstream {
  private int given;

  /** How many calls it has answered. */
  int given() {
    return given;
  }

  @Override
  public UpstreamResponse open(UpstreamRequest request, CallControl control)
      throws UpstreamException {
    String body =
        "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":"
            + "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"answer "
            + given++
            + "\"},\"finish_reason\":\"stop\"}],"
            + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}";
    return new ScriptedUpstream().then(Answer.json(200, body)).open(request, control);
  }

  /** The number of the answer that a caller was given, from memory or not. */
  static int number(FakeExchange http) {
    String text = http.text();
    int at = text.indexOf("answer ") + "answer ".length();
    return Integer.parseInt(text.substring(at, text.indexOf('"', at)));
  }

  /** A chat's body: what it names beside the messages, then role and text in turn. */
  static String chat(Map<String, ?> more, String... rolesAndTexts) {
    try {
      List<Object> messages = new ArrayList<>();
      for (int i = 0; i < rolesAndTexts.length; i += 2) {
        messages.add(Map.of("role", rolesAndTexts[i], "content", rolesAndTexts[i + 1]));
      }
      Map<String, Object> body = new TreeMap<>(more);
      body.put("messages", messages);
      return JSON.std.asString(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
