// The official Node client: one JSON object per scenario on standard output.
// Arguments: base URL, key, a JSON list of {model, tool, streamTool}.
import OpenAI from 'openai';
import { report, toolSchema, QUESTION } from './scenario.mjs';

const [baseURL, apiKey, cases] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });

const tools = (name) => [
  { type: 'function', function: { name, description: 'Looks something up', parameters: toolSchema } },
];

async function collect(params) {
  const stream = client.chat.completions.stream({
    ...params,
    stream_options: { include_usage: true },
  });
  return stream.finalChatCompletion();
}

const plain = (params) => client.chat.completions.create(params);

async function roundTrip(ask, model, tool) {
  const messages = [{ role: 'user', content: QUESTION }];
  const first = (await ask({ model, messages, tools: tools(tool) })).choices[0];
  messages.push(first.message);
  for (const call of first.message.tool_calls) {
    messages.push({ role: 'tool', tool_call_id: call.id, content: '15 °C' });
  }
  const second = (await ask({ model, messages, tools: tools(tool) })).choices[0];
  return {
    finish: first.finish_reason,
    calls: first.message.tool_calls.map((call) => ({
      id: call.id,
      name: call.function.name,
      arguments: JSON.parse(call.function.arguments),
    })),
    text: second.message.content,
  };
}

for (const { model, tool, streamTool } of JSON.parse(cases)) {
  const messages = [{ role: 'user', content: QUESTION }];
  for (const [name, ask] of [['plain', plain], ['stream', collect]]) {
    await report(`${name} ${model}`, async () => {
      const answer = await ask({ model, messages });
      return {
        text: answer.choices[0].message.content,
        finish: answer.choices[0].finish_reason,
        promptTokens: answer.usage?.prompt_tokens ?? -1,
        completionTokens: answer.usage?.completion_tokens ?? -1,
      };
    });
  }
  await report(`tools ${model}`, () => roundTrip(plain, model, tool));
  await report(`stream-tools ${model}`, () => roundTrip(collect, model, streamTool));
}

const ask = (over, key) =>
  (key ? new OpenAI({ baseURL, apiKey: key, maxRetries: 0 }) : client).chat.completions.create({
    model: 'no-such-model-here',
    messages: [{ role: 'user', content: QUESTION }],
    ...over,
  });
await report('unknown model', () => ask({}));
await report('wrong key', () => ask({}, 'sk-somebody-else'));
await report('bad request', () => ask({ model: 42 }));
await report('models', async () => ({ ids: (await client.models.list()).data.map((m) => m.id) }));
