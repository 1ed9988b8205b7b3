"""Single layers held against all of them at once: the lines of a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.runs.layer import TOGETHER, LayerBoard
from bench.runs.row import Value
from bench.views import number

NAMES = {
    "best": "@best: a layer a fold, by inner folds",
    "mean": "@mean: the mean of all layers",
    "concat": "@concat: all layers side by side",
}


@dataclass(frozen=True)
class Stand:
    """One line of the table that holds single layers against all of them.

    Attributes
    ----------
    beats, beaten_by : str
        How many single layers, or "–" where rows are not compared.
    """

    name: str
    model: str
    value: Value
    beats: str = ""
    beaten_by: str = ""


def furthest(board: LayerBoard) -> str:
    """How far the highest layer lies above the lowest, and what that is not, in a sentence."""
    gaps = [(sweep.model, sweep.widest) for sweep in board.main if sweep.widest is not None]
    if not gaps:
        return ""
    said = "; ".join(f"{number.with_interval(gap)} with {model}" for model, gap in gaps)
    picked = "Both were picked by looking, so these differences are too large, and their intervals carry no claim."
    return f"The highest layer less the lowest: {said}. {picked}"


def stands_of(board: LayerBoard) -> Iterator[Stand]:
    """What is made of all layers, the highest and the lowest single layer, and the openSMILE row, model by model."""
    for sweep in board.main:
        for name in TOGETHER:
            if name in sweep.values:
                won = sum(high == name and low.isdigit() for high, low in sweep.beats)
                lost = sum(low == name and high.isdigit() for high, low in sweep.beats)
                yield Stand(NAMES[name], sweep.model, sweep.values[name], *_counts(board, won, lost))
        high, low = (pick(sweep.points, key=lambda point: point[1].value) for pick in (max, min))
        for what, (layer, value) in (("highest", high), ("lowest", low)):
            beats = [(one, other) for one, other in sweep.beats if one.isdigit() and other.isdigit()]
            won, lost = (sum(pair[side] == str(layer) for pair in beats) for side in (0, 1))
            yield Stand(f"layer {layer}, the {what} point", sweep.model, value, *_counts(board, won, lost))
        for rival in sweep.rivals:
            if rival.kind in ("weighted", "reference"):
                name = "@weighted: a learned weight a layer" if rival.kind == "weighted" else rival.feature_set
                counts = _counts(board, len(rival.lost), len(rival.won)) if rival.model == sweep.model else ("–", "–")
                if rival.kind == "reference" or sweep is board.main[0]:
                    yield Stand(name, rival.model, rival.values[""], *counts)


def _counts(board: LayerBoard, won: int, lost: int) -> tuple[str, str]:
    return (str(won), str(lost)) if board.compared else ("–", "–")
