"""Permutations of labels that keep what a speaker is: what the same guesses are worth where there is nothing to find.

Labels are permuted within each speaker. A speaker whose clips all have one label has nothing to permute, so such speakers
exchange their labels among each other, whole.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from bench.metrics.answer import Answers

N_DRAWS = 1000

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


def permutations(
    speakers: npt.NDArray[np.int64], labels: npt.NDArray[np.int64], n_draws: int = N_DRAWS, seed: int = 0
) -> Indices:
    """Whose label each clip gets, in each of many permutations.

    Parameters
    ----------
    speakers, labels : int array, shape (n_clips,)
        Codes, from 0 up.
    n_draws, seed : int

    Returns
    -------
    int array, shape (n_draws, n_clips)
        In draw d, clip i gets the label of clip ``orders[d, i]``.

    Examples
    --------
    >>> speakers, labels = np.array([0, 0, 0, 1, 1, 2, 2]), np.array([0, 1, 2, 5, 5, 7, 7])
    >>> order = permutations(speakers, labels, 1)[0]
    >>> sorted(labels[order[:3]].tolist()), sorted(set(labels[order[3:]].tolist()))
    ([0, 1, 2], [5, 7])
    """
    draws = np.random.default_rng(seed)
    by_speaker = np.argsort(speakers, kind="stable")
    in_order = speakers[by_speaker]
    clips = np.split(by_speaker, np.flatnonzero(np.diff(in_order)) + 1)
    single = [own for own in clips if (labels[own] == labels[own[0]]).all()]
    givers = np.array([own[0] for own in single], dtype=np.intp)
    exchanged = np.concatenate([np.full(len(own), place) for place, own in enumerate(single)] or [givers])
    receivers = np.concatenate(single or [givers])
    orders = np.empty((n_draws, len(speakers)), dtype=np.intp)
    for order in orders:
        # Sorting by speaker and then by a random number shuffles within all speakers at once.
        order[by_speaker] = by_speaker[np.lexsort((draws.random(len(speakers)), in_order))]
        order[receivers] = givers[draws.permutation(len(givers))][exchanged]
    return orders


def null_values(answers: Answers, n_draws: int = N_DRAWS, seed: int = 0) -> Callable[[npt.NDArray[np.float64]], Floats]:
    """Prepare the null distribution of the primary metric: labels are permuted, guesses stay as they are.

    Parameters
    ----------
    answers : Answers
        Only truth and speakers are read, so that all rows of a task share the permutations.
    n_draws : int
    seed : int

    Returns
    -------
    callable
        From guesses, shape (n_clips,), to the metric under each permutation, shape (n_draws,): UAR in the level form,
        Spearman's correlation in the score form (0 where guesses do not vary, NaN where truth does not).

    Examples
    --------
    >>> speakers = np.repeat(["a", "b"], 50)
    >>> truth = np.tile(np.arange(50.0), 2)
    >>> values = null_values(Answers.of(truth, truth, speakers))(truth)
    >>> len(values), bool(abs(values.mean()) < 0.02)
    (1000, True)
    """
    orders = permutations(answers.speakers, np.unique(answers.truth, return_inverse=True)[1], n_draws, seed)
    if answers.n_levels:
        return _recalls(answers.truth.astype(np.int64)[orders], answers.n_levels)
    return _rank_correlations(answers.truth[orders].astype(np.float64))


def _recalls(truth: npt.NDArray[np.int64], n_levels: int) -> Callable[[npt.NDArray[np.float64]], Floats]:
    of_level = [truth == level for level in range(n_levels)]
    clips = np.stack([hits.sum(axis=1) for hits in of_level])

    def recalls(guess: npt.NDArray[np.float64]) -> Floats:
        found = np.stack([hits[:, guess == level].sum(axis=1) for level, hits in enumerate(of_level)])
        shares = np.divide(found, clips, out=np.zeros(clips.shape), where=clips > 0)
        mean: Floats = shares.sum(axis=0) / (clips > 0).sum(axis=0)
        return mean

    return recalls


def _rank_correlations(truth: Floats) -> Callable[[npt.NDArray[np.float64]], Floats]:
    from scipy.stats import rankdata

    ranks = rankdata(truth, axis=1).astype(np.float32)
    ranks -= ranks.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.einsum("dc,dc->d", ranks, ranks, dtype=np.float64))

    def correlations(guess: npt.NDArray[np.float64]) -> Floats:
        own = rankdata(guess)
        own -= own.mean()
        length = float(np.sqrt(own @ own))
        together = ranks @ own if length else np.zeros(len(ranks))
        values: Floats = np.divide(together, spread * (length or 1.0), out=np.full(len(ranks), np.nan), where=spread > 0)
        return values

    return correlations
