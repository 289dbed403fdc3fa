// Node clients that answer to a test: one call per line on standard input, as JSON
// {id, client, baseURL, model, stream, retries}. On standard output {id, content: true} when the first
// content of a stream has come, then {id, ok, text} or {id, ok: false, kind, status, message}.
import { createInterface } from 'node:readline';
import OpenAI from 'openai';
import { generateText, streamText } from 'ai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { QUESTION } from './scenario.mjs';

const apiKey = 'sk-any-caller';
const messages = [{ role: 'user', content: QUESTION }];

async function join(pieces, textOf, seen) {
  let text = '';
  for await (const piece of pieces) {
    const more = textOf(piece);
    if (more && !text) {
      seen();
    }
    text += more;
  }
  return text;
}

const clients = {
  // The bare iterator: the most trusting way to read a stream.
  openai: async ({ baseURL, model, stream, retries }, seen) => {
    const { completions } = new OpenAI({ baseURL, apiKey, maxRetries: retries }).chat;
    if (!stream) {
      return (await completions.create({ model, messages })).choices[0].message.content;
    }
    const chunks = await completions.create({ model, messages, stream: true });
    return join(chunks, (chunk) => chunk.choices[0]?.delta?.content ?? '', seen);
  },
  ai: async ({ baseURL, model, stream, retries }, seen) => {
    const provider = createOpenAICompatible({ name: 'fairlead', baseURL, apiKey });
    const params = { model: provider(model), prompt: QUESTION, maxRetries: retries };
    if (!stream) {
      return (await generateText(params)).text;
    }
    let failure;
    const answer = streamText({
      ...params,
      onError: ({ error }) => {
        failure = error;
      },
    });
    const text = await join(answer.textStream, (piece) => piece, seen);
    if (failure) {
      throw failure;
    }
    return text;
  },
  langchain: async ({ baseURL, model, stream, retries }, seen) => {
    const chat = new ChatOpenAI({ model, apiKey, maxRetries: retries, configuration: { baseURL } });
    if (!stream) {
      return (await chat.invoke(messages)).content;
    }
    return join(await chat.stream(messages), (chunk) => chunk.content, seen);
  },
};

const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  // Not awaited: several clients may be in the middle of a call at once.
  clients[call.client](call, () => print({ id: call.id, content: true })).then(
    (text) => print({ id: call.id, ok: true, text }),
    (error) =>
      print({
        id: call.id,
        ok: false,
        kind: error?.constructor?.name,
        status: error?.status ?? error?.statusCode ?? 0,
        message: String(error?.message ?? error),
      }),
  );
}
