"""CV+ against a loop written from the paper."""

import math

import numpy as np
import pytest

from bench.metrics.cover import cv_plus


def by_the_paper(residuals, fold, outside, alpha):
    """Section 3 of Barber et al. (2021), one tested clip at a time; quantiles as defined in their equation (6)."""
    n = len(residuals)
    lows, highs = [], []
    for test in range(len(outside[0])):
        minus = sorted(outside[fold[i]][test] - abs(residuals[i]) for i in range(n))
        plus = sorted(outside[fold[i]][test] + abs(residuals[i]) for i in range(n))
        up = math.ceil((1 - alpha) * (n + 1))
        down = math.floor(alpha * (n + 1))
        highs.append(plus[up - 1] if up <= n else math.inf)
        lows.append(minus[down - 1] if down >= 1 else -math.inf)
    return lows, highs


@pytest.mark.parametrize(
    ("n_train", "alpha"), [(40, 0.25), (41, 0.25), (7, 0.125), (6, 0.125), (200, 0.5), (3, 0.25), (2, 0.25)]
)
def test_it_is_what_the_paper_says(n_train, alpha):
    rng = np.random.default_rng(n_train)
    residuals, fold = rng.normal(size=n_train), rng.integers(0, 4, n_train)
    outside = rng.normal(5, 1, size=(4, 9))
    low, high = cv_plus(residuals, fold, outside, 1 - alpha)
    wanted = by_the_paper(residuals.tolist(), fold.tolist(), outside.tolist(), alpha)
    np.testing.assert_array_equal(low, wanted[0])
    np.testing.assert_array_equal(high, wanted[1])


def test_ranks_do_not_suffer_from_rounding():
    # 0.8 * 15 is 12.000000000000002 in floating point: the 12th of 14 is meant, not the 13th.
    _, high = cv_plus(np.arange(1.0, 15.0), np.zeros(14, int), [[0.0]])
    assert high.tolist() == [12.0]
    low, high = cv_plus([1.0, 2.0, 3.0, 4.0], [0, 0, 0, 0], [[0.0]])
    assert (low.tolist(), high.tolist()) == ([-4.0], [4.0])


def test_too_few_training_clips_bound_nothing():
    low, high = cv_plus([1.0, 2.0, 3.0], [0, 1, 0], [[0.0], [1.0]])
    assert (low.tolist(), high.tolist()) == ([-np.inf], [np.inf])


def test_parts_of_the_tested_clips_are_computed_alike(monkeypatch):
    rng = np.random.default_rng(3)
    given = rng.normal(size=50), rng.integers(0, 3, 50), rng.normal(size=(3, 23))
    whole = cv_plus(*given)
    monkeypatch.setattr("bench.metrics.cover.CHUNK_CELLS", 350)
    np.testing.assert_array_equal(cv_plus(*given), whole)


def test_the_share_is_held_where_speakers_are_many():
    rng = np.random.default_rng(5)
    held = []
    for _ in range(60):
        effect = rng.normal(0, 0.5, 45)
        speakers = np.repeat(np.arange(45), 6)
        truth = effect[speakers] + rng.normal(size=270)
        train = speakers < 40
        fold = speakers[train] % 5
        outside = np.array([[truth[train][fold != k].mean()] * 30 for k in range(5)])
        low, high = cv_plus(truth[train] - outside[fold, 0], fold, outside)
        held.append(((low <= truth[~train]) & (truth[~train] <= high)).mean())
    error = np.std(held) / np.sqrt(60)
    assert abs(np.mean(held) - 0.8) < 4 * error


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (([], [], [[0.0]]), "one length above 0"),
        (([1.0], [0, 1], [[0.0]]), "one length above 0"),
        (([1.0], [1], [[0.0]]), "from 0 to 0"),
        (([1.0], [0.0], [[0.0]]), "whole numbers"),
        (([np.nan], [0], [[0.0]]), "finite"),
        (([1.0], [0], [[0.0]], 1.0), "above 0 and below 1"),
    ],
)
def test_impossible_requests_are_refused(given, said):
    with pytest.raises(ValueError, match=said):
        cv_plus(*given)
