import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from bench.metrics.interval import expanded, speaker_draws
from bench.runs.reliability import make_calibration, make_coverage


def made(seed, n_speakers=8, n_each=15):
    rng = np.random.default_rng(seed)
    names = rng.permutation(np.repeat([f"s{n}" for n in range(n_speakers)], n_each))
    probabilities = rng.dirichlet([2.0, 1.0, 1.0], len(names))
    truth = np.array([rng.choice(3, p=p) for p in probabilities], dtype=float)
    return rng, names, probabilities, truth


def redrawn(values, names):
    """The mean of clips that stand there as often as their speaker was drawn."""
    order = {name: place for place, name in enumerate(sorted(set(names)))}
    codes = [order[name] for name in names]
    return [np.repeat(values, weights[codes]).mean() for weights in speaker_draws(len(order))]


def test_the_brier_score_has_the_interval_of_drawn_speakers():
    _, names, probabilities, truth = made(0)
    found = make_calibration(probabilities, truth, names.tolist(), True, 8)
    each = ((probabilities - np.eye(3)[truth.astype(int)]) ** 2).sum(axis=1)
    assert found.brier.value == pytest.approx(sum(brier_score_loss(truth == k, probabilities[:, k]) for k in range(3)))
    assert (found.brier.low, found.brier.high) == pytest.approx(expanded(redrawn(each, names), 8, mutual=8))
    assert found.brier.value < found.brier_base
    assert sum(one.n_clips for one in found.bins) == len(truth)
    assert found.ece == pytest.approx(sum(b.n_clips * abs(b.said - b.found) for b in found.bins) / len(truth))


def test_coverage_is_counted_by_speaker_and_over_all():
    rng, names, _, truth = made(1)
    low, high = truth - rng.random(len(truth)), truth + rng.random(len(truth)) - 0.2
    found = make_coverage(low, high, truth, names.tolist(), 20, 0)
    inside = (low <= truth) & (truth <= high)
    assert found.pooled.value == inside.mean()
    assert found.by_speaker == {name: pytest.approx(inside[names == name].mean()) for name in sorted(set(names))}
    assert (found.pooled.low, found.pooled.high) == pytest.approx(expanded(redrawn(inside.astype(float), names), 8))
    assert found.width == pytest.approx((high - low).mean())
    assert (found.nominal, found.approximate) == (0.8, False)


def test_below_20_training_speakers_coverage_is_approximate():
    few = make_coverage(np.zeros(3), np.ones(3), np.full(3, 0.5), ["a", "b", "c"], 19, 0)
    assert few.approximate
    assert few.pooled.low is None  # 3 speakers have no interval


def test_where_nobody_knows_who_speaks_there_is_no_interval_over_speakers():
    _, names, probabilities, truth = made(2)
    assert make_calibration(probabilities, truth, names.tolist(), False, 8).brier.low is None
    found = make_coverage(truth - 1, truth + 1, truth, names.tolist(), 0, 8)
    assert (found.by_speaker, found.pooled.low, found.approximate) == ({}, None, True)


def test_nothing_is_said_of_some_clips_only():
    _, names, probabilities, truth = made(3)
    gap = np.where(np.arange(len(truth)) == 5, np.nan, truth)
    assert make_coverage(gap, truth + 1, truth, names.tolist(), 9, 8) is None
    assert make_coverage(None, None, truth, names.tolist(), 9, 8) is None
    probabilities[4] = np.nan
    assert make_calibration(probabilities, truth, names.tolist(), True, 8) is None
    assert make_calibration(None, truth, names.tolist(), True, 8) is None
