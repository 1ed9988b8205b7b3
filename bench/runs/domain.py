"""The domain: is a recording like those that a model was fitted on, and where not, what is it that differs?

Two kinds of answers. Plain ones hold the recording's length, silence, clipping, rate and voice against the extremes of the
training recordings, with room to spare. The other holds its features against theirs: the mean distance to its five nearest
training clips, once features are standardised and turned to their main axes of equal spread, is compared with what training
clips have to the clips of the other speakers. It is outside where at most 1 % of these lie as far.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bench.decoders.facts import ClipFacts

Floats = npt.NDArray[np.float64]

N_NEAREST = 5
MOST_AXES = 20
LIMIT = 5.0  # standard deviations, as in the pipeline of the models
RARE = 0.01
MISSING = 0.05
LEAST_CLIPS = 99  # of fewer, 1 % is less than one clip
FULL_RATE = 16_000  # nothing above its half is looked at by most feature sets
BLOCK = 512


class Judged(NamedTuple):
    """Why a recording is outside, in phrases (none: it is not), and the share of held-out training clips that lie as far."""

    reasons: tuple[str, ...]
    further: float | None


@dataclass(frozen=True, eq=False)
class Domain:
    """What the training recordings are like.

    Attributes
    ----------
    least_s, most_s : float
        Seconds.
    rate : int
        The lowest, in Hz.
    silence, clipped : float
        The largest shares, 0 to 1.
    voiced : float
        Share of the utterance that is voiced, which 99 % of the clips reach; NaN where it is not known.
    missing : float
        Share of the features that is missing, which 99 % of the clips do not exceed, 0 to 1.
    mean, spread : float64 array, shape (n_columns,)
        Of the features.
    axes : float64 array, shape (n_columns, n_axes)
        From standardised features to axes of equal spread.
    clips : float64 array, shape (n_clips, n_axes)
        The training clips on them.
    apart : float64 array, shape (n_clips,)
        The distance of each to the nearest clips of other speakers, ascending; empty with one speaker.
    """

    least_s: float
    most_s: float
    rate: int
    silence: float
    clipped: float
    voiced: float
    missing: float
    mean: Floats
    spread: Floats
    axes: Floats
    clips: Floats
    apart: Floats

    @classmethod
    def of(
        cls, values: npt.NDArray[np.float32], speakers: npt.NDArray[np.str_], facts: Sequence[ClipFacts], voiced: Floats
    ) -> Domain:
        """Describe the training recordings.

        Parameters
        ----------
        values : float32 array, shape (n_clips, n_columns)
            What the model is given; NaN where a value is missing.
        speakers : array of str, shape (n_clips,)
        facts : sequence of ClipFacts
        voiced : float64 array, shape (n_clips,)
            Share of the utterance that is voiced; NaN where it is not known.
        """
        given = values.astype(np.float64)
        known = np.isfinite(given)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, given, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, given - mean, 0.0) ** 2).sum(axis=0) / count)
        spread = np.where(spread > 0, spread, 1.0)
        scaled = _scaled(given, mean, spread)
        _, lengths, turns = np.linalg.svd(scaled, full_matrices=False)
        kept = min(MOST_AXES, max(1, len(scaled) // 10), int((lengths > 1e-6 * lengths[0]).sum()) or 1)
        axes = turns[:kept].T * np.sqrt(len(scaled)) / np.maximum(lengths[:kept], 1e-12)
        clips = scaled @ axes
        there = voiced[np.isfinite(voiced)]
        return cls(
            least_s=min(fact.duration_s for fact in facts),
            most_s=max(fact.duration_s for fact in facts),
            rate=min(fact.rate for fact in facts),
            silence=max(fact.silence_share for fact in facts),
            clipped=max(fact.clipped_share for fact in facts),
            voiced=float(np.quantile(there, 0.01)) if there.size else float("nan"),
            missing=float(np.quantile((~known).mean(axis=1), 0.99)),
            mean=mean,
            spread=spread,
            axes=axes,
            clips=clips,
            apart=np.sort(_held_out(clips, speakers)),
        )

    def further(self, values: npt.NDArray[np.float32]) -> float | None:
        """The share of held-out training clips that lie at least as far from the others as this clip, shape (n_columns,).

        None with too few training clips, or without any value.
        """
        if len(self.apart) < LEAST_CLIPS or not np.isfinite(values).any():
            return None
        own = _scaled(values.astype(np.float64)[None], self.mean, self.spread) @ self.axes
        distance = _nearest(own, self.clips)[0]
        return float((1 + (self.apart >= distance).sum()) / (1 + len(self.apart)))

    def judge(self, values: npt.NDArray[np.float32], fact: ClipFacts, voiced: float | None) -> Judged:
        """Whether a recording is outside.

        Parameters
        ----------
        values : float32 array, shape (n_columns,)
        fact : ClipFacts
        voiced : float or None
            As in ``of``; NaN where no voice was found, None where it could not be looked for: then nothing is said of it.
        """
        further = self.further(values)
        missing = float((~np.isfinite(values)).mean())
        reasons = [*self._plainly(fact, voiced)]
        if not np.isfinite(values).any():
            reasons.append("none of its features could be measured")
        elif missing > max(MISSING, self.missing):
            reasons.append(f"{missing:.0%} of its features could not be measured")
        if further is not None and further <= RARE:
            n_clips = len(self.apart)
            nearer = round((1 - further) * (1 + n_clips))
            those = f"all {n_clips:,}" if nearer == n_clips else f"{nearer:,} of {n_clips:,}"
            reasons.append(f"its features lie further from the training clips than those of {those} held-out ones")
        return Judged(tuple(reasons), further)

    def _plainly(self, fact: ClipFacts, voiced: float | None) -> Iterator[str]:
        if fact.duration_s < 0.5 * self.least_s:
            yield f"it lasts {fact.duration_s:.2f} s, and the shortest training clip {self.least_s:.2f} s"
        if fact.duration_s > 2 * self.most_s:
            yield (
                f"it lasts {fact.duration_s:.1f} s, and the longest training clip {self.most_s:.1f} s; it is rated as a whole, "
                "though a state may change within it"
            )
        if fact.rate < min(self.rate, FULL_RATE):
            yield f"it is sampled at {fact.rate:,} Hz, and the training clips at {self.rate:,} Hz or more: a band is missing"
        if fact.silence_share > (1 + self.silence) / 2:
            yield f"{fact.silence_share:.0%} of it is silent, and at most {self.silence:.0%} of a training clip"
        if fact.clipped_share > max(0.01, 2 * self.clipped):
            yield f"{fact.clipped_share:.1%} of its samples are clipped, and at most {self.clipped:.1%} of a training clip"
        if voiced is not None and np.isfinite(self.voiced) and not voiced >= 0.5 * self.voiced:
            found = f"only {voiced:.0%} of it is voiced" if np.isfinite(voiced) else "no voice was found in it"
            yield f"{found}, and at least {self.voiced:.0%} of nearly every training clip"


def _scaled(values: Floats, mean: Floats, spread: Floats) -> Floats:
    scaled: Floats = np.clip(np.where(np.isfinite(values), (values - mean) / spread, 0.0), -LIMIT, LIMIT)
    return scaled


def _nearest(own: Floats, others: Floats) -> Floats:
    """The mean distance of each row to its nearest others."""
    squares = (own**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None] - 2 * own @ others.T
    n_nearest = min(N_NEAREST, len(others))
    nearest = np.partition(np.maximum(squares, 0.0), n_nearest - 1, axis=1)[:, :n_nearest]
    return np.asarray(np.sqrt(nearest).mean(axis=1))


def _held_out(clips: Floats, speakers: npt.NDArray[np.str_]) -> Floats:
    """The distance of each clip to the nearest clips of other speakers; nothing where there is one speaker."""
    names = np.unique(speakers)
    if len(names) < 2:
        return np.zeros(0)
    found = np.empty(len(clips))
    for name in names:
        own, others = np.flatnonzero(speakers == name), clips[speakers != name]
        for start in range(0, len(own), BLOCK):
            rows = own[start : start + BLOCK]
            found[rows] = _nearest(clips[rows], others)
    return found
