package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.Operation;
import fairlead.providers.Upstream;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import fairlead.server.governance.CallerKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a connection holds between calls, and what of that is the cache's. */
final class MemoryFootprintTest {
  private static final int CONNECTIONS = 2_000;
  private static final int MAX_BYTES = 1_024;

  /**
   * What thousands of connections have to be multiplied by; their buffers at the front come on top.
   */
  private static final int MAX_CONNECTION_BYTES = 20 * 1_024;

  private static final String CONFIG =
      """
      providers:
        one: { type: openai-compatible, base_url: "http://1.example/v1" }
      routing:
        route: { targets: [one/a] }
        plain: { targets: [one/a], cache: false }
      cache:
        exact: { enabled: true }
        semantic: { enabled: true }
      """;

  private static final Answer STREAM =
      Answer.stream(
          "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Paris\"},"
              + "\"finish_reason\":\"stop\"}]}\n\n",
          "data: [DONE]\n\n");
  private static final Answer PLAIN =
      Answer.json(
          200,
          "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"Paris\"},"
              + "\"finish_reason\":\"stop\"}]}");

  /** Another for each call: it remembers what it was asked. */
  private ScriptedUpstream upstream = new ScriptedUpstream();

  /** Bytes per connection after one miss and one hit of each kind. */
  private long bytes(String route) throws IOException {
    List<ModelExchange> connections = new ArrayList<>(CONNECTIONS);
    Upstream answering = (request, control) -> upstream.open(request, control);
    try (Rig rig = new Rig(CONFIG, Map.of("one", answering))) {
      connect(rig, route); // loads what all share
      long before = used();
      for (int i = 0; i < CONNECTIONS; i++) {
        connections.add(connect(rig, route));
      }
      long after = used();
      connections.forEach(ModelExchange::close);
      return (after - before) / CONNECTIONS;
    }
  }

  private ModelExchange connect(Rig rig, String route) throws IOException {
    ModelExchange made = rig.connection();
    for (String stream : new String[] {"false", "true"}) {
      for (int i = 0; i < 2; i++) {
        upstream = new ScriptedUpstream().then(stream.equals("true") ? STREAM : PLAIN);
        FakeExchange http =
            FakeExchange.chat(
                ("{\"model\":\"%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"What is the"
                        + " capital of France, and %s?\"}]}")
                    .formatted(route, stream, stream));
        if (i == 0) {
          http.with("x-fairlead-cache", "refresh");
        }
        made.handle(http, Operation.CHAT, rig.snapshot, CallerKeys.Caller.ANYONE);
      }
    }
    return made;
  }

  private static long used() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  @Test
  void anIdleConnectionHoldsLittleForTheCache() throws IOException {
    long without = bytes("plain");
    long with = bytes("route");
    System.out.println("bytes of a connection: " + without + ", with the cache " + with);
    assertThat(with - without).isLessThan(MAX_BYTES);
    assertThat(without).isLessThan(MAX_CONNECTION_BYTES);
  }
}
