"""The second half of scripts/gpu-check: holds `abide` on a device to llama.cpp's answers, measures its speed, and
writes one report as Markdown to stdout. Progress goes to stderr. Needs nothing but Python 3.10's own library.

Status: 0 if every check passed, 1 if not, 3 if the device can't be used. Tolerances are those of tests/reference.rs.
"""

import argparse
import json
import math
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests/fixtures"
# Files of real weights, with llama.cpp's answers and the greatest difference allowed of the reference operations.
REAL_MODELS = {
    "SmolLM2-135M-Instruct.Q4_1.gguf": ("smollm2.json", 2e-3),
    "gemma-3-270m-q4_k_m.gguf": ("gemma.json", 2e-2),
}
# What random weights are measured in the shape of.
LIKES = ["smollm2-135m-instruct:Q8_0", "llama-3.2-1b-instruct:Q8_0", "llama-3.1-8b-instruct:Q4_0"]
# A greedy step whose best token leads by less may go the other way by rounding alone.
SAFE_LEAD = 0.01
REFERENCE_ALLOWED = 1e-3
DEFAULT_ALLOWED = 1e-2
# More than any vocabulary: all log-probabilities.
ALL_TOKENS = 10_000_000
# Programs that run beside one another on the device.
PARALLEL = 4
PROGRAM_SECONDS_MAX = 180
TESTS_SECONDS_MAX = 300
BENCH_SECONDS_MAX = 240
FAILURES_SHOWN_MAX = 20
COMPLAINT_CHARACTERS_MAX = 400
# How libtest tells of a test that ended, and of what it printed.
TEST_OUTCOME = re.compile(r"^test (\S+) \.\.\. (\w+)", re.MULTILINE)
TEST_OUTPUT = re.compile(
    r"^---- (\S+) stdout ----\n(.*?)(?=^----|^(?:successes|failures):$|\Z)", re.MULTILINE | re.DOTALL
)
TINY_NOTE = (
    "Greatest difference of a log-probability after the shortest and the longest prompt, and what is allowed; with the "
    "reference operations also 16 greedy steps each."
)
REAL_NOTE = (
    "Reference operations: greatest difference over 24 greedy steps of each prompt. Default ones: mean difference over "
    "the top ten, against that of llama.cpp's own quantised run."
)


class ProgramFailed(Exception):
    """A program that ended with an error, or did not end."""


@dataclass
class Finding:
    """How far something computed may be from what is right, and how far it is."""

    difference: float = 0.0
    allowed: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.problems and self.difference <= self.allowed

    def cell(self) -> str:
        sign = "≤" if self.difference <= self.allowed else ">"
        return f"{self.difference:.2g} {sign} {self.allowed:.2g}{'' if self.passed else ' **✗**'}"


@dataclass
class Program:
    """`abide` on one device."""

    path: Path
    device: str
    scratch: Path

    def run(self, *arguments: str, seconds: int = PROGRAM_SECONDS_MAX) -> str:
        """What the program prints; ProgramFailed with the end of its complaints if it fails."""
        # A home of its own: no config.toml of the user has a say, and nothing of theirs is written.
        home = str(self.scratch / "home")
        environment = os.environ | {"ABIDE_HOME": home, "ABIDE_OFFLINE": "1", "NO_COLOR": "1", "RUST_BACKTRACE": "0"}
        command = [str(self.path), *arguments]
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise ProgramFailed(f"`abide {arguments[0]}` did not end within {seconds} s") from None
        if done.returncode != 0:
            complaint = " ".join(done.stderr.split())[:COMPLAINT_CHARACTERS_MAX]
            raise ProgramFailed(f"`abide {arguments[0]}` ended with status {done.returncode}: {complaint}")
        return done.stdout

    def steps(self, model: Path, ids: list[int], ops: str, top: int, greedy: int, context: int | None) -> list[Any]:
        """Greedy steps after `ids`: the chosen id and the likeliest tokens with their log-probabilities."""
        arguments = ["logits", str(model), "--ids", ",".join(map(str, ids)), "--ops", ops, "--cache", "f32"]
        arguments += ["--top", str(top), "--greedy", str(greedy), "--device", self.device]
        if context is not None:
            arguments += ["--context", str(context)]
        return json.loads(self.run(*arguments))["steps"]


# --- parity --------------------------------------------------------------------------------------


def compare_top(found: dict[int, float], expected: list[tuple[int, float]]) -> float:
    """The greatest difference of a log-probability; infinite where one is missing or no number."""
    differences = [abs(found.get(token, math.inf) - value) for token, value in expected]
    return max(difference if math.isfinite(difference) else math.inf for difference in differences)


def compare_greedy(finding: Finding, found: list[Any], expected: list[Any], compare_values: bool) -> None:
    """Follows both runs as long as they chose the same tokens."""
    for index, (ours, theirs) in enumerate(zip(found, expected, strict=True)):
        if compare_values:
            difference = compare_top(dict(ours["top"]), theirs["top"])
            finding.difference = max(finding.difference, difference)
        if ours["id"] != theirs["id"]:
            if theirs["top"][0][1] - theirs["top"][1][1] >= SAFE_LEAD:
                finding.problems.append(f"greedy step {index} chose {ours['id']}, not {theirs['id']}")
            return


def check_tiny(program: Program, model: Path, ops: str) -> Finding:
    """A tiny model against llama.cpp's full distributions, after its shortest and its longest prompt."""
    expected = json.loads(model.with_suffix(".json").read_text())
    native = expected.get("native", {}).get("max_abs_diff")
    # Quantised activations differ from the exact values; so do llama.cpp's own.
    near = 1.5 * max(native, DEFAULT_ALLOWED) if native is not None else DEFAULT_ALLOWED
    finding = Finding(allowed=REFERENCE_ALLOWED if ops == "reference" else near)
    for prompt in (expected["prompts"][0], expected["prompts"][-1]):
        logprobs = prompt.get("logprobs_exact_gelu") or prompt["logprobs"]
        count = len(prompt["greedy"]) if ops == "reference" else 1
        try:
            steps = program.steps(model, prompt["ids"], ops, ALL_TOKENS, count, expected.get("n_ctx"))
        except ProgramFailed as failure:
            finding.problems.append(str(failure))
            continue
        difference = compare_top(dict(steps[0]["top"]), list(enumerate(logprobs)))
        finding.difference = max(finding.difference, difference)
        if ops == "reference":
            compare_greedy(finding, steps, prompt["greedy"], compare_values=False)
    return finding


def check_real(program: Program, model: Path, ops: str) -> Finding:
    """A real model: reference operations along llama.cpp's greedy runs; default ones by their mean difference over
    the top ten after each prompt, against that of llama.cpp's own quantised run."""
    answers, allowed = REAL_MODELS[model.name]
    expected = json.loads((FIXTURES / "reference" / answers).read_text())
    finding = Finding(allowed=allowed)
    ours, theirs = [], []
    for prompt in expected["prompts"]:
        try:
            if ops == "reference":
                steps = program.steps(model, prompt["ids"], ops, ALL_TOKENS, len(prompt["greedy"]), None)
                compare_greedy(finding, steps, prompt["greedy"], compare_values=True)
                continue
            steps = program.steps(model, prompt["ids"], ops, ALL_TOKENS, 1, None)
        except ProgramFailed as failure:
            finding.problems.append(str(failure))
            continue
        top, quantised = dict(steps[0]["top"]), dict(prompt["quantised_first_top"])
        for token, exact in prompt["greedy"][0]["top"]:
            if token in quantised:
                ours.append(abs(top.get(token, math.inf) - exact))
                theirs.append(abs(quantised[token] - exact))
    if ops == "default" and ours:
        finding.difference, finding.allowed = sum(ours) / len(ours), sum(theirs) / len(theirs)
    return finding


Check = Callable[[Program, Path, str], Finding]


def parity(program: Program, models: list[Path], check: Check) -> dict[tuple[str, str], Finding]:
    """Findings by the model's name and the operations."""
    cases = [(model, ops) for model in models for ops in ("reference", "default")]
    with ThreadPoolExecutor(PARALLEL) as pool:
        findings = pool.map(lambda case: check(program, *case), cases)
        return {(model.stem, ops): finding for (model, ops), finding in zip(cases, findings, strict=True)}


# --- the report ----------------------------------------------------------------------------------


@dataclass
class Report:
    """Writes sections of Markdown as they come, so that a run cut short leaves what it found; keeps what failed."""

    failures: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        print(text, end="\n\n", flush=True)

    def table(self, title: str, columns: list[str], rows: list[list[str]], note: str = "") -> None:
        lines = [f"## {title}", "", *([note, ""] if note else [])]
        lines += [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
        lines += [f"| {' | '.join(row)} |" for row in rows]
        self.write("\n".join(lines))

    def verdict(self, seconds: float) -> None:
        outcome = f"{len(self.failures)} checks FAILED" if self.failures else "all checks passed"
        self.write(f"## Verdict: {outcome}\n\nAfter {seconds:.0f} s.")
        shown = [f"- {failure}" for failure in self.failures[:FAILURES_SHOWN_MAX]]
        if len(self.failures) > len(shown):
            shown.append(f"- … and {len(self.failures) - len(shown)} more")
        if shown:
            self.write("\n".join(shown))


def say(message: str) -> None:
    print(f"scripts/gpu-check: {message}", file=sys.stderr, flush=True)


def add_machine(report: Report, program: Program, build: Path) -> None:
    """What was checked, and on what."""
    rows = [["device", program.device]]
    if program.device.startswith("cuda"):
        names = {"GPU": "name", "driver": "driver_version", "its memory": "memory.total", "compute": "compute_cap"}
        number = program.device.partition(":")[2] or "0"
        query = ["nvidia-smi", f"--query-gpu={','.join(names.values())}", "--format=csv,noheader", "-i", number]
        said = subprocess.run(query, capture_output=True, text=True, check=True).stdout.strip()
        rows += [[name, value] for name, value in zip(names, said.split(", "), strict=True)]
    rows.append(["system", f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} cores"])
    rows.append(["program", program.run("--version").strip()])
    if build.exists():
        rows += [[f"built: {name}", value] for name, value in json.loads(build.read_text()).items()]
    report.table("What and where", ["", ""], rows)


def add_parity(report: Report, title: str, note: str, findings: dict[tuple[str, str], Finding]) -> None:
    """One row for each model, and its problems among the failures."""
    rows = []
    for name in dict.fromkeys(name for name, _ in findings):
        both = [findings[name, ops] for ops in ("reference", "default")]
        verdict = "ok" if all(finding.passed for finding in both) else "**failed**"
        rows.append([name, *(finding.cell() for finding in both), verdict])
    for (name, ops), finding in findings.items():
        if not finding.passed:
            problems = finding.problems or [f"{finding.difference:.3g} away, {finding.allowed:.3g} allowed"]
            report.failures.append(f"{name}, {ops} operations: {'; '.join(problems)}")
    report.table(title, ["model", "reference operations", "default operations", ""], rows, note)


def add_tests(report: Report, test_program: Path, device: str) -> None:
    """The engine's own tests among the integration tests, told to compute on the device."""
    say("the engine's own tests")
    environment = os.environ | {
        "CARGO_MANIFEST_DIR": str(ROOT / "crates/abide-cli"),
        "ABIDE_TEST_DEVICE": device,
        "RUST_BACKTRACE": "0",
    }
    command = [str(test_program), "reference::", "--show-output", "--test-threads", str(PARALLEL)]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TESTS_SECONDS_MAX)
        output, status = done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        output, status = (late.stdout or b"").decode(), 0
        report.failures.append(f"the engine's tests did not end within {TESTS_SECONDS_MAX} s")
    said = dict(TEST_OUTPUT.findall(output))
    rows = []
    for name, outcome in TEST_OUTCOME.findall(output):
        words = " ".join(said.get(name, "").split())
        if outcome == "FAILED":
            report.failures.append(f"test `{name}`: {words[:COMPLAINT_CHARACTERS_MAX]}")
        rows.append([name, "skipped" if words.startswith("skipped") else outcome])
    # 101 is what failed tests end with; anything else is a crash.
    if status != 0 and not (status == 101 and ["FAILED"] in [row[1:] for row in rows]):
        report.failures.append(f"the engine's tests ended with status {status}")
    if not rows:
        report.failures.append("none of the engine's tests ran")
    report.table("The engine's tests on the device", ["test", ""], sorted(rows))


def add_speed(report: Report, program: Program, models: list[Path], likes: list[str]) -> None:
    """Tokens per second, of real weights and of random ones, a model at a time."""
    rows: list[list[str]] = []
    sources = {path.name: [str(path)] for path in models} | {like: ["--like", like] for like in likes}
    for name, source in sources.items():
        say(f"speed of {name}")
        arguments = ["bench", *source, "-p", "512", "-n", "128", "-r", "3", "--device", program.device, "-o", "json"]
        try:
            records = json.loads(program.run(*arguments, seconds=BENCH_SECONDS_MAX))
        except ProgramFailed as failure:
            report.failures.append(f"{name}: {failure}")
            continue
        for record in records:
            speed, first = record["tokens_per_second"], record.get("time_to_first_token_ms")
            rows.append(
                [
                    record["model"],
                    record["test"],
                    record["device"],
                    f"{speed['mean']:.1f} ± {speed['stddev']:.1f}",
                    f"{record['load_ms'] / 1000:.2f} s",
                    "" if first is None else f"{first:.1f} ms",
                    record.get("kernels", ""),
                ]
            )
    columns = ["model", "test", "device", "tokens/s", "load", "first token", "kernels"]
    note = "`abide bench`: mean ± deviation of 3."
    report.table("Speed", columns, rows, note)


def write_report(arguments: argparse.Namespace) -> int:
    program = Program(arguments.program, arguments.device, arguments.scratch)
    report, start = Report(), time.monotonic()
    tiny = [path for folder in ("tiny", "tiny/quant") for path in sorted((FIXTURES / folder).glob("*.gguf"))]
    try:
        # Without a device there is nothing to check. With one, its driver now translates kernels, once for all.
        program.steps(tiny[0], [1], "reference", 1, 1, None)
    except ProgramFailed as failure:
        say(f"error: {failure}")
        return 3
    report.write("# abide on a device, held to llama.cpp")
    add_machine(report, program, arguments.build)
    say(f"{len(tiny)} tiny models")
    add_parity(report, "Tiny models against llama.cpp", TINY_NOTE, parity(program, tiny, check_tiny))
    real = [path for path in arguments.model if path.name in REAL_MODELS]
    if real:
        say(f"{len(real)} real models")
        add_parity(report, "Real models against llama.cpp", REAL_NOTE, parity(program, real, check_real))
    if arguments.model or arguments.like:
        add_speed(report, program, arguments.model, arguments.like)
    if arguments.test_program is not None:
        add_tests(report, arguments.test_program, arguments.device)
    report.verdict(time.monotonic() - start)
    return 1 if report.failures else 0


def print_executable(arguments: argparse.Namespace) -> int:
    """Prints the path of an executable from cargo's messages."""
    found = [
        message["executable"]
        for message in map(json.loads, arguments.messages.read_text().splitlines())
        if message.get("executable") and message["target"]["name"] == arguments.name
    ]
    if not found:
        say(f"error: cargo built no {arguments.name}")
        return 1
    print(found[-1])
    return 0


def likes(text: str) -> list[str]:
    return [] if text == "none" else text.split(",")


def existing_file(text: str) -> Path:
    path = Path(text).resolve()
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text} is no file")
    return path


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Called by scripts/gpu-check; see there.")
    steps = parser.add_subparsers(required=True)
    report = steps.add_parser("report", help="check, measure, and write the report")
    report.add_argument("--program", type=existing_file, required=True)
    report.add_argument("--test-program", type=existing_file)
    report.add_argument("--device", required=True)
    report.add_argument("--scratch", type=Path, required=True)
    report.add_argument("--build", type=Path, required=True)
    report.add_argument("--model", type=existing_file, action="append", default=[])
    report.add_argument("--like", type=likes, default=LIKES)
    report.set_defaults(step=write_report)
    executable = steps.add_parser("executable", help="find an executable in cargo's messages")
    executable.add_argument("name")
    executable.add_argument("messages", type=Path)
    executable.set_defaults(step=print_executable)
    return parser.parse_args()


if __name__ == "__main__":
    arguments = parse_arguments()
    sys.exit(arguments.step(arguments))
