"""Calibration: probabilities that were bent are straightened, and those that were not are left."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from bench.runs.calibration import Calibrator, Straightener


def bent(factor, n=20_000, seed=0):
    """Levels drawn from known probabilities, and logarithms of these, bent by a factor."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, 3)) * 1.5
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = (rng.random(n)[:, None] > shares.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    return shares, factor * np.log(shares), y


@pytest.mark.parametrize("factor", [0.3, 1.0, 4.0])
def test_bent_probabilities_are_straightened(factor):
    shares, said, y = bent(factor)
    found = Calibrator.fit(said, y, 3).probabilities(said)
    assert np.allclose(found.sum(axis=1), 1)
    assert np.abs(found - shares).mean() < 0.01


def test_it_is_the_logistic_regression_of_scikit_learn():
    _, said, y = bent(2.0, n=300)
    inputs = (said - said.mean(axis=0)) / said.std(axis=0)
    expected = LogisticRegression(max_iter=1000).fit(inputs, y).predict_proba(inputs)
    assert np.allclose(Calibrator.fit(said, y, 3).probabilities(said), expected)


@pytest.mark.parametrize("present", [(0, 2), (1,)])
def test_levels_that_training_did_not_hold_are_impossible(present):
    _, said, y = bent(1.0, n=300)
    kept = np.isin(y, present)
    found = Calibrator.fit(said[kept], y[kept], 3).probabilities(said)
    assert np.allclose(found.sum(axis=1), 1)
    assert (found[:, [level for level in range(3) if level not in present]] == 0).all()
    if len(present) == 2:
        inputs = (said - said[kept].mean(axis=0)) / said[kept].std(axis=0)
        own = (said[kept] - said[kept].mean(axis=0)) / said[kept].std(axis=0)
        expected = LogisticRegression(max_iter=1000).fit(own, y[kept]).predict_proba(inputs)
        assert np.allclose(found[:, list(present)], expected)


def test_a_model_that_always_says_the_same_gets_the_shares():
    y = np.array([0] * 60 + [1] * 30 + [2] * 10)
    found = Calibrator.fit(np.zeros((100, 3)), y, 3).probabilities(np.zeros((1, 3)))
    assert np.allclose(found, [[0.6, 0.3, 0.1]], atol=1e-3)


def test_a_line_is_least_squares_and_never_runs_backward():
    rng = np.random.default_rng(0)
    guess = rng.normal(size=50)
    y = 3 + 0.5 * guess + 0.1 * rng.normal(size=50)
    slope, start = np.polyfit(guess, y, 1)
    made = Straightener.fit(guess, y)
    assert (made.slope, made.start) == (pytest.approx(slope), pytest.approx(start))
    assert np.allclose(Straightener.fit(-guess, y).scores(guess), y.mean())
    assert np.allclose(Straightener.fit(np.ones(50), y).scores(guess), y.mean())
