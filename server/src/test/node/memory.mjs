// What clients see when answers come from memory: each question is asked in one way first, then
// both ways. One JSON object per call on standard output. Argument: base URL.
import OpenAI from 'openai';
import { generateText, streamText } from 'ai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { report } from './scenario.mjs';

const [baseURL] = process.argv.slice(2);
const apiKey = 'sk-any-caller';
const openai = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const compatible = createOpenAICompatible({ name: 'gateway', baseURL, apiKey, includeUsage: true });

const completion = (answer) => ({
  id: answer.id,
  object: answer.object,
  created: answer.created,
  model: answer.model,
  text: answer.choices[0].message.content,
  role: answer.choices[0].message.role,
  finish: answer.choices[0].finish_reason,
  promptTokens: answer.usage?.prompt_tokens ?? -1,
  completionTokens: answer.usage?.completion_tokens ?? -1,
});

const generated = async (result) => {
  const usage = await result.usage;
  return {
    text: await result.text,
    finish: await result.finishReason,
    promptTokens: usage.inputTokens ?? -1,
    completionTokens: usage.outputTokens ?? -1,
  };
};

const body = (content) => ({ model: 'r', messages: [{ role: 'user', content }] });
const clients = {
  openai: {
    plain: async (content) => completion(await openai.chat.completions.create(body(content))),
    stream: async (content) =>
      completion(
        await openai.chat.completions
          .stream({ ...body(content), stream_options: { include_usage: true } })
          .finalChatCompletion(),
      ),
  },
  ai: {
    plain: async (prompt) =>
      generated(await generateText({ model: compatible('r'), prompt, maxRetries: 0 })),
    stream: async (prompt) =>
      generated(streamText({ model: compatible('r'), prompt, maxRetries: 0 })),
  },
};

for (const [name, client] of Object.entries(clients)) {
  for (const first of ['plain', 'stream']) {
    const question = `Does ${name} see the same when ${first} comes first?`;
    for (const how of [first, 'plain', 'stream']) {
      await report(`${name}, ${first} first`, () => client[how](question));
    }
  }
}
