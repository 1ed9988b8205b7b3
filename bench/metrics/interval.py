"""Intervals: what a value would be with other speakers.

Whole speakers are drawn with their clips, and the pooled metric is computed anew for each draw. The bounds are those of the
expanded percentile interval, which holds its 95 % with few speakers, where the plain one is too narrow: Hesterberg, T. (2015):
What teachers should know about the bootstrap. The American Statistician 69, 371-386.

Draws see finished answers. In cross-validation each speaker also trains the models that the others are tested with, so values
vary more than draws show, and no unbiased estimator of how much more exists: Bengio, Y. and Grandvalet, Y. (2004): No unbiased
estimator of the variance of K-fold cross-validation. JMLR 5, 1089-1105. A factor stands for it, as in Nadeau, C. and Bengio, Y.
(2003): Inference for the generalization error. Machine Learning 52, 239-281; theirs is for random splits, this one was read off
simulated corpora of known truth (``benchmarks/known_truth.py``, docs/decisions/0020).
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bench.metrics.answer import Answers
from bench.metrics.metric import Metric, Weights

MIN_SPEAKERS = 5
MUTUAL = 10.0  # speakers: with as many, the variance of a cross-validated value is twice that of its draws
BEYOND = 10  # draws beyond each end, where as many as that can be had
LEAST_DRAWS, MOST_DRAWS = 2_000, 10_000
MAX_UNDEFINED = 0.05  # more draws without a value: fewer than about three speakers carry it, and an interval would flatter


class Interval(NamedTuple):
    """A value with its bounds; None where there are too few speakers, or too many draws have no value."""

    value: float
    low: float | None
    high: float | None


def speaker_draws(n_speakers: int, n_draws: int | None = None, seed: int = 0) -> Weights:
    """Draw ``n_speakers`` speakers with replacement, ``n_draws`` times.

    Parameters
    ----------
    n_speakers : int
    n_draws : int, optional
        ``enough_draws(n_speakers)`` unless told.
    seed : int

    Returns
    -------
    int64 array, shape (n_draws, n_speakers)
        How often each speaker was drawn; rows sum to ``n_speakers``. Rows of one task share it, so that they can be compared.
        It cannot be written to.

    Examples
    --------
    >>> draws = speaker_draws(12)
    >>> draws.shape, bool((draws.sum(axis=1) == 12).all())
    ((10000, 12), True)
    """
    return _drawn(n_speakers, enough_draws(n_speakers) if n_draws is None else n_draws, seed)


@lru_cache(maxsize=16)  # every row of a board asks for them
def _drawn(n_speakers: int, size: int, seed: int) -> Weights:
    drawn = np.random.default_rng(seed).multinomial(n_speakers, np.full(n_speakers, 1.0 / n_speakers), size=size)
    weights = np.asarray(drawn, dtype=np.int64)
    weights.setflags(write=False)
    return weights


def enough_draws(n_speakers: int) -> int:
    """How many draws leave ten beyond each end of a 95 % interval, in thousands; 2,000 at least, and 10,000 at most.

    The fewer speakers, the further out the ends stand: with 12 who train each other beyond one draw in a thousand, so that of
    2,000 draws an end would stand on the second, and move with the seed.

    Examples
    --------
    >>> [enough_draws(n_speakers) for n_speakers in (5, 12, 16, 91)]
    [10000, 10000, 4000, 2000]
    """
    if n_speakers < MIN_SPEAKERS:
        return LEAST_DRAWS
    wanted = BEYOND / _beyond(n_speakers, 0.95, n_speakers)
    return int(min(MOST_DRAWS, max(LEAST_DRAWS, 1000 * math.ceil(wanted / 1000))))


def inflation(n_speakers: int, mutual: int) -> float:
    """How many times the variance of a value is that of its draws.

    With ``n`` speakers who all train each other's models it is ``1 + 10 / n``: what models owe to who trained them fades faster
    than what values owe to who was tested. Of a subgroup, the models are those of all.

    Parameters
    ----------
    n_speakers : int
        Those that the value is of.
    mutual : int
        How many speakers, these among them, train the models that others of them are tested with; 0 where none does.

    Examples
    --------
    >>> inflation(20, 20), inflation(5, 20), inflation(20, 0)
    (1.5, 1.125, 1.0)
    """
    return 1.0 + MUTUAL * n_speakers / mutual**2 if mutual else 1.0


def expanded(draws: npt.ArrayLike, n_speakers: int, level: float = 0.95, *, mutual: int = 0) -> tuple[float, float] | None:
    """The expanded percentile interval: quantiles ``Phi(-+ sqrt(n / (n - 1)) * t)`` of the draws, t with ``n - 1`` degrees.

    Parameters
    ----------
    draws : array of float, shape (n_draws,)
        NaN (draws where the value is not defined) are left out, up to 5 %.
    n_speakers : int
    level : float
        0 to 1.
    mutual : int
        How many speakers train the models that others of them are tested with: t is longer by the root of ``inflation``.

    Returns
    -------
    tuple of float, or None
        Low and high; None with fewer than 5 speakers, or where more than 5 % of the draws have no value.

    Examples
    --------
    >>> low, high = expanded(np.linspace(0, 1, 2001), n_speakers=12)
    >>> round(low, 4), round(high, 4)
    (0.0108, 0.9892)
    """
    values = np.asarray(draws, dtype=np.float64)
    defined = values[np.isfinite(values)]
    if n_speakers < MIN_SPEAKERS or len(defined) < max(1.0, (1.0 - MAX_UNDEFINED) * len(values)):
        return None
    below = _beyond(n_speakers, level, mutual)
    low, high = np.quantile(defined, [below, 1.0 - below])
    return float(low), float(high)


def _beyond(n_speakers: int, level: float, mutual: int) -> float:
    """The share of draws beyond each end."""
    from scipy.special import stdtrit  # here, because reading a table of metrics needs no scipy

    t = float(stdtrit(n_speakers - 1, 0.5 + level / 2))
    return NormalDist().cdf(-math.sqrt(n_speakers / (n_speakers - 1) * inflation(n_speakers, mutual)) * t)


def interval(metric: Metric, answers: Answers, weights: Weights, *, mutual: int = 0) -> Interval:
    """A value with its 95 % interval over speakers.

    Parameters
    ----------
    metric : Metric
    answers : Answers
    weights : int array, shape (n_draws, n_speakers)
        From ``speaker_draws``.
    mutual : int
        As for ``expanded``.

    Examples
    --------
    >>> from bench.metrics.metric import METRICS
    >>> speakers = np.repeat(["a", "b", "c", "d", "e", "f"], 10)
    >>> truth = np.tile(np.arange(10.0), 6)
    >>> interval(METRICS["spearman"], Answers.of(truth, truth, speakers), speaker_draws(6))
    Interval(value=1.0, low=1.0, high=1.0)
    """
    bounds = expanded(metric.drawn(answers, weights), answers.n_speakers, mutual=mutual)
    return Interval(metric.value(answers), *(bounds or (None, None)))


def paired(metric: Metric, a: Answers, b: Answers, weights: Weights, *, mutual: int = 0) -> Interval:
    """The difference of two rows, a minus b, with the interval of the difference over the same draws of speakers.

    Raises
    ------
    ValueError
        If the rows are not about the same clips in the same order.
    """
    if not (np.array_equal(a.truth, b.truth) and np.array_equal(a.speakers, b.speakers)):
        raise ValueError("paired rows must be about the same clips in the same order")
    bounds = expanded(metric.drawn(a, weights) - metric.drawn(b, weights), a.n_speakers, mutual=mutual)
    return Interval(metric.value(a) - metric.value(b), *(bounds or (None, None)))


def mean_interval(values: npt.ArrayLike, speakers: npt.NDArray[np.int64], weights: Weights, *, mutual: int = 0) -> Interval:
    """The mean of a number that each clip has, with its 95 % interval over speakers.

    Parameters
    ----------
    values : array of float, shape (n_clips,)
    speakers : int array, shape (n_clips,)
        Codes 0 to ``n_speakers - 1``, as in ``Answers``.
    weights : int array, shape (n_draws, n_speakers)
        From ``speaker_draws``.
    mutual : int
        As for ``expanded``.

    Examples
    --------
    >>> mean_interval([1.0, 0.0, 1.0, 1.0], np.array([0, 0, 1, 1]), speaker_draws(2))
    Interval(value=0.75, low=None, high=None)
    """
    numbers = np.asarray(values, dtype=np.float64)
    n_speakers = weights.shape[1]
    sums = np.bincount(speakers, numbers, n_speakers)
    clips = np.bincount(speakers, minlength=n_speakers).astype(np.float64)
    bounds = expanded((weights @ sums) / (weights @ clips), n_speakers, mutual=mutual)
    return Interval(float(numbers.mean()), *(bounds or (None, None)))
