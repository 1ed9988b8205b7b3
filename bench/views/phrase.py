"""Phrases of a card: lengths, shares, spans and lists, as they stand in a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from bench.runs.portion import Numbers
from bench.views.number import counted, fixed

_SIDES = ("left", "right")


def length(seconds: float) -> str:
    """A length of all recordings together.

    Examples
    --------
    >>> length(20), length(2664), length(9000)
    ('20 seconds', '0.74 hours (44 minutes)', '2.5 hours')
    """
    if seconds < 60:
        return counted(round(seconds), "second")
    if seconds < 5400:
        return f"{seconds / 3600:.2f} hours ({counted(round(seconds / 60), 'minute')})"
    return f"{seconds / 3600:,.1f} hours"


def share(value: float) -> str:
    """A share in per cent; what is no number is called so.

    Examples
    --------
    >>> share(0.333), share(0.004), share(0.00001), share(0), share(float("nan"))
    ('33%', '0.4%', 'under 0.1%', '0%', 'not defined')
    """
    if not math.isfinite(value):
        return "not defined"
    if 0 < value < 0.001:
        return "under 0.1%"
    return f"{value * 100:.{1 if 0 < value < 0.01 else 0}f}%"


def named(clip_ids: Sequence[str], most: int) -> str:
    """Some of many clips by name, the others counted.

    Examples
    --------
    >>> named(["a", "b", "c"], 2), named(["a"], 2)
    ('a, b and 1 more', 'a')
    """
    more = f" and {len(clip_ids) - most:,} more" if len(clip_ids) > most else ""
    return ", ".join(clip_ids[:most]) + more


def span(numbers: Numbers, decimals: int, unit: str = "") -> str:
    """From the smallest to the largest, and the middle.

    Examples
    --------
    >>> span(Numbers.of([1.5, 2.0, 4.0]), 1, " s")
    '1.5 to 4.0 s, median 2.0 s'
    """
    if numbers.least == numbers.most:
        return f"always {fixed(numbers.least, decimals)}{unit}"
    ends = f"{fixed(numbers.least, decimals)} to {fixed(numbers.most, decimals)}{unit}"
    return f"{ends}, median {fixed(numbers.median, decimals)}{unit}"


def shares(numbers: Numbers) -> str:
    """Shares of clips, from the smallest to the largest, and the middle.

    Examples
    --------
    >>> shares(Numbers.of([0.1, 0.2, 0.6])), shares(Numbers.of([0.0, 0.0]))
    ('10% to 60% of a clip, median 20%', '0% of every clip')
    """
    least, median, most = map(share, (numbers.least, numbers.median, numbers.most))
    return f"{least} of every clip" if least == most else f"{least} to {most} of a clip, median {median}"


def each(counts: Iterable[int]) -> str:
    """How many clips each of several has.

    Examples
    --------
    >>> each([60, 59, 60]), each([1, 1])
    ('59 to 60 clips each', '1 clip each')
    """
    numbers = Numbers.of(counts)
    ends = f"{numbers.least:,.0f}" + (f" to {numbers.most:,.0f}" if numbers.most > numbers.least else "")
    return f"{ends} {'clip' if numbers.most == 1 else 'clips'} each"


def side(channel: int) -> str:
    """What a channel is called.

    Examples
    --------
    >>> side(0), side(1), side(2)
    ('left', 'right', 'channel 3')
    """
    return _SIDES[channel] if channel < len(_SIDES) else f"channel {channel + 1}"
