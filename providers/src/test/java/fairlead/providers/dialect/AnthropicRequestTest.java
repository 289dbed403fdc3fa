package fairlead.providers.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import fairlead.providers.dialect.AnthropicTarget.Door;
import fairlead.providers.wire.ByteSink;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One test for each rule of the translation. Single quotes stand for double ones. */
class AnthropicRequestTest {
  private static final String HI = "'messages':[{'role':'user','content':'hi'}]";
  private static final String HI_TURNS =
      "'messages':[{'role':'user','content':[{'type':'text','text':'hi'}]}]";
  private static final AnthropicTarget OLD =
      AnthropicTarget.of("claude-sonnet-4-5-20250929", 4096, Door.DIRECT);
  private static final AnthropicTarget MIDDLE =
      AnthropicTarget.of("claude-opus-4-6", 4096, Door.DIRECT);
  private static final AnthropicTarget NEW = AnthropicTarget.of("claude-opus-5", 4096, Door.DIRECT);

  private final AnthropicRequest request = new AnthropicRequest();

  @Test
  void modelIsReplacedAndMaxTokensIsTheDefault() {
    becomes("{'model':'x'," + HI + "}", OLD, head(OLD, 4096) + HI_TURNS + "}");
  }

  @Test
  void maxCompletionTokensWinsOverMaxTokens() {
    becomes(
        "{'max_tokens':5,'max_completion_tokens':7," + HI + "}",
        OLD,
        head(OLD, 7) + HI_TURNS + "}");
    becomes(
        "{'max_tokens':5,'max_completion_tokens':null," + HI + "}",
        OLD,
        head(OLD, 5) + HI_TURNS + "}");
  }

  @Test
  void badMaxTokensIsRefused() {
    refused("{'max_tokens':0," + HI + "}", "max_tokens", "invalid_value");
    refused("{'max_completion_tokens':'9'," + HI + "}", "max_completion_tokens", "invalid_value");
  }

  @Test
  void systemAndDeveloperMessagesAreJoinedAndKeepCacheMarks() {
    becomes(
        "{'messages':[{'role':'system','content':'a'},{'role':'user','content':'hi'},"
            + "{'role':'developer','content':[{'type':'text','text':'b',"
            + "'cache_control':{'type':'ephemeral'}},{'type':'text','text':' '}]}]}",
        OLD,
        head(OLD, 4096)
            + "'system':[{'type':'text','text':'a'},"
            + "{'type':'text','text':'b','cache_control':{'type':'ephemeral'}}],"
            + HI_TURNS
            + "}");
  }

  @Test
  void instructionsAloneBecomeTheUserTurn() {
    becomes(
        "{'messages':[{'role':'system','content':'hi'}]}", OLD, head(OLD, 4096) + HI_TURNS + "}");
  }

  @Test
  void consecutiveMessagesOfOneSideAreMergedEvenAroundEmptyOnes() {
    turns(
        "{'role':'user','content':'a'},{'role':'user','content':[{'type':'text','text':'b'}]},"
            + "{'role':'assistant','content':''},{'role':'user','content':'c'},"
            + "{'role':'assistant','content':'d'},{'role':'user','content':' \\n'},"
            + "{'role':'assistant','content':'e'},{'role':'user','content':'f'}",
        "{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'},"
            + "{'type':'text','text':'c'}]},{'role':'assistant','content':["
            + "{'type':'text','text':'d'},{'type':'text','text':'e'}]},"
            + "{'role':'user','content':[{'type':'text','text':'f'}]}");
  }

  @Test
  void toolCallsAndResultsAreTurnedRound() {
    turns(
        "{'role':'user','content':'q'},{'role':'assistant','content':null,'tool_calls':["
            + call("a", "f", "{\\'x\\':[1, \\'\\u00e9\\']}")
            + ","
            + call("functions.g:1", "g", "")
            + "]},{'role':'tool','tool_call_id':'a','content':'one'},"
            + "{'role':'tool','tool_call_id':'functions.g:1','content':["
            + "{'type':'text','text':'two'}],'is_error':true},{'role':'user','content':'and?'}",
        "{'role':'user','content':[{'type':'text','text':'q'}]},{'role':'assistant','content':["
            + "{'type':'tool_use','id':'a','name':'f','input':{'x':[1,'é']}},"
            + "{'type':'tool_use','id':'functions_g_1','name':'g','input':{}}]},"
            + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'a','content':["
            + "{'type':'text','text':'one'}]},{'type':'tool_result','tool_use_id':'functions_g_1',"
            + "'content':[{'type':'text','text':'two'}],'is_error':true},"
            + "{'type':'text','text':'and?'}]}");
  }

  @Test
  void resultsComeBeforeTextThatStoodBeforeThem() {
    turns(
        "{'role':'user','content':'q'},{'role':'assistant','tool_calls':["
            + call("a", "f", "{}")
            + "]},{'role':'user','content':'wait'},"
            + "{'role':'tool','tool_call_id':'a','content':''}",
        "{'role':'user','content':[{'type':'text','text':'q'}]},{'role':'assistant','content':["
            + "{'type':'tool_use','id':'a','name':'f','input':{}}]},{'role':'user','content':["
            + "{'type':'tool_result','tool_use_id':'a'},{'type':'text','text':'wait'}]}");
  }

  @Test
  void badArgumentsAreNamed() {
    RefusedRequestException e =
        refused(
            "{'messages':[{'role':'user','content':'q'},{'role':'assistant','tool_calls':["
                + call("a", "f", "{}")
                + ","
                + call("b", "f", "{\\'x\\':")
                + "]}]}",
            "messages[1].tool_calls[1].function.arguments",
            "invalid_value");
    assertThat(e).hasMessageContaining("{\"x\":");
    refused(
        "{'messages':[{'role':'assistant','tool_calls':[" + call("a", "f", "[1]") + "]}]}",
        "messages[0].tool_calls[0].function.arguments",
        "invalid_value");
  }

  @Test
  void orphanedResultsAreRefused() {
    refused(
        "{'messages':[{'role':'user','content':'q'},"
            + "{'role':'tool','tool_call_id':'a','content':'x'}]}",
        "messages[1].tool_call_id",
        "invalid_value");
  }

  @Test
  void functionsOfTheOldWireWork() {
    becomes(
        "{'functions':[{'name':'f','description':'d','parameters':{'type':'object'}}],"
            + "'function_call':{'name':'f'},'messages':[{'role':'user','content':'q'},"
            + "{'role':'assistant','content':null,'function_call':{'name':'f','arguments':'{}'}},"
            + "{'role':'function','name':'f','content':'r'}]}",
        OLD,
        head(OLD, 4096)
            + "'messages':[{'role':'user','content':[{'type':'text','text':'q'}]},"
            + "{'role':'assistant','content':["
            + "{'type':'tool_use','id':'call_1','name':'f','input':{}}]},"
            + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'call_1','content':["
            + "{'type':'text','text':'r'}]}]}],"
            + "'tools':[{'name':'f','description':'d','input_schema':{'type':'object'}}],"
            + "'tool_choice':{'type':'tool','name':'f'}}");
  }

  @Test
  void imagesAndFiles() {
    turns(
        "{'role':'user','content':["
            + "{'type':'image_url','image_url':{'url':'data:image\\/png;base64,AA\\/=='}},"
            + "{'type':'image_url','image_url':{'url':'https://x/y.png','detail':'low'}},"
            + "{'type':'image_url','image_url':'data:image/jpg;base64,AAAA'},"
            + "{'type':'file','file':{'filename':'a.pdf',"
            + "'file_data':'data:application/pdf;base64,BBBB'}},"
            + "{'type':'file','file':{'filename':'b.pdf','file_data':'CCCC'}},"
            + "{'type':'file','file':{'file_data':'data:text/plain;charset=utf-8;base64,aGk='}},"
            + "{'type':'file','file':{'file_id':'file_1'},'cache_control':{'type':'ephemeral'}}]}",
        "{'role':'user','content':["
            + "{'type':'image','source':{'type':'base64','media_type':'image/png','data':'AA/=='}},"
            + "{'type':'image','source':{'type':'url','url':'https://x/y.png'}},"
            + "{'type':'image','source':{'type':'base64','media_type':'image/jpeg',"
            + "'data':'AAAA'}},"
            + "{'type':'document','source':{'type':'base64','media_type':'application/pdf',"
            + "'data':'BBBB'},'title':'a.pdf'},"
            + "{'type':'document','source':{'type':'base64','media_type':'application/pdf',"
            + "'data':'CCCC'},'title':'b.pdf'},"
            + "{'type':'document','source':{'type':'text','media_type':'text/plain','data':'hi'}},"
            + "{'type':'document','source':{'type':'file','file_id':'file_1'},"
            + "'cache_control':{'type':'ephemeral'}}]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'type':'input_audio','input_audio':{}} | messages[0].content[0].type",
        "{'type':'image_url','image_url':{}} | messages[0].content[0].image_url.url",
        "{'type':'image_url','image_url':{'url':'gs://b/o'}} | messages[0].content[0].image_url.url",
        "{'type':'image_url','image_url':'data:image/png,AA'} |messages[0].content[0].image_url.url",
        "{'type':'file','file':{}} | messages[0].content[0].file",
        "{'type':'file','file':{'file_data':'data:application/zip;base64,AA'}}"
            + "| messages[0].content[0].file.file_data",
        "7 | messages[0].content[0]",
      })
  void partsWithoutEquivalentAreNamed(String part, String param) {
    RefusedRequestException e =
        refuse("{'messages':[{'role':'user','content':[" + bare(part) + "]}]}", OLD);
    assertThat(e.param()).isEqualTo(param);
  }

  @Test
  void cacheMarksOnMessagesAndBreakpointsOnParts() {
    turns(
        "{'role':'user','content':'a','cache_control':{'type':'ephemeral','ttl':'1h'}},"
            + "{'role':'user','content':[{'type':'text','text':'b',"
            + "'prompt_cache_breakpoint':{'mode':'explicit'}}]}",
        "{'role':'user','content':[{'type':'text','text':'a',"
            + "'cache_control':{'type':'ephemeral','ttl':'1h'}},{'type':'text','text':'b',"
            + "'cache_control':{'type':'ephemeral'}}]}");
  }

  @Test
  void aBeginningOfTheAnswerLosesItsTrailingSpace() {
    turns(
        "{'role':'user','content':'a'},{'role':'assistant','content':'b \\n\\t'}",
        "{'role':'user','content':[{'type':'text','text':'a'}]},"
            + "{'role':'assistant','content':[{'type':'text','text':'b'}]}");
    turns(
        "{'role':'user','content':'a'},{'role':'assistant','content':'b ',"
            + "'cache_control':{'type':'ephemeral'}}",
        "{'role':'user','content':[{'type':'text','text':'a'}]},"
            + "{'role':'assistant','content':[{'type':'text','text':'b',"
            + "'cache_control':{'type':'ephemeral'}}]}");
  }

  @Test
  void thinkingBlocksGoBackUnchangedAndFirst() {
    String sealed = "{'type':'thinking','thinking':'hm \\u00e9','signature':'s=='}";
    String hidden = "{'type':'redacted_thinking','data':'d'}";
    turns(
        "{'role':'user','content':'a'},{'role':'assistant','content':'b','thinking_blocks':["
            + sealed
            + ",{'type':'thinking','thinking':'x','signature':''},"
            + hidden
            + "],'reasoning_content':'hm','tool_calls':["
            + call("i", "f", "{}")
            + "]},{'role':'tool','tool_call_id':'i','content':'r'}",
        "{'role':'user','content':[{'type':'text','text':'a'}]},{'role':'assistant','content':["
            + sealed
            + ","
            + hidden
            + ",{'type':'text','text':'b'},"
            + "{'type':'tool_use','id':'i','name':'f','input':{}}]},{'role':'user','content':["
            + "{'type':'tool_result','tool_use_id':'i','content':[{'type':'text','text':'r'}]}]}");
    assertThat(
            text(
                "{'messages':[{'role':'user','content':'a'},{'role':'assistant',"
                    + "'content':'b','thinking_blocks':["
                    + sealed
                    + "]}]}",
                OLD))
        .contains(quoted(sealed));
  }

  @Test
  void aTurnOfThinkingAloneIsLeftOut() {
    turns(
        "{'role':'user','content':'a'},{'role':'assistant','content':'','thinking_blocks':["
            + "{'type':'thinking','thinking':'x','signature':'s'}]},{'role':'user','content':'b'}",
        "{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}");
  }

  @Test
  void tools() {
    becomes(
        "{"
            + HI
            + ",'tools':[{'type':'function','function':{'name':'f'}},"
            + "{'type':'function','function':{'name':'g','description':'d','strict':true,"
            + "'parameters':{'properties':{'a':{'type':'string'}}}},"
            + "'cache_control':{'type':'ephemeral'}},"
            + "{'type':'web_search_20250305','name':'web_search','max_uses':2}]}",
        OLD,
        head(OLD, 4096)
            + HI_TURNS
            + ",'tools':[{'name':'f','input_schema':{'type':'object','properties':{}}},"
            + "{'name':'g','description':'d','input_schema':{'type':'object',"
            + "'properties':{'a':{'type':'string'}}},'strict':true,"
            + "'cache_control':{'type':'ephemeral'}},"
            + "{'type':'web_search_20250305','name':'web_search','max_uses':2}]}");
    refused(
        "{" + HI + ",'tools':[{'type':'custom','custom':{'name':'f'}}]}",
        "tools[0].type",
        "unsupported_parameter");
    refused(
        "{" + HI + ",'tools':[{'type':'function','name':'f'}]}",
        "tools[0].function",
        "invalid_value");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'tool_choice':'auto' | {'type':'auto'}",
        "'tool_choice':'required' | {'type':'any'}",
        "'tool_choice':'none' | {'type':'none'}",
        "'tool_choice':'none','parallel_tool_calls':false | {'type':'none'}",
        "'tool_choice':{'type':'function','function':{'name':'f'}} | {'type':'tool','name':'f'}",
        "'parallel_tool_calls':false | {'type':'auto','disable_parallel_tool_use':true}",
        "'tool_choice':'required','parallel_tool_calls':false"
            + "| {'type':'any','disable_parallel_tool_use':true}",
        "'function_call':'none' | {'type':'none'}",
      })
  void toolChoices(String asked, String expected) {
    String tools = ",'tools':[{'type':'function','function':{'name':'f'}}],";
    Map<String, Object> sent = sent("{" + HI + tools + bare(asked) + "}", OLD);
    assertThat(sent.get("tool_choice")).isEqualTo(Recorded.object(quoted(bare(expected))));
    assertThat(sent("{" + HI + "," + bare(asked) + "}", OLD)).doesNotContainKey("tool_choice");
  }

  @Test
  void parallelCallsAllowedIsNoChoice() {
    String tools = ",'tools':[{'type':'function','function':{'name':'f'}}]";
    assertThat(sent("{" + HI + tools + ",'parallel_tool_calls':true}", OLD))
        .doesNotContainKey("tool_choice");
    refused(
        "{" + HI + tools + ",'tool_choice':{'type':'allowed_tools','allowed_tools':{}}}",
        "tool_choice",
        "unsupported_parameter");
  }

  @Test
  void callsInTheHistoryAreDefinedWhenToolsWereTakenAway() {
    Map<String, Object> sent =
        sent(
            "{'messages':[{'role':'user','content':'q'},{'role':'assistant','tool_calls':["
                + call("a", "f", "{}")
                + ","
                + call("b", "f", "{}")
                + ","
                + call("c", "g", "{}")
                + "]},{'role':'tool','tool_call_id':'a','content':'1'},"
                + "{'role':'tool','tool_call_id':'b','content':'2'},"
                + "{'role':'tool','tool_call_id':'c','content':'3'}]}",
            OLD);
    String empty = "'input_schema':{'type':'object','properties':{}}}";
    assertThat(Map.of("tools", Recorded.required(sent.get("tools"))))
        .isEqualTo(
            Recorded.object(
                quoted("{'tools':[{'name':'f'," + empty + ",{'name':'g'," + empty + "]}")));
    assertThat(sent.get("tool_choice")).isEqualTo(Map.of("type", "none"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'stop':'END' | 'stop_sequences':['END']",
        "'stop':['a',' ','\\n\\n','b'] | 'stop_sequences':['a','b']",
        "'stop':'\\n' | ",
        "'stop':null | ",
        "'temperature':1.7 | 'temperature':1",
        "'temperature':0.5 | 'temperature':0.5",
        "'temperature':0.5,'top_p':0.9 | 'temperature':0.5",
        "'top_p':0.9,'top_k':5 | 'top_p':0.9,'top_k':5",
        "'user':'u' | 'metadata':{'user_id':'u'}",
        "'user':'u','safety_identifier':'s' | 'metadata':{'user_id':'s'}",
        "'user':'u','metadata':{'user_id':'m','other':'x'} | 'metadata':{'user_id':'m'}",
        "'service_tier':'auto' | 'service_tier':'auto'",
        "'service_tier':'default' | 'service_tier':'standard_only'",
        "'service_tier':'flex' | ",
        "'stream':true,'stream_options':{'include_usage':true} | 'stream':true",
        "'stream':false | ",
        "'n':1,'logprobs':false,'modalities':['text'],'audio':null | ",
        "'seed':1,'presence_penalty':1,'frequency_penalty':1,'logit_bias':{'1':2} | ",
        "'store':true,'metadata':{'a':'b'},'prompt_cache_key':'k','verbosity':'low' | ",
        "'prediction':{'type':'content','content':'x'},'fallbacks':['a/b'],'unknown':1 | ",
        "'mcp_servers':[{'url':'u'}],'container':'c' | 'mcp_servers':[{'url':'u'}],'container':'c'",
        "'context_management':{'edits':[]} | 'context_management':{'edits':[]}",
        "'cache_control':{'type':'ephemeral'} | 'cache_control':{'type':'ephemeral'}",
        "'thinking':{'type':'enabled','budget_tokens':2000},'max_tokens':9000,'temperature':0"
            + "| 'thinking':{'type':'enabled','budget_tokens':2000}",
        "'thinking':{'type':'disabled'},'temperature':0"
            + "| 'thinking':{'type':'disabled'},'temperature':0",
        "'response_format':{'type':'text'} | ",
        "'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':{'a':1}}}"
            + "| 'output_config':{'format':{'type':'json_schema','schema':{'a':1}}}",
      })
  void parameters(String asked, String expected) {
    Map<String, Object> sent = sent("{" + HI + "," + bare(asked) + "}", OLD);
    sent.keySet().removeAll(java.util.List.of("model", "max_tokens", "messages"));
    String wanted = expected == null ? "" : expected;
    assertThat(sent).isEqualTo(Recorded.object(quoted("{" + bare(wanted) + "}")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'n':2 | n",
        "'logprobs':true | logprobs",
        "'top_logprobs':3 | top_logprobs",
        "'audio':{'voice':'x','format':'mp3'} | audio",
        "'modalities':['text','audio'] | modalities",
        "'moderation':{'model':'x'} | moderation",
        "'web_search_options':{} | web_search_options",
        "'response_format':{'type':'json_object'} | response_format",
        "'\\u006e':2 | n",
      })
  void whatTheCallerReliesOnIsRefused(String asked, String param) {
    refused("{" + HI + "," + bare(asked) + "}", param, "unsupported_parameter");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'temperature':'hot' | temperature",
        "'top_p':2 | top_p",
        "'stop':7 | stop",
        "'stop':[7] | stop",
        "'reasoning_effort':'huge' | reasoning_effort",
        "'thinking':true | thinking",
        "'output_config':7,'reasoning_effort':'low' | output_config",
        "'response_format':{'type':'json_schema','json_schema':{'name':'n'}}"
            + "| response_format.json_schema.schema",
        "'tools':{} | tools",
        "'functions':{} | functions",
      })
  void wrongValuesAreNamed(String asked, String param) {
    refused("{" + HI + "," + bare(asked) + "}", param, "invalid_value");
  }

  @Test
  void bodiesThatAreNoRequest() {
    assertThat(refuse("{'messages':[}", OLD).code()).isEqualTo("invalid_json");
    assertThat(refuse("[]", OLD).code()).isEqualTo("invalid_json");
    refused("{}", "messages", "invalid_value");
    refused("{'messages':[]}", "messages", "invalid_value");
    refused("{'messages':[{'role':'user','content':' '}]}", "messages", "invalid_value");
    refused("{'messages':[{'role':'king','content':'x'}]}", "messages[0].role", "invalid_value");
    refused("{'messages':[{'role':'user','content':7}]}", "messages[0].content", "invalid_value");
    refused("{'messages':['x']}", "messages[0]", "invalid_value");
  }

  @ParameterizedTest
  @CsvSource({
    "none, , ",
    "minimal, 1024, ",
    "low, 2048, ",
    "medium, 8192, ",
    "high, 10000, 20000",
    "xhigh, 32768, 90000",
    "high, 1024, 1500",
    "high, , 1024"
  })
  void effortIsABudgetOnOlderModels(String effort, Integer budget, Integer maxTokens) {
    int limit = maxTokens == null ? 20_000 : maxTokens;
    Map<String, Object> sent =
        sent("{" + HI + ",'temperature':0.2,'max_tokens':" + limit + effort(effort) + "}", OLD);
    if (budget == null) {
      assertThat(sent).doesNotContainKey("thinking").containsEntry("temperature", 0.2);
    } else {
      assertThat(sent)
          .containsEntry("thinking", Map.of("type", "enabled", "budget_tokens", budget))
          .doesNotContainKey("temperature");
    }
    assertThat(sent).doesNotContainKey("output_config");
  }

  @ParameterizedTest
  @CsvSource({"minimal, low", "low, low", "medium, medium", "high, high", "max, max"})
  void effortIsAdaptiveOnNewerModels(String effort, String sent) {
    for (AnthropicTarget target : new AnthropicTarget[] {MIDDLE, NEW}) {
      assertThat(sent("{" + HI + effort(effort) + "}", target))
          .containsEntry("thinking", Map.of("type", "adaptive"))
          .containsEntry("output_config", Map.of("effort", sent));
    }
  }

  @Test
  void effortsThatNotAllModelsHave() {
    assertThat(sent("{" + HI + effort("xhigh") + "}", MIDDLE))
        .containsEntry("output_config", Map.of("effort", "high"));
    assertThat(sent("{" + HI + effort("xhigh") + "}", NEW))
        .containsEntry("output_config", Map.of("effort", "xhigh"));
    assertThat(sent("{" + HI + effort("none") + "}", NEW))
        .containsEntry("thinking", Map.of("type", "disabled"))
        .doesNotContainKey("output_config");
  }

  @Test
  void effortJoinsTheOtherOutputSettings() {
    Map<String, Object> sent =
        sent(
            "{"
                + HI
                + effort("low")
                + ",'output_config':{'effort':'max','task_budget':{'total':5},'x':1},"
                + "'response_format':{'type':'json_schema','json_schema':{'schema':{}}}}",
            NEW);
    assertThat(sent.get("output_config"))
        .isEqualTo(
            Recorded.object(
                quoted(
                    "{'task_budget':{'total':5},'x':1,'effort':'low',"
                        + "'format':{'type':'json_schema','schema':{}}}")));
  }

  @Test
  void thinkingGivesWayToAForcedTool() {
    String tools =
        ",'tools':[{'type':'function','function':{'name':'f'}}],'tool_choice':'required'";
    assertThat(sent("{" + HI + tools + effort("low") + "}", OLD)).doesNotContainKey("thinking");
    assertThat(sent("{" + HI + tools + effort("low") + "}", NEW))
        .doesNotContainKey("thinking")
        .containsEntry("output_config", Map.of("effort", "low"));
  }

  @Test
  void aBudgetGivesWayToAToolLoopWhoseThinkingIsLost() {
    String loop =
        "{'messages':[{'role':'user','content':'q'},{'role':'assistant','tool_calls':["
            + call("a", "f", "{}")
            + "]%s},{'role':'tool','tool_call_id':'a','content':'1'}]"
            + effort("low")
            + "}";
    String blocks = ",'thinking_blocks':[{'type':'thinking','thinking':'x','signature':'s'}]";
    assertThat(sent(loop.replace("%s", ""), OLD)).doesNotContainKey("thinking");
    assertThat(sent(loop.replace("%s", blocks), OLD)).containsKey("thinking");
    assertThat(sent(loop.replace("%s", ""), NEW)).containsKey("thinking");
  }

  @Test
  void anExplicitBudgetMakesRoomInTheDefault() {
    assertThat(sent("{" + HI + ",'thinking':{'type':'enabled','budget_tokens':5000}}", OLD))
        .containsEntry("max_tokens", 9096);
  }

  @Test
  void newModelsGetNoSamplingParameters() {
    assertThat(sent("{" + HI + ",'temperature':0,'top_p':0.5,'top_k':3}", NEW))
        .doesNotContainKeys("temperature", "top_p", "top_k");
  }

  @Test
  void otherDoors() {
    AnthropicTarget vertex = AnthropicTarget.of("claude-opus-5", 9, Door.VERTEX);
    AnthropicTarget bedrock = AnthropicTarget.of("anthropic.claude-opus-5-v1:0", 9, Door.BEDROCK);
    String asked = "{'stream':true,'service_tier':'auto'," + HI + "}";
    becomes(
        asked,
        vertex,
        "{'anthropic_version':'vertex-2023-10-16','max_tokens':9," + HI_TURNS + ",'stream':true}");
    becomes(
        asked,
        bedrock,
        "{'anthropic_version':'bedrock-2023-05-31','max_tokens':9," + HI_TURNS + "}");
  }

  @ParameterizedTest
  @CsvSource({
    "claude-3-5-sonnet-20241022, 35",
    "claude-3-opus-20240229, 30",
    "claude-3-haiku@20240307, 30",
    "claude-sonnet-4-20250514, 40",
    "claude-sonnet-4-0, 40",
    "claude-sonnet-4-5-20250929, 45",
    "claude-sonnet-4-5@20250929, 45",
    "claude-haiku-4-5, 45",
    "claude-opus-4-6, 46",
    "claude-opus-4.6, 46",
    "us.anthropic.claude-opus-4-6-v1:0, 46",
    "eu.anthropic.claude-3-7-sonnet-20250219-v1:0, 37",
    "claude-opus-4-8, 48",
    "claude-fable-5, 50",
    "claude-opus-5, 50",
    "my-deployment, 2147483647",
  })
  void versions(String model, int version) {
    assertThat(AnthropicTarget.version(model)).isEqualTo(version);
  }

  private static String effort(String effort) {
    return ",'reasoning_effort':'" + effort + "'";
  }

  private static String call(String id, String name, String arguments) {
    return "{'id':'"
        + id
        + "','type':'function','function':{'name':'"
        + name
        + "','arguments':'"
        + arguments
        + "'}}";
  }

  private static String head(AnthropicTarget target, int maxTokens) {
    return "{'model':'" + target.model() + "','max_tokens':" + maxTokens + ",";
  }

  /** CSV sources lose nothing but may gain space. */
  private static String bare(String csv) {
    return csv.strip();
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }

  private String text(String chat, AnthropicTarget target) {
    byte[] body = quoted(chat).getBytes(UTF_8);
    ByteSink out = new ByteSink();
    try {
      request.translate(body, 0, body.length, target, out);
    } catch (RefusedRequestException e) {
      throw new AssertionError(e.getMessage(), e);
    }
    return out.toString();
  }

  private Map<String, Object> sent(String chat, AnthropicTarget target) {
    return new java.util.LinkedHashMap<>(Recorded.object(text(chat, target)));
  }

  private void becomes(String chat, AnthropicTarget target, String messages) {
    assertThat(sent(chat, target)).isEqualTo(Recorded.object(quoted(messages)));
  }

  private void turns(String chat, String expected) {
    Map<String, Object> sent =
        sent("{'messages':[" + chat + "],'tools':[{'type':'x_1','name':'x'}]}", OLD);
    assertThat(Map.of("m", Recorded.required(sent.get("messages"))))
        .isEqualTo(Recorded.object(quoted("{'m':[" + expected + "]}")));
  }

  private RefusedRequestException refused(String chat, String param, String code) {
    RefusedRequestException e = refuse(chat, OLD);
    assertThat(e.param()).isEqualTo(param);
    assertThat(e.code()).isEqualTo(code);
    assertThat(e).hasMessageStartingWith(param + ": ");
    return e;
  }

  private RefusedRequestException refuse(String chat, AnthropicTarget target) {
    byte[] body = quoted(chat).getBytes(UTF_8);
    ByteSink out = new ByteSink();
    out.ascii("before");
    RefusedRequestException e =
        catchThrowableOfType(
            RefusedRequestException.class,
            () -> request.translate(body, 0, body.length, target, out));
    assertThat(e).as(chat).isNotNull();
    assertThat(out).hasToString("before");
    return e;
  }
}
