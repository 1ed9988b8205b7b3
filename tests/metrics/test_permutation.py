"""Permuted labels: what stays, what goes, and that the metrics are those of the board."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import recall_score

from bench.metrics.answer import Answers
from bench.metrics.permutation import null_values, permutations


def test_speakers_keep_their_own_labels():
    rng = np.random.default_rng(1)
    speakers, labels = rng.integers(0, 5, 200), rng.integers(0, 9, 200)
    for order in permutations(speakers, labels, 50):
        for speaker in range(5):
            own = speakers == speaker
            assert sorted(order[own]) == sorted(np.flatnonzero(own))
    assert len({tuple(order) for order in permutations(speakers, labels, 50)}) == 50


def test_every_permutation_of_a_speaker_is_as_likely():
    orders = permutations(np.zeros(3, int), np.arange(3), 6000)
    counts = np.unique(orders, axis=0, return_counts=True)[1]
    assert len(counts) == 6
    assert counts.min() > 880
    assert counts.max() < 1120  # four standard deviations of 1000


def test_speakers_with_one_label_exchange_it_whole():
    speakers, labels = np.array([2, 0, 0, 1, 2, 1, 1, 3, 3]), np.array([5, 1, 1, 3, 5, 3, 3, 7, 8])
    seen = set()
    for order in permutations(speakers, labels, 400):
        given = labels[order]
        assert sorted(given[7:]) == [7, 8]  # this one has two labels of its own
        one = tuple(set(given[speakers == s].tolist()) for s in range(3))
        assert all(len(own) == 1 for own in one)
        seen.add(tuple(own.pop() for own in one))
    assert len(seen) == 6
    assert all(sorted(labels_of) == [1, 3, 5] for labels_of in seen)


@pytest.mark.parametrize("single", [False, True])
def test_values_are_those_of_the_metrics(single):
    rng = np.random.default_rng(3)
    speakers = np.repeat(np.arange(6), [3, 9, 4, 7, 5, 8])
    levels = np.array([0, 1, 2, 0, 1, 2])[speakers] if single else rng.integers(0, 3, 36)
    scores = levels + (0.0 if single else rng.integers(0, 2, 36) / 2)
    names, guess_levels, guess = speakers.astype(str), rng.integers(0, 3, 36), rng.normal(size=36).round(1)
    answers = Answers.of(levels, guess_levels, names, 3)
    orders = permutations(answers.speakers, np.unique(levels, return_inverse=True)[1], 40, 7)
    expected = [recall_score(levels[order], guess_levels, average="macro") for order in orders]
    np.testing.assert_allclose(null_values(answers, 40, 7)(guess_levels.astype(float)), expected)
    answers = Answers.of(scores, guess, names)
    orders = permutations(answers.speakers, np.unique(scores, return_inverse=True)[1], 40, 7)
    expected = [spearmanr(scores[order], guess).statistic for order in orders]
    np.testing.assert_allclose(null_values(answers, 40, 7)(guess), expected, atol=1e-6)


def test_a_guess_of_the_speaker_alone_is_no_better_than_its_null():
    # Speakers differ in their labels; guessing each speaker's mean scores high, and permuting within speakers leaves that.
    speakers = np.repeat([f"s{n}" for n in range(8)], 10)
    truth = np.repeat(np.arange(8.0), 10) + np.tile(np.linspace(-0.4, 0.4, 10), 8)
    guess = np.repeat(np.arange(8.0), 10)
    values = null_values(Answers.of(truth, guess, speakers))(guess)
    own = spearmanr(truth, guess).statistic
    assert own > 0.95
    assert np.quantile(values, 0.025) - 1e-6 <= own <= np.quantile(values, 0.975) + 1e-6


def test_a_constant_guess_has_no_spread():
    answers = Answers.of(np.arange(6.0), np.zeros(6), ["a"] * 3 + ["b"] * 3)
    assert null_values(answers, 10)(np.zeros(6)).tolist() == [0.0] * 10
