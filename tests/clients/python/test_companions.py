"""A companion as a model, through the official packages: one endless conversation, whichever client asks."""

import uuid

import anthropic
import httpx
import ollama
import openai
import pytest

# Replies are cut off early: what counts is what is kept of them.
TOKENS = 12


@pytest.fixture(scope="module")
def server(address):
    with httpx.Client(base_url=address, timeout=300) as client:
        yield client


@pytest.fixture
def name(server):
    """A companion for one test, who is gone afterwards."""
    name = f"Mara {uuid.uuid4().hex[:8]}"
    persona = {"name": "Mara", "personality": "calm and dry", "greetings": ["You are back. Sit down."]}
    made = server.post("/v1/companions", json={"name": name, "persona": persona})
    assert made.status_code == 201, made.text
    yield name
    assert server.delete(f"/v1/companions/{name}").status_code < 300
    assert server.get(f"/v1/companions/{name}").status_code == 404


@pytest.fixture
def transcript(server, name):
    """What was said, as the companion remembers it."""

    def read():
        reply = server.get(f"/v1/companions/{name}/messages")
        assert reply.status_code == 200, reply.text
        return [(message["speaker"], message["text"]) for message in reply.json()["messages"]]

    return read


def user(text):
    return {"role": "user", "content": text}


def assistant(text):
    return {"role": "assistant", "content": text}


class OpenAI:
    """Each of these says a list of messages and gives back the reply's text."""

    def __init__(self, address):
        self.client = openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0, timeout=300)

    def whole(self, model, messages):
        answer = self.client.chat.completions.create(model=model, messages=messages, max_completion_tokens=TOKENS)
        assert answer.model == model and answer.usage.completion_tokens > 0
        return answer.choices[0].message.content

    def streamed(self, model, messages):
        chunks = self.client.chat.completions.create(
            model=model, messages=messages, max_completion_tokens=TOKENS, stream=True
        )
        return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


class Ollama:
    def __init__(self, address):
        self.client = ollama.Client(host=address, timeout=300)

    def whole(self, model, messages):
        return self.client.chat(model=model, messages=messages, options={"num_predict": TOKENS}).message.content

    def streamed(self, model, messages):
        parts = self.client.chat(model=model, messages=messages, options={"num_predict": TOKENS}, stream=True)
        return "".join(part.message.content or "" for part in parts)


class Anthropic:
    def __init__(self, address):
        self.client = anthropic.Anthropic(base_url=address, api_key="none", max_retries=0, timeout=300)

    def whole(self, model, messages):
        answer = self.client.messages.create(model=model, max_tokens=TOKENS, messages=messages)
        return "".join(block.text for block in answer.content if block.type == "text")

    def streamed(self, model, messages):
        with self.client.messages.stream(model=model, max_tokens=TOKENS, messages=messages) as stream:
            return "".join(stream.text_stream)


@pytest.fixture(params=[OpenAI, Ollama, Anthropic])
def client(request, address):
    return request.param(address)


NOTICE = "is software, not a person."


def kept(text):
    """As the transcript has it: without the notice before it and the spaces around it."""
    first, _, rest = text.partition("\n\n")
    return (rest if NOTICE in first else text).strip()


def test_a_whole_list_is_said_once(client, name, transcript):
    model = f"companion/{name}"
    messages = [user("My sister is called Ines.")]
    first = client.whole(model, messages)
    assert NOTICE in first and kept(first)
    messages += [assistant(first), user("She lives in Ghent.")]
    second = client.streamed(model, messages)
    assert NOTICE not in second
    messages += [assistant(second), user("What is she called?")]
    third = client.whole(model, messages)
    said = [(speaker, kept(text)) for speaker, text in transcript()]
    expected = [
        ("user", "My sister is called Ines."),
        ("companion", kept(first)),
        ("user", "She lives in Ghent."),
        ("companion", kept(second)),
        ("user", "What is she called?"),
        ("companion", kept(third)),
    ]
    assert said[-6:] == expected
    # A greeting may stand before them, and nothing else.
    assert len(said) <= 7


def test_a_client_that_knows_only_its_last_message_goes_on(client, name, transcript):
    model = f"companion/{name}"
    client.whole(model, [user("I bought a blue bicycle.")])
    client.whole(model, [user("I ride it to work.")])
    said = [text for speaker, text in transcript() if speaker == "user"]
    assert said == ["I bought a blue bicycle.", "I ride it to work."]


def test_an_answer_asked_for_again_stands_beside_the_first(client, name, transcript):
    model = f"companion/{name}"
    messages = [user("Tell me of the sea.")]
    client.whole(model, messages)
    again = client.whole(model, messages)
    said = transcript()
    assert [text for speaker, text in said if speaker == "user"] == ["Tell me of the sea."]
    assert kept(said[-1][1]) == kept(again)


def test_what_one_client_was_told_the_others_know(address, server, name, transcript):
    model = f"companion/{name}"
    OpenAI(address).whole(model, [user("My dog is called Bruno.")])
    Ollama(address).whole(model, [user("It rains today.")])
    Anthropic(address).whole(model, [user("What is my dog called?")])
    assert len([text for speaker, text in transcript() if speaker == "user"]) == 3
    facts = server.get(f"/v1/companions/{name}/facts").json()
    assert "Bruno" in str(facts)
    last = server.get(f"/v1/companions/{name}/messages").json()["messages"][-1]
    why = server.get(f"/v1/companions/{name}/messages/{last['id']}/why")
    assert why.status_code == 200 and "Bruno" in why.text


def test_hanging_up_keeps_what_was_said(address, name, transcript, ends):
    client = openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0, timeout=300)
    stream = client.chat.completions.create(
        model=f"companion/{name}",
        messages=[user("Tell me a very long story.")],
        max_completion_tokens=2000,
        stream=True,
    )
    for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            break
    stream.close()
    ends()
    said = transcript()
    assert ("user", "Tell me a very long story.") in said


def test_it_is_listed(address, name):
    openai_client = openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
    assert f"companion/{name}" in [entry.id for entry in openai_client.models.list()]
    listed = ollama.Client(host=address).list().models
    assert any(entry.model.removesuffix(":latest") == f"companion/{name}" for entry in listed)


def test_errors_are_each_dialects_own(address, name):
    asked = [user("hi")]
    client = openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0, timeout=300)
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="companion/nobody-at-all", messages=asked)
    assert "nobody-at-all" in missing.value.message
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model=f"companion/{name}", messages=asked, logprobs=True)
    assert "logprobs" in refused.value.message
    with pytest.raises(ollama.ResponseError) as missing:
        ollama.Client(host=address).chat(model="companion/nobody-at-all", messages=asked)
    assert missing.value.status_code == 404 and "nobody-at-all" in missing.value.error
    with pytest.raises(anthropic.NotFoundError) as missing:
        anthropic.Anthropic(base_url=address, api_key="none", max_retries=0).messages.create(
            model="companion/nobody-at-all", max_tokens=TOKENS, messages=asked
        )
    assert "nobody-at-all" in missing.value.message
