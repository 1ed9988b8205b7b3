"""What a reader looks for first on a board: who leads, what is folded away, which sentences belong to which rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.base.finding import CODES
from bench.runs.board import Board, TaskBoard
from bench.runs.row import Row
from bench.views import baseline
from bench.views.number import called, counted

_IN_TABLE = ("FB004", "FB007")


@dataclass(frozen=True)
class RowFinding:
    """What is found about rows, by code: each sentence once, with the rows it is said of."""

    code: str
    about: str
    sentences: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def in_table(self) -> bool:
        """Whether the columns of the table say it of each row already, so that a count is enough."""
        return self.code in _IN_TABLE

    @property
    def n_rows(self) -> int:
        """How many rows carry the code."""
        return sum(len(rows) for _, rows in self.sentences)


def asked(task: TaskBoard) -> tuple[Row, ...]:
    """The rows that were asked for: all but the baselines."""
    return tuple(row for row in task.rows if not row.baseline)


def best(task: TaskBoard) -> Row | None:
    """The row with the highest value, baselines and points of a curve apart, or None where every row failed."""
    return next((row for row in asked(task) if row.status == "done" and not row.point), None)


def best_baseline(task: TaskBoard) -> Row | None:
    """The trivial row with the highest value, the control on permuted labels apart; None where there is none."""
    rows = [row for row in task.rows if row.baseline not in ("", baseline.CONTROL) and task.metric in row.metrics]
    known = [row for row in rows if math.isfinite(row.metrics[task.metric].value)]
    return max(known, key=lambda row: row.metrics[task.metric].value, default=None)


def failed(task: TaskBoard) -> tuple[Row, ...]:
    """The rows whose job failed; a control that failed as its row did goes without saying."""
    gone = [row for row in task.rows if row.status == "failed"]
    said = {(*_asked_for(row), row.error) for row in gone if row.baseline != baseline.CONTROL}
    return tuple(row for row in gone if row.baseline != baseline.CONTROL or (*_asked_for(row), row.error) not in said)


def _asked_for(row: Row) -> tuple[str, str, str]:
    return row.feature_set, row.layer, row.model


def folded(task: TaskBoard) -> tuple[Row, ...]:
    """The rows that layer curves show, and a short table leaves out: single layers, means over some of them.

    Never a failed one.
    """
    return tuple(row for row in asked(task) if row.point and row.status == "done")


def folding(task: TaskBoard) -> str:
    """How many rows are left out of a short table, and of what kind; "" where none is."""
    away = folded(task)
    single = sum(row.layer.isdigit() for row in away)
    means = len(away) - single
    said = [counted(single, "single-layer row")] if single else []
    said += [f"{counted(means, 'row')} of means over layers"] if means else []
    return " and ".join(said)


def shown(task: TaskBoard) -> tuple[Row, ...]:
    """The rows of the short table, in the order of the board."""
    away = {id(row) for row in folded(task)}
    return tuple(row for row in task.rows if id(row) not in away)


def leading(task: TaskBoard, n: int = 3) -> tuple[Row, ...]:
    """The first rows of the short table that did not fail, baselines apart."""
    return tuple(row for row in shown(task) if row.status == "done" and not row.baseline)[:n]


def alike(task: TaskBoard) -> int:
    """How many rows cannot be told apart from the best."""
    return sum(row.stands == "alike" for row in others(task))


def above(task: TaskBoard) -> tuple[Row, ...]:
    """The baselines with a higher value than the best row, the control apart."""
    row = best(task)
    if row is None:
        return ()
    value = row.metrics[task.metric].value
    rivals = [one for one in task.rows if one.baseline not in ("", baseline.CONTROL) and task.metric in one.metrics]
    return tuple(one for one in rivals if one.metrics[task.metric].value > value)


def leader(task: TaskBoard) -> Row | None:
    """The baseline that stands in the first tier alone; None where there is none."""
    first = first_tier(task)
    return first[0] if len(first) == 1 and first[0].baseline else None


def first_tier(task: TaskBoard) -> tuple[Row, ...]:
    """The rows of the first tier, baselines among them; none where there are no tiers."""
    return tuple(row for row in task.rows if row.tier == 1)


def has_null(task: TaskBoard) -> bool:
    """Whether some row has a null band."""
    return any(row.null is not None and row.null.low is not None for row in task.rows)


def others(task: TaskBoard) -> list[Row]:
    """The rows that are compared with the best one, baselines and points of a curve apart."""
    first = best(task)
    return [row for row in asked(task) if row.difference is not None and row is not first and not row.point]


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
