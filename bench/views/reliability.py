"""Whether the probabilities and the intervals of the leading rows can be taken at their word: sentences, tables, a figure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bench.runs.board import TaskBoard
from bench.runs.row import Calibration, Coverage, Row
from bench.views.number import called, fixed, interval, with_interval
from bench.views.phrase import share
from bench.views.reliability_figure import draw_coverage, draw_reliability
from bench.views.standing import leading

PROBABILITIES = "Can the probabilities be taken at their word?"
INTERVALS = "Do the intervals hold the truth?"
ABOUT_PROBABILITIES = (
    "A row gives each clip a probability of each level, calibrated on training speakers that its models had not heard. The "
    "Brier score is their mean squared distance from the truth, summed over levels: lower is better, and the shares of the "
    "levels, said of every clip alike, are the base to beat. The expected calibration error (ECE) compares how likely the "
    "likeliest level is said to be with how often it is right, over bins of about equally many clips; right probabilities "
    "have one too, because bins are small. The likeliest level need not be the row's guess, which weighs all levels alike."
)
ABOUT_INTERVALS = (
    "A row gives each clip an interval that shall hold its score in 80\N{NO-BREAK SPACE}% of the cases, from what inner models "
    "got wrong about training speakers that they had not heard (CV+). An interval as wide as the scale holds everything and "
    "says nothing."
)
APPROXIMATE = "approximate"
WHY_APPROXIMATE = (
    "Approximate: some fold trained on fewer than 20 speakers, too few to count on 80\N{NO-BREAK SPACE}% for the next speaker."
)
NOBODY_KNOWS = "Approximate: nobody knows how many speakers were trained on."
HEADS_LEVEL = ("Row", "Brier score", "Base", "ECE", "ECE of right probabilities")


class Table(NamedTuple):
    """Heads and lines; the first column is text, the others are numbers."""

    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


class Said(NamedTuple):
    """What is said of a task in words: the question, how its figures are made, a sentence a row, and the rows' table."""

    question: str
    about: str
    sentences: tuple[str, ...]
    rows: Table


@dataclass(frozen=True)
class Reliability:
    """What a page shows of a task.

    Attributes
    ----------
    said : Said
    labels : tuple of str
        The rows of the figure.
    svg : markup, or None
        None where there is nothing to draw: intervals of speakers whom nobody knows.
    title : str
        Of the figure.
    numbers : Table
        What is drawn.
    """

    said: Said
    labels: tuple[str, ...]
    svg: Any
    title: str
    numbers: Table


def reliability(task: TaskBoard, key: str) -> Reliability | None:
    """What is shown of a task, drawn; None where no leading row has probabilities or intervals."""
    from markupsafe import Markup

    words = said(task)
    if words is None:
        return None
    rows = judged(task)
    draw = draw_reliability if task.form == "level" else draw_coverage
    nothing = all(row.coverage is not None and not row.coverage.by_speaker for row in rows)
    svg = None if nothing else Markup(draw(task, rows, f"{key}-reliability"))  # noqa: S704 - tidied SVG
    if task.form == "level":
        title = "How often the likeliest level is right, by how likely it is said to be"
        numbers = Table(("Row", "Said", "Right", "Clips"), tuple(_bin_lines(rows)))
    else:
        title = "Share of the clips of each speaker whose score lies in its interval"
        numbers = Table(("Speaker", *map(called, rows)), tuple(_speaker_lines(rows)))
    return Reliability(words, tuple(map(called, rows)), svg, title, numbers)


def said(task: TaskBoard) -> Said | None:
    """What is said of a task; None where no leading row has probabilities or intervals."""
    rows = judged(task)
    if not rows:
        return None
    if task.form == "level":
        sentences = tuple(calibrated(row) for row in rows)
        return Said(PROBABILITIES, ABOUT_PROBABILITIES, sentences, Table(HEADS_LEVEL, tuple(map(_level_line, rows))))
    sentences = tuple(covered(task, row) for row in rows)
    width = f"Mean width ({task.target.unit})" if task.target.unit else "Mean width"
    heads = ("Row", "Held", "By speaker", width, "Meant to hold")
    blind = _blind(task)
    if blind is not None:
        sentences += (f"Without listening, always the same answer, they are {fixed(blind.width, 2)}{_unit(task)} wide.",)
    if any(row.coverage.approximate for row in rows if row.coverage):
        sentences += (WHY_APPROXIMATE if task.n_speakers else NOBODY_KNOWS,)
    return Said(INTERVALS, ABOUT_INTERVALS, sentences, Table(heads, tuple(map(_score_line, rows))))


def judged(task: TaskBoard) -> tuple[Row, ...]:
    """The leading rows that have probabilities or intervals to judge."""
    return tuple(row for row in leading(task) if (row.calibration if task.form == "level" else row.coverage) is not None)


def calibrated(row: Row) -> str:
    """What the calibration of a row means, in sentences.

    Examples
    --------
    >>> from bench.runs.row import ReliabilityBin, Value
    >>> made = Calibration(Value(0.5, 0.45, 0.55), 0.66, 0.06, 0.04, (ReliabilityBin(0.7, 0.64, 90),))
    >>> calibrated(Row("f", "egemaps", "", "linear", 0, "done", calibration=made))  # doctest: +NORMALIZE_WHITESPACE
    'egemaps with linear: its likeliest level is said to be right in 70% of the clips and is right in 64%. Its probabilities do
    better (Brier score 0.500 [0.450, 0.550]) than the shares of the levels (0.660).'
    """
    own = _calibration(row)
    said_, found = (sum(getattr(b, name) * b.n_clips for b in own.bins) / _clips(own) for name in ("said", "found"))
    brier = f"(Brier score {with_interval(own.brier)})"
    base = f"the shares of the levels ({fixed(own.brier_base)})"
    return (
        f"{called(row)}: its likeliest level is said to be right in {share(said_)} of the clips and is right in "
        f"{share(found)}. Its probabilities {_against(own)[0]} {brier} {_against(own)[1]} {base}."
    )


def _against(own: Calibration) -> tuple[str, str]:
    """How the Brier score stands to its base, claiming no more than its interval does."""
    low, high = own.brier.low, own.brier.high
    if low is None or high is None:
        return ("lie lower", "than") if own.brier.value < own.brier_base else ("lie as high", "as")
    if high < own.brier_base:
        return "do better", "than"
    return ("do worse", "than") if low > own.brier_base else ("cannot be told apart", "from")


def covered(task: TaskBoard, row: Row) -> str:
    """What the coverage of a row means, in sentences."""
    own = _coverage(row)
    held = f"{share(own.pooled.value)} of the clips" + (f" {interval(own.pooled)}" if own.pooled.low is not None else "")
    spread = ""
    if own.by_speaker:
        least = min(own.by_speaker, key=lambda name: own.by_speaker[name])
        most = max(own.by_speaker, key=lambda name: own.by_speaker[name])
        spread = (
            f", from {share(own.by_speaker[least])} of those of {least} to {share(own.by_speaker[most])} of those of {most}"
        )
    return (
        f"{called(row)}: the intervals hold the score in {held}{spread}; they are meant to hold it in {share(own.nominal)}. "
        f"{_verdict(own)}They are {fixed(own.width, 2)}{_unit(task)} wide{_of_scale(task, own)}."
    )


def _blind(task: TaskBoard) -> Coverage | None:
    """The intervals of the baseline that always answers the same: what a row's own must be narrower than to say more."""
    return next((row.coverage for row in task.rows if row.baseline == "constant"), None)


def _unit(task: TaskBoard) -> str:
    return f" {task.target.unit}" if task.target.unit else ""


def _verdict(own: Coverage) -> str:
    low, high = own.pooled.low, own.pooled.high
    if low is None or high is None:
        return ""
    if high < own.nominal:
        return "That is too seldom. "
    return "That is more often than needed. " if low > own.nominal else ""


def _of_scale(task: TaskBoard, own: Coverage) -> str:
    if task.target.scale is None or not math.isfinite(own.width):
        return ""
    low, high = task.target.scale
    return f", {share(own.width / (high - low))} of the scale from {low:g} to {high:g}"


def _level_line(row: Row) -> tuple[str, ...]:
    own = _calibration(row)
    return called(row), with_interval(own.brier), fixed(own.brier_base), fixed(own.ece), fixed(own.ece_base)


def _score_line(row: Row) -> tuple[str, ...]:
    own = _coverage(row)
    shares = own.by_speaker.values()
    ends = f"{fixed(min(shares))} to {fixed(max(shares))}" if shares else "–"
    meant = fixed(own.nominal) + (f", {APPROXIMATE}" if own.approximate else "")
    return called(row), with_interval(own.pooled), ends, fixed(own.width), meant


def _bin_lines(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        for one in _calibration(row).bins:
            yield called(row), fixed(one.said), fixed(one.found), f"{one.n_clips:,}"


def _speaker_lines(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    for name in sorted({name for row in rows for name in _coverage(row).by_speaker}):
        yield name, *(fixed(_coverage(row).by_speaker.get(name)) for row in rows)


def _clips(own: Calibration) -> int:
    return sum(one.n_clips for one in own.bins)


def _calibration(row: Row) -> Calibration:
    if row.calibration is None:
        raise ValueError(f"{called(row)} has no calibration")
    return row.calibration


def _coverage(row: Row) -> Coverage:
    if row.coverage is None:
        raise ValueError(f"{called(row)} has no coverage")
    return row.coverage
