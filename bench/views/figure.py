"""The figures of a board, drawn by seaborn: layer curves, confusion matrices, the values of single speakers.

seaborn and matplotlib are imported when something is drawn, not before. Every figure has its numbers in a table beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from bench.runs.board import Curve, TaskBoard
from bench.runs.row import Row
from bench.views.drawing import WIDTH_IN, drawn, shortened
from bench.views.number import called, fixed
from bench.views.svg import INK, N_SHADES, shade

MARKERS = ("o", "s", "^", "D")
DASHES = ("", (4, 2), (1.2, 1.6), (5, 1.6, 1.2, 1.6))
N_SERIES = 4
_MOST_NAMED_SPEAKERS = 60
Palette = list[str]


def draw_curves(task: TaskBoard, curves: Sequence[Curve], prefix: str) -> str:
    """Draw the primary metric over the layers of one feature set, a line for each model, at most ``N_SERIES``.

    Returns
    -------
    str
        An ``<svg>`` element.
    """

    def paint(ax: Any, seaborn: Any) -> None:
        lines: dict[str, list[Any]] = {"layer": [], "value": [], "series": []}
        for number, curve in enumerate(curves):
            for layer, value in curve.points:
                lines["layer"].append(layer)
                lines["value"].append(value.value)
                lines["series"].append(number)
            _band(ax, curve, palette[number])
        seaborn.lineplot(
            x=lines["layer"],
            y=lines["value"],
            hue=lines["series"],
            style=lines["series"],
            palette=palette,
            errorbar=None,
            estimator=None,
            markersize=5.5,
            markeredgewidth=0,
            linewidth=1.6,
            legend=False,
            ax=ax,
            markers=list(MARKERS[: len(curves)]),
            dashes=list(DASHES[: len(curves)]),
        )
        layers = sorted(set(lines["layer"]))
        ax.set_xticks(layers[:: max(1, math.ceil(len(layers) / 13))])
        ax.grid(axis="x", visible=False)
        ax.set_xlabel("layer (0 is the input of the transformer)")
        ax.set_ylabel(_label(task))
        _chance_line(ax, task, "horizontal")

    palette = _series(len(curves))
    models = ", ".join(curve.model for curve in curves)
    title = f"{_label(task)} by layer of {curves[0].feature_set}: {models}. Numbers in the table below."
    return drawn(paint, (WIDTH_IN, 2.9), prefix, title)


def draw_confusion(task: TaskBoard, row: Row, prefix: str) -> str:
    """Draw which level was taken for which, one row; a cell is as strong as its share of the clips of the true level."""
    counts = row.confusion or ()
    shares = [[n / max(1, sum(line)) for n in line] for line in counts]
    names = [shortened(level) for level in task.target.levels]

    def paint(ax: Any, seaborn: Any) -> None:
        from matplotlib.colors import ListedColormap

        ax.grid(visible=False)
        seaborn.heatmap(
            shares,
            annot=[[f"{share:.0%}" for share in line] for line in shares],
            fmt="",
            vmin=0.0,
            vmax=1.0,
            cmap=ListedColormap([shade(step) for step in range(N_SHADES + 1)]),
            annot_kws={"color": INK["ink"]},
            cbar=False,
            linewidths=1,
            linecolor=INK["paper"],
            xticklabels=names,
            yticklabels=names,
            ax=ax,
        )
        ax.tick_params(length=0)
        ax.tick_params(axis="x", rotation=0 if max(map(len, names)) * len(names) < 45 else 40)
        ax.tick_params(axis="y", rotation=0)
        ax.set_xlabel("rated as")
        ax.set_ylabel("true level")

    side = max(2.2, min(4.2, 0.62 * len(names) + 0.8))
    title = f"What {called(row)} rated each level as, in per cent of the clips of that level. Numbers in the table below."
    return drawn(paint, (min(WIDTH_IN, side + 1.0), side), prefix, title)


def draw_speakers(task: TaskBoard, rows: Sequence[Row], speakers: Sequence[str], prefix: str) -> str:
    """Draw the primary metric within each speaker, a mark for each of the leading rows.

    Parameters
    ----------
    rows : sequence of Row
        At most ``N_SERIES``.
    speakers : sequence of str
        From the top of the figure down.
    """
    points = [
        (row.by_speaker[name], place, number)
        for number, row in enumerate(rows)
        for place, name in enumerate(speakers)
        if math.isfinite(row.by_speaker.get(name, math.nan))
    ]
    named = len(speakers) <= _MOST_NAMED_SPEAKERS

    def paint(ax: Any, seaborn: Any) -> None:
        used = sorted({number for _, _, number in points})
        seaborn.scatterplot(
            x=[value for value, _, _ in points],
            y=[place for _, place, _ in points],
            hue=[number for _, _, number in points],
            style=[number for _, _, number in points],
            palette={number: palette[number] for number in used},
            markers={number: MARKERS[number] for number in used},
            s=34,
            linewidth=0,
            alpha=0.85,
            legend=False,
            ax=ax,
        )
        ax.set_ylim(len(speakers) - 0.4, -0.6)
        ax.set_yticks(range(len(speakers)) if named else [], [shortened(name) for name in speakers] if named else [])
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel(_label(task))
        ax.set_ylabel("" if named else f"{len(speakers)} speakers")
        _chance_line(ax, task, "vertical")

    palette = _series(len(rows))
    height = 0.9 + (0.22 * len(speakers) if named else min(9.0, 0.05 * len(speakers) + 2))
    title = f"{_label(task)} within each of {len(speakers)} speakers. Numbers in the table below."
    return drawn(paint, (WIDTH_IN, height), prefix, title)


def _series(n: int) -> Palette:
    return [INK[f"series-{number + 1}"] for number in range(n)]


def _label(task: TaskBoard) -> str:
    return f"{task.metric_label} ({task.badge})" if task.badge else task.metric_label


def _band(ax: Any, curve: Curve, colour: str) -> None:
    bounded = [(layer, v.low, v.high) for layer, v in curve.points if v.low is not None and v.high is not None]
    if bounded:
        layers, low, high = zip(*bounded, strict=True)
        ax.fill_between(layers, low, high, color=colour, alpha=0.13, linewidth=0)


def _chance_line(ax: Any, task: TaskBoard, direction: str) -> None:
    line = {"color": INK["muted"], "linestyle": (0, (2, 2)), "linewidth": 1}
    text = f"chance {fixed(task.chance)}"
    if direction == "horizontal":
        ax.axhline(task.chance, **line)
        beside = {"color": INK["muted"], "ha": "left", "va": "center"}  # outside, where no curve runs
        ax.annotate(text.replace(" ", "\n"), (1, task.chance), (4, 0), ("axes fraction", "data"), "offset points", **beside)
    else:
        ax.axvline(task.chance, **line)
        ax.annotate(text, (task.chance, 1), (0, 3), ("data", "axes fraction"), "offset points", color=INK["muted"], ha="center")
