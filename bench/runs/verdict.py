"""Verdicts: what follows from the values of rows and their intervals, as findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, Literal

from bench.base.finding import Finding, written
from bench.metrics.metric import METRICS
from bench.runs.row import Row, Value

Record = Mapping[str, Any]
Stands = Literal["", "better", "alike", "worse"]

TRIVIAL = {"duration": ("Clip duration", "duration alone"), "loudness": ("Mean loudness", "loudness alone")}


def trivial_findings(rows: Sequence[Row], task: Record) -> tuple[Finding, ...]:
    """FB006: the row of clip duration alone, or that of mean loudness alone, lies above chance, interval and all.

    Where there are too few speakers for an interval, it lies above chance and above what permuted labels give it.
    """
    label = METRICS[task["metric"]].label
    found = []
    for kind, (what, name) in TRIVIAL.items():
        row = next((row for row in rows if row.baseline == kind and task["metric"] in row.metrics), None)
        bounds = _above(row, row.metrics[task["metric"]], task["chance"]) if row else None
        if row and bounds is not None:
            message = (
                f"{what} alone predicts the label of {task['name']}: {label} is {written(row.metrics[task['metric']].value)}"
                f"{bounds}, and chance is {written(task['chance'])}. "
                f"What a row adds to it is its difference to the row '{name}'."
            )
            found.append(Finding("FB006", message))
    return tuple(found)


def _above(row: Row, value: Value, chance: float) -> str | None:
    """What holds a value above chance, as it stands behind the value; None where nothing does."""
    if value.low is not None and value.high is not None:
        return f" ({written(value.low)} to {written(value.high)})" if value.low > chance else None
    if row.null is None or row.null.high is None or value.value <= max(chance, row.null.high):
        return None
    return f", with permuted labels up to {written(row.null.high)}"


def unsolved_findings(models: Sequence[str], task: Record) -> tuple[Finding, ...]:
    """FB024: models of the study that have no row here, because they do not solve this form.

    Examples
    --------
    >>> unsolved_findings(["mine"], {"name": "tiny/kss/level", "form": "level"})[0].message
    'The model mine has no row on tiny/kss/level: it does not solve the level form.'
    """
    if not models:
        return ()
    s, have, they, do = ("s", "have", "they", "do") if len(models) > 1 else ("", "has", "it", "does")
    names = " and ".join(filter(None, (", ".join(models[:-1]), models[-1])))
    message = f"The model{s} {names} {have} no row on {task['name']}: {they} {do} not solve the {task['form']} form."
    return (Finding("FB024", message),)


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
    if not bound <= chance:  # above, or no number
        return None
    what = "The value" if value.low is None else "The lower bound of"
    return Finding("FB004", f"{what} {label} ({written(bound)}) lies at or below chance ({written(chance)}).")


def stands(row: str, best: str, difference: Value | None, beats: Set[tuple[str, str]] | None) -> Stands:
    """How a row stands to the best one: the one rule that every sentence on the two follows.

    Parameters
    ----------
    row, best : str
        Their fingerprints.
    difference : Value or None
        Of the two, with its paired interval; None for a row that is not compared.
    beats : set of (str, str) or None
        Who beats whom with all pairs of the board taken together; None where rows have no tiers, so that the interval of this
        one difference decides.

    Returns
    -------
    {'', 'better', 'alike', 'worse'}
        "" for a row that is not compared, or where there is neither a family nor an interval.

    Examples
    --------
    >>> stands("a", "b", Value(-0.1, -0.2, -0.01), frozenset()), stands("a", "b", Value(-0.1, -0.2, -0.01), None)
    ('alike', 'worse')
    """
    if difference is None:
        return ""
    if beats is not None:
        return "better" if (row, best) in beats else "worse" if (best, row) in beats else "alike"
    if difference.low is None or difference.high is None:
        return ""
    return "better" if difference.low > 0 else "worse" if difference.high < 0 else "alike"


def tie_finding(how: Stands, family: bool) -> Finding | None:
    """FB007: the row cannot be told apart from the best.

    Parameters
    ----------
    how : {'', 'better', 'alike', 'worse'}
        As ``stands`` gives it.
    family : bool
        Whether all pairs of the board were taken together.

    Examples
    --------
    >>> tie_finding("alike", True).code, tie_finding("worse", True)
    ('FB007', None)
    """
    if how != "alike":
        return None
    rule = (
        "All pairs of the board taken together, it"
        if family
        else "The interval of its difference holds 0, each difference taken on its own: it"
    )
    return Finding("FB007", f"{rule} cannot be told apart from the best row that was asked for.")
