import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from bench.metrics.calibration import Bin, brier, brier_base, expected_base, expected_error, reliability


def make_forecasts(seed, n_clips=300, n_levels=3):
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.ones(n_levels) * 1.5, n_clips)
    truth = np.array([rng.choice(n_levels, p=p) for p in probabilities])
    return probabilities, truth


@pytest.mark.parametrize("n_levels", [2, 3, 5])
def test_the_brier_score_is_the_sum_over_levels_of_those_of_scikit_learn(n_levels):
    probabilities, truth = make_forecasts(n_levels, n_levels=n_levels)
    by_level = [brier_score_loss(truth == level, probabilities[:, level]) for level in range(n_levels)]
    assert brier(probabilities, truth).mean() == pytest.approx(sum(by_level))


def test_the_base_is_the_brier_score_of_the_shares():
    truth = np.array([0] * 6 + [1] * 3 + [2])
    shares = np.tile([0.6, 0.3, 0.1], (10, 1))
    assert brier_base(truth) == pytest.approx(brier(shares, truth).mean())
    assert brier_base(truth) == pytest.approx(1 - 0.36 - 0.09 - 0.01)


def test_bins_hold_equally_many_clips_in_rising_order():
    probabilities, truth = make_forecasts(7, n_clips=237)
    bins = reliability(probabilities, truth)
    assert [one.n_clips for one in bins] == pytest.approx([23.7] * 10, abs=1)
    assert sum(one.n_clips for one in bins) == 237
    assert [one.said for one in bins] == sorted(one.said for one in bins)


def test_bins_and_their_error_are_as_counted_by_hand():
    said = np.repeat([0.5, 0.6, 0.7, 0.8], 10)
    probabilities = np.column_stack([said, 1 - said])
    right = np.concatenate([np.arange(10) < n for n in (5, 7, 7, 4)])
    bins = reliability(probabilities, np.where(right, 0, 1))
    assert [one.n_clips for one in bins] == [10] * 4
    assert [one.said for one in bins] == pytest.approx([0.5, 0.6, 0.7, 0.8])
    assert [one.found for one in bins] == pytest.approx([0.5, 0.7, 0.7, 0.4])
    assert expected_error(bins) == pytest.approx((0.0 + 0.1 + 0.0 + 0.4) / 4)


def test_equal_probabilities_are_never_parted_and_their_order_does_not_matter():
    rng = np.random.default_rng(2)
    said = rng.choice([0.6, 0.75, 0.9], 200, p=[0.7, 0.2, 0.1])
    probabilities, truth = np.column_stack([said, 1 - said]), (rng.random(200) > said).astype(int)
    bins = reliability(probabilities, truth)
    assert [one.n_clips for one in bins] == [int((said == p).sum()) for p in (0.6, 0.75, 0.9)]
    order = rng.permutation(200)
    assert np.allclose(reliability(probabilities[order], truth[order]), bins)


def test_few_clips_have_few_bins():
    assert len(reliability(*make_forecasts(1, n_clips=35))) == 3
    assert len(reliability(*make_forecasts(1, n_clips=4))) == 1


def test_the_base_of_the_error_is_what_right_probabilities_show():
    found = [expected_error(reliability(*make_forecasts(seed))) for seed in range(100)]
    bases = [expected_base(make_forecasts(seed)[0]) for seed in range(0, 100, 10)]
    assert np.mean(bases) == pytest.approx(np.mean(found), abs=3 * np.std(found) / 10)
    always = np.tile([0.9, 0.1], (200, 1))
    assert expected_error(reliability(always, [0, 1] * 100)) == pytest.approx(0.4)
    assert expected_error((Bin(0.2, 0.2, 5),)) == 0


@pytest.mark.parametrize(
    ("probabilities", "truth", "said"),
    [
        ([[0.5, 0.5]], [0, 1], "a truth each"),
        ([[0.5, 0.6]], [0], "sum to 1"),
        ([[np.nan, 1.0]], [0], "sum to 1"),
        ([[-0.1, 1.1]], [0], "at least 0"),
        ([[0.5, 0.5]], [2], "from 0 to 1"),
    ],
)
def test_what_are_no_probabilities_is_refused(probabilities, truth, said):
    with pytest.raises(ValueError, match=said):
        brier(probabilities, truth)
