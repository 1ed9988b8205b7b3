"""The axis that all rows of a table share, so that drawn intervals can be compared by eye."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
_MOST_TICKS = 6
_SIGNS = 19.0  # as many as fit between the ends where the drawing is at its narrowest
_GAP_SIGNS = 0.7
_MARGIN = 5.0  # per cent of the width at each end, so that no label is cut


@dataclass(frozen=True)
class Axis:
    """A span of values laid over the width of a drawing.

    Attributes
    ----------
    low, high : float
        The ends.
    ticks : tuple of float
        Round values between them.
    """

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> str:
        """Where a value lies, in per cent of the width, 5 % being left free at each end for the labels.

        Examples
        --------
        >>> Axis(0.0, 1.0, (0.0, 0.5, 1.0)).at(0.5)
        '50.00%'
        """
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return f"{_MARGIN + share * (100 - 2 * _MARGIN):.2f}%"

    def width(self, low: float, high: float) -> str:
        """How wide the stretch between two values is, in per cent of the width.

        Examples
        --------
        >>> Axis(0.0, 1.0, (0.0, 0.5, 1.0)).width(0.5, 1.0)
        '45.00%'
        """
        return f"{float(self.at(high)[:-1]) - float(self.at(low)[:-1]):.2f}%"

    def anchor(self, value: float) -> str:
        """How a text at a value is aligned so that it stays inside the drawing.

        Examples
        --------
        >>> Axis(0.0, 1.0, (0.0, 1.0)).anchor(0.02)
        'start'
        """
        share = (value - self.low) / (self.high - self.low)
        return "start" if share < 0.08 else "end" if share > 0.92 else "middle"

    def label(self, tick: float) -> str:
        """A tick as text, with no more decimals than it needs.

        Examples
        --------
        >>> Axis(-0.5, 0.5, (-0.5, 0.0, 0.5)).label(-0.5)
        '−0.5'
        """
        return f"{tick:.10g}".replace("-", "−")


def axis_for(values: Iterable[float]) -> Axis:
    """The axis that holds all values, with ticks at round ones.

    Parameters
    ----------
    values : iterable of float
        Values, bounds and chance; what is not finite is left out.

    Examples
    --------
    >>> axis_for([0.333, 0.58, 0.71]).ticks
    (0.4, 0.5, 0.6, 0.7)
    """
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    if high - low < _STEPS[0]:
        low, high = low - 0.1, high + 0.1
    slack = 1e-11 * (high - low)
    widest = 10.0 ** math.ceil(math.log10(high - low))
    for step in (*(step for step in _STEPS if (high - low) / step < _MOST_TICKS), widest):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        ticks = (round(number * step, 10) for number in range(first, last + 1))
        axis = Axis(low, high, tuple(tick for tick in ticks if low - slack <= tick <= high + slack))
        lengths = [len(axis.label(tick)) for tick in axis.ticks]
        widest_pair = max(((one + next_) / 2 for one, next_ in pairwise(lengths)), default=0.0)
        if step / (high - low) * _SIGNS >= widest_pair + _GAP_SIGNS:
            break
    return axis
