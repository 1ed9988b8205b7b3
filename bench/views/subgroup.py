"""Who and what a row does better on: its value by sex, age, session and text, in tables."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bench.runs.board import TaskBoard
from bench.runs.row import Row, Subgroup
from bench.views.number import called, counted, fixed, interval, with_interval

TITLE = "Groups of clips: by sex, age, session or text"
GAP = "Gap"


@dataclass(frozen=True)
class GroupTable:
    """The values of rows by one trait.

    Attributes
    ----------
    trait : str
    heads : tuple of str
        "Row", each group with its number of clips, the gap.
    lines : tuple of tuple of str
        A row each.
    """

    trait: str
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


def tables(task: TaskBoard) -> tuple[GroupTable, ...]:
    """A table for each trait, its lines in the order of the board; none where the corpus knows no traits."""
    found: dict[str, list[tuple[Row, Subgroup]]] = {}
    for row in task.rows:
        for one in row.subgroups:
            found.setdefault(one.trait, []).append((row, one))
    return tuple(_table(trait, rows) for trait, rows in found.items())


def _table(trait: str, rows: list[tuple[Row, Subgroup]]) -> GroupTable:
    groups = rows[0][1].n_clips
    heads = ("Row", *(f"{name} ({counted(n, 'clip')})" for name, n in groups.items()), GAP)
    lines = tuple(
        (called(row), *(with_interval(one.values[name]) if name in one.values else "–" for name in groups), gap(one))
        for row, one in rows
    )
    return GroupTable(trait, heads, lines)


def gap(one: Subgroup) -> str:
    """The gap with its interval, and between which groups it is.

    Examples
    --------
    >>> from bench.runs.row import Value
    >>> gap(Subgroup("sex", {"f": Value(0.7), "m": Value(0.5)}, {"f": 9, "m": 9}, Value(0.2, 0.1, 0.3)))
    '0.200 [0.100, 0.300] (f above m)'
    """
    known = sorted(((value.value, name) for name, value in one.values.items() if math.isfinite(value.value)), reverse=True)
    if len(known) < 2:
        return "–"
    which = f"{known[0][1]} above {known[-1][1]}" if float(f"{one.gap.value:.3f}") else "none"
    return f"{fixed(one.gap.value)} {interval(one.gap)}".strip() + f" ({which})"


def about(task: TaskBoard) -> str:
    """What the values and the gap are, and what they are not."""
    some = [one for row in task.rows for one in row.subgroups]
    said = (
        f"{task.metric_label} over the clips of each group alone, with intervals over its speakers where there are five or "
        "more. The gap is the best less the worst group of a row, with the interval of their difference."
    )
    if any(len(one.values) > 2 for one in some):
        said += " With more than two groups, these two were picked by looking, so the interval of the gap is too narrow."
    if some:
        said += " A finding (FB020) is made of a gap only where it excludes 0 with all groups of all traits taken into account."
    if any(not math.isfinite(value.value) for one in some for value in one.values.values()):
        what = "not all levels occur" if task.form == "level" else "all labels are the same"
        said += f" Not defined: in that group {what}, so that it would be another question."
    return said
