"""Whether the order of the rows hangs on how the label is read, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator

from bench.runs.board import Stability
from bench.views.number import counted, fixed

QUESTION = "Does the order hang on the reading of the label?"
ABOUT = (
    "The same predictions, ranked by other readings of the label that are as defensible; nothing was fitted again. "
    "Agreement is the rank correlation of the labels over the clips; Kendall's tau is 1 where the rows keep their order, "
    "and 0 where the two orders have nothing to do with each other; with two rows it can only be 1 or \u22121."
)
HEADS = ("Reading of the label", "First row", "Kendall's tau", "Agreement with the label")
SHARE_HELD = 0.8  # of the readings that a winner must stay first under: 4 of 5


def n_readings(stability: Stability) -> int:
    """How many readings there are, the task's own included."""
    return 1 + len(stability.variants)


def needed(stability: Stability) -> int:
    """Under how many readings a winner must stay first.

    Examples
    --------
    >>> from bench.runs.board import VariantBoard
    >>> needed(Stability("a", (VariantBoard("x", 0.9, 0.8, "a"),) * 4))
    4
    """
    return math.ceil(SHARE_HELD * n_readings(stability))


def holds(stability: Stability) -> bool:
    """Whether the first row stays first under enough readings to be called a winner."""
    return stability.held >= needed(stability)


def verdict(stability: Stability) -> str:
    """What follows for the first row, in a sentence.

    Examples
    --------
    >>> from bench.runs.board import VariantBoard
    >>> readings = [VariantBoard(f"reading-{n}", 0.9, 0.8, "a linear" if n else "b svm") for n in range(4)]
    >>> verdict(Stability("a linear", tuple(readings)))
    'The first row stays first under 4 of 5 readings; a winner would need at least 4.'
    """
    if all(math.isnan(variant.tau) for variant in stability.variants):
        return "The rows have no order that could change."
    of = counted(n_readings(stability), "reading")
    so = "" if holds(stability) else ", so this board names none"
    return f"The first row stays first under {stability.held} of {of}; a winner would need at least {needed(stability)}{so}."


def short(stability: Stability | None) -> str:
    """The verdict where it takes something away from the first row, in one sentence; else nothing."""
    if stability is None or holds(stability) or all(math.isnan(variant.tau) for variant in stability.variants):
        return ""
    of = counted(n_readings(stability), "reading")
    return f"The best row stays first under only {stability.held} of {of} of the label: no winner is named."


def lines(stability: Stability, own: str) -> Iterator[tuple[str, str, str, str, bool]]:
    """The lines of the table, the task's own label first: four cells, and whether the first row is another.

    Parameters
    ----------
    stability : Stability
    own : str
        Name of the task's own target.
    """
    yield f"{own} (the label of this board)", stability.first, "–", "–", False
    for variant in stability.variants:
        changed = variant.first != stability.first
        yield variant.target, variant.first, fixed(variant.tau), fixed(variant.agreement), changed
