"""The figures of reliability: how often probabilities come true, and how often intervals hold the truth of each speaker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.runs.board import TaskBoard
from bench.runs.row import Row
from bench.views.drawing import WIDTH_IN, drawn, shortened
from bench.views.figure import DASHES, MARKERS
from bench.views.phrase import share
from bench.views.svg import INK

_MOST_NAMED_SPEAKERS = 60


def draw_reliability(task: TaskBoard, rows: Sequence[Row], prefix: str) -> str:
    """Draw how often the likeliest level is right by how likely it is said to be, a line for each row.

    Parameters
    ----------
    rows : sequence of Row
        At most four, all with a calibration.

    Returns
    -------
    str
        An ``<svg>`` element; the larger a mark, the more clips. Probabilities come true on the diagonal.
    """
    most = max(one.n_clips for row in rows if row.calibration for one in row.calibration.bins)

    def paint(ax: Any, seaborn: Any) -> None:
        ax.plot([0, 1], [0, 1], color=INK["muted"], linestyle=(0, (2, 2)), linewidth=1)
        ax.annotate("as said", (1, 1), (0, 5), textcoords="offset points", color=INK["muted"], ha="right", va="bottom")
        for number, row in enumerate(rows):
            bins = row.calibration.bins if row.calibration else ()
            said, found = [one.said for one in bins], [one.found for one in bins]
            colour = INK[f"series-{number + 1}"]
            line = ax.plot(said, found, color=colour, linewidth=1.2)[0]
            if DASHES[number]:
                line.set_dashes(DASHES[number])
            sizes = [10 + 30 * one.n_clips / most for one in bins]
            ax.scatter(said, found, s=sizes, marker=MARKERS[number], color=colour, linewidths=0, zorder=3)
        ax.set_xlim(0, 1.02)
        ax.set_ylim(0, 1.02)
        ax.set_aspect("equal")
        ax.set_xlabel("probability of the likeliest level")
        ax.set_ylabel(f"how often it is right{f' ({task.badge})' if task.badge else ''}")

    title = "How often the likeliest level is right by how likely it is said to be. Numbers in the table below."
    return drawn(paint, (3.6, 3.5), prefix, title)


def draw_coverage(task: TaskBoard, rows: Sequence[Row], prefix: str) -> str:
    """Draw the share of each speaker's clips whose score lies in its interval, a mark for each row.

    Parameters
    ----------
    rows : sequence of Row
        At most four, all with a coverage by speaker; of the first, speakers are drawn from the lowest share up.
    """
    first = rows[0].coverage
    speakers = sorted(first.by_speaker, key=lambda name: (first.by_speaker[name], name)) if first else []
    nominal = first.nominal if first else 0.8
    named = len(speakers) <= _MOST_NAMED_SPEAKERS

    def paint(ax: Any, seaborn: Any) -> None:
        ax.axvline(nominal, color=INK["muted"], linestyle=(0, (2, 2)), linewidth=1)
        text = f"meant: {share(nominal)}"
        ax.annotate(text, (nominal, 1), (0, 3), ("data", "axes fraction"), "offset points", color=INK["muted"], ha="center")
        for number, row in enumerate(rows):
            shares = row.coverage.by_speaker if row.coverage else {}
            own = [shares[name] for name in speakers]
            colour = INK[f"series-{number + 1}"]
            ax.scatter(own, range(len(own)), s=30, marker=MARKERS[number], color=colour, linewidths=0, alpha=0.85, zorder=3)
        ax.set_xlim(-0.02, 1.02)
        ax.set_ylim(-0.6, len(speakers) - 0.4)
        ax.set_yticks(range(len(speakers)) if named else [], [shortened(name) for name in speakers] if named else [])
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel("share of the clips whose score lies in the interval")
        ax.set_ylabel("" if named else f"{len(speakers)} speakers")

    height = 0.9 + (0.22 * len(speakers) if named else min(9.0, 0.05 * len(speakers) + 2))
    title = f"How often the intervals hold the score, for each of {len(speakers)} speakers. Numbers in the table below."
    return drawn(paint, (WIDTH_IN, height), prefix, title)
