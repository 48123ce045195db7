"""The server as programs meet it that bring no package of a vendor's: its description, and bodies that are too large."""

import json
import socket
import urllib.error
import urllib.parse
import urllib.request

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

# As the server is set: `--body-limit`.
LIMIT = 32 << 20


def test_the_description_is_valid(address):
    with urllib.request.urlopen(f"{address}/openapi.json") as answer:
        description = json.load(answer)
    errors = [f"{list(error.absolute_path)}: {error.message}" for error in OpenAPIV31SpecValidator(description).iter_errors()]
    assert errors == []


@pytest.mark.parametrize("size", [LIMIT + 1, 10 * LIMIT])
def test_who_sends_too_much_is_told(address, size):
    request = urllib.request.Request(f"{address}/v1/chat/completions", data=b"x" * size, method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    assert refused.value.code == 413
    assert "larger" in json.load(refused.value)["error"]["message"]


def test_who_sends_too_much_in_pieces_is_told(address):
    pieces = (b"x" * (1 << 20) for _ in range(100))
    request = urllib.request.Request(f"{address}/v1/messages", data=pieces, method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    assert refused.value.code == 413
    assert json.load(refused.value)["error"]["type"] == "request_too_large"


def test_who_closes_its_sending_side_is_answered(address, model):
    body = json.dumps({"model": model, "prompt": "The capital of France is", "max_tokens": 8}).encode()
    place = urllib.parse.urlsplit(address)
    with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
        head = f"POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 200"), answer
    assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["choices"][0]["text"]


def test_who_sends_several_requests_at_once_is_answered_to_each(address):
    body = json.dumps({"content": "a b"}).encode()
    place = urllib.parse.urlsplit(address)
    request = b"POST /tokenize HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
    with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
        connection.sendall(request * 3)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert answer.count(b"HTTP/1.1 200") == 3, answer


@pytest.mark.parametrize(
    "path, body, field",
    [
        ("/v1/chat/completions", '{"messages": [{"role": "user", "content": "a", "role": "user"}]}', "messages[0].role"),
        ("/v1/completions", '{"prompt": "a", "prompt": "b"}', "prompt"),
        ("/v1/embeddings", '{"input": "a", "input": "b"}', "input"),
        ("/v1/responses", '{"input": "a", "model": "b", "model": "c"}', "model"),
    ],
)
def test_no_field_is_there_twice(address, path, body, field):
    request = urllib.request.Request(f"{address}{path}", data=body.encode(), method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    error = json.load(refused.value)["error"]
    assert refused.value.code == 400
    assert error["param"] == field
    assert "twice" in error["message"]
