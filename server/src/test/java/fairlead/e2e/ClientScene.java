package fairlead.e2e;

import fairlead.e2e.Recordings.Exchange;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What real clients are pointed at: the gateway before a simulated provider on a real socket, and
 * before replays of recorded OpenAI and Anthropic exchanges.
 *
 * <p>Thread-safe once made.
 */
final class ClientScene implements AutoCloseable {
  static final String SIMULATED = "simulated/simulated-1";
  static final String OPENAI = "recorded_openai/gpt-4o-mini";
  static final String ANTHROPIC = "recorded_anthropic/claude-haiku-4-5-20251001";
  static final String BAD_KEY = "bad_key/gpt-4o-mini";
  static final String KEY = "sk-test-caller";

  private static final String ANTHROPIC_CASE = "anthropic_claude-haiku-4-5_";

  private final ReplayUpstream upstream;
  private final SimulatedProcess simulated;
  private final GatewayProcess gateway;
  private final Map<String, Conversation> conversations;

  /** The exchanges one recorded provider answers with. */
  record Conversation(
      boolean anthropic,
      Exchange plain,
      Exchange stream,
      Exchange call,
      Exchange afterCall,
      Exchange streamCall,
      Exchange streamAfterCall) {

    /** Chooses by what the request has, as a provider would. */
    Exchange answerTo(String request) {
      boolean streams = request.replace(" ", "").contains("\"stream\":true");
      boolean results =
          request.contains("\"tool_result\"")
              || request.replace(" ", "").contains("\"role\":\"tool\"");
      if (request.contains("\"tools\"")) {
        if (results) {
          return streams ? streamAfterCall : afterCall;
        }
        return streams ? streamCall : call;
      }
      return streams ? stream : plain;
    }

    Answer read(Exchange exchange) {
      return anthropic
          ? Answer.ofAnthropic(exchange.response(), exchange.isStream())
          : Answer.ofOpenAi(exchange.response(), exchange.isStream());
    }
  }

  private ClientScene(
      ReplayUpstream upstream,
      SimulatedProcess simulated,
      GatewayProcess gateway,
      Map<String, Conversation> conversations) {
    this.upstream = upstream;
    this.simulated = simulated;
    this.gateway = gateway;
    this.conversations = conversations;
  }

  static ClientScene start() throws IOException {
    List<Exchange> openAi = Recordings.openAiWire();
    List<Exchange> anthropic = Recordings.anthropic();
    Map<String, Conversation> conversations =
        Map.of(
            OPENAI,
            new Conversation(
                false,
                Recordings.find(openAi, "envoy-ai", "chat-basic#0"),
                Recordings.find(openAi, "envoy-ai", "chat-streaming#0"),
                pydantic(openAi, "test_image_url_tool_response#0"),
                pydantic(openAi, "test_image_url_tool_response#1"),
                pydantic(openAi, "test_run_stream_sync_streams_real_model#0"),
                pydantic(openAi, "test_run_stream_sync_streams_real_model#1")),
            ANTHROPIC,
            new Conversation(
                true,
                ruby(anthropic, "chat_basic_chat_functionality", "can_have_a_basic_conversation#0"),
                ruby(anthropic, "chat_streaming_responses", "supports_streaming_responses#0"),
                ruby(anthropic, "chat_function_calling", "can_use_tools#0"),
                ruby(anthropic, "chat_function_calling", "can_use_tools#1"),
                ruby(
                    anthropic,
                    "chat_function_calling",
                    "can_use_tools_without_parameters_in_multi-turn_streaming_conversations#0"),
                ruby(
                    anthropic,
                    "chat_function_calling",
                    "can_use_tools_without_parameters_in_multi-turn_streaming_conversations#1")));
    Exchange embedding = Recordings.find(openAi, "envoy-ai", "embeddings-basic#0");
    Exchange unknown = Recordings.find(openAi, "envoy-ai", "chat-unknown-model#0");

    ReplayUpstream upstream = ReplayUpstream.start();
    upstream.on(
        "openai",
        (request, connection) -> {
          Exchange answer =
              request.path().endsWith("/embeddings")
                  ? embedding
                  : request.text().contains("gpt-nonexistent")
                      ? unknown
                      : conversation(conversations, OPENAI).answerTo(request.text());
          ReplayUpstream.replay(answer, ReplayUpstream.Framing.CHUNKED, 900)
              .answer(request, connection);
        });
    upstream.on(
        "anthropic",
        (request, connection) ->
            ReplayUpstream.replay(
                    conversation(conversations, ANTHROPIC).answerTo(request.text()),
                    ReplayUpstream.Framing.CHUNKED,
                    700)
                .answer(request, connection));
    upstream.on(
        "badkey",
        Recordings.find(
            openAi,
            "perplexity",
            "chat_error_handling_with_perplexity_sonar_raises_appropriate_auth_error#0"),
        ReplayUpstream.Framing.LENGTH,
        0);
    SimulatedProcess simulated = SimulatedProcess.start(Map.of());
    GatewayProcess gateway =
        GatewayProcess.start(
            "auth:\n  keys:\n    - { name: tests, value: "
                + KEY
                + ", routes: [\"*\"] }\nproviders:\n"
                + GatewayProcess.provider("simulated", simulated.baseUrl(), Map.of())
                + GatewayProcess.provider(
                    "recorded_openai",
                    upstream.baseUrl("openai"),
                    Map.of("api_key", "sk-up", "models", "[listed-model]"))
                + GatewayProcess.provider(
                    "bad_key", upstream.baseUrl("badkey"), Map.of("api_key", "sk-wrong"))
                + GatewayProcess.provider(
                    "recorded_anthropic",
                    upstream.origin("anthropic"),
                    Map.of("type", "anthropic", "api_key", "sk-ant-up")));
    return new ClientScene(upstream, simulated, gateway, conversations);
  }

  private static Exchange pydantic(List<Exchange> all, String name) {
    return Recordings.find(all, "pydantic-ai-vcr/api.openai.com", "test_openai/" + name);
  }

  private static Exchange ruby(List<Exchange> all, String group, String name) {
    return all.stream()
        .filter(e -> e.source().contains(" " + group))
        .filter(e -> e.source().endsWith(ANTHROPIC_CASE + name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(group + " has no " + name));
  }

  private static Conversation conversation(Map<String, Conversation> all, String model) {
    Conversation found = all.get(model);
    if (found == null) {
      throw new IllegalArgumentException("no recordings for " + model);
    }
    return found;
  }

  Conversation conversation(String model) {
    return conversation(conversations, model);
  }

  GatewayProcess gateway() {
    return gateway;
  }

  ReplayUpstream upstream() {
    return upstream;
  }

  @Override
  public void close() throws IOException {
    gateway.close();
    simulated.close();
    upstream.close();
  }
}
