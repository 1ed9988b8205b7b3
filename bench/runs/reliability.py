"""Reliability: whether the probabilities and intervals of a row can be taken at their word, on the clips that were tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.metrics.answer import speaker_names
from bench.metrics.calibration import brier, brier_base, expected_base, expected_error, reliability
from bench.metrics.interval import Interval, mean_interval, speaker_draws
from bench.runs.mutual import mutual_speakers
from bench.runs.prediction import Predictions
from bench.runs.row import Calibration, Coverage, ReliabilityBin, Row, Value

NOMINAL = 0.8
ENOUGH_SPEAKERS = 20

Floats = npt.NDArray[np.float64]


def with_reliability(row: Row, task: Mapping[str, Any], predictions: Predictions) -> Row:
    """The row with what can be said of its probabilities or intervals.

    Parameters
    ----------
    row : Row
    task : mapping
        The record of the task, as the ledger has it.
    predictions : Predictions
        Of the row.
    """
    own, n_train = predictions, task.get("n_train_speakers", 0)  # version 0.1 kept none, and no intervals either
    return replace(
        row,
        calibration=make_calibration(own.probabilities, own.truth, own.speakers, task["speakers_known"], mutual_speakers(task)),
        coverage=make_coverage(own.low, own.high, own.truth, own.speakers, n_train, mutual_speakers(task)),
    )


def make_calibration(
    probabilities: Floats | None, truth: npt.NDArray[np.float64], speakers: Sequence[str], known: bool, mutual: int
) -> Calibration | None:
    """The calibration of a row in the level form.

    Parameters
    ----------
    probabilities : float64 array, shape (n_clips, n_levels), or None
        NaN where a fold gave none.
    truth : array, shape (n_clips,)
        Codes of levels.
    speakers : sequence of str
        One a clip.
    known : bool
        Whether it is known who speaks; without, there are no intervals.
    mutual : int
        How many speakers train the models that others of them are tested with; 0 where none does.

    Returns
    -------
    Calibration or None
        None where a clip has no probabilities: a figure on other clips than the row's would mislead.

    Examples
    --------
    >>> made = make_calibration(np.full((20, 2), 0.5), np.tile([0.0, 1.0], 10), ["ann", "bob"] * 10, True, 2)
    >>> made.brier.value, made.brier_base, made.ece
    (0.5, 0.5, 0.0)
    """
    if probabilities is None or not np.isfinite(probabilities).all():
        return None
    codes = truth.astype(np.int64)
    bins = reliability(probabilities, codes)
    return Calibration(
        brier=_value(brier(probabilities, codes), speakers, known, mutual),
        brier_base=brier_base(codes),
        ece=expected_error(bins),
        ece_base=expected_base(probabilities),
        bins=tuple(ReliabilityBin(*one) for one in bins),
    )


def make_coverage(
    low: Floats | None, high: Floats | None, truth: Floats, speakers: Sequence[str], n_train_speakers: int, mutual: int
) -> Coverage | None:
    """How often the intervals of a row in the score form hold the truth.

    Parameters
    ----------
    low, high : float64 array, shape (n_clips,), or None
        NaN where a fold gave none.
    truth : float64 array, shape (n_clips,)
    speakers : sequence of str
        One a clip.
    n_train_speakers : int
        Of the smallest training side; 0 where nobody knows who speaks: then there is no interval and nothing by speaker.
    mutual : int
        As for ``make_calibration``.

    Returns
    -------
    Coverage or None
        None where a clip has no interval.

    Examples
    --------
    >>> truth, speakers = np.array([1.0, 3.0, 2.0, 0.0]), ["ann", "ann", "bob", "bob"]
    >>> made = make_coverage(np.zeros(4), np.full(4, 2.0), truth, speakers, 12, 2)
    >>> made.pooled.value, dict(made.by_speaker), made.width, made.approximate
    (0.75, {'ann': 0.5, 'bob': 1.0}, 2.0, True)
    """
    if low is None or high is None or np.isnan(low).any() or np.isnan(high).any():
        return None
    inside = ((low <= truth) & (truth <= high)).astype(np.float64)
    codes = _codes(speakers)
    shares = np.bincount(codes, inside) / np.bincount(codes)
    names = speaker_names(speakers) if n_train_speakers else ()
    return Coverage(
        nominal=NOMINAL,
        pooled=_value(inside, speakers, n_train_speakers > 0, mutual),
        by_speaker=dict(zip(names, shares.tolist(), strict=False)),
        width=float(np.mean(high - low)),
        approximate=n_train_speakers < ENOUGH_SPEAKERS,
    )


def _value(each: Floats, speakers: Sequence[str], known: bool, mutual: int) -> Value:
    if not known:
        return Value(float(each.mean()))
    codes = _codes(speakers)
    found: Interval = mean_interval(each, codes, speaker_draws(int(codes.max()) + 1), mutual=mutual)
    return Value(*found)


def _codes(speakers: Sequence[str]) -> npt.NDArray[np.int64]:
    """As in ``Answers.of``."""
    return np.unique(np.asarray(speakers, dtype=np.str_), return_inverse=True)[1]
