"""Grouping: whole speakers are dealt to folds so that each fold is a small picture of the corpus.

Written here rather than taken from scikit-learn, because an unchanged run must deal the same folds without importing it,
and because the result must be the same on every machine and with every version of a library: all arithmetic is on whole
numbers, and chance comes from a hash of the seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Indices = npt.NDArray[np.intp]

N_BINS = 5
UNIT = 2**40  # of a share: squares of counts below it are exact in 64 bits


def deal_speakers(speakers: Sequence[str], strata: Sequence[Codes], n_folds: int, seed: int) -> Codes:
    """Deal whole speakers to folds, alike in size and in every stratum.

    Speakers are taken one by one, those with the largest share of any stratum first, those of equal share in an order that
    the seed decides. Each goes to the fold where it adds least to the sum of squared shares, over all strata and the number
    of clips, each counting alike however rare. No fold stays empty.

    Parameters
    ----------
    speakers : sequence of str, n_clips long
        Who speaks each clip.
    strata : sequence of int array, each of shape (n_clips,)
        What is to be spread evenly: the codes of the levels, of the sexes, ... from 0 up.
    n_folds : int
        2 to the number of speakers.
    seed : int

    Returns
    -------
    int array, shape (n_clips,)
        The fold of each clip, 0 to ``n_folds - 1``. It does not hang on the order of the clips.

    Examples
    --------
    >>> deal_speakers(["a", "a", "b", "b", "c", "d"], [np.array([0, 1, 0, 1, 0, 1])], 2, seed=0).tolist()
    [0, 0, 1, 1, 1, 0]
    """
    names, who = np.unique(np.asarray(speakers), return_inverse=True)
    if not 2 <= n_folds <= len(names):
        raise ValueError(f"expected 2 to {len(names)} folds for {len(names)} speakers, got {n_folds}")
    counts = np.column_stack([_counts(who, len(names), codes) for codes in (np.zeros(len(who), np.int64), *strata)])
    weights = np.maximum(1, UNIT // counts.sum(axis=0) ** 2)
    sizes = (counts**2 * weights).sum(axis=1)
    order = sorted(range(len(names)), key=lambda i: (-int(sizes[i]), _chance(seed, str(names[i]))))
    held = np.zeros((n_folds, counts.shape[1]), np.int64)
    fold_of = np.zeros(len(names), np.int64)
    for position, speaker in enumerate(order):
        grown = (held * counts[speaker] * weights).sum(axis=1)
        full = held[:, 0] > 0
        if len(order) - position <= np.count_nonzero(~full):
            grown = np.where(full, np.iinfo(np.int64).max, grown)
        fold = int(np.lexsort((held[:, 0], grown))[0])
        fold_of[speaker] = fold
        held[fold] += counts[speaker]
    return np.asarray(fold_of[who])


def bins(y: npt.NDArray[Any]) -> Codes:
    """Cut scores into at most five bins of about equal number; equal scores share a bin.

    Examples
    --------
    >>> bins(np.array([0.1, 0.1, 0.4, 0.5, 0.9])).tolist()
    [0, 0, 2, 3, 4]
    """
    below = np.searchsorted(np.sort(y), y, side="left")
    return np.asarray(below * N_BINS // max(1, len(y)), np.int64)


def _counts(who: Indices, n_speakers: int, codes: Codes) -> Codes:
    """Clips of each speaker in each stratum; shape (n_speakers, n_strata), strata without a clip left out."""
    _, codes = np.unique(codes, return_inverse=True)
    n_strata = int(codes.max()) + 1
    return np.bincount(who * n_strata + codes, minlength=n_speakers * n_strata).reshape(n_speakers, n_strata)


def _chance(seed: int, speaker: str) -> str:
    return hashlib.sha256(f"{seed}:{speaker}".encode()).hexdigest()
