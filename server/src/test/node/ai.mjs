// The AI SDK with its OpenAI-compatible provider: one JSON object per scenario on standard output.
// Arguments: base URL, key, a JSON list of {model, tool, streamTool}.
import { generateText, streamText, tool, jsonSchema } from 'ai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { report, toolSchema, QUESTION } from './scenario.mjs';

const [baseURL, apiKey, cases] = process.argv.slice(2);
const provider = (key) =>
  createOpenAICompatible({ name: 'fairlead', baseURL, apiKey: key, includeUsage: true });

const tools = (name) => ({
  [name]: tool({ description: 'Looks something up', inputSchema: jsonSchema(toolSchema) }),
});

const plain = async (params) => generateText({ ...params, maxRetries: 0 });

async function streamed(params) {
  let failure;
  const result = streamText({
    ...params,
    maxRetries: 0,
    onError: ({ error }) => {
      failure = error;
    },
  });
  let text = '';
  for await (const part of result.textStream) {
    text += part;
  }
  if (failure) {
    throw failure;
  }
  return {
    text,
    finishReason: await result.finishReason,
    toolCalls: await result.toolCalls,
    usage: await result.usage,
    response: await result.response,
  };
}

async function roundTrip(ask, model, name) {
  const messages = [{ role: 'user', content: QUESTION }];
  const first = await ask({ model: provider(apiKey)(model), messages, tools: tools(name) });
  messages.push({
    role: 'assistant',
    content: first.toolCalls.map((call) => ({
      type: 'tool-call',
      toolCallId: call.toolCallId,
      toolName: call.toolName,
      input: call.input,
    })),
  });
  messages.push({
    role: 'tool',
    content: first.toolCalls.map((call) => ({
      type: 'tool-result',
      toolCallId: call.toolCallId,
      toolName: call.toolName,
      output: { type: 'text', value: '15 °C' },
    })),
  });
  const second = await ask({ model: provider(apiKey)(model), messages, tools: tools(name) });
  return {
    finish: first.finishReason.replace('-', '_'),
    calls: first.toolCalls.map((call) => ({
      id: call.toolCallId,
      name: call.toolName,
      arguments: call.input,
    })),
    text: second.text,
  };
}

for (const { model, tool: name, streamTool } of JSON.parse(cases)) {
  for (const [label, ask] of [['plain', plain], ['stream', streamed]]) {
    await report(`${label} ${model}`, async () => {
      const answer = await ask({ model: provider(apiKey)(model), prompt: QUESTION });
      return {
        text: answer.text,
        finish: answer.finishReason,
        promptTokens: answer.usage?.inputTokens ?? -1,
        completionTokens: answer.usage?.outputTokens ?? -1,
      };
    });
  }
  await report(`tools ${model}`, () => roundTrip(plain, model, name));
  await report(`stream-tools ${model}`, () => roundTrip(streamed, model, streamTool));
}

const unknown = { model: provider(apiKey)('no-such-model-here'), prompt: QUESTION };
await report('unknown model', () => plain(unknown));
await report('unknown model in a stream', () => streamed(unknown));
await report('wrong key', () =>
  plain({ model: provider('sk-somebody-else')('no-such-model-here'), prompt: QUESTION }),
);
