"""The second half of scripts/bench-peers: has abide, llama.cpp and candle take turns, round by round, and has
peers_report.py write down what each round gave. Progress goes to stderr. Needs nothing but Python 3.10's own library.

Status: 0 everything was measured, 1 something failed, 2 wrong usage, 130 interrupted.
"""

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import peers_report
from peers_programs import (
    SEQUENCES,
    Abide,
    Candle,
    Failed,
    Figure,
    Group,
    LlamaCpp,
    Model,
    NotOffered,
    Program,
    run,
    test_name,
    understood,
)
from peers_report import CANDLE, Results

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "target/peers"
DEFAULT_MODELS = [peers_report.SMOLLM2, peers_report.GEMMA]
GROUPS = ["speed", "depth", "one-thread", "sequences", "memory", "load"]
ROUNDS = 5
ROUNDS_MAX = THREADS_MAX = 1000
FETCH_SECONDS_MAX = 4 * 3600
# A quiet machine has less to do than this part of its cores.
BUSY_LOAD = 0.3


def say(message: str) -> None:
    print(f"scripts/bench-peers: {message}", file=sys.stderr, flush=True)


# --- what is measured ----------------------------------------------------------------------------


def groups_of(is_random: bool, quick: bool) -> list[Group]:
    """The groups for a model, shortest first. Random weights are of large models and have no tokenizer."""
    if quick:
        speed = Group("speed", prompt=128, generate=32)
        depths = [Group("depth", prompt=64, generate=16, depth=256)]
        sequences, memory = Group("sequences", generate=16), Group("memory", prompt=512, first_round_only=True)
    else:
        speed = Group("speed", prompt=128, generate=32) if is_random else Group("speed", prompt=512, generate=128)
        depths = [Group("depth", generate=64, depth=1024), Group("depth", prompt=512, generate=64, depth=4096)]
        sequences, memory = Group("sequences", generate=64), Group("memory", prompt=4096, first_round_only=True)
    if is_random:
        return [speed, sequences, memory]
    one_thread = Group("one-thread", prompt=speed.prompt, generate=speed.generate, threads=1)
    return [Group("load"), speed, sequences, one_thread, *depths, memory]


# --- rounds --------------------------------------------------------------------------------------


@dataclass
class Session:
    """One run of the whole."""

    arguments: argparse.Namespace
    threads: int
    programs: list[Program]
    results: Results
    # Programs that failed, with a model's group: they are not tried again.
    dropped: set[tuple[str, str, str]] = field(default_factory=set)

    def run(self, models: list[Model]) -> None:
        places = [(model, group) for model in models for group in chosen_groups(self.arguments, model.is_random)]
        for number in range(1, self.arguments.rounds + 1):
            for index, (model, group) in enumerate(places):
                if number == 1 or not group.first_round_only:
                    # Whoever begins a group in one round ends it in the next.
                    in_order = (number + index) % 2 == 1
                    self.take_turns(number, self.programs if in_order else self.programs[::-1], group, model)

    def take_turns(self, number: int, programs: list[Program], group: Group, model: Model) -> None:
        """Runs a group in every program."""
        threads = group.threads or self.threads
        for program in programs:
            place = (program.name, model.name, group.title)
            # Slow, and not the rival.
            unwanted = program.name == CANDLE and (group.name != "speed" or model.is_random)
            if unwanted or place in self.dropped:
                continue
            start = time.monotonic()
            try:
                figures = program.measure(group, model, threads)
            except (Failed, NotOffered) as problem:
                self.dropped.add(place)
                lines = self.results.failures if isinstance(problem, Failed) else self.results.notices
                lines.append(f"{', '.join(place)}: {problem}")
                say(lines[-1])
                continue
            self.keep(number, model, figures, threads)
            took = f"{time.monotonic() - start:.0f} s"
            say(f"round {number} of {self.arguments.rounds}, {model.name}, {group.title} ({took}): {told(figures)}")

    def keep(self, number: int, model: Model, figures: list[Figure], threads: int) -> None:
        for figure in figures:
            less_is_better = figure.group in ("memory", "load")
            row = self.results.row(figure.group, model.name, figure.test, threads, less_is_better)
            row.add(figure.program, number, figure.value)
            if figure.bandwidth_share is not None:
                row.bandwidth_shares.append(figure.bandwidth_share)


def told(figures: list[Figure]) -> str:
    """One line of progress."""
    by_program: dict[str, list[str]] = {}
    for figure in figures:
        by_program.setdefault(figure.program, []).append(told_figure(figure))
    return "; ".join(f"{program}: {', '.join(parts)}" for program, parts in by_program.items())


def told_figure(figure: Figure) -> str:
    match figure.group:
        case "memory":
            return f"{figure.value / 1e6:.0f} MB"
        case "load":
            return f"{figure.value:.3f} s"
        case "one sequence" | "eight sequences":
            return f"{figure.test} of {figure.group} {figure.value:.1f}/s"
    return f"{figure.test} {figure.value:.1f}/s"


def chosen_groups(arguments: argparse.Namespace, is_random: bool) -> list[Group]:
    return [group for group in groups_of(is_random, arguments.quick) if group.name in arguments.only]


# --- before the rounds ---------------------------------------------------------------------------


def find_models(arguments: argparse.Namespace, abide: Abide, results: Results) -> list[Model]:
    """The models' files: pulled, given, or written."""
    models = []
    for name in arguments.models or DEFAULT_MODELS:
        if name.endswith(".gguf"):
            models.append(Model(report_name(name), Path(name)))
            continue
        say(f"fetching {name} (unless it is there)")
        # With what the user has set: the models belong into their store.
        run([str(abide.path), "pull", name], seconds=FETCH_SECONDS_MAX)
        shown = run([str(abide.path), "show", name, "--json"]).stdout
        with understood("abide show"):
            models.append(Model(name, Path(json.loads(shown)["paths"][0])))
    if arguments.like != "none":
        if "--like" in abide.help:
            models.append(Model(arguments.like, write_random(arguments.like, abide), is_random=True))
        else:
            results.notices.append(f"{arguments.like}: this abide does not know `bench --like`")
            say(results.notices[-1])
    for model in models:
        read_once(model.path)
    return models


def report_name(name: str) -> str:
    """What the report calls a model: its id, or its file without folder and ending."""
    return Path(name).stem if name.endswith(".gguf") else name


def write_random(like: str, abide: Abide) -> Path:
    """A file of random weights, kept for the next time."""
    path = BUILT / "models" / f"{like.replace(':', '-')}.gguf"
    if not path.exists():
        say(f"writing random weights in the shape of {like} to {path.relative_to(ROOT)}")
        path.parent.mkdir(parents=True, exist_ok=True)
        # Only what is whole gets its name.
        partial = path.with_name(f"{path.stem}.partial.gguf")
        partial.unlink(missing_ok=True)
        command = [str(abide.path), "bench", "--like", like, "--write", str(partial), "-p", "0", "-n", "0"]
        run(command, abide.environment)
        partial.rename(path)
    return path


def read_once(path: Path) -> None:
    """Brings a file into the page cache."""
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 24):
            pass


def probe(arguments: argparse.Namespace, abide: Abide, model: Model) -> dict[str, Any]:
    """What abide says of the machine, and how many threads it picks."""
    threads = ["-t", str(arguments.threads)] if arguments.threads else []
    records, _ = abide.records(model.path, "-p", "0", "-n", "1", *threads)
    return records[0]


def describe(arguments: argparse.Namespace, record: dict[str, Any], load: float) -> dict[str, str]:
    """The head of the report, but for what is known at the end."""
    with understood("abide bench"):
        version, cpu, kernels = record["version"], record["cpu"], record["kernels"]
        threads = record["threads"]
    commit = f", commit {arguments.commit}" if arguments.commit else ""
    instructions = "for AVX2" if arguments.isa == "avx2" else "for this machine"
    head = {
        "processor": f"{cpu}, {os.cpu_count()} logical cores",
        "system": f"{platform.system()} {platform.release()}, {platform.machine()}, load {load:.2f} before the start",
        "threads": f"{threads}",
        "abide": f"{version}{commit}, kernels {kernels}",
    }
    if arguments.llama:
        built = f"built {instructions}" if BUILT in arguments.llama.parents else "built by somebody else"
        built += ", without AMX, with which it dies" if arguments.without_amx else ""
        head["llama.cpp"] = f"{llama_version(arguments.llama / 'llama-bench')}; {built}"
    if arguments.candle:
        said = run([str(arguments.candle), "--version"]).stdout.split()
        head["candle"] = f"{said[-1] if said else 'of an unknown version'}, stock models; built {instructions}"
    head["date"] = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    head["command"] = f"`{arguments.command}`"
    head["rounds"] = str(arguments.rounds)
    return head


def add_bandwidths(results: Results, abide: Abide) -> None:
    """How fast memory was in all of the run, which tells how busy the machine was."""
    for threads, measured in abide.bandwidths.items():
        name = "memory" if str(threads) == results.head["threads"] else f"memory, {threads} thread"
        spread = peers_report.Spread.of([value / 1e9 for value in measured])
        if spread is not None:
            results.head[name] = f"read at {spread.cell(1)} GB/s, measured by abide at each of its runs"


def llama_version(program: Path) -> str:
    """What llama-bench says of itself; one that was built here names its package as its commit."""
    done = run([str(program), "--version"])
    lines = (done.stdout + done.stderr).splitlines()
    return lines[0].removeprefix("version: ") if lines else "of an unknown version"


# --- the steps -----------------------------------------------------------------------------------


def print_plan(arguments: argparse.Namespace) -> int:
    """Says what would be measured."""
    left_out = {"llama.cpp": arguments.no_llama, "candle": arguments.no_candle}
    beside = [name for name in left_out if not left_out[name]]
    rounds = f"{arguments.rounds} round{'s' if arguments.rounds > 1 else ''}"
    say(f"{rounds} of abide{''.join(f', {name}' for name in beside)} on:")
    names = [(name, False) for name in arguments.models or DEFAULT_MODELS]
    names += [(f"random weights like {arguments.like}", True)] if arguments.like != "none" else []
    for name, is_random in names:
        groups = [told_group(group) for group in chosen_groups(arguments, is_random)]
        say(f"  {name}: {'; '.join(groups)}")
    return 0


def told_group(group: Group) -> str:
    if group.name == "load":
        return "load to first token"
    if group.name == "memory":
        return f"memory at a context of {group.prompt}"
    tests = [test_name(group.prompt, 0, group.depth)] if group.prompt else []
    tests += [test_name(0, group.generate, group.depth)] if group.generate else []
    many = {"sequences": f" of 1 and {SEQUENCES} sequences", "one-thread": " with one thread"}
    return ", ".join(tests) + many.get(group.name, "")


def check(arguments: argparse.Namespace) -> int:
    """Says which models abide does not know, before minutes go by in building what is measured beside it."""
    with tempfile.TemporaryDirectory() as home:
        try:
            abide = own_abide(arguments, home)
            for name in arguments.models or DEFAULT_MODELS:
                if name.endswith(".gguf"):
                    continue
                shown = run([str(abide.path), "show", name, "--json"]).stdout
                with understood("abide show"):
                    kind = json.loads(shown).get("kind")
                if kind == "embedding":
                    raise Failed(f"{name} makes vectors and no tokens, and has no speed to compare")
            if arguments.like != "none" and "--like" in abide.help:
                write_random(arguments.like, abide)
        except Failed as failure:
            say(f"error: {failure}")
            return 2
        except KeyboardInterrupt:
            return 130
    return 0


def own_abide(arguments: argparse.Namespace, home: str) -> Abide:
    """The `abide` to measure, in a home of its own: no config.toml of the user has a say."""
    environment = {"ABIDE_HOME": home, "ABIDE_OFFLINE": "1"}
    if arguments.isa == "avx2":
        environment["ABIDE_CPU"] = "avx2"
    help_of_bench = run([str(arguments.abide), "bench", "--help"]).stdout
    return Abide(arguments.abide, environment, help_of_bench)


def measure_all(arguments: argparse.Namespace) -> int:
    """Measures, and writes the report even of a run that was cut short."""
    # Before we add to it.
    load = os.getloadavg()[0]
    if load > BUSY_LOAD * (os.cpu_count() or 1):
        say(f"note: this machine is busy (load {load:.2f}); ratios will spread")
    results = Results()
    with tempfile.TemporaryDirectory() as home:
        try:
            abide = own_abide(arguments, home)
            models = find_models(arguments, abide, results)
            record = probe(arguments, abide, models[0])
            results.head = describe(arguments, record, load)
            programs: list[Program] = [abide]
            programs += [LlamaCpp(arguments.llama)] if arguments.llama else []
            programs += [Candle(arguments.candle)] if arguments.candle else []
            Session(arguments, record["threads"], programs, results).run(models)
        except Failed as failure:
            say(f"error: {failure}")
            return 1
        except KeyboardInterrupt:
            results.interrupted = True
            if not results.rows:
                return 130
    add_bandwidths(results, abide)
    write_reports(arguments, results)
    if results.interrupted:
        return 130
    return 1 if results.failures else 0


def write_reports(arguments: argparse.Namespace, results: Results) -> None:
    text = peers_report.markdown(results)
    if arguments.md:
        arguments.md.write_text(text)
    else:
        print(text, end="", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(peers_report.as_json(results), indent=1) + "\n")
    for path in filter(None, (arguments.md, arguments.json)):
        say(f"wrote {path}")


# --- arguments -----------------------------------------------------------------------------------


def counted(maximum: int) -> Any:
    def parse(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= maximum:
            raise argparse.ArgumentTypeError(f"'{text}' is no number from 1 to {maximum}")
        return int(text)

    return parse


def group_names(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in GROUPS:
            raise argparse.ArgumentTypeError(f"'{name}' is none of {', '.join(GROUPS)}")
    return names


def shape(text: str) -> str:
    # It becomes part of a file's name.
    if not text or not all(character.isalnum() or character in "-_.:" for character in text) or text.startswith("."):
        raise argparse.ArgumentTypeError(f"'{text}' is no ID:TYPE such as {peers_report.LIKE_1B}")
    return text


def model_name(text: str) -> str:
    if text.endswith(".gguf") and not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"{text} is no file")
    return text


def new_file(text: str) -> Path:
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    return path


class Parser(argparse.ArgumentParser):
    """One whose complaints look like the script's own."""

    def error(self, message: str) -> Any:
        say(f"error: {message}; see scripts/bench-peers --help")
        sys.exit(2)


def parse_arguments() -> argparse.Namespace:
    parser = Parser(description="Called by scripts/bench-peers; see there.", allow_abbrev=False)
    parser.add_argument("step", choices=["plan", "check", "run"])
    parser.add_argument("models", nargs="*", type=model_name)
    parser.add_argument("-t", "--threads", type=counted(THREADS_MAX))
    parser.add_argument("-r", "--rounds", type=counted(ROUNDS_MAX))
    parser.add_argument("--only", type=group_names, default=GROUPS)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--like", type=shape)
    parser.add_argument("--isa", choices=["native", "avx2"], default="native")
    parser.add_argument("--without-amx", action="store_true")
    parser.add_argument("--md", type=new_file)
    parser.add_argument("--json", type=new_file)
    parser.add_argument("--no-llama", action="store_true")
    parser.add_argument("--no-candle", action="store_true")
    # What scripts/bench-peers provided.
    parser.add_argument("--command", required=True)
    parser.add_argument("--abide", type=Path)
    parser.add_argument("--commit")
    parser.add_argument("--llama", type=Path)
    parser.add_argument("--candle", type=Path)
    arguments = parser.parse_intermixed_args()
    arguments.rounds = arguments.rounds or (1 if arguments.quick else ROUNDS)
    if arguments.like is None:
        arguments.like = "none" if arguments.models or arguments.quick else peers_report.LIKE_1B
    names = [*(report_name(name) for name in arguments.models or DEFAULT_MODELS), arguments.like]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        parser.error(f"two models would be called {twice} in the report; rename one, or name it once")
    if arguments.md and arguments.json and arguments.md.resolve() == arguments.json.resolve():
        parser.error(f"--md and --json both name {arguments.md}")
    return arguments


def interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def main() -> int:
    # A run that is ended by another program leaves no child behind, and its report.
    signal.signal(signal.SIGTERM, interrupt)
    arguments = parse_arguments()
    return {"plan": print_plan, "check": check, "run": measure_all}[arguments.step](arguments)


if __name__ == "__main__":
    sys.exit(main())
