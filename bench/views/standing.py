"""What a reader looks for first on a board: who leads, what is folded away, which sentences belong to which rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.base.finding import CODES
from bench.runs.board import Board, Row, TaskBoard
from bench.views.number import called, counted, fixed, interval


@dataclass(frozen=True)
class RowFinding:
    """What is found about rows, by code: each sentence once, with the rows it is said of."""

    code: str
    about: str
    sentences: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def n_rows(self) -> int:
        """How many rows carry the code."""
        return sum(len(rows) for _, rows in self.sentences)


def best(task: TaskBoard) -> Row | None:
    """The row with the highest value, or None where every row failed."""
    return next((row for row in task.rows if row.status == "done"), None)


def failed(task: TaskBoard) -> tuple[Row, ...]:
    """The rows whose job failed."""
    return tuple(row for row in task.rows if row.status == "failed")


def folded(task: TaskBoard) -> tuple[Row, ...]:
    """The single-layer rows that a layer curve shows, and a short table leaves out; never the best row, never a failed one."""
    swept = {(curve.feature_set, curve.model) for curve in task.curves if len(curve.points) > 1}
    single = [r for r in task.rows if r.layer.isdigit() and r.status == "done" and (r.feature_set, r.model) in swept]
    if len(single) == len(task.rows):
        return ()
    return tuple(row for row in single if row is not best(task))


def shown(task: TaskBoard) -> tuple[Row, ...]:
    """The rows of the short table, in the order of the board."""
    away = {id(row) for row in folded(task)}
    return tuple(row for row in task.rows if id(row) not in away)


def leading(task: TaskBoard, n: int = 3) -> tuple[Row, ...]:
    """The first rows of the short table that did not fail."""
    return tuple(row for row in shown(task) if row.status == "done")[:n]


def alike(task: TaskBoard) -> int:
    """How many rows cannot be told apart from the best: the paired interval of their difference contains 0."""
    bounds = [(row.difference.low, row.difference.high) for row in task.rows if row.difference is not None]
    return sum(1 for low, high in bounds if low is not None and high is not None and low <= 0 <= high)


def headline(task: TaskBoard) -> str:
    """The standing of a task in a sentence or two, for the views that are read as text."""
    row = best(task)
    if row is None:
        return nothing(task)
    value = row.metrics[task.metric]
    badge = f" ({task.badge})" if task.badge else ""
    return (
        f"Highest {task.metric_label}{badge}: {fixed(value.value)} {interval(value)}".rstrip()
        + f", {called(row)}. Chance is {fixed(task.chance)}. {told_apart(task)}".rstrip()
    )


def nothing(task: TaskBoard) -> str:
    """Why a task has no best row, in a sentence."""
    if not task.rows:
        return "No row was scored yet."
    return "The only row failed." if len(task.rows) == 1 else f"All {len(task.rows)} rows failed."


def told_apart(task: TaskBoard) -> str:
    """How many of the other rows the best can be told apart from, in a sentence; empty where there are no others."""
    others = [row for row in task.rows if row.difference is not None]
    if not others:
        return ""
    if all(row.difference is None or row.difference.low is None for row in others):
        return "Without intervals no row can be told apart from another."
    n = alike(task)
    if n == 0:
        return f"The best can be told apart from {'the other row' if len(others) == 1 else f'all {len(others)} other rows'}."
    if len(others) == 1:
        return "The other row cannot be told apart from the best."
    return f"{n} of the {len(others)} other rows cannot be told apart from the best."


def row_findings(task: TaskBoard) -> tuple[RowFinding, ...]:
    """The findings of single rows, by code."""
    by_code: dict[str, dict[str, list[str]]] = {}
    for row in task.rows:
        for finding in row.findings:
            by_code.setdefault(finding.code, {}).setdefault(finding.message, []).append(called(row))
    return tuple(
        RowFinding(
            code,
            CODES[code][0].upper() + CODES[code][1:],
            tuple((message, tuple(rows)) for message, rows in by_code[code].items()),
        )
        for code in sorted(by_code)
    )


def codes(row: Row) -> tuple[str, ...]:
    """The codes of the findings of a row, each once."""
    return tuple(sorted({finding.code for finding in row.findings}))


def reasons(task: TaskBoard) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The excluded clips by reason, the commonest reason first."""
    by_reason: dict[str, list[str]] = {}
    for exclusion in task.excluded:
        by_reason.setdefault(exclusion.reason, []).append(exclusion.clip_id)
    ordered = sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple((reason, tuple(clips)) for reason, clips in ordered)


def metric_names(task: TaskBoard) -> tuple[str, ...]:
    """Every metric that some row has, the primary first, then as the rows name them."""
    names = dict.fromkeys(name for row in task.rows for name in row.metrics)
    return tuple(sorted(names, key=lambda name: name != task.metric))


def choices(row: Row) -> tuple[str, str]:
    """What the folds of a row chose, with counts: its layers and its parameters, commonest first.

    Examples
    --------
    >>> folds = tuple({"fold": str(i), "layer": 5, "parameters": {"C": c}} for i, c in enumerate([0.1, 1, 0.1]))
    >>> choices(Row("f", "wav2vec2", "best", "linear", 0, "done", chosen=folds))
    ('5 (3)', 'C=0.1 (2), C=1 (1)')
    """
    layers = [str(fold["layer"]) for fold in row.chosen if fold.get("layer") is not None]
    settings = [", ".join(f"{k}={v}" for k, v in fold["parameters"].items()) for fold in row.chosen if fold.get("parameters")]
    return _tally(layers), _tally(settings)


def _tally(values: Sequence[str]) -> str:
    counts = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{value} ({n})" for value, n in counts)


def progress(board: Board) -> str:
    """How far the run came, in a sentence."""
    parts = [f"{counted(board.jobs_done, 'job')} done", f"{board.jobs_failed} failed"]
    if board.jobs_waiting:
        parts.append(f"{board.jobs_waiting} still waiting")
    return ", ".join(parts) + "."


def warnings(board: Board) -> tuple[str, ...]:
    """What must be known of the whole board before it is read, in sentences."""
    found = []
    if board.partial:
        found.append(f"This board is partial: {board.partial}.")
    if board.jobs_waiting:
        found.append(f"The run is not finished: {counted(board.jobs_waiting, 'job')} still waiting. The same command goes on.")
    return tuple(found)
