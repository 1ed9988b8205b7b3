"""Cues that stand out: which measures of a recording lie beyond those of nearly all training speakers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from bench.features.cue import Cue

Floats = npt.NDArray[np.float64]
TAIL = 0.05
LEAST_SPEAKERS = 5  # of fewer, the 5 to 95 % range of the means is hardly more than the way from one to the next


@dataclass(frozen=True)
class Standout:
    """A cue of a recording beyond the range of the training speakers.

    Attributes
    ----------
    cue : Cue
    value : float
        Of the recording, in the unit of its column.
    side : {'up', 'down'}
        Above or below the range.
    n_beyond, n_speakers : int
        Training speakers whose mean it lies beyond, and all of them.
    as_far : float
        The share of the training clips that lie as far to that side, 0 to 1: a clip varies more than a speaker's mean.
    """

    cue: Cue
    value: float
    side: Literal["up", "down"]
    n_beyond: int
    n_speakers: int
    as_far: float

    @property
    def agreement(self) -> Literal["", "as", "against"]:
        """Whether that is as or against what is reported of fatigue; "" where no one direction is reported."""
        if self.cue.reported not in ("up", "down"):
            return ""
        return "as" if self.cue.reported == self.side else "against"


@dataclass(frozen=True, eq=False)
class CueRange:
    """The cues of the training speakers.

    Attributes
    ----------
    cues : tuple of Cue
    means : float64 array, shape (n_speakers, n_cues)
        Each speaker's mean over clips; NaN where none has a value.
    clips : float64 array, shape (n_clips, n_cues)
    usual : float
        How many cues stand out of a training clip on average, held against the other speakers: a single recording varies
        more than a speaker's mean does. NaN where these are too few for a range.
    """

    cues: tuple[Cue, ...]
    means: Floats
    clips: Floats
    usual: float

    @classmethod
    def of(cls, cues: tuple[Cue, ...], values: Floats, speakers: npt.NDArray[np.str_]) -> CueRange:
        """Describe the training speakers.

        Parameters
        ----------
        cues : tuple of Cue
        values : float64 array, shape (n_clips, n_cues)
        speakers : array of str, shape (n_clips,)
            All the same where nobody knows who speaks: there is no range then.
        """
        names = np.unique(speakers)
        means = np.stack([_means(values[speakers == name]) for name in names])
        counts = []
        for place, name in enumerate(names):
            low, high = _bounds(np.delete(means, place, axis=0))
            own = values[speakers == name]
            counts.append(((own < low) | (own > high)).sum(axis=1))
        usual = float(np.concatenate(counts).mean()) if len(names) > LEAST_SPEAKERS else float("nan")
        return cls(cues, means, values, usual)

    @property
    def n_ranges(self) -> int:
        """How many cues have a range: those that at least five training speakers have a value of."""
        return int(np.isfinite(_bounds(self.means)[0]).sum())

    def standing_out(self, values: Floats) -> tuple[Standout, ...]:
        """The cues of one recording, shape (n_cues,), beyond the 5 to 95 % range of the speakers' means, the rarest first."""
        low, high = _bounds(self.means)
        found = []
        for place, (cue, value) in enumerate(zip(self.cues, values, strict=True)):
            if value < low[place] or value > high[place]:
                side: Literal["up", "down"] = "up" if value > high[place] else "down"
                sign = 1 if side == "up" else -1
                means, clips = (sign * own[np.isfinite(own)] for own in (self.means[:, place], self.clips[:, place]))
                as_far = float((clips >= sign * value).mean())
                found.append(Standout(cue, float(value), side, int((means < sign * value).sum()), len(means), as_far))
        return tuple(sorted(found, key=lambda one: one.as_far))


def _means(values: Floats) -> Floats:
    known = np.isfinite(values)
    n = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    means: Floats = np.divide(total, n, out=np.full(values.shape[1], np.nan), where=n > 0)
    return means


def _bounds(means: Floats) -> tuple[Floats, Floats]:
    """The 5 and 95 % quantiles of the speakers' means, cue by cue; NaN where too few speakers have one."""
    low, high = np.full(means.shape[1], np.nan), np.full(means.shape[1], np.nan)
    for place, column in enumerate(means.T):
        known = column[np.isfinite(column)]
        if known.size >= LEAST_SPEAKERS:
            low[place], high[place] = np.quantile(known, [TAIL, 1 - TAIL])
    return low, high
