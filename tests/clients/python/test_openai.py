"""The official `openai` package."""

import json

import jsonschema
import openai
import pytest

from conftest import PERSON, QUESTION, WEATHER

TOOL = {
    "type": "function",
    "function": {"name": "get_weather", "description": "Weather of the next days", "parameters": WEATHER},
}


@pytest.fixture
def client(address):
    return openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0, timeout=300)


def ask(client, model, tokens=24, **extra):
    messages = [{"role": "user", "content": QUESTION}]
    return client.chat.completions.create(
        model=model, messages=messages, max_completion_tokens=tokens, seed=7, **extra
    )


def test_it_chats(client, model):
    answer = ask(client, model)
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content.strip()
    assert answer.choices[0].finish_reason in ("stop", "length")
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.completion_tokens <= 24


def test_it_streams_what_it_answers(client, model):
    whole = ask(client, model).choices[0].message.content
    pieces, usage = [], None
    for chunk in ask(client, model, stream=True, stream_options={"include_usage": True}):
        if chunk.choices:
            pieces.append(chunk.choices[0].delta.content or "")
        usage = chunk.usage or usage
    assert "".join(pieces) == whole
    assert len(pieces) > 2
    assert usage.completion_tokens > 0


def test_a_question_asked_again_comes_from_the_cache(client, model):
    ask(client, model)
    assert ask(client, model).usage.prompt_tokens_details.cached_tokens > 0


def test_several_choices_and_log_probabilities(client, model):
    answer = ask(client, model, n=3, temperature=2.0, logprobs=True, top_logprobs=2)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert len({choice.message.content for choice in answer.choices}) > 1
    for choice in answer.choices:
        assert "".join(token.token for token in choice.logprobs.content) == choice.message.content
        assert all(token.logprob <= 0 and len(token.top_logprobs) == 2 for token in choice.logprobs.content)


def test_it_calls_a_tool(client, model):
    forced = {"type": "function", "function": {"name": "get_weather"}}
    answer = ask(client, model, tokens=100, tools=[TOOL], tool_choice=forced).choices[0]
    assert answer.finish_reason == "tool_calls"
    (call,) = answer.message.tool_calls
    assert call.function.name == "get_weather"
    jsonschema.validate(json.loads(call.function.arguments), WEATHER)
    told = client.chat.completions.create(
        model=model,
        messages=[
            {"role": "user", "content": QUESTION},
            answer.message.model_dump(exclude_none=True),
            {"role": "tool", "tool_call_id": call.id, "content": "sunny"},
        ],
        tools=[TOOL],
        max_completion_tokens=16,
    )
    assert told.choices[0].finish_reason in ("stop", "length", "tool_calls")


def test_it_streams_a_call(client, model):
    arguments, name = "", None
    for chunk in ask(client, model, tokens=100, tools=[TOOL], tool_choice="required", parallel_tool_calls=False, stream=True):
        for call in chunk.choices[0].delta.tool_calls or []:
            name = call.function.name or name
            arguments += call.function.arguments or ""
    assert name == "get_weather"
    jsonschema.validate(json.loads(arguments), WEATHER)


def test_json_is_true_to_its_schema(client, model):
    shape = {"type": "json_schema", "json_schema": {"name": "person", "schema": PERSON, "strict": True}}
    answer = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "Make up a person."}],
        response_format=shape,
        max_completion_tokens=200,
        seed=1,
    )
    jsonschema.validate(json.loads(answer.choices[0].message.content), PERSON)


def test_it_completes_text(client, model):
    answer = client.completions.create(model=model, prompt="One, two, three,", max_tokens=8, temperature=0)
    assert answer.choices[0].text
    assert answer.usage.completion_tokens == 8 or answer.choices[0].finish_reason == "stop"


def test_responses(client, model):
    answer = client.responses.create(model=model, input=QUESTION, max_output_tokens=24, store=False)
    assert answer.output_text.strip()
    kinds = []
    for event in client.responses.create(model=model, input=QUESTION, max_output_tokens=24, store=False, stream=True):
        kinds.append(event.type)
    assert kinds[0] == "response.created"
    assert kinds[-1] in ("response.completed", "response.incomplete")
    assert "response.output_text.delta" in kinds


def test_it_embeds(client, embedding_model):
    answer = client.embeddings.create(model=embedding_model, input=["a cat", "a kitten", "tax law"])
    cat, kitten, law = (item.embedding for item in answer.data)
    near = sum(a * b for a, b in zip(cat, kitten))
    far = sum(a * b for a, b in zip(cat, law))
    assert len(cat) == 384 and near > far + 0.3
    assert answer.usage.prompt_tokens > 0


def test_it_lists(client, model):
    assert model in [entry.id for entry in client.models.list()]
    assert client.models.retrieve(model).id == model


def test_hanging_up_frees_the_place(client, model, ends):
    stream = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "Tell a very long story."}],
        max_completion_tokens=4000,
        stream=True,
        extra_body={"ignore_eos": False},
    )
    next(iter(stream))
    stream.close()
    ends()


def test_errors_are_its_own(client, model):
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="no-such-model", messages=[{"role": "user", "content": "hi"}])
    assert "no-such-model" in missing.value.message
    with pytest.raises(openai.BadRequestError) as refused:
        ask(client, model, extra_body={"temperatur": 1})
    assert "temperatur" in refused.value.message
    with pytest.raises(openai.BadRequestError) as schema:
        shape = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "no such type"}}}
        ask(client, model, response_format=shape)
    assert "schema" in schema.value.message.lower()
    with pytest.raises(openai.BadRequestError) as overflow:
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": "word " * 20000}])
    assert overflow.value.code == "context_length_exceeded"
