package fairlead.providers.simulated;

import static fairlead.providers.simulated.RawClient.CHAT;
import static fairlead.providers.simulated.RawClient.MESSAGES;
import static fairlead.providers.simulated.RawClient.chat;
import static fairlead.providers.simulated.RawClient.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.simulated.RawClient.Answer;
import fairlead.providers.simulated.RawClient.End;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class SimulatedServerTest {
  private final SimulatedServer server = SimulatedServer.start(SimulatedBehaviour.plain());

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void onePlainConnectionServesManyRequests() throws Exception {
    try (RawClient client = new RawClient(server.port())) {
      for (int i = 0; i < 4; i++) {
        client.send(CHAT, chat(false));
        Answer plain = client.receive();
        assertThat(plain.status()).isEqualTo(200);
        assertThat(plain.text()).contains(SimulatedAnswerText.DEFAULT, "\"total_tokens\":65");
        client.send("/chat/completions", chat(i > 1));
        Answer other = client.receive();
        assertThat(other.text().startsWith("data: ")).isEqualTo(i > 1);
        client.send(CHAT, chat(false).replace("hello", "h" + i));
        assertThat(client.receive().text()).contains(SimulatedAnswerText.DEFAULT);
      }
    }
    assertThat(server.requestCount()).isEqualTo(12);
  }

  @Test
  void aStreamIsOnePieceWhenNothingSlowsIt() throws Exception {
    Answer answer = post("answer_words=98", CHAT, chat(true));

    assertThat(answer.events()).hasSize(101).last().isEqualTo("[DONE]");
    assertThat(answer.chunks()).hasSize(1);
    assertThat(answer.header("content-type")).isEqualTo("text/event-stream; charset=utf-8");
  }

  @Test
  void pipelinedAndChunkedRequestsAreUnderstood() throws Exception {
    try (RawClient client = new RawClient(server.port())) {
      String body = chat(false);
      String chunked =
          "POST /v1/chat/completions?api-version=1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "5\r\n"
              + body.substring(0, 5)
              + "\r\n"
              + Integer.toHexString(body.length() - 5)
              + ";x=y\r\n"
              + body.substring(5)
              + "\r\n0\r\nTrailer: t\r\n\r\n";
      byte[] twice = (chunked + chunked).getBytes(StandardCharsets.UTF_8);
      client.socket().getOutputStream().write(twice);

      assertThat(client.receive().text()).contains("sixty words");
      assertThat(client.receive().text()).contains("sixty words");
    }
  }

  @Test
  void largeBodiesAreReadWhole() throws Exception {
    String text = "long ".repeat(400_000);
    String body = chat(false).replace("hello", text);

    Answer answer = RawClient.post(server.port(), CHAT, body, "Expect: 100-continue");
    assertThat(answer.head()).startsWith("HTTP/1.1");
    Answer usual = RawClient.post(server.port(), CHAT, body);
    assertThat(usual.text()).contains("\"prompt_tokens\":" + (3 + text.length() / 4));
  }

  @Test
  void theMessagesWireIsSpoken() throws Exception {
    Answer plain = post("", MESSAGES, message(false));
    Answer streamed = post("", MESSAGES, message(true));

    assertThat(plain.text())
        .contains("\"type\":\"message\"", "\"stop_reason\":\"end_turn\"", "\"input_tokens\":5")
        .contains("\"output_tokens\":60", SimulatedAnswerText.DEFAULT);
    assertThat(names(streamed).subList(0, 4))
        .containsExactly("message_start", "content_block_start", "ping", "content_block_delta");
    assertThat(names(streamed).subList(63, 66))
        .containsExactly("content_block_stop", "message_delta", "message_stop");
    assertThat(streamed.streamed()).isEqualTo(SimulatedAnswerText.DEFAULT);
    assertThat(post("status=529", MESSAGES, message(false)).text())
        .isEqualTo(
            "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":"
                + "\"simulated status 529\"},\"request_id\":\"req_simulated\"}");
    assertThat(post("error_event_after_tokens=2", MESSAGES, message(true)).text())
        .endsWith("}\n\n")
        .contains("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\"");
    assertThat(names(post("duplicate_start=true", MESSAGES, message(true))).subList(0, 3))
        .containsExactly("message_start", "message_start", "content_block_start");
    assertThat(post("", "/v1/messages/count_tokens", message(false)).text())
        .isEqualTo("{\"input_tokens\":5}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          status=503                                | 503 | simulated status 503
          status=503;error_message=gone fishing     | 503 | gone fishing
          status=500;error_body={"detail":"x"}      | 500 | {"detail":"x"}
          error_body=html                           | 502 | <h1>502 Bad Gateway</h1>
          error=context_length_exceeded             | 400 | context_length_exceeded
          error=content_policy_violation            | 400 | content_policy_violation
          error=insufficient_quota                  | 429 | insufficient_quota
          error=rate_limit                          | 429 | rate_limit_exceeded
          error=invalid_key                         | 401 | invalid_api_key
          error=model_not_found                     | 404 | model_not_found
          error=server_error                        | 500 | server_error
          error=unavailable                         | 503 | unavailable
          context_window=4                          | 400 | context_length_exceeded
          """)
  void errorsAreAnswered(String knobs, int status, String text) throws Exception {
    Answer answer = post(knobs, CHAT, chat(true));

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.text()).contains(text);
    assertThat(answer.end()).isEqualTo(End.COMPLETE);
    assertThat(answer.header("content-type"))
        .isEqualTo(knobs.contains("html") ? "text/html" : "application/json");
  }

  @Test
  void retryAfterComesInEveryForm() throws Exception {
    assertThat(post("status=429;retry_after=2", CHAT, chat(false)).header("retry-after"))
        .isEqualTo("2");
    assertThat(post("status=429;retry_after=1.5", CHAT, chat(false)).header("retry-after"))
        .isEqualTo("1.5");
    assertThat(post("status=429;retry_after=31536000", CHAT, chat(false)).header("retry-after"))
        .isEqualTo("31536000");
    assertThat(post("status=429;retry_after_ms=1500", CHAT, chat(false)).header("retry-after-ms"))
        .isEqualTo("1500");
    for (int seconds : new int[] {90, -90}) {
      Answer answer = post("status=429;retry_after=date:" + seconds, CHAT, chat(false));
      Instant date =
          ZonedDateTime.parse(answer.header("retry-after"), DateTimeFormatter.RFC_1123_DATE_TIME)
              .toInstant();
      assertThat(Duration.between(Instant.now(), date).toSeconds())
          .isBetween(seconds - 10L, seconds + 1L);
    }
  }

  @Test
  void prefillIsRefusedOnlyWhenTheLastTurnIsTheAssistants() throws Exception {
    String prefill = chat(false).replace("]}", ",{\"role\":\"assistant\",\"content\":\"This\"}]}");

    assertThat(post("refuse_prefill=true", CHAT, prefill).status()).isEqualTo(400);
    assertThat(post("refuse_prefill=true", CHAT, chat(false)).status()).isEqualTo(200);
    assertThat(post("", CHAT, prefill).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          one two     | " three four"
          one tw      | "o three four"
          one two thr | "ee four"
          one 2       | "one two three four"
          one two three four five | "one two three four"
          """)
  void prefillThatBeginsTheAnswerIsContinued(String prefill, String rest) throws Exception {
    String turn = ",{\"role\":\"assistant\",\"content\":\"" + prefill + "\"}]}";
    String continues = "continue_prefill=true;answer=one two three four";

    assertThat(post(continues, CHAT, chat(false).replace("]}", turn)).text())
        .contains("\"content\":\"" + rest + "\"");
    assertThat(post(continues, CHAT, chat(false)).text()).contains("\"one two three four\"");
    assertThat(post("answer=one two three four", CHAT, chat(false).replace("]}", turn)).text())
        .contains("\"one two three four\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          reset=true                                     | RESET    | 0
          garbage=true                                   | CUT      | 0
          silent=true;silence_ms=30                      | CUT      | 0
          silent=true;silence_ms=30;after_silence=reset  | RESET    | 0
          silent=true;silence_ms=30;after_silence=continue | COMPLETE | 60
          headers_then_silent=true;silence_ms=30         | CUT      | 0
          role_only=true;silence_ms=30                   | CUT      | 0
          stall_after_tokens=20;silence_ms=30            | CUT      | 20
          stall_after_tokens=20;silence_ms=30;after_silence=reset | RESET | 20
          stall_after_tokens=20;silence_ms=30;after_silence=continue | COMPLETE | 60
          reset_after_tokens=40                          | RESET    | 40
          close_after_tokens=40                          | CUT      | 40
          end_after_tokens=40                            | COMPLETE | 40
          error_event_after_tokens=7                     | COMPLETE | 7
          error_event_after_tokens=0                     | COMPLETE | 0
          no_finish=true                                 | COMPLETE | 60
          no_done=true                                   | COMPLETE | 60
          keep_alive_comments=3;keep_alive_ms=1          | COMPLETE | 60
          empty_deltas=3;keep_alive_ms=1                 | COMPLETE | 60
          duplicate_start=true                           | COMPLETE | 60
          close_after_answer=true                        | COMPLETE | 60
          framing=close                                  | COMPLETE | 60
          framing=length                                 | COMPLETE | 60
          gzip=true                                      | COMPLETE | 60
          crlf=true                                      | COMPLETE | 60
          """)
  void streamsEndAsTheKnobsSay(String knobs, End end, int tokens) throws Exception {
    Answer answer = post(knobs, CHAT, chat(true));

    assertThat(answer.end()).isEqualTo(end);
    List<String> words = List.of(SimulatedAnswerText.DEFAULT.split(" "));
    assertThat(answer.streamed()).isEqualTo(String.join(" ", words.subList(0, tokens)));
    boolean finished = end == End.COMPLETE && tokens == 60 && !knobs.contains("no_finish");
    assertThat(answer.text().contains("\"finish_reason\":\"stop\"")).isEqualTo(finished);
    assertThat(answer.text().contains("[DONE]")).isEqualTo(finished && !knobs.contains("no_done"));
    assertThat(answer.text().contains("\"error\":{")).isEqualTo(knobs.contains("error_event"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          reset_after_tokens=30                          | RESET
          close_after_tokens=30                          | CUT
          stall_after_tokens=30;silence_ms=30            | CUT
          headers_then_silent=true;silence_ms=30         | CUT
          reset_after_bytes=100                          | RESET
          """)
  void plainAnswersBreakInTheMiddle(String knobs, End end) throws Exception {
    String whole = post("", CHAT, chat(false)).text();
    Answer answer = post(knobs, CHAT, chat(false));

    assertThat(answer.end()).isEqualTo(end);
    assertThat(whole).startsWith(answer.text());
    assertThat(answer.body().length).isLessThan(whole.length() * 2 / 3);
    assertThat(answer.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 64, 1_000})
  void sizesOfWritesAndChunksDoNotChangeTheBody(int size) throws Exception {
    String whole = post("", CHAT, chat(true)).text();

    Answer written = post("write_bytes=" + size, CHAT, chat(true));
    assertThat(written.text()).isEqualTo(whole);
    Answer chunked = post("chunk_bytes=" + size, CHAT, chat(true));
    assertThat(chunked.text()).isEqualTo(whole);
    assertThat(chunked.chunks()).allMatch(chunk -> chunk <= size);
    assertThat(chunked.chunks()).hasSizeGreaterThanOrEqualTo(chunked.body().length / size);
  }

  @Test
  void charactersAreSplitBetweenChunks() throws Exception {
    Answer answer = post("split_utf8=true;write_gap_us=100", CHAT, chat(true));

    assertThat(answer.streamed()).isEqualTo(SimulatedAnswerText.DEFAULT);
    int at = answer.chunks().getFirst();
    assertThat(answer.body()[at - 1]).isEqualTo((byte) 0xc3);
    assertThat(answer.chunks()).hasSize(3);
  }

  @Test
  void bytesBeforeAResetArrive() throws Exception {
    Answer answer = post("reset_after_bytes=1000", CHAT, chat(true));

    assertThat(answer.end()).isEqualTo(End.RESET);
    assertThat(answer.body()).hasSize(1_000);
    assertThat(post("close_after_bytes=1000", CHAT, chat(true)).body()).hasSize(1_000);
  }

  @Test
  void oneEventIsSpoiled() throws Exception {
    List<String> good = post("", CHAT, chat(true)).events();
    List<String> replaced = post("bad_json_event=10", CHAT, chat(true)).events();
    List<String> inserted =
        post("bad_json_event=10;bad_json_mode=insert", CHAT, chat(true)).events();

    assertThat(replaced).hasSameSizeAs(good);
    assertThat(good.get(9)).startsWith(replaced.get(9)).isNotEqualTo(replaced.get(9));
    byte[] bad = replaced.get(9).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> SimulatedRequest.tree(bad, 0, bad.length))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(inserted).hasSize(good.size() + 1);
    assertThat(inserted.subList(10, inserted.size())).isEqualTo(good.subList(9, good.size()));
  }

  @Test
  void commentsAndEmptyDeltasComeBeforeTheText() throws Exception {
    String text = post("keep_alive_comments=2;keep_alive_ms=1", CHAT, chat(true)).text();
    assertThat(text).startsWith(": keep-alive\n\n: keep-alive\n\ndata: {");

    List<String> events = post("empty_deltas=2;keep_alive_ms=1", CHAT, chat(true)).events();
    assertThat(events.get(1)).isEqualTo(events.get(2)).contains("\"delta\":{\"content\":\"\"}");
  }

  @Test
  void linesEndInCrlf() throws Exception {
    String text = post("crlf=true", CHAT, chat(true)).text();

    assertThat(text.replace("\r\n", "")).doesNotContain("\n").doesNotContain("\r");
    assertThat(text).isEqualTo(post("", CHAT, chat(true)).text().replace("\n", "\r\n"));
  }

  @Test
  void headersAreWrongAsAsked() throws Exception {
    assertThat(post("content_type=text/plain", CHAT, chat(true)).header("content-type"))
        .isEqualTo("text/plain");
    assertThat(post("content_type=none", CHAT, chat(true)).head()).doesNotContain("content-type");
    Answer packed = post("gzip=true", CHAT, chat(false));
    assertThat(packed.header("content-encoding")).isEqualTo("gzip");
    assertThat(packed.text()).contains(SimulatedAnswerText.DEFAULT);
  }

  @Test
  void oneEventMayBeHuge() throws Exception {
    Answer answer = post("big_event_mb=3", CHAT, chat(true));

    assertThat(answer.events().get(1).length()).isGreaterThan(3 << 20);
    assertThat(answer.events()).last().isEqualTo("[DONE]");
  }

  @Test
  void anEndlessStreamGoesOnUntilTheClientLeaves() throws Exception {
    try (RawClient client = new RawClient(server.port())) {
      client.send(CHAT, chat(true), "x-simulate: endless=true");
      for (int i = 0; i < 2_000_000; i++) {
        assertThat(client.readByte()).isNotNegative();
      }
    }
    awaitCancelled(1);
    assertThat(server.inFlight()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "silent=true",
        "latency_ms=60000",
        "headers_then_silent=true",
        "stall_after_tokens=3",
        "tokens_per_second=200;answer_words=10000",
        "keep_alive_comments=forever;keep_alive_ms=10"
      })
  void aClientThatLeavesIsNoticedWithin100Ms(String knobs) throws Exception {
    long leftAt;
    long startedAt = System.nanoTime();
    try (RawClient client = new RawClient(server.port())) {
      client.send(CHAT, chat(true), "x-simulate: " + knobs);
      while (server.inFlight() == 0) {
        Thread.onSpinWait();
      }
      if (!knobs.startsWith("silent") && !knobs.startsWith("latency")) {
        assertThat(client.readByte()).isEqualTo('H');
      }
      leftAt = System.nanoTime();
    }
    awaitCancelled(1);

    SimulatedServer.Seen seen = server.requests().getLast();
    assertThat(seen.outcome()).isEqualTo("cancelled");
    assertThat(seen.durationNanos())
        .isLessThan(leftAt - startedAt + TimeUnit.MILLISECONDS.toNanos(100));
  }

  @Test
  void connectionsAreRefusedForAWhile() throws Exception {
    try (RawClient open = new RawClient(server.port())) {
      open.send(CHAT, chat(false));
      assertThat(open.receive().status()).isEqualTo(200);
      server.behaviour(SimulatedBehaviour.parse("refuse=true"));
      assertThat(open.receive().end()).isNotEqualTo(End.COMPLETE);
    }
    assertThatThrownBy(() -> new RawClient(server.port())).isInstanceOf(ConnectException.class);

    server.behaviour(SimulatedBehaviour.plain());
    assertThat(RawClient.post(server.port(), CHAT, chat(false)).status()).isEqualTo(200);

    server.behaviour(SimulatedBehaviour.parse("refuse=true;fail_for_ms=200"));
    assertThatThrownBy(() -> new RawClient(server.port())).isInstanceOf(ConnectException.class);
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    int status = 0;
    while (status != 200 && System.nanoTime() < until) {
      try {
        status = RawClient.post(server.port(), CHAT, chat(false)).status();
      } catch (ConnectException e) {
        Thread.onSpinWait();
      }
    }
    assertThat(status).isEqualTo(200);
  }

  @Test
  void latencyAndPaceAreKept() throws Exception {
    assertThat(millis("latency_ms=60", false)).isGreaterThanOrEqualTo(60);
    assertThat(millis("latency_ms=3;latency_multiplier=20", false)).isGreaterThanOrEqualTo(60);
    assertThat(millis("tokens_per_second=1000", true)).isGreaterThanOrEqualTo(59);
    assertThat(millis("tokens_per_second=1000", false)).isGreaterThanOrEqualTo(60);
    assertThat(millis("first_token_ms=60", true)).isGreaterThanOrEqualTo(60);
    assertThat(millis("slow_close_ms=60", true)).isGreaterThanOrEqualTo(60);
    assertThat(millis("bandwidth_bytes_per_second=10000", false)).isGreaterThanOrEqualTo(60);
  }

  @Test
  void keysAreRevokedLimitedAndCounted() throws Exception {
    server.behaviour(SimulatedBehaviour.parse("revoked_keys=2"));
    assertThat(withKey("a")).isEqualTo(200);
    assertThat(withKey("b")).isEqualTo(401);
    server.behaviour(SimulatedBehaviour.parse("limited_keys=odd"));
    assertThat(withKey("a")).isEqualTo(429);
    assertThat(withKey("b")).isEqualTo(200);
    server.behaviour(SimulatedBehaviour.parse("key_limit=1;key_limit_window_ms=60000"));
    assertThat(withKey("a")).isEqualTo(200);
    Answer limited = RawClient.post(server.port(), CHAT, chat(false), "Authorization: Bearer a");
    assertThat(limited.status()).isEqualTo(429);
    assertThat(Double.parseDouble(limited.header("retry-after"))).isBetween(30.0, 60.0);
    assertThat(withKey("b")).isEqualTo(200);
    // The last answer is here before the server has noted that it is done.
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    String stats = get("/_stats");
    while (!stats.contains("\"in_flight\":0") && System.nanoTime() - until < 0) {
      stats = get("/_stats");
    }
    assertThat(stats)
        .contains("\"by_key\":[{\"key\":1,\"requests\":4},{\"key\":2,\"requests\":3}]")
        .contains("\"requests\":7", "\"/chat/completions\":7", "\"in_flight\":0")
        .contains("\"cancelled\":0");
    assertThat(server.requests().get(1).key()).isEqualTo(2);
  }

  @Test
  void requestsAreLoggedWithWhatTheySaid() throws Exception {
    Answer _ = RawClient.post(server.port(), CHAT, chat(false), "X-Test: yes");
    Answer _ = RawClient.post(server.port(), CHAT, chat(false).replace("\"m\"", "\"other\""));

    List<SimulatedServer.Seen> seen = server.requests();
    assertThat(seen).extracting(SimulatedServer.Seen::model).containsExactly("m", "other");
    assertThat(seen.getFirst().head()).contains("X-Test: yes");
    assertThat(seen.getFirst().body()).isEqualTo(chat(false));
    assertThat(seen.get(0).arrivalNanos()).isLessThan(seen.get(1).arrivalNanos());
    assertThat(get("/_log")).contains("\"model\":\"other\"", "\"status\":200");
    assertThat(RawClient.post(server.port(), "/_reset", "").status()).isEqualTo(200);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void theBehaviourMayBeSwappedOverTheWire() throws Exception {
    assertThat(RawClient.post(server.port(), "/_behaviour", "status=503;fail_first=1").status())
        .isEqualTo(200);
    assertThat(RawClient.post(server.port(), CHAT, chat(false)).status()).isEqualTo(503);
    assertThat(RawClient.post(server.port(), CHAT, chat(false)).status()).isEqualTo(200);
    Answer refused = RawClient.post(server.port(), "/_behaviour", "status=1");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text()).contains("simulated knob status");
  }

  @Test
  void aRequestMayCarryKnobsOfItsOwn() throws Exception {
    assertThat(post("status=503;fail_first=1", CHAT, chat(false)).status()).isEqualTo(503);
    assertThat(post("status=503;fail_first=1", CHAT, chat(false)).status()).isEqualTo(200);

    String suffixed = chat(false).replace("\"m\"", "\"m#status=418\"");
    assertThat(RawClient.post(server.port(), CHAT, suffixed).status()).isEqualTo(418);
    String echoed = chat(false).replace("\"m\"", "\"m#latency_ms=1\"");
    assertThat(RawClient.post(server.port(), CHAT, echoed).text()).contains("\"model\":\"m\"");
    Answer wrong = post("stauts=503", CHAT, chat(false));
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.text()).contains("did you mean status?");
  }

  @Test
  void modelsAreListedAndUnknownPathsRefused() throws Exception {
    server.behaviour(SimulatedBehaviour.parse("models=gpt-a, gpt-b"));

    assertThat(get("/v1/models")).contains("\"id\":\"gpt-a\"", "\"id\":\"gpt-b\"");
    assertThat(RawClient.post(server.port(), "/v1/nothing", "{}").status()).isEqualTo(404);
  }

  private int withKey(String key) throws IOException {
    return RawClient.post(server.port(), CHAT, chat(false), "Authorization: Bearer " + key)
        .status();
  }

  private Answer post(String knobs, String path, String body) throws IOException {
    return knobs.isEmpty()
        ? RawClient.post(server.port(), path, body)
        : RawClient.post(server.port(), path, body, "x-simulate: " + knobs);
  }

  private String get(String path) throws IOException {
    try (RawClient client = new RawClient(server.port())) {
      client
          .socket()
          .getOutputStream()
          .write(("GET " + path + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      return client.receive().text();
    }
  }

  private long millis(String knobs, boolean stream) throws IOException {
    long start = System.nanoTime();
    assertThat(post(knobs, CHAT, chat(stream)).end()).isEqualTo(End.COMPLETE);
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  private void awaitCancelled(long count) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (server.cancelled() < count && System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    assertThat(server.cancelled()).isEqualTo(count);
  }

  private static List<String> names(Answer answer) {
    return answer
        .text()
        .lines()
        .filter(line -> line.startsWith("event: "))
        .map(line -> line.substring(7))
        .toList();
  }
}
