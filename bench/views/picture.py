"""The pictures of a card, drawn by seaborn: labels, speakers, and how the numbers of the clips are spread.

The numbers of every picture belong into a table beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.runs.portion import Numbers
from bench.views.drawing import WIDTH_IN, drawn, shortened
from bench.views.svg import INK

_MOST_BINS = 30
_LEAST_BINS = 8


@dataclass(frozen=True)
class Bin:
    """How many numbers lie from ``low`` up to ``high`` (the last bin holds its upper end, too)."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Bar:
    """A name and how much of it there is."""

    name: str
    value: float


def bins(numbers: Numbers) -> tuple[Bin, ...]:
    """Count numbers in bins of one width, about as many as the root of how many they are.

    Examples
    --------
    >>> [found.count for found in bins(Numbers.of(range(16)))]
    [2, 2, 2, 2, 2, 2, 2, 2]
    """
    import numpy as np

    n = min(_MOST_BINS, max(_LEAST_BINS, math.isqrt(len(numbers.values))))
    counts, edges = np.histogram(numbers.values, bins=n)
    ends = edges.tolist()
    return tuple(Bin(low, high, count) for low, high, count in zip(ends, ends[1:], counts.tolist(), strict=False))


def steps(numbers: Numbers) -> tuple[Bin, ...]:
    """Count whole numbers, each in a bin of its own; empty where some are not whole, or they lie too far apart for that.

    Examples
    --------
    >>> [found.count for found in steps(Numbers.of([1, 1, 3]))], steps(Numbers.of([1.5]))
    ([2, 0, 1], ())
    """
    if not all(value.is_integer() for value in numbers.values) or numbers.most - numbers.least >= _MOST_BINS:
        return ()
    found = range(int(numbers.least), int(numbers.most) + 1)
    return tuple(Bin(number - 0.5, number + 0.5, numbers.values.count(number)) for number in found)


def draw_spread(found: Sequence[Bin], label: str, cuts: Sequence[float], prefix: str) -> str:
    """Draw how numbers are spread over bins.

    Parameters
    ----------
    found : sequence of Bin
    label : str
        What they are, with their unit.
    cuts : sequence of float
        Bounds to be marked, as of the levels of a target.
    prefix : str
        Put before every id of the drawing.

    Returns
    -------
    str
        An ``<svg>`` element.
    """

    def paint(ax: Any, seaborn: Any) -> None:
        seaborn.histplot(
            x=[(one.low + one.high) / 2 for one in found],
            weights=[one.count for one in found],
            bins=[found[0].low, *(one.high for one in found)],
            color=INK["series-1"],
            edgecolor=INK["paper"],
            linewidth=0.8,
            alpha=1.0,
            ax=ax,
        )
        for cut in cuts:
            ax.axvline(cut, color=INK["ink"], linestyle=(0, (3, 2)), linewidth=1.2)
        ax.set_xlabel(f"{label}; dashed: bounds of the levels" if cuts else label)
        _count_clips(ax)

    marked = f" Bounds of the levels are drawn at {', '.join(f'{cut:g}' for cut in cuts)}." if cuts else ""
    return drawn(paint, (WIDTH_IN, 2.3), prefix, f"Clips by {label}.{marked} Numbers in the table below.")


def draw_bars(bars: Sequence[Bar], label: str, what: str, prefix: str) -> str:
    """Draw bars, from the top of the picture down.

    Parameters
    ----------
    bars : sequence of Bar
    label : str
        What their lengths are.
    what : str
        What the bars are, as in "speaker".
    prefix : str
        Put before every id of the drawing.

    Returns
    -------
    str
        An ``<svg>`` element.
    """

    def paint(ax: Any, seaborn: Any) -> None:
        places = list(range(len(bars)))
        seaborn.barplot(
            x=[bar.value for bar in bars],
            y=places,
            orient="h",
            color=INK["series-1"],
            saturation=1,
            errorbar=None,
            width=0.72,
            ax=ax,
        )
        ax.set_yticks(places, [shortened(bar.name) for bar in bars])
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="y", visible=False)
        ax.set_xlabel(label)
        ax.set_ylabel("")
        ax.xaxis.get_major_locator().set_params(nbins=6)

    height = 0.7 + 0.24 * max(3, len(bars))
    return drawn(paint, (WIDTH_IN, height), prefix, f"{label} by {what}. Numbers in the table below.")


def _count_clips(ax: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.set_ylabel("clips")
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    ax.grid(axis="x", visible=False)
