"""What the trivial rows of a board are called, and what each one tells."""

from __future__ import annotations

from bench.runs.board import TaskBoard
from bench.runs.row import Row

CONTROL = "permuted"
LABELS = {
    "constant": "constant",
    "duration": "duration alone",
    "loudness": "loudness alone",
    CONTROL: "permuted labels (control)",
}
ABOUTS = {
    "constant": "always the commonest answer of the training side",
    "duration": "hears nothing but how long the clip is",
    "loudness": "hears nothing but how loud the clip is on the whole",
    CONTROL: "a real row, fitted and tested on labels that were shuffled: whatever it scores was not learnt from the labels",
}


def label(row: Row) -> str:
    """The name of a baseline row for a person, or "" for a row that was asked for.

    Examples
    --------
    >>> label(Row("f", "duration", "", "linear", 0, "done", baseline="duration"))
    'duration alone'
    """
    return LABELS.get(row.baseline, row.baseline)


def of(row: Row) -> str:
    """Which real row a control repeats, as it is spelled; "" for the other baselines, whose label says all.

    Examples
    --------
    >>> of(Row("f", "wav2vec2", "best", "linear", 0, "done", baseline="permuted"))
    'wav2vec2@best'
    """
    if row.baseline != CONTROL:
        return ""
    return f"{row.feature_set}@{row.layer}" if row.layer else row.feature_set


def legend(task: TaskBoard) -> tuple[tuple[str, str], ...]:
    """Name and explanation of each kind of baseline that stands on a board, in the order of ``LABELS``."""
    kinds = {row.baseline for row in task.rows}
    return tuple((LABELS[kind], ABOUTS[kind]) for kind in LABELS if kind in kinds)
