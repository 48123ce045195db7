"""The official `anthropic` package."""

import json
from typing import Literal

import anthropic
import jsonschema
import pytest
from anthropic import beta_tool

from conftest import PERSON, QUESTION, WEATHER

# The package does not name it any more; the API takes it.
GREEDY = {"temperature": 0}
TOOL = {"name": "get_weather", "description": "Weather of the next days", "input_schema": WEATHER}


@pytest.fixture
def client(address):
    return anthropic.Anthropic(base_url=address, api_key="none", max_retries=0, timeout=300)


def ask(client, model, max_tokens=24, **extra):
    return client.messages.create(
        model=model, max_tokens=max_tokens, messages=[{"role": "user", "content": QUESTION}], **extra
    )


def test_it_chats(client, model):
    answer = ask(client, model, system="Be brief.", extra_body=GREEDY)
    assert answer.content[0].type == "text" and answer.content[0].text.strip()
    assert answer.stop_reason in ("end_turn", "max_tokens")
    assert answer.usage.output_tokens > 0


def test_it_streams_what_it_answers(client, model):
    whole = ask(client, model, extra_body=GREEDY).content[0].text
    with client.messages.stream(
        model=model, max_tokens=24, extra_body=GREEDY, messages=[{"role": "user", "content": QUESTION}]
    ) as stream:
        assert "".join(stream.text_stream) == whole
        final = stream.get_final_message()
    assert final.stop_reason in ("end_turn", "max_tokens") and final.usage.output_tokens > 0


def test_it_continues_a_begun_answer(client, model):
    messages = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "The capital of France is"}]
    answer = client.messages.create(model=model, max_tokens=8, extra_body=GREEDY, messages=messages)
    assert "Paris" in answer.content[0].text


def test_it_calls_a_tool(client, model):
    answer = ask(client, model, max_tokens=100, tools=[TOOL], tool_choice={"type": "tool", "name": "get_weather"})
    assert answer.stop_reason == "tool_use"
    call = next(block for block in answer.content if block.type == "tool_use")
    jsonschema.validate(call.input, WEATHER)
    messages = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": [block.model_dump() for block in answer.content]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}]},
    ]
    told = client.messages.create(model=model, max_tokens=16, tools=[TOOL], messages=messages)
    assert told.stop_reason in ("end_turn", "max_tokens", "tool_use")


def test_it_streams_a_call(client, model):
    with client.messages.stream(
        model=model,
        max_tokens=100,
        tools=[TOOL],
        tool_choice={"type": "any"},
        messages=[{"role": "user", "content": QUESTION}],
    ) as stream:
        final = stream.get_final_message()
    call = next(block for block in final.content if block.type == "tool_use")
    jsonschema.validate(call.input, WEATHER)


def test_the_package_calls_tools_itself(client, model):
    called = []

    @beta_tool
    def get_weather(city: Literal["Lyon", "Ghent", "Turin"]) -> str:
        """Weather of the next days."""
        called.append(city)
        return "sunny"

    # Its first request would have the server hold the conversation, which it takes back when it is told that nobody does here.
    runner = client.beta.messages.tool_runner(
        model=model,
        max_tokens=100,
        tools=[get_weather],
        tool_choice={"type": "any"},
        max_iterations=2,
        messages=[{"role": "user", "content": QUESTION}],
    )
    answers = list(runner)
    assert [answer.stop_reason for answer in answers] == ["tool_use", "tool_use"]
    assert called and set(called) <= {"Lyon", "Ghent", "Turin"}


def test_json_is_true_to_its_schema(client, model):
    answer = client.messages.create(
        model=model,
        max_tokens=200,
        messages=[{"role": "user", "content": "Make up a person."}],
        output_config={"format": {"type": "json_schema", "schema": PERSON}},
    )
    jsonschema.validate(json.loads(answer.content[0].text), PERSON)


def test_it_lists(client, model):
    assert model in [entry.id for entry in client.models.list()]


def test_it_counts_tokens(client, model):
    messages = [{"role": "user", "content": QUESTION}]
    counted = client.messages.count_tokens(model=model, messages=messages).input_tokens
    usage = ask(client, model).usage
    assert counted == usage.input_tokens + (usage.cache_read_input_tokens or 0)


def test_stop_sequences(client, model):
    answer = ask(client, model, extra_body=GREEDY, stop_sequences=["France"])
    assert answer.stop_reason == "stop_sequence" and answer.stop_sequence == "France"
    assert "France" not in answer.content[0].text


def test_hanging_up_frees_the_place(client, model, ends):
    stream = client.messages.create(
        model=model, max_tokens=4000, messages=[{"role": "user", "content": "Tell a very long story."}], stream=True
    )
    next(iter(stream))
    stream.close()
    ends()


def test_errors_are_its_own(client, model):
    with pytest.raises(anthropic.NotFoundError) as missing:
        ask(client, "no-such-model")
    assert missing.value.body["error"]["type"] == "not_found_error"
    with pytest.raises(anthropic.BadRequestError) as refused:
        ask(client, model, extra_body={"container": "x"})
    assert "container" in refused.value.message
