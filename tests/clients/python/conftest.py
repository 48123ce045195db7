"""Where the server is, and what every dialect is asked. The server runs already: scripts/client-tests starts it."""

import os
import time

import httpx
import pytest

# A schema that a small model can fill without understanding anything.
PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 20},
        "age": {"type": "integer", "minimum": 0, "maximum": 120},
        "likes": {"type": "array", "items": {"enum": ["tea", "rain", "books"]}, "minItems": 1, "maxItems": 2},
    },
    "required": ["name", "age", "likes"],
    "additionalProperties": False,
}

WEATHER = {
    "type": "object",
    "properties": {"city": {"enum": ["Lyon", "Ghent", "Turin"]}, "days": {"type": "integer", "minimum": 1, "maximum": 9}},
    "required": ["city", "days"],
    "additionalProperties": False,
}

QUESTION = "What is the capital of France? Answer in one short sentence."


@pytest.fixture(scope="session")
def address():
    return os.environ["ABIDE_SERVER"].rstrip("/")


@pytest.fixture(scope="session")
def model():
    return os.environ["ABIDE_SERVER_MODEL"]


@pytest.fixture(scope="session")
def embedding_model():
    return os.environ["ABIDE_SERVER_EMBEDDING_MODEL"]


@pytest.fixture
def in_flight(address):
    """How many answers the server is writing at this moment, by its own metrics."""

    def read():
        text = httpx.get(f"{address}/metrics").text
        values = [line.split()[-1] for line in text.splitlines() if line.startswith("abide_answers_")]
        assert len(values) == 2, "the metrics tell of answers that wait and answers that run"
        return sum(float(value) for value in values)

    return read


@pytest.fixture
def ends(in_flight):
    """Waits until no answer is being written: a client that hung up must not keep its place."""

    def wait():
        deadline = time.monotonic() + 30
        while in_flight() > 0:
            assert time.monotonic() < deadline, "an answer is still being written though nobody reads it"
            time.sleep(0.02)

    return wait
