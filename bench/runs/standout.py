"""Cues that stand out: which measures of a recording lie beyond those of nearly all training clips, and whether too many do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from bench.features.cue import Cue

Floats = npt.NDArray[np.float64]
RARE = 0.05
LEAST_SPEAKERS = 5  # of fewer, what is rare among their clips may be usual for the next speaker
RARE_COUNT = 0.01
LEAST_CLIPS = 99  # of fewer, 1 % is less than one clip


@dataclass(frozen=True)
class Standout:
    """A cue of a recording that is more extreme than in 95 % of the training clips.

    Attributes
    ----------
    cue : Cue
    value : float
        Of the recording, in the unit of its column.
    side : {'up', 'down'}
        Above or below nearly all clips.
    n_beyond, n_speakers : int
        Training speakers whose mean it lies beyond, and all of them.
    as_far : float
        The share of the training clips that lie at least as far to that side, 0 to 0.05.
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
    counts : float64 array, shape (n_clips,)
        How many cues of each training clip stand out among the clips of the other speakers; empty where these are too few.
    """

    cues: tuple[Cue, ...]
    means: Floats
    clips: Floats
    counts: Floats

    @classmethod
    def of(cls, cues: tuple[Cue, ...], values: Floats, speakers: npt.NDArray[np.str_]) -> CueRange:
        """Describe the training speakers.

        Parameters
        ----------
        cues : tuple of Cue
        values : float64 array, shape (n_clips, n_cues)
        speakers : array of str, shape (n_clips,)
            All the same where nobody knows who speaks: no cue stands out then.
        """
        names = np.unique(speakers)
        means = np.stack([_means(values[speakers == name]) for name in names])
        return cls(cues, means, values, _held_out(values, speakers) if len(names) > LEAST_SPEAKERS else np.zeros(0))

    @property
    def usual(self) -> float:
        """How many cues stand out of a held-out training clip on average; NaN where that is not known."""
        return float(self.counts.mean()) if self.counts.size else float("nan")

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Which cues are looked at, shape (n_cues,): those that at least five training speakers have a value of."""
        enough: npt.NDArray[np.bool_] = np.isfinite(self.means).sum(axis=0) >= LEAST_SPEAKERS
        return enough

    def standing_out(self, values: Floats) -> tuple[Standout, ...]:
        """The cues of one recording, shape (n_cues,), more extreme than in 95 % of the training clips, the rarest first."""
        found: list[tuple[float, float, Standout]] = []
        for place in np.flatnonzero(self.known & np.isfinite(values)):
            value = float(values[place])
            means, clips = (own[np.isfinite(own)] for own in (self.means[:, place], self.clips[:, place]))
            below, above = float((clips <= value).mean()), float((clips >= value).mean())
            if min(below, above) <= RARE:
                side: Literal["up", "down"] = "up" if above <= below else "down"
                n_beyond = int((means < value).sum() if side == "up" else (means > value).sum())
                one = Standout(self.cues[place], value, side, n_beyond, len(means), min(below, above))
                found.append((one.as_far, -abs(value - clips.mean()) / (clips.std() or 1.0), one))
        return tuple(one for _, _, one in sorted(found, key=lambda row: row[:2]))

    def too_many(self, n_found: int) -> str:
        """Why a recording of which so many cues stand out is no speech like the training clips, as a phrase; "" if it may be.

        It is where at most 1 % of the held-out training clips have as many. Of fewer than 99 clips that cannot be told, and
        the count must reach the middle between their largest and all cues.
        """
        if not self.counts.size:
            return ""
        n_clips, n_cues, most = len(self.counts), int(self.known.sum()), int(self.counts.max())
        if n_clips < LEAST_CLIPS:
            strange = n_found > most and 2 * n_found >= most + n_cues
        else:
            strange = 1 + int((self.counts >= n_found).sum()) <= RARE_COUNT * (1 + n_clips)
        if not strange:
            return ""
        fewer = int((self.counts < n_found).sum())
        those = f"all {n_clips:,}" if fewer == n_clips else f"{fewer:,} of {n_clips:,}"
        many = f"{n_found} of its {n_cues} cues are more extreme than in 95% of the training clips"
        return f"{many} ({those} held-out clips have fewer)"


def _means(values: Floats) -> Floats:
    known = np.isfinite(values)
    n = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    means: Floats = np.divide(total, n, out=np.full(values.shape[1], np.nan), where=n > 0)
    return means


def _held_out(values: Floats, speakers: npt.NDArray[np.str_]) -> Floats:
    """How many cues of each clip lie beyond 95 % of the clips of the other speakers, shape (n_clips,)."""
    counts = np.zeros(len(values))
    sides = [np.flatnonzero(speakers == name) for name in np.unique(speakers)]
    for column in values.T:
        owners = [rows[np.isfinite(column[rows])] for rows in sides]
        whole = np.sort(column[np.isfinite(column)])
        n_speakers = sum(rows.size > 0 for rows in owners)
        for rows in owners:
            n_others = whole.size - rows.size
            if rows.size and n_speakers > LEAST_SPEAKERS:
                own, asked = np.sort(column[rows]), column[rows]
                below = np.searchsorted(whole, asked, "right") - np.searchsorted(own, asked, "right")
                above = n_others - (np.searchsorted(whole, asked, "left") - np.searchsorted(own, asked, "left"))
                counts[rows] += np.minimum(below, above) <= RARE * n_others
    return counts
