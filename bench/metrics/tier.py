"""Tiers: which rows of a task can be told apart, all pairs taken together.

Two rows are compared on the same clips. If they are equally good, it makes no difference which of them answers for which
speaker: the answers of the two are swapped speaker by speaker, and the pooled metric is computed again from the mixtures. The
family is all pairs. Every pair sees the same swaps, its difference is divided by its own spread under them, and the largest of
these over all pairs is what a difference has to exceed (single-step max-T; Westfall and Young 1993, Resampling-based multiple
testing). So the chance that any two equally good raters are told apart is at most alpha.

Rows of a board were trained on it, each fold on the speakers of the others, and two feature sets that are equally good in
general then differ by more than a swap of finished answers can see: at .05, 10 to 20 % of boards of equal ones tell two apart.
Such rows are therefore held to .01, with which 2 to 6 % do from 8 speakers on; both shares are counted on simulated corpora of
one design, and another gives more (``benchmarks/known_truth.py``, docs/decisions/0020).

Scores are ranked within each row before they are mixed, because rows need not share a scale; the metric of a mixture is then
the correlation of these ranks with those of the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bench.metrics.answer import Answers

MIN_SPEAKERS = 6  # of 5, no swap has a probability below 1/16 on one side
MOST_ENUMERATED = 12
N_SWAPS = 10_000
ALPHA, MUTUAL_ALPHA = 0.05, 0.01
CHUNK_CELLS = 1 << 22  # pairs times swaps at once

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Comparison:
    """All pairs of rows.

    Attributes
    ----------
    difference : float64 array, shape (n_rows, n_rows)
        Metric of row i minus that of row j.
    p : float64 array, shape (n_rows, n_rows)
        Two-sided, adjusted for all pairs; 1 on the diagonal.
    """

    difference: Floats
    p: Floats

    def beats(self, alpha: float) -> npt.NDArray[np.bool_]:
        """Whether row i is better than row j, shape (n_rows, n_rows)."""
        return (self.difference > 0) & (self.p <= alpha)

    def tiers(self, alpha: float) -> list[int]:
        """The tier of each row: 1 for those that no row beats, 2 for those that only rows of the first tier beat, and so on.

        Examples
        --------
        >>> difference = np.array([[0, 0.1, 0.3], [-0.1, 0, 0.2], [-0.3, -0.2, 0]])
        >>> p = np.array([[1, 0.4, 0.001], [0.4, 1, 0.02], [0.001, 0.02, 1]])
        >>> Comparison(difference, p).tiers(0.05)
        [1, 1, 2]
        """
        beats = self.beats(alpha)
        tier = np.zeros(len(beats), dtype=int)
        number = 0
        while (tier == 0).any():
            number += 1
            rest = tier == 0
            tier[rest & ~beats[rest].any(axis=0)] = number
        return [int(one) for one in tier]


def alpha(n_speakers: int, *, mutual: bool) -> float:
    """The adjusted p up to which two rows are told apart.

    Parameters
    ----------
    n_speakers : int
        Held out.
    mutual : bool
        Whether these speakers train the models that others of them are tested with.

    Returns
    -------
    float
        Of 6 and 7 such speakers the smallest p that there is, which lies above .01.

    Examples
    --------
    >>> alpha(24, mutual=False), alpha(24, mutual=True), alpha(6, mutual=True)
    (0.05, 0.01, 0.03125)
    """
    return max(MUTUAL_ALPHA, 2.0 ** (1 - n_speakers)) if mutual else ALPHA


def compare(rows: Sequence[Answers], seed: int = 0) -> Comparison | None:
    """Compare every pair of rows.

    Parameters
    ----------
    rows : sequence of Answers
        About the same clips in the same order, in one form.
    seed : int
        Of the swaps, where there are too many to go through them all (above 12 speakers).

    Returns
    -------
    Comparison or None
        None with fewer than 6 speakers, or fewer than two rows.

    Raises
    ------
    ValueError
        If rows are not about the same clips.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> speakers, truth = np.repeat(np.arange(8), 20), rng.normal(size=160)
    >>> rows = [Answers(truth, truth + noise * rng.normal(size=160), speakers) for noise in (0.5, 0.5, 5.0)]
    >>> compare(rows).tiers(alpha(8, mutual=True))
    [1, 1, 2]
    """
    found = compare_pairs(rows, [(i, j) for i in range(len(rows)) for j in range(i + 1, len(rows))], seed)
    if found is None:
        return None
    difference, p = np.zeros((len(rows), len(rows))), np.ones((len(rows), len(rows)))
    for pair in found:
        difference[pair.first, pair.second], difference[pair.second, pair.first] = pair.difference, -pair.difference
        p[pair.first, pair.second] = p[pair.second, pair.first] = pair.p
    return Comparison(difference, p)


class Pair(NamedTuple):
    """Two rows by their places: the metric of the first minus that of the second, and p, two-sided, adjusted for the family."""

    first: int
    second: int
    difference: float
    p: float


def compare_pairs(rows: Sequence[Answers], pairs: Sequence[tuple[int, int]], seed: int = 0) -> list[Pair] | None:
    """Compare certain pairs of rows, taken together as one family.

    Parameters
    ----------
    rows : sequence of Answers
        About the same clips in the same order, in one form.
    pairs : sequence of (int, int)
        Places of the rows that are compared.
    seed : int
        Of the swaps, where there are too many to go through them all (above 12 speakers).

    Returns
    -------
    list of Pair, or None
        In the order of ``pairs``; None with fewer than 6 speakers, or without a pair.

    Raises
    ------
    ValueError
        If rows are not about the same clips.

    Examples
    --------
    >>> speakers, truth = np.repeat(np.arange(8), 20), np.random.default_rng(0).normal(size=160)
    >>> row = Answers(truth, truth, speakers)
    >>> compare_pairs([row, row], [(0, 1)])
    [Pair(first=0, second=1, difference=0.0, p=1.0)]
    """
    if not pairs or rows[0].n_speakers < MIN_SPEAKERS:
        return None
    first = rows[0]
    for row in rows[1:]:
        if not (np.array_equal(row.truth, first.truth) and np.array_equal(row.speakers, first.speakers)):
            raise ValueError("rows must be about the same clips in the same order")
    family = _Levels(rows) if first.n_levels else _Scores(rows)
    swaps, complete = _swaps(first.n_speakers, seed)
    places = np.array(pairs, dtype=np.intp)
    observed = np.empty(len(places))
    spread = np.empty(len(places))
    largest = np.zeros(len(swaps))
    step = max(1, CHUNK_CELLS // len(swaps))
    for start in range(0, len(places), step):
        part = slice(start, start + step)
        observed[part] = family.differences(places[part], np.ones((1, first.n_speakers)))[:, 0]
        under = family.differences(places[part], swaps)
        spread[part] = np.sqrt((under**2).mean(axis=1))
        scaled = np.divide(np.abs(under), spread[part, None], out=np.zeros_like(under), where=spread[part, None] > 0)
        largest = np.maximum(largest, scaled.max(axis=0))
    own = np.divide(np.abs(observed), spread, out=np.zeros_like(observed), where=spread > 0)
    reached = (largest[None, :] >= own[:, None] * (1 - 1e-9)).sum(axis=1)
    adjusted = reached / len(swaps) if complete else (1 + reached) / (1 + len(swaps))
    return [Pair(i, j, float(d), float(p)) for (i, j), d, p in zip(pairs, observed, adjusted, strict=True)]


def _swaps(n_speakers: int, seed: int) -> tuple[Floats, bool]:
    """Signs, shape (n_swaps, n_speakers): -1 where a speaker's answers are swapped; and whether these are all there are.

    Swapping everybody only turns the sign of the difference, so the first speaker is never swapped when all are gone through.
    """
    if n_speakers <= MOST_ENUMERATED:
        bits = np.arange(2 ** (n_speakers - 1))[:, None] >> np.arange(n_speakers - 1) & 1
        return np.hstack([np.ones((len(bits), 1)), 1.0 - 2.0 * bits]), True
    return np.random.default_rng(seed).choice([-1.0, 1.0], size=(N_SWAPS, n_speakers)), False


class _Levels:
    """UAR is a sum over speakers, so a swap only turns signs of what each speaker adds to the difference."""

    def __init__(self, rows: Sequence[Answers]) -> None:
        first = rows[0]
        truth = first.truth.astype(np.int64)
        present, counts = np.unique(truth, return_counts=True)
        worth = np.zeros(first.n_levels)
        worth[present] = 1 / (counts * len(present))
        self.added = np.stack(
            [np.bincount(row.speakers, worth[truth] * (row.guess == truth), first.n_speakers) for row in rows]
        )

    def differences(self, pairs: npt.NDArray[np.intp], signs: Floats) -> Floats:
        """Of each pair under each swap, shape (n_pairs, n_swaps)."""
        apart = self.added[pairs[:, 0]] - self.added[pairs[:, 1]]
        product: Floats = apart @ signs.T
        return product


class _Scores:
    """Correlations of ranks, from sums over each speaker's clips."""

    def __init__(self, rows: Sequence[Answers]) -> None:
        from scipy.stats import rankdata

        speakers, n = rows[0].speakers, rows[0].n_speakers
        truth = rankdata(rows[0].truth)
        truth -= truth.mean()
        self.n_clips, self.truth_length = len(truth), float(np.sqrt(truth @ truth))
        ranks = np.stack([rankdata(row.guess) for row in rows])
        ranks -= ranks.mean(axis=1, keepdims=True)
        self.sums, self.squares, self.products = (
            np.stack([np.bincount(speakers, values, n) for values in table]) for table in (ranks, ranks**2, ranks * truth)
        )

    def differences(self, pairs: npt.NDArray[np.intp], signs: Floats) -> Floats:
        """Of each pair under each swap, shape (n_pairs, n_swaps)."""
        return self._mixed(pairs[:, 0], pairs[:, 1], signs) - self._mixed(pairs[:, 1], pairs[:, 0], signs)

    def _mixed(self, kept: npt.NDArray[np.intp], swapped: npt.NDArray[np.intp], signs: Floats) -> Floats:
        stay = ((1 + signs) / 2).T
        sums, squares, products = (
            table[kept] @ stay + table[swapped] @ (1 - stay) for table in (self.sums, self.squares, self.products)
        )
        length = np.sqrt(np.maximum(squares - sums**2 / self.n_clips, 0.0)) * self.truth_length
        value: Floats = np.divide(products, length, out=np.zeros_like(products), where=length > 0)
        return value
