"""Score form: rank association, concordance and error, weighted by how often a speaker was drawn."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bench.metrics.answer import Answers

Floats = npt.NDArray[np.float64]

CHUNK_CELLS = 1 << 17  # draws times clips at once: the working arrays stay within the processor's cache


class _Ties(NamedTuple):
    """One variable in rising order: clips by rank, where each run of equal values ends, and the run of each clip."""

    order: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    run: npt.NDArray[np.int64]


def _ties(values: Floats) -> _Ties:
    order = np.argsort(values, kind="stable")
    changes = np.flatnonzero(np.diff(values[order]) > 0)
    ends = np.append(changes, len(values) - 1)
    run = np.empty(len(values), dtype=np.int64)
    run[order] = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=-1))
    return _Ties(order, ends, run)


def _centred(clip_weights: Floats, ties: _Ties, n: Floats) -> tuple[Floats, Floats]:
    """Midrank less mean rank of each clip, and the sum of their squares.

    A value drawn w times over stands on w ranks; its midrank is their mean. All numbers are halves, hence exact.
    """
    upto = np.cumsum(clip_weights[:, ties.order], axis=1)[:, ties.ends]
    often = np.diff(upto, axis=1, prepend=0.0)
    midrank = upto - 0.5 * often - 0.5 * n[:, None]
    return midrank[:, ties.run], np.einsum("du,du,du->d", often, midrank, midrank)


def spearman(answers: Answers, weights: Floats) -> Floats:
    """Spearman's rank correlation with midranks for ties.

    A constant guess gets 0, because a constant rater orders nothing (the textbook value is undefined); where truth is constant
    there is nothing to order, and the value is NaN.
    """
    truth, guess = _ties(answers.truth.astype(np.float64)), _ties(answers.guess.astype(np.float64))
    step = max(1, CHUNK_CELLS // answers.n_clips)
    parts = [np.zeros(0)]
    for start in range(0, len(weights), step):
        clip_weights = weights[start : start + step, answers.speakers]
        n = clip_weights.sum(axis=1)
        x, x_squares = _centred(clip_weights, truth, n)
        y, y_squares = _centred(clip_weights, guess, n)
        together = np.einsum("dc,dc,dc->d", clip_weights, x, y)
        spread = np.sqrt(x_squares * y_squares)
        value = np.divide(together, spread, out=np.zeros_like(spread), where=spread > 0)
        parts.append(np.where(x_squares > 0, value, np.nan))
    values: Floats = np.clip(np.concatenate(parts), -1.0, 1.0)
    return values


def within_speaker_spearman(answers: Answers, weights: Floats) -> Floats:
    """Mean over speakers of Spearman within the speaker: state apart from identity.

    Speakers whose own truth is constant have no such value and are left out (``Metric.by_speaker`` shows them as NaN).
    """
    each = spearman(answers, np.eye(answers.n_speakers))
    defined = np.isfinite(each)
    n = weights @ defined.astype(np.float64)
    total = weights @ np.where(defined, each, 0.0)
    mean: Floats = np.divide(total, n, out=np.full(n.shape, np.nan), where=n > 0)
    return mean


def _means(columns: Floats, answers: Answers, weights: Floats) -> Floats:
    """Mean of each column, shape (n_columns, n_clips), over the clips of each draw: shape (n_draws, n_columns)."""
    sums = np.stack([np.bincount(answers.speakers, column, answers.n_speakers) for column in columns], axis=1)
    clips = np.bincount(answers.speakers, minlength=answers.n_speakers)
    n = weights @ clips.astype(np.float64)
    undefined = np.full((len(n), len(columns)), np.nan)
    means: Floats = np.divide(weights @ sums, n[:, None], out=undefined, where=n[:, None] > 0)
    return means


def concordance(answers: Answers, weights: Floats) -> Floats:
    """Lin's concordance correlation coefficient, with 1/n moments.

    Lin, L. (1989): A concordance correlation coefficient to evaluate reproducibility. Biometrics 45, 255-268. A constant guess
    gets 0, as the formula gives; where truth and guess are one and the same constant the value is NaN.
    """
    centre = answers.truth.mean()  # moments about a near point: no digits are lost where scores are large
    x, y = answers.truth - centre, answers.guess - centre
    mean = _means(np.stack([x, y, x * x, y * y, x * y]), answers, weights)
    x_mean, y_mean = mean[:, 0], mean[:, 1]
    variances = np.maximum(mean[:, 2] - x_mean**2, 0.0) + np.maximum(mean[:, 3] - y_mean**2, 0.0)
    apart = variances + (x_mean - y_mean) ** 2
    noise = 1e-14 * (mean[:, 2] + mean[:, 3])
    together = 2.0 * (mean[:, 4] - x_mean * y_mean)
    value: Floats = np.divide(together, apart, out=np.full(len(apart), np.nan), where=apart > noise)
    return value


def mean_absolute_error(answers: Answers, weights: Floats) -> Floats:
    """Mean absolute error, in the unit of the score."""
    return _means(np.abs(answers.guess - answers.truth)[None, :].astype(np.float64), answers, weights)[:, 0]
