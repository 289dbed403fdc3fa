package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A stream that breaks after content has gone out ends with an error event and never looks
 * complete; one that breaks before is rescued by the next target.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CutStreamIT {
  private static final String QUESTION =
      "{\"model\":\"%s\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";

  private final ReplayUpstream upstream = ReplayUpstream.start();
  private final GatewayProcess gateway;

  CutStreamIT() {
    gateway =
        GatewayProcess.start(
            "providers:\n"
                + GatewayProcess.provider(
                    "breaks",
                    upstream.baseUrl("breaks"),
                    Map.of("timeouts", "{ first_token_ms: 2000, idle_ms: 1000, queue_ms: 1000 }"))
                + GatewayProcess.provider("works", upstream.baseUrl("works"), Map.of())
                + "routing:\n  both:\n    targets:\n"
                + "      - { provider: breaks, model: m, priority: 1 }\n"
                + "      - { provider: works, model: m, priority: 2 }\n"
                + "    strategy: priority\n    failover: true\n");
    upstream.on(
        "works",
        (_, connection) -> {
          connection.beginEvents();
          connection.delta("rescued");
          connection.finishEvents();
        });
  }

  @AfterAll
  void close() throws IOException {
    gateway.close();
    upstream.close();
  }

  /** The ways a provider can break. */
  enum Break {
    /** The connection ends inside the chunked body. */
    CUT_IN_BODY,
    /** The body ends properly, without a finish reason. */
    ENDED_WITHOUT_FINISH,
    /** An error object in the stream, then its end. */
    ERROR_EVENT,
    /** An error object and then {@code [DONE]}, which some clients take for success. */
    ERROR_THEN_DONE,
    /** Nothing more comes. */
    SILENCE,
    /** Only keep-alive comments come, which are not content. */
    COMMENTS_ONLY;

    void happen(ReplayUpstream.Connection connection) throws IOException {
      switch (this) {
        case CUT_IN_BODY -> connection.close();
        case ENDED_WITHOUT_FINISH -> connection.endChunks();
        case ERROR_EVENT, ERROR_THEN_DONE -> {
          connection.event(
              "{\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\",\"code\":null}}");
          if (this == ERROR_THEN_DONE) {
            connection.event("[DONE]");
          }
          connection.endChunks();
        }
        case SILENCE -> connection.awaitClosedByPeer();
        case COMMENTS_ONLY -> connection.commentsUntilClosed();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Break.class)
  void afterContentTheCallerSeesAnErrorAndNoEnd(Break how) throws IOException {
    breakAfter(0, how);
  }

  @ParameterizedTest
  @EnumSource(Break.class)
  void soItIsWhenASteadyStreamBreaks(Break how) throws IOException {
    breakAfter(6, how);
  }

  /**
   * @param paced how many pieces of text come one after the other before it happens
   */
  private void breakAfter(int paced, Break how) throws IOException {
    Semaphore callerHasContent = new Semaphore(0);
    upstream.on(
        "breaks",
        (_, connection) -> {
          connection.beginEvents();
          connection.delta("one");
          connection.deltas(paced, 4);
          connection.delta("two");
          callerHasContent.acquireUninterruptibly();
          how.happen(connection);
        });

    String rest;
    try (RawClient caller = new RawClient(gateway.port())) {
      caller.post("/v1/chat/completions", QUESTION.replace("%s", "breaks/m"));
      assertThat(caller.head()).isEqualTo(200);
      caller.readUntil("two");
      callerHasContent.release();
      rest = caller.rest();
    }

    assertThat(rest).doesNotContain("[DONE]");
    assertThat(rest).containsPattern("event: error\ndata: \\{\"error\":\\{.*\\}\\}\n\n$");
  }

  @ParameterizedTest
  @EnumSource(Break.class)
  void beforeContentTheNextTargetAnswers(Break how) throws IOException {
    upstream.on(
        "breaks",
        (_, connection) -> {
          connection.beginEvents();
          how.happen(connection);
        });

    RawClient.Response answer = ask("both");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.complete()).isTrue();
    assertThat(answer.text()).contains("rescued").endsWith("data: [DONE]\n\n");
    assertThat(answer.text()).doesNotContain("error");
    assertThat(answer.header("x-fairlead-provider")).isEqualTo("works");
  }

  @Test
  void textAlreadySentIsNeverSentAgain() throws IOException {
    Semaphore callerHasContent = new Semaphore(0);
    upstream.on(
        "breaks",
        (_, connection) -> {
          connection.beginEvents();
          connection.delta("one");
          callerHasContent.acquireUninterruptibly();
          connection.close();
        });

    String whole;
    try (RawClient caller = new RawClient(gateway.port())) {
      caller.post("/v1/chat/completions", QUESTION.replace("%s", "both"));
      assertThat(caller.head()).isEqualTo(200);
      whole = caller.readUntil("one");
      callerHasContent.release();
      whole += caller.rest();
    }

    assertThat(whole).containsOnlyOnce("one").doesNotContain("[DONE]").doesNotContain("rescued");
    assertThat(whole).contains("event: error");
  }

  private RawClient.Response ask(String model) throws IOException {
    return RawClient.post(gateway.port(), "/v1/chat/completions", QUESTION.replace("%s", model));
  }
}
