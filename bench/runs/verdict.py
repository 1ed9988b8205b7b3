"""Verdicts: what follows from the values of rows and their intervals, as findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.base.finding import Finding
from bench.metrics.metric import METRICS
from bench.runs.row import Row, Value

Record = Mapping[str, Any]


def trivial_findings(rows: Sequence[Row], task: Record) -> tuple[Finding, ...]:
    """FB006: the row of clip duration alone lies above chance, interval and all.

    Where there are too few speakers for an interval, it lies above chance and above what permuted labels give it.
    """
    label = METRICS[task["metric"]].label
    for row in rows:
        value = row.metrics.get(task["metric"])
        if row.baseline != "duration" or value is None:
            continue
        if value.low is not None:
            above, bounds = value.low > task["chance"], f" ({value.low:.3f} to {value.high:.3f})"
        elif row.null is not None and row.null.high is not None:
            above = value.value > max(task["chance"], row.null.high)
            bounds = f", with permuted labels up to {row.null.high:.3f}"
        else:
            continue
        if above:
            message = (
                f"Clip duration alone predicts the label of {task['name']}: {label} is {value.value:.3f}{bounds}, and "
                f"chance is {task['chance']:.3f}. What a row adds to it is its difference to the row 'duration alone'."
            )
            return (Finding("FB006", message),)
    return ()


def chance_finding(value: Value, chance: float, label: str) -> Finding | None:
    """FB004: the lower bound (or, where there is no interval, the value) lies at or below chance.

    Parameters
    ----------
    value : Value
        The primary metric of a row.
    chance : float
        By definition: 1/k for UAR, 0 for Spearman.
    label : str
        Name of the metric for a person.

    Returns
    -------
    Finding or None

    Examples
    --------
    >>> chance_finding(Value(0.40, 0.35, 0.45), 1 / 3, "UAR") is None
    True
    """
    bound = value.value if value.low is None else value.low
    if bound > chance:
        return None
    what = "The value" if value.low is None else "The lower bound of"
    return Finding("FB004", f"{what} {label} ({bound:.3f}) lies at or below chance ({chance:.3f}).")


def tie_finding(difference: Value | None, label: str) -> Finding | None:
    """FB007: the paired interval of the difference to the best row contains 0.

    Examples
    --------
    >>> tie_finding(Value(-0.02, -0.05, 0.01), "UAR").code
    'FB007'
    >>> tie_finding(Value(-0.09, -0.12, -0.05), "UAR") is None
    True
    """
    if difference is None or difference.low is None or difference.high is None or not difference.low <= 0 <= difference.high:
        return None
    bounds = f"{difference.low:.3f} to {difference.high:.3f}"
    return Finding("FB007", f"The difference in {label} to the best row ({bounds}) contains 0: the two cannot be told apart.")
