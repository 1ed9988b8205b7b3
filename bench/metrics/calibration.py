"""Calibration: whether probabilities of levels can be taken at their word.

The Brier score is the one of Brier (1950), a sum over all levels: 0 is perfect, 2 the worst. The expected calibration error
looks at the likeliest level alone: Guo, C., Pleiss, G., Sun, Y. and Weinberger, K. Q. (2017): On calibration of modern neural
networks. Proceedings of ICML 34. Its bins hold about equally many clips (Nixon et al. 2019: Measuring calibration in deep
learning).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

N_BINS = 10
LEAST_IN_BIN = 10
N_DRAWS = 200

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


class Bin(NamedTuple):
    """Clips whose likeliest level was given about the same probability: its mean, how often it was right, and how many."""

    said: float
    found: float
    n_clips: int


def brier(probabilities: npt.ArrayLike, truth: npt.ArrayLike) -> Floats:
    """The squared distance of each clip's probabilities from the truth, summed over levels; its mean is the Brier score.

    Parameters
    ----------
    probabilities : array of float, shape (n_clips, n_levels)
        Rows sum to 1.
    truth : array of int, shape (n_clips,)
        Codes of levels.

    Returns
    -------
    float64 array, shape (n_clips,)
        0 to 2.

    Raises
    ------
    ValueError
        If these are no probabilities, or the truth is no code of a level.

    Examples
    --------
    >>> brier([[0.5, 0.25, 0.25], [0.0, 0.0, 1.0]], [0, 0]).tolist()
    [0.375, 2.0]
    """
    given, codes = _checked(probabilities, truth)
    squares: Floats = ((given - np.eye(given.shape[1])[codes]) ** 2).sum(axis=1)
    return squares


def brier_base(truth: npt.ArrayLike) -> float:
    """The Brier score of the shares of the levels, given to every clip: what is had without listening.

    Examples
    --------
    >>> brier_base([0, 0, 1, 1])
    0.5
    """
    counts = np.unique(np.asarray(truth), return_counts=True)[1]
    return float(1.0 - ((counts / counts.sum()) ** 2).sum())


def reliability(probabilities: npt.ArrayLike, truth: npt.ArrayLike) -> tuple[Bin, ...]:
    """Bins of about equally many clips by the probability of the likeliest level, from the lowest upward.

    Parameters
    ----------
    probabilities, truth
        As in ``brier``.

    Returns
    -------
    tuple of Bin
        10, or fewer where that would leave less than 10 clips in each; clips with the same probability stay together.

    Examples
    --------
    >>> [tuple(one) for one in reliability([[0.75, 0.25]] * 20, [0] * 10 + [1] * 10)]
    [(0.75, 0.5, 20)]
    """
    likeliest, hit = _likeliest(*_checked(probabilities, truth))
    place = _places(likeliest)
    counts = np.bincount(place)
    said, found = np.bincount(place, likeliest) / counts, np.bincount(place, hit) / counts
    return tuple(Bin(float(s), float(f), int(n)) for s, f, n in zip(said, found, counts, strict=True))


def expected_error(bins: tuple[Bin, ...]) -> float:
    """The expected calibration error: how far said and found lie apart, averaged over the clips of all bins.

    Examples
    --------
    >>> expected_error((Bin(0.5, 0.4, 30), Bin(0.9, 0.9, 10)))
    0.075
    """
    n_clips = sum(one.n_clips for one in bins)
    return float(round(sum(one.n_clips * abs(one.said - one.found) for one in bins) / n_clips, 12))


def expected_base(probabilities: npt.ArrayLike, seed: int = 0) -> float:
    """The expected calibration error that right probabilities have: above 0, because bins hold few clips.

    Truths are drawn from the probabilities 200 times (the consistency resampling of Broecker and Smith 2007: Increasing the
    reliability of reliability diagrams), each clip on its own. Clips of one speaker go together, so that the true figure lies
    somewhat higher.

    Examples
    --------
    >>> 0.03 < expected_base([[0.75, 0.25]] * 100) < 0.04
    True
    """
    likeliest = np.asarray(probabilities, dtype=np.float64).max(axis=1)
    place = _places(likeliest)
    n_bins = int(place.max()) + 1
    hits = np.random.default_rng(seed).random((N_DRAWS, len(likeliest))) < likeliest
    apart = np.stack([np.bincount(place, drawn - likeliest, n_bins) for drawn in hits])
    return float(np.abs(apart).sum(axis=1).mean() / len(likeliest))


def _likeliest(given: Floats, codes: Codes) -> tuple[Floats, Floats]:
    """The probability of the likeliest level, and whether that level is true."""
    return given.max(axis=1), (given.argmax(axis=1) == codes).astype(np.float64)


def _places(values: Floats) -> npt.NDArray[np.intp]:
    """The bin of each value, counted without gaps: by midranks, so that equal values share one."""
    n_bins = int(np.clip(len(values) // LEAST_IN_BIN, 1, N_BINS))
    run, counts = np.unique(np.round(values, 9), return_inverse=True, return_counts=True)[1:]
    midrank = np.cumsum(counts) - counts / 2
    wanted = np.floor(midrank * n_bins / len(values)).astype(np.intp)
    place: npt.NDArray[np.intp] = np.unique(wanted[run], return_inverse=True)[1]
    return place


def _checked(probabilities: npt.ArrayLike, truth: npt.ArrayLike) -> tuple[Floats, Codes]:
    given, codes = np.asarray(probabilities, dtype=np.float64), np.asarray(truth, dtype=np.int64)
    if given.ndim != 2 or codes.shape != given.shape[:1] or not codes.size:
        raise ValueError(
            f"probabilities must be of shape (n_clips, n_levels), with a truth each, not {given.shape}, {codes.shape}"
        )
    if not ((given >= 0).all() and np.allclose(given.sum(axis=1), 1.0, atol=1e-6)):
        raise ValueError("probabilities must be at least 0 and sum to 1 for each clip")
    if codes.min() < 0 or codes.max() >= given.shape[1]:
        raise ValueError(f"the truth must be a code from 0 to {given.shape[1] - 1}")
    return given, codes
