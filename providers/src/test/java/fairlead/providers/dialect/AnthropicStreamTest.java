package fairlead.providers.dialect;

import static fairlead.providers.dialect.AnswerStream.CONTENT;
import static fairlead.providers.dialect.AnswerStream.DONE;
import static fairlead.providers.dialect.AnswerStream.ERROR;
import static fairlead.providers.dialect.AnswerStream.FINISH;
import static fairlead.providers.dialect.AnswerStream.MALFORMED;
import static fairlead.providers.dialect.AnswerStream.USAGE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.SseEvent;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each event of a Messages stream does. Single quotes stand for double ones. */
class AnthropicStreamTest {
  private static final String START =
      "{'type':'message_start','message':{'id':'msg_1','model':'m','content':[],"
          + "'usage':{'input_tokens':5,'cache_read_input_tokens':3,"
          + "'cache_creation_input_tokens':2,'output_tokens':1,'service_tier':'standard'}}}";
  private static final String TEXT =
      "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':''}}";
  private static final String THINKING =
      "{'type':'content_block_start','index':0,'content_block':{'type':'thinking'}}";
  private static final String TOOL =
      "{'type':'content_block_start','index':3,'content_block':{'type':'tool_use','id':'t1',"
          + "'name':'f','input':{}}}";
  private static final String STOP = "{'type':'content_block_stop','index':0}";
  private static final String END =
      "{'type':'message_delta','delta':{'stop_reason':'end_turn'},'usage':{'output_tokens':9}}";
  private static final String MESSAGE_STOP = "{'type':'message_stop'}";
  private static final String HEAD =
      "data: {'id':'msg_1','object':'chat.completion.chunk','created':7,'model':'m',"
          + "'service_tier':'default','choices':[";
  private static final String OPEN = HEAD + "{'index':0,'delta':{";
  private static final String CLOSE = "},'finish_reason':null}]}";

  private final AnthropicStream stream = new AnthropicStream(() -> 7);
  private final ByteSink out = new ByteSink();

  @BeforeEach
  void begin() {
    stream.begin(false);
  }

  @Test
  void plainText() {
    gives(START, USAGE, OPEN + "'role':'assistant','content':''" + CLOSE);
    gives(TEXT, 0);
    gives("{'type':'ping'}", AnswerStream.ALIVE);
    gives(delta(0, "text_delta", "'text':''"), 0);
    gives(delta(0, "text_delta", "'text':'a\\n'"), CONTENT, OPEN + "'content':'a\\n'" + CLOSE);
    gives(STOP, 0);
    gives(END, USAGE | FINISH, HEAD + "{'index':0,'delta':{},'finish_reason':'stop'}]}");
    gives(MESSAGE_STOP, DONE);
    out.clear();
    stream.finish(out);
    assertThat(out).hasToString("data: [DONE]\n\n");
    stream.finish(out);
    assertThat(out).hasToString("data: [DONE]\n\n");
  }

  @Test
  void usageIsCumulativeAndOverwritesAndComesLast() {
    stream.begin(true);
    accept(START);
    assertThat(out.toString()).endsWith(",\"usage\":null}\n\n");
    assertThat(stream.usage().promptTokens()).isEqualTo(10);
    accept(
        "{'type':'message_delta','delta':{'stop_reason':null},"
            + "'usage':{'input_tokens':null,'output_tokens':4}}");
    assertThat(stream.usage().promptTokens()).isEqualTo(10);
    assertThat(stream.usage().completionTokens()).isEqualTo(4);
    accept(
        "{'type':'message_delta','delta':{'stop_reason':'end_turn'},'usage':{'input_tokens':6,"
            + "'output_tokens':9,'output_tokens_details':{'thinking_tokens':8}}}");
    out.clear();
    stream.finish(out);
    assertThat(out)
        .hasToString(
            quoted(
                    "data: {'id':'msg_1','object':'chat.completion.chunk','created':7,'model':'m',"
                        + "'service_tier':'default','choices':[],'usage':{'prompt_tokens':11,"
                        + "'completion_tokens':9,'total_tokens':20,'prompt_tokens_details':{"
                        + "'cached_tokens':3,'cache_write_tokens':2},"
                        + "'completion_tokens_details':{'reasoning_tokens':8}}}")
                + "\n\ndata: [DONE]\n\n");
  }

  @Test
  void toolsAreRenumbered() {
    accept(START);
    accept(TEXT);
    accept(STOP);
    gives(
        TOOL,
        CONTENT,
        OPEN
            + "'tool_calls':[{'index':0,'id':'t1','type':'function',"
            + "'function':{'name':'f','arguments':''}}]"
            + CLOSE);
    gives(delta(3, "input_json_delta", "'partial_json':''"), 0);
    gives(
        delta(3, "input_json_delta", "'partial_json':'{\\\"a\\\"'"),
        CONTENT,
        OPEN + "'tool_calls':[{'index':0,'function':{'arguments':'{\\\"a\\\"'}}]" + CLOSE);
    gives("{'type':'content_block_stop','index':3}", 0);
    accept(TOOL.replace(":3,", ":4,"));
    assertThat(out.toString()).contains("\"tool_calls\":[{\"index\":1,\"id\"");
    gives(
        "{'type':'content_block_stop','index':4}",
        CONTENT,
        OPEN + "'tool_calls':[{'index':1,'function':{'arguments':'{}'}}]" + CLOSE);
    gives(
        "{'type':'message_delta','delta':{'stop_reason':'tool_use'}}",
        FINISH,
        HEAD + "{'index':0,'delta':{},'finish_reason':'tool_calls'}]}");
  }

  @Test
  void inputGivenWholeAtTheStartIsNotLost() {
    accept(START);
    accept(TOOL.replace("'input':{}", "'input':{ 'a' : 'x y' }"));
    gives(
        "{'type':'content_block_stop','index':3}",
        CONTENT,
        OPEN
            + "'tool_calls':[{'index':0,'function':{'arguments':'{\\\"a\\\":\\\"x y\\\"}'}}]"
            + CLOSE);
  }

  @Test
  void aBlockThatIsNotClosedIsClosedByTheEnd() {
    accept(START);
    accept(TOOL);
    gives(
        "{'type':'message_delta','delta':{'stop_reason':'tool_use'}}",
        FINISH | CONTENT,
        OPEN + "'tool_calls':[{'index':0,'function':{'arguments':'{}'}}]" + CLOSE,
        HEAD + "{'index':0,'delta':{},'finish_reason':'tool_calls'}]}");
  }

  @Test
  void thinkingIsOfferedWithItsSignature() {
    accept(START);
    gives(THINKING, 0);
    gives(
        delta(0, "thinking_delta", "'thinking':'h\\u00e9'"),
        CONTENT,
        OPEN + "'reasoning_content':'h\\u00e9'" + CLOSE);
    gives(delta(0, "thinking_delta", "'thinking':''"), 0);
    accept(delta(0, "thinking_delta", "'thinking':'m'"));
    gives(delta(0, "signature_delta", "'signature':'s=='"), 0);
    gives(
        STOP,
        0,
        OPEN
            + "'thinking_blocks':[{'type':'thinking','thinking':'h\\u00e9m','signature':'s=='}]"
            + CLOSE);
    gives(
        "{'type':'content_block_start','index':1,'content_block':"
            + "{'type':'redacted_thinking', 'data':'d'}}",
        0,
        OPEN + "'thinking_blocks':[{'type':'redacted_thinking','data':'d'}]" + CLOSE);
  }

  @Test
  void thinkingWithoutSignatureIsNotOffered() {
    accept(START);
    accept(THINKING);
    accept(delta(0, "thinking_delta", "'thinking':'x'"));
    gives(STOP, 0);
  }

  @Test
  void citationsBecomeAnnotationsOfTheirText() {
    accept(START);
    accept(TEXT);
    accept(delta(0, "text_delta", "'text':'\\ud83d\\ude00é'"));
    accept(STOP);
    accept(TEXT.replace(":0,", ":1,"));
    gives(
        delta(1, "citations_delta", "'citation':{'type':'web','url':'https://x','title':'t'}"), 0);
    accept(delta(1, "citations_delta", "'citation':{'type':'page_location','cited_text':'c'}"));
    accept(delta(1, "text_delta", "'text':'abc'"));
    gives(
        STOP.replace("0", "1"),
        0,
        OPEN
            + "'annotations':[{'type':'url_citation','url_citation':{'start_index':2,"
            + "'end_index':5,'url':'https://x','title':'t'}}],"
            + "'citations':[{'type':'page_location','cited_text':'c'}]"
            + CLOSE);
  }

  @Test
  void aRefusalSaysWhy() {
    accept(START);
    gives(
        "{'type':'message_delta','delta':{'stop_details':{'explanation':'no'},"
            + "'stop_reason':'refusal'}}",
        CONTENT | FINISH,
        OPEN + "'refusal':'no'" + CLOSE,
        HEAD + "{'index':0,'delta':{},'finish_reason':'content_filter'}]}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stop_sequence>stop",
        "max_tokens>length",
        "model_context_window_exceeded>length*",
        "pause_turn>stop*",
        "of_tomorrow>stop*"
      })
  void stopReasons(String rule) {
    String from = rule.substring(0, rule.indexOf('>'));
    boolean marked = rule.endsWith("*");
    String to = rule.substring(rule.indexOf('>') + 1).replace("*", "");
    accept(START);
    gives(
        "{'type':'message_delta','delta':{'stop_reason':'" + from + "'}}",
        FINISH,
        HEAD
            + "{'index':0,'delta':{},'finish_reason':'"
            + to
            + (marked ? "','native_finish_reason':'" + from : "")
            + "'}]}");
  }

  @Test
  void serverToolsAndUnknownThingsAreIgnored() {
    accept(START);
    gives(
        "{'type':'content_block_start','index':0,'content_block':{'type':'server_tool_use',"
            + "'id':'s','name':'web_search','input':{}}}",
        0);
    gives(delta(0, "input_json_delta", "'partial_json':'{}'"), 0);
    gives(STOP, 0);
    gives("{'type':'content_block_start','index':1,'content_block':{'type':'novelty'}}", 0);
    gives(delta(1, "novelty_delta", "'text':'x'"), 0);
    gives(delta(1, "text_delta", "'text':'x'"), 0);
    gives("{'type':'content_block_stop','index':1}", 0);
    gives("{'type':'novelty','usage':{'output_tokens':99}}", 0);
    assertThat(stream.usage().completionTokens()).isEqualTo(1);
  }

  @Test
  void errorsAreReportedAndNothingIsAppended() {
    accept(START);
    gives("{'type':'error','error':{'type':'overloaded_error','message':'Over\\nloaded'}}", ERROR);
    assertThat(stream.errorMessage()).isEqualTo("Over\nloaded");
    assertThat(stream.errorType()).isEqualTo("overloaded_error");
    stream.begin(false);
    assertThat(stream.errorMessage()).isEmpty();
    gives("{'type':'error'}", ERROR);
    assertThat(stream.errorMessage()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'x'}",
        "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'\\x'}}",
        "{'type':'content_block_delta','index':1,'delta':{'type':'text_delta','text':'x'}}",
        "{'type':'content_block_delta','index':0}",
        "{}",
        "[]",
        "<html>",
        "[DONE]",
        "{'type':'message_start'}",
      })
  void malformedEvents(String event) {
    accept(START);
    accept(TEXT);
    gives(event, MALFORMED);
  }

  @Test
  void contentBeforeTheStartIsMalformed() {
    gives(TEXT, MALFORMED);
    gives(delta(0, "text_delta", "'text':'x'"), MALFORMED);
    gives(END, MALFORMED);
    gives("{'type':'ping'}", AnswerStream.ALIVE);
  }

  @Test
  void aCutAnswerCannotBeFinished() {
    accept(START);
    accept(TEXT);
    accept(delta(0, "text_delta", "'text':'x'"));
    gives(MESSAGE_STOP, DONE);
    int length = out.length();
    stream.finish(out);
    assertThat(out.length()).isEqualTo(length);
  }

  @Test
  void aRepeatedStartIsNothing() {
    accept(START);
    gives(START, 0);
    assertThat(stream.usage().promptTokens()).isEqualTo(10);
  }

  @Test
  void anotherMessageBeforeContentIsAFreshStart() {
    accept(START);
    accept(THINKING);
    gives(START.replace("msg_1", "msg_2").replace(":5,", ":50,"), USAGE);
    assertThat(stream.usage().promptTokens()).isEqualTo(55);
    accept(TEXT);
    gives(delta(0, "text_delta", "'text':'x'"), CONTENT, OPEN + "'content':'x'" + CLOSE);
  }

  @Test
  void anotherMessageAfterContentBreaksTheStream() {
    String recorded =
        Recorded.text("wire/vercel-ai-chunks/anthropic__spliced-message-start.chunks.txt");
    int seen = 0;
    for (String line : recorded.split("\n", -1)) {
      seen |= line.isBlank() || (seen & ERROR) != 0 ? 0 : accept(line);
    }
    assertThat(seen).isEqualTo(USAGE | CONTENT | ERROR);
    assertThat(stream.errorMessage()).contains("msg_first").contains("msg_second");
    assertThat(out.toString()).doesNotContain("Sparkle");
  }

  @Test
  void theEventNameStandsInForAMissingType() {
    SseEvent event = new SseEvent();
    byte[] data = "{}".getBytes(UTF_8);
    byte[] name = "ping".getBytes(UTF_8);
    event.data().set(data, 0, data.length);
    event.name().set(name, 0, name.length);
    assertThat(stream.accept(event, out)).isEqualTo(AnswerStream.ALIVE);
  }

  @Test
  void commentsAndWhatFollowsTheEndAreNothing() {
    assertThat(stream.accept(new SseEvent(), out)).isZero();
    accept(START);
    accept(END);
    gives("[DONE]", DONE);
    gives(delta(0, "text_delta", "'text':'x'"), 0);
  }

  @Test
  void aWarmStreamAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    SseEvent[] events = {
      event(START),
      event(THINKING),
      event(delta(0, "thinking_delta", "'thinking':'hm'")),
      event(delta(0, "signature_delta", "'signature':'s'")),
      event(STOP),
      event(TEXT),
      event(delta(0, "text_delta", "'text':'some more text\\n'")),
      event("{'type':'ping'}"),
      event(STOP),
      event(TOOL),
      event(delta(3, "input_json_delta", "'partial_json':'{}'")),
      event(END),
      event(MESSAGE_STOP)
    };
    play(events);
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) { // the compiler may allocate on this thread while it warms up
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int k = 0; k < 200; k++) {
        play(events);
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least / 200).isZero();
  }

  private void play(SseEvent[] events) {
    stream.begin(true);
    out.clear();
    for (SseEvent event : events) {
      stream.accept(event, out);
    }
    stream.finish(out);
  }

  private static String delta(int index, String type, String member) {
    return "{'type':'content_block_delta','index':"
        + index
        + ",'delta':{'type':'"
        + type
        + "',"
        + member
        + "}}";
  }

  private int accept(String event) {
    return stream.accept(event(event), out);
  }

  private static SseEvent event(String event) {
    byte[] data = quoted(event).getBytes(UTF_8);
    SseEvent sse = new SseEvent();
    sse.data().set(data, 0, data.length);
    return sse;
  }

  private void gives(String event, int signals, String... chunks) {
    out.clear();
    out.ascii("before ");
    assertThat(accept(event)).isEqualTo(signals);
    String expected = chunks.length == 0 ? "" : String.join("\n\n", chunks) + "\n\n";
    assertThat(out).hasToString("before " + quoted(expected));
    out.clear();
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }
}
