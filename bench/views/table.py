"""The board as one long CSV table: a line for each row and metric, every number in full precision."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from bench.runs.board import Board, TaskBoard
from bench.runs.row import Row, Value
from bench.views.number import visible
from bench.views.seed import Seeds

COLUMNS = (
    "task",
    "form",
    "track",
    "target",
    "label_kind",
    "badge",
    "feature_set",
    "layer",
    "model",
    "baseline",
    "seed",
    "status",
    "error",
    "metric",
    "primary",
    "value",
    "low",
    "high",
    "chance",
    "difference",
    "difference_low",
    "difference_high",
    "null_mean",
    "null_low",
    "null_high",
    "tier",
    "brier",
    "brier_low",
    "brier_high",
    "brier_base",
    "ece",
    "ece_base",
    "coverage",
    "coverage_low",
    "coverage_high",
    "coverage_nominal",
    "width",
    "n_seeds",
    "seed_sd",
    "caution",
    "findings",
    "extract_seconds",
    "fit_seconds",
    "cache_mb",
    "n_columns",
    "n_clips",
    "n_speakers",
    "n_tested",
    "n_tested_speakers",
    "splitter",
    "n_folds",
    "fold_hash",
    "fingerprint",
)


def render_csv(board: Board) -> str:
    """Write a board as CSV, to be read by any program.

    Parameters
    ----------
    board : Board

    Returns
    -------
    str
        A header, then one line for each row and metric, ended by a line feed. A failed row has one line without a metric.
        What is not known is empty. ``chance``, the difference to the best row, the null band (the labels permuted within
        speakers), calibration, coverage and the spread over seeds stand on the lines of the primary metric. ``baseline`` is
        empty for the rows that were asked for. ``findings`` holds the codes of the row's and the task's findings, joined by
        spaces.

    Examples
    --------
    >>> empty = Board("fatigue-bench run", {}, 0, 0, 0, 0, "", ())
    >>> render_csv(empty)[:15]
    'task,form,track'
    """
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for task in board.tasks:
        for row in task.rows:
            writer.writerows({key: visible(text) for key, text in line.items()} for line in _lines(task, row))
    return stream.getvalue()


def _lines(task: TaskBoard, row: Row) -> Iterator[dict[str, str]]:
    common = _common(task, row)
    if not row.metrics:
        yield common
    for name, value in row.metrics.items():
        primary = name == task.metric
        line = common | {"metric": name, "primary": str(primary).lower()} | _bounds("value", "low", "high", value)
        if primary:
            line["chance"] = repr(float(task.chance))
            line |= _bounds("difference", "difference_low", "difference_high", row.difference)
            line |= _bounds("null_mean", "null_low", "null_high", row.null)
            line |= _reliability(row)
        yield line


def _common(task: TaskBoard, row: Row) -> dict[str, str]:
    found = {finding.code for finding in (*task.findings, *row.findings)}
    return {
        "task": task.name,
        "form": task.form,
        "track": task.track,
        "target": task.target.name,
        "label_kind": task.target.kind,
        "badge": task.badge,
        "feature_set": row.feature_set,
        "layer": row.layer,
        "model": row.model,
        "baseline": row.baseline,
        "seed": str(row.seed),
        "status": row.status,
        "error": row.error,
        "caution": task.caution,
        "findings": " ".join(sorted(found)),
        "extract_seconds": _number(row.extract_seconds),
        "fit_seconds": _number(row.fit_seconds),
        "cache_mb": _number(row.cache_mb),
        "tier": "" if row.tier is None else str(row.tier),
        "n_columns": str(row.n_columns),
        "n_clips": str(task.n_clips),
        "n_speakers": str(task.n_speakers),
        "n_tested": str(task.n_tested),
        "n_tested_speakers": str(task.n_tested_speakers),
        "splitter": task.splitter,
        "n_folds": str(task.n_folds),
        "fold_hash": task.fold_hash,
        "fingerprint": row.fingerprint,
    }


def _reliability(row: Row) -> dict[str, str]:
    found: dict[str, str] = {}
    if row.calibration is not None:
        found |= _bounds("brier", "brier_low", "brier_high", row.calibration.brier)
        found |= {name: _number(getattr(row.calibration, name)) for name in ("brier_base", "ece", "ece_base")}
    if row.coverage is not None:
        found |= _bounds("coverage", "coverage_low", "coverage_high", row.coverage.pooled)
        found |= {"coverage_nominal": _number(row.coverage.nominal), "width": _number(row.coverage.width)}
    seeds = Seeds.of(row)
    return found | ({"n_seeds": str(len(seeds.values)), "seed_sd": _number(seeds.spread)} if seeds else {})


def _bounds(value: str, low: str, high: str, given: Value | None) -> dict[str, str]:
    if given is None:
        return {}
    return {value: _number(given.value), low: _number(given.low), high: _number(given.high)}


def _number(value: float | None) -> str:
    return "" if value is None else repr(float(value))
