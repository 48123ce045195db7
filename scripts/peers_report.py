"""The report of scripts/bench-peers, as Markdown and as JSON: medians, ratios within each round, and what is aimed at.

Must not know how anything was measured. Needs nothing but Python 3.10's own library.
"""

from dataclasses import dataclass, field
from statistics import median
from typing import Any

# Programs, and the two ways in which llama.cpp runs.
ABIDE, CANDLE = "abide", "candle"
LLAMA = {"off": "llama.cpp, flash attention off", "on": "llama.cpp, flash attention on"}

SMOLLM2, GEMMA, LIKE_1B = "smollm2-135m-instruct", "gemma-3-270m", "llama-3.2-1b-instruct:Q4_K_M"
ANY = "any model"
# How many times llama.cpp's speed is aimed at, by group, model and test.
SPEED_FLOORS = {
    ("speed", ANY, "tg128"): 2.0,
    ("speed", SMOLLM2, "pp512"): 4.0,
    ("speed", GEMMA, "pp512"): 2.5,
    ("speed", LIKE_1B, "tg32"): 1.35,
    ("speed", LIKE_1B, "pp128"): 1.8,
    ("depth", ANY, "tg64@d4096"): 4.0,
    ("depth", ANY, "pp512@d4096"): 3.0,
    ("one-thread", ANY, "tg128"): 1.8,
    ("one-thread", ANY, "pp512"): 3.0,
}
# Shares of the measured memory bandwidth that generation is to reach, by model and test.
BANDWIDTH_FLOORS = {(SMOLLM2, "tg128"): 0.65, (GEMMA, "tg128"): 0.65, (LIKE_1B, "tg32"): 0.85}
# How many times the tokens per second of one sequence eight are to make.
SEQUENCES_FLOOR = 3.0
# Parts of llama.cpp's peak memory that abide may take.
MEMORY_CEILING = 1.0
# Seconds from the start of the process to its end, with one token in between, by model.
LOAD_CEILINGS_S = {SMOLLM2: 0.4}

SPEED_NOTE = (
    "Tokens per second: median of the rounds. Ratios are taken within a round: median (least to greatest). llama.cpp "
    "with flash attention off or on, whichever has the better median. The bandwidth is what abide measures, and its "
    "share is of the weights that a token needs, read once, and the cache; of a large output layer abide often reads "
    "three quarters. abide generates the likeliest tokens and looks for the best 40 of each step alone, as it does for "
    "answers; llama-bench computes all logits and generates random tokens."
)
SEQUENCES_NOTE = (
    "Tokens per second of all sequences together. The floor is for abide's eight against its one. llama.cpp by "
    "llama-batched-bench."
)
MEMORY_NOTE = (
    "The most memory that the process held (`ru_maxrss`, pages of the mapped file included) while it read a prompt as "
    "long as the context, cache in f16; llama.cpp with flash attention off or on, whichever holds less. Measured once."
)
LOAD_NOTE = (
    "Seconds from starting the process to its end, file in the page cache: load, read four words, choose one token. "
    "`abide run` and `llama-completion`, both with a context of 2048; median of three starts in each round."
)


@dataclass(frozen=True)
class Spread:
    """A median with the least and the greatest."""

    median: float
    least: float
    greatest: float

    @staticmethod
    def of(values: list[float]) -> "Spread | None":
        return Spread(median(values), min(values), max(values)) if values else None

    def cell(self, digits: int = 2) -> str:
        if self.least == self.greatest:
            return f"{self.median:.{digits}f}"
        return f"{self.median:.{digits}f} ({self.least:.{digits}f} to {self.greatest:.{digits}f})"


def middle(spread: Spread | None) -> float | None:
    return spread.median if spread else None


# A program's values by round; a round that failed is absent.
Values = dict[int, float]


@dataclass
class Row:
    """What every program gave in one test of one model."""

    group: str
    model: str
    test: str
    threads: int
    less_is_better: bool = False
    values: dict[str, Values] = field(default_factory=dict)
    # Of abide.
    bandwidth_shares: list[float] = field(default_factory=list)

    def add(self, program: str, round_number: int, value: float) -> None:
        self.values.setdefault(program, {})[round_number] = value

    def median(self, program: str | None) -> float | None:
        values = self.values.get(program) if program else None
        return median(values.values()) if values else None

    def best_llama(self) -> str | None:
        """The way of llama.cpp with the better median."""
        ways = [way for way in LLAMA.values() if self.values.get(way)]
        choose = min if self.less_is_better else max
        return choose(ways, key=lambda way: median(self.values[way].values()), default=None)

    def ratio(self, program: str | None) -> Spread | None:
        """abide's values as multiples of the program's, round by round."""
        return quotient(self.values.get(ABIDE, {}), self.values.get(program, {}) if program else {})


def quotient(above: Values, below: Values) -> Spread | None:
    """The spread of the quotients of the rounds that both have."""
    return Spread.of([above[number] / below[number] for number in above if below.get(number)])


@dataclass
class Results:
    """All that was measured, and on what."""

    head: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    interrupted: bool = False

    def row(self, group: str, model: str, test: str, threads: int, less_is_better: bool = False) -> Row:
        """The row of that name, a new one if there is none."""
        for row in self.rows:
            if (row.group, row.model, row.test) == (group, model, test):
                return row
        self.rows.append(Row(group, model, test, threads, less_is_better))
        return self.rows[-1]

    def of(self, *groups: str) -> list[Row]:
        """The rows of some groups, model by model."""
        models = list(dict.fromkeys(row.model for row in self.rows))
        found = [row for row in self.rows if row.group in groups]
        return sorted(found, key=lambda row: models.index(row.model))


@dataclass(frozen=True)
class Aim:
    """A bound, and the figure that is held to it."""

    bound: float
    figure: float | None
    is_ceiling: bool = False

    @property
    def met(self) -> bool | None:
        if self.figure is None:
            return None
        return self.figure <= self.bound if self.is_ceiling else self.figure >= self.bound

    def cell(self, unit: str = "×") -> str:
        mark = {True: " ✓", False: " ✗", None: ""}[self.met]
        return f"{'≤' if self.is_ceiling else '≥'} {self.bound:g} {unit}{mark}"


def speed_aim(row: Row) -> Aim | None:
    bound = SPEED_FLOORS.get((row.group, row.model, row.test), SPEED_FLOORS.get((row.group, ANY, row.test)))
    ratio = row.ratio(row.best_llama())
    return None if bound is None else Aim(bound, middle(ratio))


def bandwidth_aim(row: Row) -> Aim | None:
    share = median(row.bandwidth_shares) if row.bandwidth_shares else None
    bound = BANDWIDTH_FLOORS.get((row.model, row.test)) if row.group == "speed" else None
    return None if bound is None else Aim(bound, share)


def memory_aim(row: Row) -> Aim:
    ratio = row.ratio(row.best_llama())
    return Aim(MEMORY_CEILING, middle(ratio), is_ceiling=True)


def load_aim(row: Row) -> Aim | None:
    bound = LOAD_CEILINGS_S.get(row.model)
    return None if bound is None else Aim(bound, row.median(ABIDE), is_ceiling=True)


# --- Markdown ------------------------------------------------------------------------------------


def markdown(results: Results) -> str:
    """The whole report."""
    title = "# abide beside llama.cpp and candle"
    parts = [title, table(["", ""], [[name, value] for name, value in results.head.items()])]
    if results.interrupted:
        parts.append("**Interrupted: what is below was measured before.**")
    sections = [
        ("Speed", SPEED_NOTE, speed_table(results)),
        ("Eight sequences together", SEQUENCES_NOTE, sequences_table(results)),
        ("Peak memory", MEMORY_NOTE, memory_table(results)),
        ("Load to first token", LOAD_NOTE, load_table(results)),
    ]
    for name, note, content in sections:
        if content:
            parts += [f"## {name}", content, note]
    for name, lines in [("Failed", results.failures), ("Left out", results.notices)]:
        if lines:
            parts += [f"## {name}", "\n".join(f"- {line}" for line in lines)]
    return "\n\n".join(parts) + "\n"


def table(columns: list[str], rows: list[list[str]]) -> str:
    """A table without the columns that say nothing; nothing without rows."""
    if not rows:
        return ""
    kept = [index for index in range(len(columns)) if not columns[index] or any(row[index] for row in rows)]
    lines = [[columns[index] for index in kept], ["---"] * len(kept)]
    lines += [[row[index].replace("|", "\\|") for index in kept] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def speed_table(results: Results) -> str:
    columns = ["model", "test", "threads", "abide", "llama.cpp", "flash attention", "abide / llama.cpp", "floor"]
    columns += ["bandwidth", "its floor", "candle", "abide / candle"]
    rows = []
    for row in results.of("speed", "depth", "one-thread"):
        best = row.best_llama()
        share = Spread.of([100 * share for share in row.bandwidth_shares])
        bandwidth = bandwidth_aim(row)
        rows.append(
            [
                row.model,
                row.test,
                str(row.threads),
                number(row.median(ABIDE)),
                number(row.median(best)),
                way_of(best),
                spread(row.ratio(best)),
                cell(speed_aim(row)),
                f"{share.median:.0f} %" if share else "",
                Aim(100 * bandwidth.bound, middle(share)).cell("%") if bandwidth else "",
                number(row.median(CANDLE)),
                spread(row.ratio(CANDLE)),
            ]
        )
    return table(columns, rows)


def sequences_table(results: Results) -> str:
    columns = ["model", "tokens of each", "threads", "abide, one", "abide, eight", "eight / one", "floor"]
    columns += ["llama.cpp, one", "llama.cpp, eight", "its eight / one", "abide / llama.cpp, eight"]
    rows = []
    for one, eight in sequence_pairs(results):
        best = eight.best_llama()
        growth = quotient(eight.values.get(ABIDE, {}), one.values.get(ABIDE, {}))
        growth_llama = quotient(eight.values.get(best or "", {}), one.values.get(best or "", {}))
        rows.append(
            [
                one.model,
                one.test,
                str(one.threads),
                number(one.median(ABIDE)),
                number(eight.median(ABIDE)),
                spread(growth),
                Aim(SEQUENCES_FLOOR, middle(growth)).cell(),
                number(one.median(best)),
                number(eight.median(best)),
                spread(growth_llama),
                spread(eight.ratio(best)),
            ]
        )
    return table(columns, rows)


def sequence_pairs(results: Results) -> list[tuple[Row, Row]]:
    """The rows of one sequence with those of eight."""
    eights = {(row.model, row.test): row for row in results.of("eight sequences")}
    pairs = [(row, eights.get((row.model, row.test))) for row in results.of("one sequence")]
    return [(one, eight) for one, eight in pairs if eight is not None]


def memory_table(results: Results) -> str:
    columns = ["model", "context", "threads", "abide", "llama.cpp", "flash attention", "abide / llama.cpp", "ceiling"]
    rows = []
    for row in results.of("memory"):
        best = row.best_llama()
        megabytes = [row.median(ABIDE), row.median(best)]
        cells = ["" if value is None else f"{value / 1e6:.0f} MB" for value in megabytes]
        aim = memory_aim(row).cell()
        rows.append([row.model, row.test, str(row.threads), *cells, way_of(best), spread(row.ratio(best)), aim])
    return table(columns, rows)


def load_table(results: Results) -> str:
    columns = ["model", "threads", "abide", "ceiling", "llama.cpp", "flash attention", "abide / llama.cpp"]
    rows = []
    for row in results.of("load"):
        best, aim = row.best_llama(), load_aim(row)
        ours, theirs = (Spread.of(list(row.values.get(program or "", {}).values())) for program in (ABIDE, best))
        seconds = ["" if time is None else f"{time.cell(3)} s" for time in (ours, theirs)]
        bound = aim.cell("s") if aim else ""
        rows.append([row.model, str(row.threads), seconds[0], bound, seconds[1], way_of(best), spread(row.ratio(best))])
    return table(columns, rows)


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def spread(value: Spread | None) -> str:
    return "" if value is None else value.cell()


def cell(aim: Aim | None) -> str:
    return "" if aim is None else aim.cell()


def way_of(program: str | None) -> str:
    """How llama.cpp ran, in a word."""
    return next((word for word, name in LLAMA.items() if name == program), "")


# --- JSON ----------------------------------------------------------------------------------------


def as_json(results: Results) -> dict[str, Any]:
    """Every figure of every round; times in seconds, memory in bytes, everything else in tokens per second."""
    return {
        "head": results.head,
        "interrupted": results.interrupted,
        "rows": [row_as_json(row) for row in results.rows],
        "eight_sequences": [sequences_as_json(one, eight) for one, eight in sequence_pairs(results)],
        "failures": results.failures,
        "left_out": results.notices,
    }


def row_as_json(row: Row) -> dict[str, Any]:
    best = row.best_llama()
    unit = {"memory": "bytes", "load": "seconds"}.get(row.group, "tokens per second")
    aims = {
        "speed": speed_aim(row),
        "bandwidth_share": bandwidth_aim(row),
        "memory": memory_aim(row) if row.group == "memory" else None,
        "load": load_aim(row) if row.group == "load" else None,
    }
    return {
        "group": row.group,
        "model": row.model,
        "test": row.test,
        "threads": row.threads,
        "unit": unit,
        "programs": {
            program: {"median": row.median(program), "by_round": values} for program, values in row.values.items()
        },
        "best_llama_cpp": best,
        "ratio_to_llama_cpp": spread_as_json(row.ratio(best)),
        "ratio_to_candle": spread_as_json(row.ratio(CANDLE)),
        "bandwidth_share": spread_as_json(Spread.of(row.bandwidth_shares)),
        "aims": {name: aim_as_json(aim) for name, aim in aims.items() if aim is not None},
    }


def sequences_as_json(one: Row, eight: Row) -> dict[str, Any]:
    growth = quotient(eight.values.get(ABIDE, {}), one.values.get(ABIDE, {}))
    return {
        "model": one.model,
        "test": one.test,
        "ratio_to_one": spread_as_json(growth),
        "aim": aim_as_json(Aim(SEQUENCES_FLOOR, middle(growth))),
    }


def spread_as_json(value: Spread | None) -> dict[str, float] | None:
    return None if value is None else {"median": value.median, "least": value.least, "greatest": value.greatest}


def aim_as_json(aim: Aim) -> dict[str, Any]:
    return {"bound": aim.bound, "is_ceiling": aim.is_ceiling, "figure": aim.figure, "met": aim.met}
