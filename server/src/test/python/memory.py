"""What the official Python client sees when answers come from memory: each question is asked in one
way first, then both ways. One JSON object per call on standard output. Argument: base URL.
"""

import json
import sys

from openai import OpenAI

client = OpenAI(base_url=sys.argv[1], api_key="sk-any-caller", max_retries=0)


def plain(body):
    answer = client.chat.completions.create(**body)
    choice = answer.choices[0]
    return seen(answer, choice.message.content, choice.finish_reason, answer.usage)


def stream(body):
    text, finish, usage, last = "", None, None, None
    chunks = client.chat.completions.create(
        **body, stream=True, stream_options={"include_usage": True}
    )
    for chunk in chunks:
        last = chunk
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
    return seen(last, text, finish, usage)


def seen(answer, text, finish, usage):
    return {
        "id": answer.id,
        "created": answer.created,
        "model": answer.model,
        "text": text,
        "finish": finish,
        "promptTokens": usage.prompt_tokens,
        "completionTokens": usage.completion_tokens,
    }


WAYS = {"plain": plain, "stream": stream}

for first in WAYS:
    question = f"Does Python see the same when {first} comes first?"
    body = {"model": "r", "messages": [{"role": "user", "content": question}]}
    for how in (first, *WAYS):
        print(json.dumps({"name": f"python, {first} first", "ok": True, **WAYS[how](body)}), flush=True)
