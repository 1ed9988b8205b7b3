"""The figures of the layer page, drawn by seaborn: the curve, which layer was chosen, the weights, layers added or left out.

Every figure has its numbers in a table beside it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.runs.board import TaskBoard
from bench.runs.layer import LayerBoard, Sweep
from bench.runs.row import Value
from bench.views.drawing import WIDTH_IN, drawn
from bench.views.layer_phrase import pooling_of
from bench.views.number import fixed
from bench.views.svg import INK

HEIGHT_IN = 3.1
OTHERS = ((5, 1.5), (2, 1.5), (5, 1.5, 1, 1.5), (1, 1), (8, 2), (3, 1, 1, 1, 1, 1))  # dashes of the other poolings


@dataclass(frozen=True)
class Line:
    """A line of a chart, with its place in the key.

    Attributes
    ----------
    label : str
    points : tuple of (int, Value)
    ink : str
        A name of `bench.views.svg.INK`.
    marker : {'', 'o', 's'}
    dashes : tuple of float
        Empty: solid.
    width : float
        In points.
    banded : bool
        Whether its interval is drawn as a band.
    """

    label: str
    points: tuple[tuple[int, Value], ...]
    ink: str = "series-1"
    marker: str = ""
    dashes: tuple[float, ...] = ()
    width: float = 1.7
    banded: bool = False

    @property
    def array(self) -> str:
        """The dashes as SVG has them."""
        return " ".join(f"{dash * self.width:g}" for dash in self.dashes)


def sweep_lines(board: LayerBoard, sweep: Sweep) -> tuple[Line, ...]:
    """The lines of a curve's chart: itself, the other poolings, the untrained control, and the openSMILE row."""
    pooled = f" ({sweep.pooling})" if sweep.pooling else ""
    lines = [Line(f"{board.encoder}{pooled}", sweep.points, marker="o", banded=True, width=2.0)]
    for rival in sweep.rivals:
        points = tuple((int(layer), value) for layer, value in rival.values.items() if layer)
        if rival.kind == "control":
            lines.append(
                Line(
                    f"{rival.feature_set}: {'the control' if board.trained else 'other weights'}",
                    points,
                    "series-2",
                    "s",
                    (4, 2),
                )
            )
        elif rival.kind == "reference":
            ends = (sweep.points[0][0], sweep.points[-1][0])
            lines.append(Line(rival.feature_set, tuple((end, rival.values[""]) for end in ends), "series-3", banded=True))
    others = [rival for rival in sweep.rivals if rival.kind == "pooling"]
    for rival, dashes in zip(others, OTHERS * len(others), strict=False):
        points = tuple((int(layer), value) for layer, value in rival.values.items())
        lines.append(Line(f"pooling {pooling_of(rival.feature_set)}", points, "series-4", dashes=dashes, width=1.3))
    return tuple(lines)


def step_lines(sweep: Sweep) -> tuple[Line, ...]:
    """The lines of the means of some layers: of 0 to k, of all but k, and of all."""
    lowest, highest = sweep.points[0][0], sweep.points[-1][0]
    ends = {**{k: f"{lowest}-{k}" for k, _ in sweep.points}, lowest: str(lowest), highest: "mean"}
    added = _named(sweep.values, ends)
    left = _named(sweep.values, {k: f"without-{k}" for k, _ in sweep.points})
    lines = []
    if len(added) > 2:  # more than the lowest layer alone and the mean of all
        lines.append(Line(f"mean of layers {lowest} to k", added, marker="o", banded=True, width=2.0))
    if left:
        lines.append(Line("mean of all layers but k", left, "series-2", "s", (4, 2)))
    if lines and "mean" in sweep.values:
        mean = sweep.values["mean"]
        lines.append(Line("mean of all layers", ((lowest, mean), (highest, mean)), "series-3", banded=not added))
    return tuple(lines)


def _named(values: Mapping[str, Value], names: Mapping[int, str]) -> tuple[tuple[int, Value], ...]:
    return tuple((k, values[name]) for k, name in sorted(names.items()) if name in values)


def draw_lines(task: TaskBoard, lines: Sequence[Line], label: str, title: str, prefix: str) -> str:
    """Draw lines over layers.

    Parameters
    ----------
    label : str
        Of the axis of layers.
    title : str
        What a screen reader says.
    prefix : str
        Put before every id of the drawing.

    Returns
    -------
    str
        An ``<svg>`` element.
    """

    def paint(ax: Any, seaborn: Any) -> None:
        for line in reversed(lines):
            colour = INK[line.ink]
            _band(ax, line, colour)
            layers, values = [layer for layer, _ in line.points], [value.value for _, value in line.points]
            style = (0, line.dashes) if line.dashes else "solid"
            marks = {"marker": line.marker, "markersize": 5, "markeredgewidth": 0} if line.marker else {}
            seaborn.lineplot(
                x=layers, y=values, color=colour, linestyle=style, linewidth=line.width, errorbar=None, ax=ax, **marks
            )
        _layer_axis(ax, sorted({layer for line in lines for layer, _ in line.points}), label)
        badge = f" ({task.badge})" if task.badge else ""
        ax.set_ylabel(f"{task.metric_label}{badge}")
        ax.axhline(task.chance, color=INK["muted"], linestyle=(0, (2, 2)), linewidth=1)
        text = f"chance\n{fixed(task.chance)}"
        beside = {"color": INK["muted"], "ha": "left", "va": "center"}  # outside, where no curve runs
        ax.annotate(text, (1, task.chance), (4, 0), ("axes fraction", "data"), "offset points", **beside)

    return drawn(paint, (WIDTH_IN, HEIGHT_IN), prefix, f"{title} Numbers in the table below.")


def draw_choice(layers: Sequence[int], chosen: Sequence[int], prefix: str) -> str:
    """Draw in how many folds each layer was chosen."""
    counts = Counter(chosen)

    def paint(ax: Any, seaborn: Any) -> None:
        from matplotlib.ticker import MaxNLocator

        ax.bar(layers, [counts[layer] for layer in layers], width=0.7, color=INK["series-1"], linewidth=0)
        _layer_axis(ax, layers, "layer")
        ax.set_ylabel(f"folds, of {len(chosen)}")
        ax.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))

    return drawn(paint, (WIDTH_IN, 2.1), prefix, f"In how many of {len(chosen)} folds each layer was chosen. Numbers below.")


def draw_weights(layers: Sequence[int], weights: Sequence[Sequence[float]], prefix: str) -> str:
    """Draw the learned weight of each layer: the mean over folds, and from the smallest to the largest."""
    columns = list(zip(*weights, strict=True))

    def paint(ax: Any, seaborn: Any) -> None:
        means = [sum(column) / len(column) for column in columns]
        spread = [
            [m - min(c) for m, c in zip(means, columns, strict=True)],
            [max(c) - m for m, c in zip(means, columns, strict=True)],
        ]
        ax.errorbar(layers, means, yerr=spread, fmt="o", color=INK["series-1"], markersize=5, markeredgewidth=0, elinewidth=1.8)
        ax.axhline(1 / len(columns), color=INK["muted"], linestyle=(0, (2, 2)), linewidth=1)
        _layer_axis(ax, layers, "layer")
        ax.set_ylabel("weight (dashed: equal)")

    return drawn(paint, (WIDTH_IN, 2.1), prefix, "The learned weight of each layer, mean and range over folds. Numbers below.")


def _layer_axis(ax: Any, layers: Sequence[int], label: str) -> None:
    ax.set_xticks(layers[:: max(1, math.ceil(len(layers) / 13))])
    ax.grid(axis="x", visible=False)
    ax.set_xlabel(label)


def _band(ax: Any, line: Line, colour: str) -> None:
    bounded = [(layer, v.low, v.high) for layer, v in line.points if v.low is not None and v.high is not None]
    if line.banded and bounded:
        layers, low, high = zip(*bounded, strict=True)
        ax.fill_between(layers, low, high, color=colour, alpha=0.13, linewidth=0)
