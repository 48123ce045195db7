"""Writes GGUF files of random weights in the shape of well-known models, to measure speed where no weights can be had.

Speed does not depend on what weights say. They know no language and have no tokenizer: use token ids only.
Called by gpu_report.py; must not know what is done with the files.
"""

import random
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

ALIGNMENT = 32
# Of the GGUF specification: types of values, and of tensors.
U32, F32_VALUE, STRING = 4, 6, 8
F32, Q4_0, Q8_0 = 0, 2, 8
BLOCK_VALUES = 32
# Bytes of a block, and its scale as an f16: 2⁻⁸ for values of ±8, 2⁻¹² for values of ±127.
BLOCKS = {Q4_0: (18, 0x1C00), Q8_0: (34, 0x0C00)}


@dataclass(frozen=True)
class Shape:
    """A llama model: its size, and the type of its matrices."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    feed_forward: int
    vocabulary: int
    tied: bool
    kind: int


SHAPES = {
    # SmolLM2 135M, Llama 3.2 1B, Llama 3.1 8B.
    "135m": Shape(576, 30, 9, 3, 1536, 49152, True, Q8_0),
    "1b": Shape(2048, 16, 32, 8, 8192, 128256, True, Q8_0),
    "8b": Shape(4096, 32, 32, 8, 14336, 128256, False, Q4_0),
}


@dataclass(frozen=True)
class TensorInfo:
    """A tensor's place: columns come first, as in the file."""

    name: str
    dimensions: tuple[int, ...]
    kind: int

    @property
    def bytes(self) -> int:
        values = 1
        for size in self.dimensions:
            values *= size
        return values * 4 if self.kind == F32 else values // BLOCK_VALUES * BLOCKS[self.kind][0]


def tensors(shape: Shape) -> list[TensorInfo]:
    """All tensors of a model, in the order in which they are written."""
    hidden, kv = shape.hidden, shape.hidden // shape.heads * shape.kv_heads

    def matrix(name: str, columns: int, rows: int) -> TensorInfo:
        return TensorInfo(f"{name}.weight", (columns, rows), shape.kind)

    def norm(name: str) -> TensorInfo:
        return TensorInfo(f"{name}.weight", (hidden,), F32)

    found = [matrix("token_embd", hidden, shape.vocabulary), norm("output_norm")]
    if not shape.tied:
        found.append(matrix("output", hidden, shape.vocabulary))
    for layer in range(shape.layers):
        block = f"blk.{layer}."
        found += [
            norm(block + "attn_norm"),
            matrix(block + "attn_q", hidden, hidden),
            matrix(block + "attn_k", hidden, kv),
            matrix(block + "attn_v", hidden, kv),
            matrix(block + "attn_output", hidden, hidden),
            norm(block + "ffn_norm"),
            matrix(block + "ffn_gate", hidden, shape.feed_forward),
            matrix(block + "ffn_up", hidden, shape.feed_forward),
            matrix(block + "ffn_down", shape.feed_forward, hidden),
        ]
    return found


def write(name: str, folder: Path) -> Path:
    """Writes the model of that name from SHAPES and returns the file's path."""
    shape = SHAPES[name]
    path = folder / f"random-llama-{name}-{'Q4_0' if shape.kind == Q4_0 else 'Q8_0'}.gguf"
    with path.open("wb") as file:
        infos = tensors(shape)
        file.write(header(shape, infos))
        pattern = random_blocks(shape.kind)
        for info in infos:
            pad(file)
            write_repeated(file, struct.pack("<f", 1.0) * 1024 if info.kind == F32 else pattern, info.bytes)
        pad(file)
    return path


def header(shape: Shape, infos: list[TensorInfo]) -> bytes:
    """Everything before the weights."""
    metadata = [
        value("general.architecture", "llama"),
        value("llama.context_length", 8192),
        value("llama.embedding_length", shape.hidden),
        value("llama.block_count", shape.layers),
        value("llama.feed_forward_length", shape.feed_forward),
        value("llama.attention.head_count", shape.heads),
        value("llama.attention.head_count_kv", shape.kv_heads),
        value("llama.attention.layer_norm_rms_epsilon", 1e-5),
        value("llama.rope.freq_base", 500000.0),
    ]
    parts = [struct.pack("<4sIQQ", b"GGUF", 3, len(infos), len(metadata)), *metadata]
    offset = 0
    for info in infos:
        parts.append(string(info.name) + struct.pack("<I", len(info.dimensions)))
        parts.append(struct.pack(f"<{len(info.dimensions)}QIQ", *info.dimensions, info.kind, offset))
        offset += -(-info.bytes // ALIGNMENT) * ALIGNMENT
    return b"".join(parts)


def string(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def value(key: str, content: str | int | float) -> bytes:
    """A key with its value."""
    if isinstance(content, str):
        return string(key) + struct.pack("<I", STRING) + string(content)
    if isinstance(content, int):
        return string(key) + struct.pack("<II", U32, content)
    return string(key) + struct.pack("<If", F32_VALUE, content)


def random_blocks(kind: int) -> bytes:
    """Some megabytes of blocks, always the same, that are repeated to fill tensors."""
    size, scale = BLOCKS[kind]
    # A prime number of blocks, so that no two rows of a matrix are the same.
    blocks = 65537
    pattern = bytearray(random.Random(0).randbytes(size * blocks))
    pattern[0::size] = bytes([scale & 0xFF]) * blocks
    pattern[1::size] = bytes([scale >> 8]) * blocks
    return bytes(pattern)


def write_repeated(file: BinaryIO, pattern: bytes, count: int) -> None:
    """Writes `count` bytes of the pattern, over and over."""
    for _ in range(count // len(pattern)):
        file.write(pattern)
    file.write(pattern[: count % len(pattern)])


def pad(file: BinaryIO) -> None:
    file.write(bytes(-file.tell() % ALIGNMENT))
