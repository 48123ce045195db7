"""The official `ollama` package."""

import json

import jsonschema
import ollama
import pytest

from conftest import PERSON, QUESTION, WEATHER

TOOL = {
    "type": "function",
    "function": {"name": "get_weather", "description": "Weather of the next days", "parameters": WEATHER},
}


@pytest.fixture
def client(address):
    return ollama.Client(host=address, timeout=300)


def ask(client, model, **extra):
    options = {"num_predict": 24, "seed": 7}
    return client.chat(model=model, messages=[{"role": "user", "content": QUESTION}], options=options, **extra)


def test_it_chats(client, model):
    answer = ask(client, model)
    assert answer.message.content.strip()
    assert answer.done and answer.done_reason in ("stop", "length")
    assert answer.eval_count > 0 and answer.prompt_eval_count > 0 and answer.total_duration > 0


def test_it_streams_what_it_answers(client, model):
    whole = ask(client, model).message.content
    parts = list(ask(client, model, stream=True))
    assert "".join(part.message.content or "" for part in parts) == whole
    assert parts[-1].done and not any(part.done for part in parts[:-1])


def test_it_generates(client, model):
    answer = client.generate(model=model, prompt="One, two, three,", raw=True, options={"num_predict": 8, "temperature": 0})
    assert answer.response
    assert client.generate(model=model, prompt=QUESTION, system="Be brief.", options={"num_predict": 8}).response


def test_names_may_carry_a_tag(client, model):
    assert ask(client, f"{model}:latest").message.content


def ask_for_a_call(client, model, **extra):
    """This API has no way to insist on a call. A model that called twice, and may else say one word alone, calls again."""

    def turn(question, result, **arguments):
        call = {"function": {"name": "get_weather", "arguments": arguments}}
        return [
            {"role": "user", "content": question},
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "content": result, "tool_name": "get_weather"},
        ]

    messages = [
        *turn("What is the weather in Lyon tomorrow?", "sunny", city="Lyon", days=1),
        {"role": "assistant", "content": "Sunny."},
        *turn("What is the weather in Turin for three days?", "rain", city="Turin", days=3),
        {"role": "assistant", "content": "Rain."},
        {"role": "user", "content": "What is the weather in Ghent for two days?"},
    ]
    options = {"num_predict": 100, "temperature": 0}
    return client.chat(model=model, messages=messages, tools=[TOOL], format={"const": "no"}, options=options, **extra)


def check_call(call):
    assert call.function.name == "get_weather"
    jsonschema.validate(dict(call.function.arguments), WEATHER)


def test_it_calls_a_tool(client, model):
    answer = ask_for_a_call(client, model)
    assert not answer.message.content
    (call,) = answer.message.tool_calls
    check_call(call)


def test_it_streams_a_call(client, model):
    parts = list(ask_for_a_call(client, model, stream=True))
    calls = [call for part in parts for call in part.message.tool_calls or []]
    assert calls and parts[-1].done
    for call in calls:
        check_call(call)


def test_json_is_true_to_its_schema(client, model):
    answer = client.chat(
        model=model,
        messages=[{"role": "user", "content": "Make up a person."}],
        format=PERSON,
        options={"num_predict": 200, "seed": 1},
    )
    jsonschema.validate(json.loads(answer.message.content), PERSON)


def test_it_embeds(client, embedding_model):
    answer = client.embed(model=embedding_model, input=["a cat", "a kitten"])
    assert [len(vector) for vector in answer.embeddings] == [384, 384]
    assert len(client.embeddings(model=embedding_model, prompt="a cat").embedding) == 384


def test_it_lists_and_shows(client, model):
    assert any(entry.model.split(":")[0] == model for entry in client.list().models)
    shown = client.show(model)
    assert shown.details.family and shown.modelinfo
    ask(client, model)
    assert any(entry.model.split(":")[0] == model for entry in client.ps().models)


def test_hanging_up_frees_the_place(client, model, ends):
    messages = [{"role": "user", "content": "Tell a very long story."}]
    stream = client.chat(model=model, messages=messages, stream=True, options={"num_predict": 4000})
    next(stream)
    stream.close()
    ends()


def test_errors_are_its_own(client, model):
    with pytest.raises(ollama.ResponseError) as missing:
        ask(client, "no-such-model")
    assert missing.value.status_code == 404 and "no-such-model" in missing.value.error
    with pytest.raises(ollama.ResponseError) as refused:
        messages = [{"role": "user", "content": "hi"}]
        client.chat(model=model, messages=messages, options={"num_gpu_of_the_moon": 1})
    assert refused.value.status_code == 400 and "num_gpu_of_the_moon" in refused.value.error
