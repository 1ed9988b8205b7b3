"""The stretch: how a recording is cut for an encoder that is known only from outside, and when its frames are.

Nothing is known of such an encoder's convolutions, so its frames are taken as evenly spread over the sound that it was given,
with the padding of its own preprocessor.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.features.voicing import voiced_frames

CONTEXT_S = 1.0
STEP_S, SIGHT_S = 0.010, 0.025  # of the decisions on voicing
HALF = 0.5


@dataclass(frozen=True)
class Stretch:
    """A piece of a recording that is run at once.

    Attributes
    ----------
    start, stop : int
        Samples that are read.
    first, last : int
        The samples that it answers for: the frames whose middles lie between them are counted.
    """

    start: int
    stop: int
    first: int
    last: int


def stretches(n_samples: int, rate: int, longest_s: float) -> list[Stretch]:
    """Cut a recording into pieces of at most a length.

    A recording that fits is one piece. A longer one is shared out evenly, and every piece reads up to one second more on both
    sides, whose frames are not counted, because a frame without its neighbours comes out differently.

    Parameters
    ----------
    n_samples : int
    rate : int
        Samples a second, in Hz.
    longest_s : float
        In seconds; more than twice the context.

    Examples
    --------
    >>> stretches(150, 10, 10.0)
    [Stretch(start=0, stop=85, first=0, last=75), Stretch(start=65, stop=150, first=75, last=150)]
    """
    longest = int(longest_s * rate)
    if n_samples <= longest:
        return [Stretch(0, n_samples, 0, n_samples)]
    context = round(CONTEXT_S * rate)
    parts = math.ceil(n_samples / (longest - 2 * context))
    edges = [round(n_samples * part / parts) for part in range(parts + 1)]
    return [
        Stretch(max(0, first - context), min(n_samples, last + context), first, last)
        for first, last in itertools.pairwise(edges)
    ]


def counted(stretch: Stretch, n_frames: int, heard: int) -> slice:
    """The frames of a piece that are counted: those whose middles lie in what it answers for, and at least one.

    Parameters
    ----------
    stretch : Stretch
    n_frames : int
        That the encoder gave.
    heard : int
        Samples that it was given, padding included.

    Examples
    --------
    >>> counted(Stretch(0, 100, 0, 100), 10, 100), counted(Stretch(0, 31, 0, 31), 10, 100)
    (slice(0, 10, None), slice(0, 3, None))
    >>> counted(Stretch(50, 130, 60, 120), 8, 80), counted(Stretch(0, 2, 0, 2), 10, 100)
    (slice(1, 7, None), slice(0, 1, None))
    """
    middles = (np.arange(n_frames) + HALF) * heard / n_frames
    first, last = np.searchsorted(middles, [stretch.first - stretch.start, stretch.last - stretch.start])
    first = min(int(first), n_frames - 1)
    return slice(first, max(int(last), first + 1))


@dataclass(frozen=True)
class Voicing:
    """Which stretches of a recording are voiced, decided every 10 ms.

    Attributes
    ----------
    middles : float64 array, shape (n_decisions,)
        In samples, rising.
    voiced : bool array, shape (n_decisions,)
    """

    middles: npt.NDArray[np.float64]
    voiced: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, samples: npt.NDArray[np.float32], rate: int) -> Voicing:
        """Decide for a recording."""
        hop, length = round(STEP_S * rate), round(SIGHT_S * rate)
        found = voiced_frames(samples, rate, hop, length)
        return cls(np.arange(len(found), dtype=np.float64) * hop + length / 2, found)

    def within(self, edges: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which of the frames between these edges are voiced: at least half of it, or else what lies nearest.

        Parameters
        ----------
        edges : float64 array, shape (n_frames + 1,)
            In samples of the recording, rising.

        Returns
        -------
        bool array, shape (n_frames,)

        Examples
        --------
        >>> voicing = Voicing(np.array([5.0, 15.0, 25.0, 35.0]), np.array([True, True, False, False]))
        >>> voicing.within(np.array([0.0, 20.0, 22.0, 30.0, 90.0, 95.0])).tolist()
        [True, False, False, False, False]
        """
        if not len(self.middles):
            return np.zeros(len(edges) - 1, dtype=np.bool_)
        bounds = np.searchsorted(self.middles, edges)
        low, high = bounds[:-1], bounds[1:]
        sums = np.concatenate([[0], np.cumsum(self.voiced)])
        share = (sums[high] - sums[low]) / np.maximum(high - low, 1)
        nearest = np.rint(np.interp((edges[:-1] + edges[1:]) / 2, self.middles, np.arange(len(self.middles)))).astype(np.intp)
        return np.asarray(np.where(high > low, share >= HALF, self.voiced[nearest]))
