"""Portions of a corpus, as its card counts them: clips that have something in common, and numbers in order."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.corpora.corpus import Clip


@dataclass(frozen=True)
class Numbers:
    """Numbers in ascending order, one at least.

    Examples
    --------
    >>> found = Numbers.of([3.0, 1.0, 2.0])
    >>> found.least, found.median, found.most
    (1.0, 2.0, 3.0)
    """

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Numbers:
        """Put numbers in order."""
        return cls(tuple(sorted(float(value) for value in values)))

    @property
    def least(self) -> float:
        """The smallest."""
        return self.values[0]

    @property
    def median(self) -> float:
        """The middle one, or the mean of the middle two."""
        return statistics.median(self.values)

    @property
    def most(self) -> float:
        """The largest."""
        return self.values[-1]


@dataclass(frozen=True)
class Part:
    """Some clips of a corpus that have something in common: its name, how many they are, and of how many speakers."""

    name: str
    n_clips: int
    n_speakers: int


def part_of(name: str, clips: Sequence[Clip]) -> Part:
    """The part that these clips are."""
    return Part(name, len(clips), len({clip.speaker for clip in clips if clip.speaker}))
