"""Are the statistics right? Counted on simulated corpora of known truth, each figure with its Monte-Carlo standard error.

    python benchmarks/known_truth.py [--cell NAME]... [--runs N] [--jobs N] [--out FOLDER]

Every cell runs the whole procedure: folds of whole speakers, tuning on inner folds, fitting, pooled predictions of speakers
that were not heard, and then the statistic in question; all by the functions that a run calls (`simulation.py`, `trial.py`).
Results are kept in FOLDER as they come, so that a run that was stopped goes on and cells can be run apart: ``--cell coverage``
takes all whose names begin so. Without it all are run, and printed as one table.

What an interval should hold is the mean value of the procedure on fresh speakers over training corpora *of the size that the
folds train on*, (K - 1) / K of the speakers: those are the models whose guesses are pooled, and a procedure that hears more
speakers is another, better one, which no pooled value claims to estimate. How many intervals hold the value of the procedure
when it is trained on all speakers is printed beside it.

Cells that end in ``elsewhere`` have raters that were trained on another, large corpus: there the answers of one speaker are no
training material for another, as bootstrap and swaps assume. On a board of folds they do: there, intervals are wider by a
constant and rows are held to a smaller p (docs/decisions/0020), both read off the cells without an ending. Cells that end in
``second`` are of another design (more columns, fewer clips, stronger speakers, more folds), which had no part in that.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    # Python puts the folder of a script first, and `benchmarks` lies in the one above.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

import argparse
import json
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt

from bench.corpora.corpus import Form
from bench.metrics.tier import ALPHA, alpha
from bench.models.linear import Linear
from benchmarks import trial
from benchmarks.simulation import SECOND, Closed, Floats
from benchmarks.trial import TENTH, WEAKER, Record, elsewhere, here

Table = dict[str, Floats]

SIZES = (8, 12, 20, 50, 100)
ENOUGH, LEAST = 20, 8  # speakers from which the coverage is promised, and the share of false alarms
BLOCK = 50  # corpora between two writes


@dataclass(frozen=True)
class Figure:
    """A line of the table: a number with its error, the bounds it should lie in if any, and what belongs beside it."""

    what: str
    value: float
    error: float
    goal: tuple[float, float] | None = None
    unit: str = ""
    beside: str = ""

    @property
    def short(self) -> str:
        """The number and its error alone."""
        return f"{self.value:.1f} ± {self.error:.1f} %" if self.unit else f"{self.value:+.4f} ± {self.error:.4f}"

    @property
    def kept(self) -> bool:
        """Whether the goal is met, or there is none."""
        return self.goal is None or self.goal[0] <= self.value <= self.goal[1]

    def line(self) -> str:
        """As printed."""
        goal = "" if self.goal is None else f"{self.goal[0]:g} to {self.goal[1]:g}"
        return f"{self.what:<58} {self.short:>18}  {goal:<16} {'' if self.kept else 'NOT MET':<8}{self.beside}".rstrip()


@dataclass(frozen=True)
class Cell:
    """One setting: what is done on each corpus, on how many, and what is told of it."""

    name: str
    runs: int
    one: Callable[[np.random.Generator], Record]
    told: Callable[[Table], list[Figure]]

    def block(self, seeds: Sequence[int]) -> list[Record]:
        """Some corpora; each has a seed of its own, so that it does not matter who runs it."""
        from sklearn import config_context
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1), config_context(skip_parameter_validation=True):
            return [self.one(np.random.default_rng([zlib.crc32(self.name.encode()), seed])) for seed in seeds]


def share(what: str, hits: npt.ArrayLike, goal: tuple[float, float] | None = None) -> Figure:
    """A share in per cent."""
    found = np.asarray(hits, float)
    rate = found.mean()
    return Figure(what, 100 * rate, 100 * float(np.sqrt(rate * (1 - rate) / len(found))), goal, "%")


def mean(what: str, values: npt.ArrayLike) -> Figure:
    """A mean over corpora."""
    found = np.asarray(values, float)
    return Figure(what, float(found.mean()), float(found.std(ddof=1) / np.sqrt(len(found))))


def covered(table: Table, promised: bool) -> list[Figure]:
    """How many intervals hold the truth, on which side the others lie, and how far the pooled value is off on average."""
    truth, off = table["fresh"].mean(), mean("", table["value"] - table["fresh"])
    beside = (
        f"truth {mean('', table['fresh']).short}; pooled less truth {off.short}; "
        f"above it {share('', table['low'] > truth).short}, below it {share('', table['high'] < truth).short}"
    )
    trained_on_all = table["whole"][np.isfinite(table["whole"])]
    if len(trained_on_all) > 1:
        whole = mean("", trained_on_all)
        beside += f"; trained on all {whole.short}, held by {share('', _holds(table, whole.value)).short}"
    goal = (93.0, 97.0) if promised else None
    return [replace(share("95 % interval holds the truth", _holds(table, truth), goal), beside=beside)]


def _holds(table: Table, truth: float) -> npt.NDArray[np.bool_]:
    return (table["low"] <= truth) & (truth <= table["high"])


def alarmed(table: Table, level: float, promised: bool) -> list[Figure]:
    """How many boards of equal rows tell any two apart, at the level that boards are held to."""
    goal = (3.0, 6.0) if promised else None
    figures = []
    for n in ("five", "fifteen"):
        beside = "" if level == ALPHA else f"at .05 {share('', table[n] <= ALPHA).short}"
        figures.append(replace(share(f"two of {n} equal rows told apart", table[n] <= level, goal), beside=beside))
    return figures


def powered(table: Table, promised: bool) -> list[Figure]:
    """How often the worse row leaves the first tier."""
    beside = f"gap planted {mean('', table['planted']).short}, measured {mean('', table['measured']).short}"
    goal = (80.0, 100.0) if promised else None
    return [replace(share("the worse of five rows leaves the first tier", table["tier"] > 1, goal), beside=beside)]


def chosen(table: Table) -> list[Figure]:
    """Optimism: what is reported less what it is worth; of a choice by inner folds at most twice its error above 0."""
    names = {"inner": "layer chosen by inner folds", "test": "layer chosen on test", "fixed": "best layer, fixed beforehand"}
    optimism = {key: table[key] - table[f"{key}_worth"] for key in names}
    figures = []
    for key, what in names.items():
        told = mean(f"{what}: reported less true", optimism[key])
        goal = {"inner": (-1.0, round(2 * told.error, 4))}.get(key)
        beside = f"true value {mean('', table[f'{key}_worth']).short}"
        if key != "fixed":
            beside += f"; more than the fixed layer's {mean('', optimism[key] - optimism['fixed']).short}"
        figures.append(replace(told, goal=goal, beside=beside))
    return figures


def banded(table: Table) -> list[Figure]:
    """How many rows without an effect lie outside their null band."""
    beside = f"above {share('', table['value'] > table['high']).short}, below {share('', table['value'] < table['low']).short}"
    outside = (table["value"] > table["high"]) | (table["value"] < table["low"])
    return [replace(share("outside the null band without an effect", outside, (3.0, 7.0)), beside=beside)]


def paired_covered(table: Table) -> list[Figure]:
    """How many paired intervals hold the true difference."""
    truth = table["fresh"].mean()
    beside = f"true difference {mean('', table['fresh']).short}; "
    beside += f"above it {share('', table['low'] > truth).short}, below it {share('', table['high'] < truth).short}"
    return [replace(share("paired interval holds the difference", _holds(table, truth), (93.0, 97.0)), beside=beside)]


def held(table: Table, promised: bool) -> list[Figure]:
    """How many scores of fresh speakers lie in their CV+ interval."""
    inside = mean("", 100 * table["inside"])
    goal = (77.0, 83.0) if promised else None
    beside = f"width {mean('', table['width']).short} of a scale of 8"
    return [replace(inside, what="80 % intervals (CV+) hold the scores", goal=goal, unit="%", beside=beside)]


def cells() -> list[Cell]:
    """Every cell, in the order of the table."""
    forms: tuple[Form, ...] = get_args(Form)
    return [
        *(_coverage(form, n, "", partial(trial.coverage, form, n, Closed())) for form in forms for n in SIZES),
        *(_coverage(form, 20, "-linear", partial(trial.coverage, form, 20, Linear())) for form in forms),
        *(
            _coverage(form, n, "-second", partial(trial.coverage, form, n, Closed(), design=SECOND))
            for form in forms
            for n in (12, 20, 50)
        ),
        *(_coverage(form, n, "-elsewhere", partial(trial.coverage_elsewhere, form, n)) for form in forms for n in (8, 12, 20)),
        *(_alarm(f, n, "", here) for f in forms for n in (6, 8, 12, 24)),
        *(_alarm(f, n, "-second", partial(here, design=SECOND)) for f in forms for n in (12, 24)),
        *(_alarm(f, n, "-elsewhere", elsewhere) for f in forms for n in (8, 12, 24)),
        Cell("power-level-24", 1000, partial(trial.power, "level", 24, WEAKER, here), partial(powered, promised=True)),
        Cell("power-level-24-tenth", 1000, partial(trial.power, "level", 24, TENTH, here), partial(powered, promised=False)),
        *(Cell(f"layer-{form}-12", 1000, partial(trial.layer, form, 12), chosen) for form in forms),
        *(Cell(f"null-{form}-{n}", 1000, partial(trial.null, form, n, here), banded) for form in forms for n in (12, 24)),
        *(Cell(f"null-{form}-12-elsewhere", 1000, partial(trial.null, form, 12, elsewhere), banded) for form in forms),
        *(Cell(f"paired-{form}-20", 1000, partial(trial.difference, form, 20, here), paired_covered) for form in forms),
        *(
            Cell(
                f"paired-{form}-20-second",
                1000,
                partial(trial.difference, form, 20, partial(here, design=SECOND)),
                paired_covered,
            )
            for form in forms
        ),
        *(
            Cell(f"paired-{form}-20-elsewhere", 1000, partial(trial.difference, form, 20, elsewhere), paired_covered)
            for form in forms
        ),
        *(Cell(f"cover-{n}", 1000, partial(trial.cover, n), partial(held, promised=n >= ENOUGH)) for n in (8, 12, 20, 50)),
    ]


def _alarm(form: Form, n_speakers: int, kind: str, rows_of: trial.Board) -> Cell:
    level = alpha(n_speakers, mutual=rows_of is not elsewhere)
    told = partial(alarmed, level=level, promised=n_speakers >= LEAST)
    return Cell(f"alarm-{form}-{n_speakers}{kind}", 2000, partial(trial.alarm, form, n_speakers, rows_of), told)


def _coverage(form: Form, n_speakers: int, kind: str, one: Callable[[np.random.Generator], Record]) -> Cell:
    return Cell(f"coverage-{form}-{n_speakers}{kind}", 1000, one, partial(covered, promised=n_speakers >= ENOUGH))


def run(cell: Cell, runs: int, jobs: int, out: Path) -> Table:
    """Do what is missing of a cell, keep it, and give all of it: an array for each number of a record, a trial each."""
    from joblib import Parallel, delayed

    path = out / f"{cell.name}.json"
    records: list[Record] = json.loads(path.read_text()) if path.exists() else []
    start, before = time.perf_counter(), len(records)
    while len(records) < runs:
        left = range(len(records), min(runs, len(records) + BLOCK * jobs))
        blocks = [left[at : at + BLOCK] for at in range(0, len(left), BLOCK)]
        for block in Parallel(n_jobs=jobs)(delayed(cell.block)(block) for block in blocks):
            records += block
        written = path.with_suffix(".new")
        written.write_text(json.dumps(records))
        written.replace(path)
        each = (time.perf_counter() - start) / (len(records) - before)
        print(f"{cell.name}: {len(records)} of {runs}, {each:.3f} s each", file=sys.stderr, flush=True)
    return {key: np.array([record[key] for record in records[:runs]], float) for key in records[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cell", action="append", help="only cells whose names begin so (may be given again)")
    parser.add_argument("--runs", type=int, help="corpora a cell, instead of its own number")
    parser.add_argument("--jobs", type=int, default=1, help="processes, of one thread each")
    parser.add_argument("--out", type=Path, default=Path("reports/statistics"), help="where results are kept")
    asked = parser.parse_args()
    picked = [cell for cell in cells() if not asked.cell or cell.name.startswith(tuple(asked.cell))]
    if not picked:
        parser.error(f"no cell begins so; there are {', '.join(cell.name for cell in cells())}")
    asked.out.mkdir(parents=True, exist_ok=True)
    tables = [(cell, run(cell, asked.runs or cell.runs, asked.jobs, asked.out)) for cell in picked]
    for cell, table in tables:
        print(f"{cell.name} ({len(next(iter(table.values())))} corpora)")
        for figure in cell.told(table):
            print(f"  {figure.line()}")


if __name__ == "__main__":
    main()
