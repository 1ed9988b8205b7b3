"""Level form: what is made of confusion counts.

Counts are kept a speaker each, so that the confusion of any draw of speakers is one matrix product. A level is never forgotten:
the counts are of shape (k, k) with k given by the target, whichever levels occur.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bench.metrics.answer import Answers

Floats = npt.NDArray[np.float64]


def confusion(answers: Answers) -> npt.NDArray[np.int64]:
    """Count clips by truth (rows) and guess (columns), shape (n_levels, n_levels).

    Examples
    --------
    >>> confusion(Answers.of([0, 1, 1], [0, 0, 1], ["ann", "ann", "bob"], n_levels=2)).tolist()
    [[1, 0], [1, 1]]
    """
    counts: npt.NDArray[np.int64] = _by_speaker(answers).sum(axis=0)
    return counts


def _by_speaker(answers: Answers) -> npt.NDArray[np.int64]:
    k = answers.n_levels
    cells = (answers.speakers * k + answers.truth.astype(np.int64)) * k + answers.guess.astype(np.int64)
    return np.bincount(cells, minlength=answers.n_speakers * k * k).reshape(answers.n_speakers, k, k)


def _drawn(answers: Answers, weights: Floats) -> Floats:
    """Confusion of each draw, shape (n_draws, k, k)."""
    counts = _by_speaker(answers)
    drawn = weights @ counts.reshape(len(counts), -1).astype(np.float64)
    return drawn.reshape(-1, *counts.shape[1:])


def _mean_of_levels(answers: Answers, values: Floats, clips: Floats) -> Floats:
    """Mean over the levels of the pool in each draw; NaN in a draw that misses one of them."""
    pool = _by_speaker(answers).sum(axis=(0, 2)) > 0
    whole = (clips[:, pool] > 0).all(axis=1)
    mean: Floats = np.full(len(values), np.nan)
    mean[whole] = values[whole][:, pool].mean(axis=1)
    return mean


def _ratio(part: Floats, whole: Floats) -> Floats:
    """The share of a part in a whole, NaN where the whole is nothing."""
    undefined = np.full(np.broadcast(part, whole).shape, np.nan)
    share: Floats = np.divide(part, whole, out=undefined, where=whole > 0)
    return share


def recall(answers: Answers, weights: Floats, code: int) -> Floats:
    """Recall of one level in each draw; NaN where it does not occur."""
    counts = _drawn(answers, weights)
    return _ratio(counts[:, code, code], counts[:, code].sum(axis=-1))


def unweighted_average_recall(answers: Answers, weights: Floats) -> Floats:
    """Mean of the recalls of the levels that occur in truth (UAR).

    A level without a clip has no recall: it is left out of the mean. (Counting it as 0, as some libraries do, would punish a
    row for clips that do not exist.) A draw that misses a level is NaN: the mean of the other recalls is another value.
    """
    counts = _drawn(answers, weights)
    clips = counts.sum(axis=2)
    return _mean_of_levels(answers, _ratio(np.diagonal(counts, axis1=1, axis2=2), clips), clips)


def macro_f1(answers: Answers, weights: Floats) -> Floats:
    """Mean of the F1 of the levels that occur in truth, NaN as for UAR; a guess of any other level still costs recall."""
    counts = _drawn(answers, weights)
    clips, guesses = counts.sum(axis=2), counts.sum(axis=1)
    return _mean_of_levels(answers, _ratio(2 * np.diagonal(counts, axis1=1, axis2=2), clips + guesses), clips)


def quadratic_kappa(answers: Answers, weights: Floats) -> Floats:
    """Cohen's kappa with squared distances between levels; NaN where truth and guess are one and the same level.

    Cohen, J. (1968): Weighted kappa. Psychological Bulletin 70, 213-220. A constant guess gets 0.
    """
    counts = _drawn(answers, weights)
    codes = np.arange(answers.n_levels)
    cost = (codes[:, None] - codes[None, :]) ** 2.0
    n = counts.sum(axis=(1, 2))
    observed = np.einsum("dij,ij->d", counts, cost) * n
    expected = np.einsum("di,dj,ij->d", counts.sum(axis=2), counts.sum(axis=1), cost, optimize=True)
    return 1.0 - _ratio(observed, expected)
