package fairlead.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.UpstreamException;
import fairlead.server.exchange.ScriptedUpstream.Answer;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that are answered from memory, and calls that are not. */
final class MemoryTest {
  private static final String ANSWER =
      "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":"
          + "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},"
          + "\"finish_reason\":\"%s\"}],"
          + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}";
  private static final String PARIS =
      "{\"model\":\"route\",\"messages\":[{\"role\":\"user\",\"content\":\"What is the capital of"
          + " France?\"}]}";

  private final ScriptedUpstream upstream = new ScriptedUpstream();
  private final Rig rig =
      new Rig(
          """
          providers:
            one: { type: openai-compatible, base_url: "http://1.example/v1" }
          routing:
            route: { targets: [one/a] }
            plain: { targets: [one/a], cache: false }
          cache:
            exact: { enabled: true }
            semantic: { enabled: true, similarity_threshold: 0.9, guards: balanced }
          """,
          Map.of("one", upstream));

  @AfterEach
  void close() {
    rig.close();
  }

  private FakeExchange call(String body) throws IOException {
    return rig.call(FakeExchange.chat(body));
  }

  private static String asking(String text) {
    return PARIS.replace("What is the capital of France?", text);
  }

  private void answers(String... texts) {
    for (String text : texts) {
      upstream.then(Answer.json(200, ANSWER.formatted(text, "stop")));
    }
  }

  private void settled() {
    Objects.requireNonNull(rig.cache).flush();
  }

  @Test
  void theSameRequestIsAskedOnce() throws IOException {
    answers("Paris", "other");
    FakeExchange first = call(PARIS);
    FakeExchange second = call(PARIS);
    assertThat(first.responseHeader("x-fairlead-cache")).isEqualTo("miss");
    assertThat(second.status).isEqualTo(200);
    assertThat(second.responseHeader("x-fairlead-cache")).isEqualTo("exact");
    assertThat(second.text()).isEqualTo(first.text());
    assertThat(second.responseHeader("x-fairlead-attempts")).isEqualTo("0");
    assertThat(second.responseHeader("x-fairlead-provider")).isEqualTo("one");
    assertThat(second.responseHeader("x-fairlead-model")).isEqualTo("a");
    assertThat(second.responseHeader("x-fairlead-cost-usd")).isEqualTo("0.000000");
    assertThat(second.responseHeader("x-fairlead-cache-key"))
        .isEqualTo(first.responseHeader("x-fairlead-cache-key"))
        .hasSize(32);
    assertThat(second.responseHeader("age")).isEqualTo("0");
    assertThat(upstream.attempts()).isEqualTo(1);
  }

  @Test
  void orderAndWhiteSpaceDoNotCount() throws IOException {
    answers("Paris", "other");
    call(PARIS);
    FakeExchange other =
        call(
            "{ \"messages\" : [ {\"content\":\"What is the capital of \\u0046rance?\",\"role\":"
                + "\"user\"} ], \"model\":\"route\" }");
    assertThat(other.responseHeader("x-fairlead-cache")).isEqualTo("exact");
  }

  @Test
  void aStreamIsMadeOfAPlainAnswer() throws IOException {
    answers("Paris");
    call(PARIS);
    FakeExchange stream = call(PARIS.replace("{\"model\"", "{\"stream\":true,\"model\""));
    assertThat(stream.responseHeader("x-fairlead-cache")).isEqualTo("exact");
    assertThat(stream.responseHeader("content-type")).startsWith("text/event-stream");
    assertThat(stream.text()).contains("\"Paris\"").endsWith("data: [DONE]\n\n");
    assertThat(stream.ended).isTrue();
  }

  @Test
  void aPlainAnswerIsMadeOfAStream() throws IOException {
    upstream.then(
        Answer.stream(
            chunk("{\"role\":\"assistant\",\"content\":\"Pa\"}", "null"),
            chunk("{\"content\":\"ris\"}", "null"),
            chunk("{}", "\"stop\""),
            "data: [DONE]\n\n"));
    call(PARIS.replace("{\"model\"", "{\"stream\":true,\"model\""));
    FakeExchange plain = call(PARIS);
    assertThat(plain.responseHeader("x-fairlead-cache")).isEqualTo("exact");
    assertThat(plain.text()).contains("\"content\":\"Paris\"").contains("\"chat.completion\"");
  }

  private static String chunk(String delta, String finish) {
    return "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
        + "\"choices\":[{\"index\":0,\"delta\":"
        + delta
        + ",\"finish_reason\":"
        + finish
        + "}]}\n\n";
  }

  @Test
  void whatIsCutOffOrFailsIsNotRemembered() throws IOException {
    upstream.then(Answer.json(200, ANSWER.formatted("Par", "length")));
    upstream.then(Answer.json(400, "{\"error\":{\"message\":\"no\",\"type\":\"t\"}}"));
    upstream.then(Answer.failing(UpstreamException.Kind.CONNECT_REFUSED));
    answers("Paris");
    assertThat(call(PARIS).responseHeader("x-fairlead-cache")).isEqualTo("miss");
    assertThat(call(PARIS).status).isEqualTo(400);
    call(PARIS);
    assertThat(call(PARIS).text()).contains("Paris");
  }

  @Test
  void aRouteMayBeWithout() throws IOException {
    answers("one", "two");
    String body = PARIS.replace("route", "plain");
    call(body);
    assertThat(call(body).responseHeader("x-fairlead-cache")).isEqualTo("off");
    assertThat(upstream.attempts()).isEqualTo(2);
  }

  @Test
  void callersSayWhatTheyWant() throws IOException {
    answers("one", "two", "three", "four");
    FakeExchange only = rig.call(FakeExchange.chat(PARIS).with("x-fairlead-cache", "only"));
    assertThat(only.status).isEqualTo(504);
    assertThat(only.text()).contains("not_in_cache");
    assertThat(only.responseHeader("x-should-retry")).isEqualTo("false");
    assertThat(only.responseHeader("x-fairlead-cache")).isEqualTo("miss");
    rig.call(FakeExchange.chat(PARIS).with("cache-control", "no-store"));
    FakeExchange stored = call(PARIS);
    assertThat(stored.text()).contains("two");
    FakeExchange fresh = rig.call(FakeExchange.chat(PARIS).with("x-fairlead-cache", "refresh"));
    assertThat(fresh.text()).contains("three");
    assertThat(call(PARIS).text()).contains("three");
    FakeExchange bad = rig.call(FakeExchange.chat(PARIS).with("x-fairlead-cache", "maybe"));
    assertThat(bad.status).isEqualTo(400);
    assertThat(bad.text()).contains("x-fairlead-cache").contains("maybe");
  }

  @Test
  void scopesAreApart() throws IOException {
    answers("one", "two");
    rig.call(FakeExchange.chat(PARIS).with("x-fairlead-cache-scope", "a"));
    FakeExchange other = rig.call(FakeExchange.chat(PARIS).with("x-fairlead-cache-scope", "b"));
    assertThat(other.text()).contains("two");
    assertThat(
            rig.call(FakeExchange.chat(PARIS).with("x-fairlead-cache-scope", "a"))
                .responseHeader("x-fairlead-cache"))
        .isEqualTo("exact");
  }

  @Test
  void theSameWordsInAnotherWritingAreTheSame() throws IOException {
    answers("Paris", "other");
    call(PARIS);
    settled();
    FakeExchange other = call(asking("what is the capital of france"));
    assertThat(other.responseHeader("x-fairlead-cache")).isEqualTo("semantic;score=1.00");
    assertThat(other.responseHeader("x-fairlead-cache-request")).hasSize(32);
  }

  @Test
  void aQuestionThatSaysTheSameIsAnsweredFromMemory() throws IOException {
    answers("Paris", "other", "other");
    call(PARIS);
    settled();
    FakeExchange other = call(asking("What's the capital of France?"));
    assertThat(other.responseHeader("x-fairlead-cache")).startsWith("semantic;score=0.9");
    FakeExchange germany = call(asking("What is the capital of Germany?"));
    assertThat(germany.responseHeader("x-fairlead-cache")).isEqualTo("miss");
  }

  @Test
  void toolsAreLeftOut() throws IOException {
    answers("one", "two");
    String body =
        PARIS.replace(
            "{\"model\"",
            "{\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"model\"");
    call(body);
    FakeExchange second = rig.call(FakeExchange.chat(body).with("x-fairlead-explain", "1"));
    assertThat(second.responseHeader("x-fairlead-cache")).isEqualTo("off");
    assertThat(second.responseHeader("x-fairlead-cache-reason")).isEqualTo("tools");
    assertThat(upstream.attempts()).isEqualTo(2);
  }

  @Test
  void whatIsOlderThanTheCallerWantsIsAskedForAnew() throws IOException {
    answers("one", "two", "three");
    call(PARIS);
    FakeExchange fresh =
        rig.call(FakeExchange.chat(PARIS).with("cache-control", "min-fresh=100000"));
    assertThat(fresh.text()).as("must still be good for longer than any is").contains("two");
    assertThat(call(PARIS).text()).as("the newer one").contains("two");
  }

  @Test
  void whoWantsMemoryOnlyNeverPays() throws IOException {
    answers("one", "two");
    FakeExchange both =
        rig.call(
            FakeExchange.chat(PARIS)
                .with("x-fairlead-cache", "only")
                .with("cache-control", "no-cache"));
    assertThat(both.status).isEqualTo(504);
    FakeExchange off =
        rig.call(
            FakeExchange.chat(PARIS.replace("route", "plain")).with("x-fairlead-cache", "only"));
    assertThat(off.status).isEqualTo(504);
    assertThat(upstream.attempts()).isZero();
  }

  @Test
  void headersThatChangeTheAnswerTellRequestsApart() throws IOException {
    answers("one", "two");
    rig.call(FakeExchange.chat(PARIS).with("traceparent", "a"));
    assertThat(
            rig.call(FakeExchange.chat(PARIS).with("traceparent", "b"))
                .responseHeader("x-fairlead-cache"))
        .isEqualTo("exact");
    FakeExchange beta = rig.call(FakeExchange.chat(PARIS).with("anthropic-beta", "long-context"));
    assertThat(beta.responseHeader("x-fairlead-cache")).isEqualTo("miss");
  }

  @Test
  void aModelNameOfTheCallersCannotWriteHeaders() throws IOException {
    answers("one");
    String body =
        PARIS.replace(
            "{\"model\":\"route\"",
            "{\"model\":\"route\",\"fallbacks\":[\"one/x\\r\\nSet-Cookie: a=b\"]");
    upstream.then(Answer.failing(UpstreamException.Kind.CONNECT_REFUSED));
    call(body);
    FakeExchange again = call(body);
    assertThat(again.headers).doesNotContain("\nSet-Cookie");
  }

  @Test
  void aRequestThatNamesAnEndUserGetsEqualAnswersOnly() throws IOException {
    answers("one", "two");
    String body = PARIS.replace("{\"model\"", "{\"user\":\"u1\",\"model\"");
    call(body);
    settled();
    assertThat(call(body).responseHeader("x-fairlead-cache")).isEqualTo("exact");
    FakeExchange similar = call(body.replace("What is the", "what is the"));
    assertThat(similar.responseHeader("x-fairlead-cache")).isEqualTo("miss");
  }
}
