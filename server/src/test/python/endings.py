"""The official Python client that answers to a test: one call per line on standard input, as JSON
{id, baseURL, model, stream, retries}. On standard output {id, content: true} when the first content
of a stream has come, then {id, ok, text} or {id, ok: false, kind, status, message}.
"""

import json
import sys

from openai import OpenAI

MESSAGES = [{"role": "user", "content": "What is the weather in Berlin?"}]


def say(**line):
    print(json.dumps(line), flush=True)


def ask(call):
    client = OpenAI(base_url=call["baseURL"], api_key="sk-any-caller", max_retries=call["retries"])
    create = client.chat.completions.create
    if not call["stream"]:
        return create(model=call["model"], messages=MESSAGES).choices[0].message.content
    text = ""
    for chunk in create(model=call["model"], messages=MESSAGES, stream=True):
        more = (chunk.choices[0].delta.content or "") if chunk.choices else ""
        if more and not text:
            say(id=call["id"], content=True)
        text += more
    return text


for line in sys.stdin:
    one = json.loads(line)
    try:
        say(id=one["id"], ok=True, text=ask(one))
    except Exception as error:  # whatever the client raises is what the test is about
        say(
            id=one["id"],
            ok=False,
            kind=type(error).__name__,
            status=getattr(error, "status_code", 0),
            message=str(error),
        )
