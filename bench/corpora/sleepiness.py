"""Sleepy or not: the question of the two Interspeech challenges on sleepiness, whose cut lies at 7.5 of the KSS."""

from __future__ import annotations

from bench.corpora.corpus import Target
from bench.corpora.scale import scale


def sleepy_target() -> Target:
    """The target ``sleepy``: two levels, the same in every corpus that has it.

    Examples
    --------
    >>> sleepy_target().levels
    ('not sleepy', 'sleepy')
    """
    return Target(
        name="sleepy",
        kind="measured",
        about="Whether the recording is above 7.5 on the Karolinska Sleepiness Scale, as in the Interspeech 2011 challenge.",
        levels=scale("kss-10").levels,
    )


def sleepy_label(kss: float) -> str:
    """The level of a rating; the cut itself is not above it.

    Examples
    --------
    >>> sleepy_label(7.5), sleepy_label(8)
    ('not sleepy', 'sleepy')
    """
    found = scale("kss-10")
    return found.levels[sum(cut < kss for cut in found.cuts)]
