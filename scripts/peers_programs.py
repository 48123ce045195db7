"""The programs that scripts/bench-peers measures, each with its own options and its own form of output: abide,
llama.cpp and candle's stock models. Must not know how often they run, or what becomes of the figures.
"""

import json
import os
import platform
import shlex
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, BinaryIO

from peers_report import ABIDE, CANDLE, LLAMA

PROGRAM_SECONDS_MAX = 1800
COMPLAINT_CHARACTERS_MAX = 400
SEQUENCES = 8
# Starts of a process in one round, whose median counts.
STARTS = 3
START_CONTEXT = 2048
START_PROMPT = "Once upon a time"
# How benches/peers ends where candle has no model.
NO_SUCH_MODEL = 3


class Failed(Exception):
    """A program that ended with an error or not at all, or said what can't be understood."""


class NotOffered(Exception):
    """A program that does not do what is asked: a thing to tell, not a failure."""


# --- what is measured ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Tests that are run in one process: a prompt and a generation (0: none) at some depth."""

    name: str
    prompt: int = 0
    generate: int = 0
    depth: int = 0
    # None: all threads.
    threads: int | None = None
    first_round_only: bool = False

    @property
    def title(self) -> str:
        return f"{self.name} {self.depth}" if self.depth else self.name


@dataclass(frozen=True)
class Model:
    """A file, and how it is called in the report."""

    name: str
    path: Path
    is_random: bool = False


@dataclass(frozen=True)
class Figure:
    """What a program gave in one test."""

    group: str
    test: str
    program: str
    value: float
    bandwidth_share: float | None = None


def test_name(prompt: int, generate: int, depth: int) -> str:
    """As the field writes it: pp512, tg64@d4096."""
    name = f"pp{prompt}" if prompt else f"tg{generate}"
    return f"{name}@d{depth}" if depth else name


# --- running programs ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Finished:
    """A process that ended well."""

    stdout: str
    # Its end.
    stderr: str
    wall_s: float
    peak_bytes: int


def run(command: list[str], environment: dict[str, str] | None = None, seconds: int = PROGRAM_SECONDS_MAX) -> Finished:
    """Runs a program to its end, alone. Status NO_SUCH_MODEL is NotOffered, any other but 0 is Failed."""
    name = Path(command[0]).name
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        start = time.monotonic()
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                env=os.environ | {"NO_COLOR": "1", "RUST_BACKTRACE": "0"} | (environment or {}),
            )
        except OSError as error:
            raise Failed(f"{command[0]} can't be run: {error.strerror}") from None
        status, usage = wait(process, seconds)
        wall_s = time.monotonic() - start
        if status == NO_SUCH_MODEL and name == "peers":
            raise NotOffered("candle has no stock model of this architecture")
        said = tail(stderr)
        if status != 0:
            complaint = " ".join(said.split())[-COMPLAINT_CHARACTERS_MAX:]
            ended = f"did not end within {seconds} s" if wall_s >= seconds else f"ended with status {status}"
            raise Failed(f"`{shlex.join([name, *command[1:]])}` {ended}: {complaint}")
        stdout.seek(0)
        # Kilobytes, but for macOS.
        unit = 1 if platform.system() == "Darwin" else 1024
        return Finished(stdout.read().decode(errors="replace"), said, wall_s, usage.ru_maxrss * unit)


def wait(process: subprocess.Popen[bytes], seconds: int) -> tuple[int, Any]:
    """Status and resources of a process, which is killed after so many seconds, or if we are interrupted."""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        # Popen's own wait tells nothing of memory.
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage


def tail(file: BinaryIO) -> str:
    file.seek(max(0, file.seek(0, os.SEEK_END) - 8 * COMPLAINT_CHARACTERS_MAX))
    return file.read().decode(errors="replace")


@contextmanager
def understood(program: str) -> Iterator[None]:
    """Turns output of an unknown form into a failure that says whose it was."""
    try:
        yield
    except (json.JSONDecodeError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise Failed(f"{program} wrote something unexpected: {error!r}") from None


def best_start(command: list[str], environment: dict[str, str] | None = None) -> float:
    """The median time of some starts of a program, in seconds."""
    return median(run(command, environment).wall_s for _ in range(STARTS))


# --- the three programs --------------------------------------------------------------------------


@dataclass
class Abide:
    """`abide`, told everything that config.toml could have a say in."""

    path: Path
    environment: dict[str, str]
    # Its help on `bench`, which tells what it can do.
    help: str = ""
    # Bytes per second that it measured in each run, by the number of threads.
    bandwidths: dict[int, list[float]] = field(default_factory=dict)
    name: str = ABIDE

    def records(self, model: Path, *arguments: str) -> tuple[list[dict[str, Any]], Finished]:
        command = [str(self.path), "bench", str(model), "-r", "1", "-o", "json", "--device", "cpu", "--cache", "f16"]
        done = run([*command, *arguments], self.environment)
        with understood("abide bench"):
            records = json.loads(done.stdout)
            # It is measured once for all tests.
            self.bandwidths.setdefault(records[0]["threads"], []).append(records[0]["memory_bandwidth"])
        return records, done

    def measure(self, group: Group, model: Model, threads: int) -> list[Figure]:
        if group.name == "load":
            return self.measure_load(model, threads)
        if group.name == "sequences":
            return self.measure_sequences(group, model, threads)
        lengths = ["-p", str(group.prompt), "-n", str(group.generate), "-d", str(group.depth)]
        records, done = self.records(model.path, *lengths, "-t", str(threads))
        if group.name == "memory":
            return [Figure("memory", str(group.prompt), ABIDE, done.peak_bytes)]
        with understood("abide bench"):
            return [
                Figure(
                    group.name,
                    record["test"],
                    ABIDE,
                    record["tokens_per_second"]["mean"],
                    record["memory_bandwidth_share"],
                )
                for record in records
            ]

    def measure_sequences(self, group: Group, model: Model, threads: int) -> list[Figure]:
        if "--sequences" not in self.help:
            raise NotOffered("this abide does not know `bench --sequences`")
        figures = []
        for count, name in ((1, "one sequence"), (SEQUENCES, "eight sequences")):
            lengths = ["-p", "0", "-n", str(group.generate), "--sequences", str(count)]
            records, _ = self.records(model.path, *lengths, "-t", str(threads))
            with understood("abide bench --sequences"):
                (record,) = records
                test = test_name(0, group.generate, 0)
                figures.append(Figure(name, test, ABIDE, record["tokens_per_second"]["mean"]))
        return figures

    def measure_load(self, model: Model, threads: int) -> list[Figure]:
        command = [str(self.path), "run", str(model.path), START_PROMPT, "--raw", "-n", "1", "--temperature", "0"]
        command += ["-t", str(threads), "-c", str(START_CONTEXT), "--device", "cpu", "--cache", "f16"]
        return [Figure("load", "first token", ABIDE, best_start(command, self.environment))]


@dataclass
class LlamaCpp:
    """The programs of llama.cpp in one folder; each test with flash attention off and on."""

    folder: Path
    name: str = "llama.cpp"

    def program(self, name: str) -> str:
        path = self.folder / name
        if not path.exists():
            raise NotOffered(f"there is no {name} beside llama-bench")
        return str(path)

    def measure(self, group: Group, model: Model, threads: int) -> list[Figure]:
        if group.name == "load":
            return [self.measure_load(model, threads, way) for way in LLAMA]
        if group.name == "sequences":
            return [figure for way in LLAMA for figure in self.measure_sequences(group, model, threads, way)]
        if group.name == "memory":
            # Apart, so that each has a peak of its own.
            return [self.measure_memory(group, model, threads, way) for way in LLAMA]
        done = self.bench(group, model, threads, ",".join(LLAMA))
        with understood("llama-bench"):
            return [
                Figure(
                    group.name,
                    test_name(record["n_prompt"], record["n_gen"], record["n_depth"]),
                    LLAMA["on" if record["flash_attn"] == 1 else "off"],
                    record["avg_ts"],
                )
                for record in json.loads(done.stdout)
            ]

    def bench(self, group: Group, model: Model, threads: int, ways: str, *more: str) -> Finished:
        command = [self.program("llama-bench"), "-m", str(model.path), "-r", "1", "-o", "json", "-ngl", "0"]
        command += ["-ctk", "f16", "-ctv", "f16", "-p", str(group.prompt), "-n", str(group.generate)]
        command += ["-d", str(group.depth), "-t", str(threads), "-fa", ways, *more]
        return run(command)

    def measure_memory(self, group: Group, model: Model, threads: int, way: str) -> Figure:
        done = self.bench(group, model, threads, way, "--no-warmup")
        return Figure("memory", str(group.prompt), LLAMA[way], done.peak_bytes)

    def measure_sequences(self, group: Group, model: Model, threads: int, way: str) -> list[Figure]:
        # Each sequence begins with one token; its part of the context is some multiple of 256.
        command = [self.program("llama-batched-bench"), "-m", str(model.path), "-c", str(SEQUENCES * 256), "-ngl", "0"]
        command += ["-npp", "1", "-ntg", str(group.generate), "-npl", f"1,{SEQUENCES}", "-t", str(threads)]
        done = run([*command, "-ctk", "f16", "-ctv", "f16", "-fa", way, "--output-format", "jsonl"])
        names = {1: "one sequence", SEQUENCES: "eight sequences"}
        with understood("llama-batched-bench"):
            # Between its logs.
            records = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
            test = test_name(0, group.generate, 0)
            return [Figure(names[record["pl"]], test, LLAMA[way], record["speed_tg"]) for record in records]

    def measure_load(self, model: Model, threads: int, way: str) -> Figure:
        command = [self.program("llama-completion"), "-m", str(model.path), "-p", START_PROMPT, "-n", "1", "-no-cnv"]
        command += ["--no-warmup", "--temp", "0", "-t", str(threads), "-c", str(START_CONTEXT), "-ngl", "0"]
        command += ["-ctk", "f16", "-ctv", "f16", "-fa", way, "--offline"]
        return Figure("load", "first token", LLAMA[way], best_start(command))


@dataclass
class Candle:
    """benches/peers: candle's stock models."""

    path: Path
    name: str = CANDLE

    def measure(self, group: Group, model: Model, threads: int) -> list[Figure]:
        command = [str(self.path), str(model.path), "-p", str(group.prompt), "-n", str(group.generate)]
        done = run(command, {"RAYON_NUM_THREADS": str(threads)})
        with understood("candle's"):
            return [
                Figure(group.name, record["test"], CANDLE, record["tokens_per_second"]["mean"])
                for record in json.loads(done.stdout)
            ]


Program = Abide | LlamaCpp | Candle
