"""What is said of the first row of a board: its value, and what keeps it in its place."""

from __future__ import annotations

import math

from bench.runs.board import TaskBoard
from bench.runs.row import Row
from bench.views import baseline, stability, standing
from bench.views.baseline import CONTROL
from bench.views.number import called, counted, fixed, interval, no_interval
from bench.views.standing import alike, asked, best, first_tier, leader, others

NULL_BAND = "where 95\N{NO-BREAK SPACE}% of 1,000 permutations of the labels within speakers put the same predictions"

TIERS = (
    "one row beats another where so large a difference hardly ever comes about when the two exchange their answers for some of "
    "the speakers, all pairs of the board taken together; of tier 1 are rows that no row beats, of tier 2 those that only rows "
    "of tier 1 beat"
)
POINTS = "single layers and means of some have none, because they are compared along their curve, layer by layer"
UNCORRECTED = "each on its own, not corrected"

VERDICTS = {
    "better": ("does better", "do better"),
    "alike": ("cannot be told apart from the {role}",) * 2,
    "higher": ("lies as high or higher", "lie as high or higher"),
}


def headline(task: TaskBoard) -> str:
    """The standing of a task in a few sentences, for the views that are read as text."""
    row = best(task)
    if row is None:
        return nothing(task)
    value = row.metrics[task.metric]
    badge = f" ({task.badge})" if task.badge else ""
    said = (*([above(task)] if above(task) else []), *remarks(task))
    highest = f"Highest {task.metric_label}{badge}{apart(task)}: {fixed(value.value)} {interval(value)}".rstrip()
    return " ".join((f"{highest}{cautioned(task)}, {called(row)}. Chance is {fixed(task.chance)}.", *said))


def remarks(task: TaskBoard) -> tuple[str, ...]:
    """What keeps the first row in its place, in sentences: the other rows, the baselines, shuffled labels, other readings."""
    judged = (tiered(task) or told_apart(task), against_baselines(task), own_interval(task))
    found = (*judged, against_null(task), stability.short(task.stability))
    return tuple(sentence for sentence in found if sentence)


def nothing(task: TaskBoard) -> str:
    """Why a task has no best row, in a sentence."""
    n_rows = len(asked(task))
    if not n_rows:
        return "No row but the baselines was scored." if task.rows else "No row was scored yet."
    return "The only row failed." if n_rows == 1 else f"All {n_rows} rows failed."


def size(task: TaskBoard) -> str:
    """How many rows a board has, and how many baselines beside them.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> rows = [Row("f", "zcr", "", "linear", 0, "done"), Row("f", "", "", "dummy", 0, "done", baseline="constant")]
    >>> size(SimpleNamespace(rows=rows))
    '1 row and 1 baseline'
    """
    n_baselines = len(task.rows) - len(asked(task))
    return counted(len(asked(task)), "row") + (f" and {counted(n_baselines, 'baseline')}" if n_baselines else "")


def cautioned(task: TaskBoard) -> str:
    """What the corpus asks to be said beside every interval, in brackets after a space; or nothing.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> cautioned(SimpleNamespace(rows=(), caution="Dyads are treated as independent."))
    ' (Dyads are treated as independent)'
    """
    said = task.caution.strip().rstrip(".")
    return f" ({said})" if said and not no_interval(task) else ""


def intervals(task: TaskBoard) -> str:
    """What the intervals of a task are over, for a caption, or why it has none."""
    return no_interval(task) or f"with 95\N{NO-BREAK SPACE}% intervals over speakers{cautioned(task)}"


def role(task: TaskBoard) -> str:
    """What the row is called that the others are compared with: no best one where a baseline lies above it."""
    return "reference" if standing.above(task) else "best"


def difference(task: TaskBoard) -> str:
    """The head of the column of differences."""
    return f"Difference to the {role(task)}"


def corrected(task: TaskBoard) -> str:
    """What is to be known of the intervals of the differences, under their head; empty where there are none."""
    return UNCORRECTED if any(row.difference and row.difference.low is not None for row in task.rows) else ""


def above(task: TaskBoard) -> str:
    """Which baselines lie above every row that was asked for, in a sentence; empty where none does."""
    found = standing.above(task)
    if not found:
        return ""
    values = [f"{baseline.label(row)} ({fixed(_value(task, row))})" for row in found]
    return f"The {_named(values)} {'lies' if len(found) == 1 else 'lie'} above every row that was asked for."


def own_interval(task: TaskBoard) -> str:
    """That each difference was judged alone, in a sentence; empty where rows have tiers, or are not compared."""
    if first_tier(task) or not any(row.stands for row in task.rows):
        return ""
    return "Each difference is judged by its own interval, not corrected for the others."


def uncorrected(task: TaskBoard) -> str:
    """That tiers decide, in a sentence, where the interval of a difference seems to say otherwise."""
    found = [(row, row.difference.low, row.difference.high) for row in task.rows if row.difference and row.stands]
    bounded = [(row, low <= 0 <= high) for row, low, high in found if low is not None and high is not None]
    n = sum(row.tier is not None for row in task.rows)
    if not first_tier(task):
        return ""
    if any(row.stands == "alike" and not holds for row, holds in bounded):
        pairs = counted(n * (n - 1) // 2, "pair")
        return f"An interval without 0 is not enough for a tier: with {pairs}, some exclude 0 by chance."
    if any(row.stands != "alike" and holds for row, holds in bounded):
        return "Where an interval holds 0 and the tiers differ, the tiers decide: the interval is of one difference alone."
    return ""


def tiers(task: TaskBoard) -> str:
    """What tiers are, in a sentence or two; empty where there are none."""
    if not first_tier(task):
        return ""
    points = f"; {POINTS}" if any(row.point for row in task.rows) else ""
    more = uncorrected(task)
    return f"Tiers: {TIERS}{points}.{' ' + more if more else ''}"


def tiered(task: TaskBoard) -> str:
    """How many rows no other row beats, in a sentence; empty where there are no tiers."""
    first, alone = first_tier(task), leader(task)
    rows = [row for row in asked(task) if row.tier is not None]
    if alone and rows:
        leads = f"baseline {baseline.label(alone)}"
        beaten = "" if any(row.tier != 2 for row in rows) else "; it beats them all"
        return f"No row beats the {leads}{beaten}." if len(rows) > 1 else f"The {leads} beats the only row."
    if not first or len(rows) < 2:
        return ""
    n = sum(not row.baseline for row in first)
    trivial = len(first) - n
    if n == 0:
        return f"No row is of the first tier; the {_named([baseline.label(row) for row in first])} are."
    beside = f", and {counted(trivial, 'baseline')} with them" if trivial else ""
    if n == len(rows):
        return f"No row beats another: all {len(rows)} are of the first tier{beside}."
    return f"{n} of {len(rows)} rows {'is' if n == 1 else 'are'} of the first tier, which no row beats{beside}."


def told_apart(task: TaskBoard) -> str:
    """How many of the other rows the best can be told apart from, in a sentence; empty where there are no others."""
    rows = others(task)
    if not rows:
        return ""
    if all(row.difference is None or row.difference.low is None for row in rows):
        return "Without intervals no row can be told apart from another."
    n = alike(task)
    if n == 0:
        others_ = "the other row" if len(rows) == 1 else f"all {len(rows)} other rows"
        return f"The {role(task)} can be told apart from {others_}."
    if len(rows) == 1:
        return f"The other row cannot be told apart from the {role(task)}."
    return f"{n} of the {len(rows)} other rows cannot be told apart from the {role(task)}."


def against_baselines(task: TaskBoard) -> str:
    """Which baselines do better than the best row, and which cannot be told apart from it; empty where none is to be compared.

    The control is about other labels, and compared with nothing. Of a baseline alone in the first tier, ``tiered`` speaks.
    """
    row, alone = best(task), leader(task)
    trivial = [one for one in task.rows if one.baseline not in ("", CONTROL) and one is not alone]
    rivals = [one for one in trivial if math.isfinite(_value(task, one))]
    if row is None or not rivals:
        return ""
    stands = {baseline.label(one): _stands(task, one, row) for one in rivals}
    parts = []
    for how, verbs in VERDICTS.items():
        names = [name for name, found in stands.items() if found == how]
        if names:
            parts.append(f"{_named(names)} {verbs[len(names) > 1].format(role=role(task))}")
    if parts:
        return f"The {', and the '.join(parts)}."
    which = "No other baseline" if alone else "No baseline"
    return f"{which} does as well." if any(one.stands for one in rivals) else f"{which} lies as high."


def apart(task: TaskBoard) -> str:
    """That the highest value is not the highest of the board, where a baseline or a point of a curve lies above it."""
    row = best(task)
    points = row is not None and any(one.point and _value(task, one) > _value(task, row) for one in task.rows)
    kinds = (*(["baselines"] if standing.above(task) else []), *(["single layers"] if points else []))
    return f", {' and '.join(kinds)} apart" if kinds else ""


def against_null(task: TaskBoard) -> str:
    """Where labels shuffled within speakers put the best row, in a sentence; empty where that is not known."""
    row = best(task)
    if row is None or row.null is None or row.null.low is None or row.null.high is None:
        return ""
    verdict = "." if _value(task, row) > row.null.high else ": it is no better than that."
    return f"Labels shuffled within speakers give the best row {fixed(row.null.low)} to {fixed(row.null.high)}{verdict}"


def _value(task: TaskBoard, row: Row) -> float:
    return row.metrics[task.metric].value if task.metric in row.metrics else math.nan


def _stands(task: TaskBoard, row: Row, first: Row) -> str:
    """How a baseline stands to the best row, as a key of ``VERDICTS``; "" below it. Where nothing is judged, values speak."""
    if row.stands:
        return "" if row.stands == "worse" else row.stands
    return "higher" if _value(task, row) >= _value(task, first) else ""


def _named(names: list[str]) -> str:
    listed = ", ".join(names[:-1]) + (" and " if names[:-1] else "") + names[-1]
    return f"baseline {listed}" if len(names) == 1 else f"baselines {listed}"
