import audmetric
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import mean_absolute_error

from bench.metrics.answer import Answers
from bench.metrics.metric import METRICS

SPEARMAN, CCC, MAE, WITHIN = (METRICS[name] for name in ("spearman", "ccc", "mae", "within_speaker_spearman"))


@st.composite
def score_answers(draw):
    n_clips = draw(st.integers(2, 40))
    tied = st.integers(-3, 3).map(float)
    scores = st.lists(draw(st.sampled_from([tied, st.floats(-1e3, 1e3, width=32)])), min_size=n_clips, max_size=n_clips)
    speakers = draw(st.lists(st.sampled_from("abcd"), min_size=n_clips, max_size=n_clips))
    return Answers.of(draw(scores), draw(scores), speakers)


@settings(max_examples=80, deadline=None)
@given(score_answers())
def test_spearman_and_mae_are_those_of_scipy_and_scikit_learn(answers):
    truth, guess = answers.truth, answers.guess
    assert MAE.value(answers) == pytest.approx(mean_absolute_error(truth, guess))
    if np.ptp(truth) == 0:
        assert np.isnan(SPEARMAN.value(answers))
    elif np.ptp(guess) == 0:
        assert SPEARMAN.value(answers) == 0
    else:
        assert SPEARMAN.value(answers) == pytest.approx(spearmanr(truth, guess).statistic, abs=1e-9)


@settings(max_examples=80, deadline=None)
@given(score_answers())
def test_concordance_is_that_of_audmetric(answers):
    assume(np.ptp(answers.truth) > 1e-3)
    expected = audmetric.concordance_cc(answers.truth, answers.guess)
    assert CCC.value(answers) == pytest.approx(expected, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(score_answers(), st.sampled_from([np.exp2, np.arctan, lambda x: 3 * x + 7]))
def test_spearman_sees_only_the_order(answers, rising):
    assume(np.ptp(answers.guess) > 0)
    bent = rising(answers.guess / 1e3)
    assume(len(np.unique(bent)) == len(np.unique(answers.guess)))
    other = Answers(answers.truth, bent, answers.speakers)
    assert SPEARMAN.value(other) == pytest.approx(SPEARMAN.value(answers), nan_ok=True, abs=1e-12)
    assert -1 <= np.nan_to_num(SPEARMAN.value(answers)) <= 1


def test_concordance_by_hand():
    # x = 1..5, y = x + 1: variance 2, covariance 2, means 1 apart -> 2*2 / (2 + 2 + 1)
    assert CCC.value(Answers.of([1, 2, 3, 4, 5], [2, 3, 4, 5, 6], list("aabbb"))) == pytest.approx(0.8)


def test_concordance_of_constants():
    speakers = list("aab")
    assert CCC.value(Answers.of([1, 2, 4], [0.1, 0.1, 0.1], speakers)) == pytest.approx(0, abs=1e-12)
    assert CCC.value(Answers.of([0.3, 0.3, 0.3], [0.1, 0.2, 0.3], speakers)) == pytest.approx(0, abs=1e-12)
    assert np.isnan(CCC.value(Answers.of([0.1, 0.1, 0.1], [0.1, 0.1, 0.1], speakers)))


def test_concordance_keeps_its_digits_far_from_zero():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=50)
    guess = truth + rng.normal(size=50)
    near = Answers.of(truth, guess, ["a", "b"] * 25)
    far = Answers.of(truth + 1e7, guess + 1e7, ["a", "b"] * 25)
    assert CCC.value(far) == pytest.approx(CCC.value(near), abs=1e-7)


def test_within_speaker_spearman_is_the_mean_over_speakers_that_have_one():
    truth = [1, 2, 3, 1, 2, 3, 5, 5, 1, 2]
    guess = [1, 2, 3, 3, 1, 2, 1, 2, 7, 7]
    answers = Answers.of(truth, guess, list("aaabbbccdd"))
    each = [1.0, spearmanr([1, 2, 3], [3, 1, 2]).statistic, np.nan, 0.0]  # c: constant truth; d: constant guess
    assert SPEARMAN.by_speaker(answers) == pytest.approx(each, nan_ok=True)
    assert WITHIN.value(answers) == pytest.approx(np.nanmean(each))


def test_speaker_offsets_hide_order_from_the_pool_but_not_within():
    truth = np.tile(np.arange(10.0), 4)
    speakers = np.repeat(list("abcd"), 10)
    guess = truth + np.repeat([0.0, 100.0, -300.0, 50.0], 10)
    answers = Answers.of(truth, guess, speakers)
    assert WITHIN.value(answers) == 1
    assert SPEARMAN.value(answers) < 0.3
