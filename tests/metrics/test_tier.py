"""Tiers, against swapping by hand, and against how often equal rows are told apart."""

import itertools

import numpy as np
import pytest
from scipy.stats import permutation_test, rankdata, spearmanr
from sklearn.metrics import recall_score

from bench.metrics.answer import Answers
from bench.metrics.tier import Comparison, compare, compare_pairs


def rows_of(form, n_rows=4, n_speakers=7, per=9, seed=0, noises=None):
    rng = np.random.default_rng(seed)
    speakers = np.repeat(np.arange(n_speakers), per)
    truth = rng.normal(size=len(speakers))
    guesses = [truth + noise * rng.normal(size=len(truth)) for noise in noises or rng.uniform(0.4, 3, n_rows)]
    if form == "score":
        return [Answers(truth, guess, speakers) for guess in guesses]
    cut = [-0.4, 0.4]
    return [Answers(np.digitize(truth, cut), np.digitize(guess, cut), speakers, 3) for guess in guesses]


def metric(form, truth, guess):
    if form == "level":
        return recall_score(truth, guess, average="macro")
    return np.corrcoef(rankdata(truth), guess)[0, 1]


def by_hand(rows, form):
    """Adjusted p of every pair: each of the 2 ** n swaps in a loop."""
    n_speakers = rows[0].n_speakers
    guesses = [row.guess if form == "level" else rankdata(row.guess) for row in rows]
    pairs = list(itertools.combinations(range(len(rows)), 2))
    table = []
    for swap in itertools.product([False, True], repeat=n_speakers):
        turned = np.array(swap)[rows[0].speakers]
        line = []
        for i, j in pairs:
            one, other = np.where(turned, guesses[j], guesses[i]), np.where(turned, guesses[i], guesses[j])
            line.append(metric(form, rows[0].truth, one) - metric(form, rows[0].truth, other))
        table.append(line)
    under = np.array(table)
    scaled = np.abs(under) / np.sqrt((under**2).mean(axis=0))
    largest = scaled.max(axis=1)
    return {pair: (under[0, k], (largest >= scaled[0, k] - 1e-9).mean()) for k, pair in enumerate(pairs)}


@pytest.mark.parametrize("form", ["score", "level"])
@pytest.mark.parametrize("seed", [0, 1])
def test_differences_and_p_are_those_of_swapping_by_hand(form, seed):
    rows = rows_of(form, seed=seed)
    found = compare(rows)
    for (i, j), (difference, p) in by_hand(rows, form).items():
        assert found.difference[i, j] == pytest.approx(difference, abs=1e-9)
        assert found.difference[j, i] == pytest.approx(-difference, abs=1e-9)
        assert found.p[i, j] == found.p[j, i] == pytest.approx(p, abs=1e-9)


def test_one_pair_alone_is_the_paired_permutation_test_of_scipy():
    one, other = rows_of("level", 2, n_speakers=8, seed=3)
    per_level = np.bincount(one.truth)
    worth = 1 / (3 * per_level[one.truth])  # UAR is a sum over clips, so over speakers
    sums = [np.bincount(row.speakers, worth * (row.guess == row.truth)) for row in (one, other)]
    found = permutation_test(
        sums, lambda a, b, axis: (a - b).sum(axis=axis), permutation_type="samples", vectorized=True, n_resamples=np.inf
    )
    compared = compare([one, other])
    assert compared.difference[0, 1] == pytest.approx(found.statistic)
    assert compared.p[0, 1] == pytest.approx(found.pvalue)


def test_the_difference_of_scores_is_that_of_spearman():
    rows = rows_of("score", 2)
    values = [spearmanr(row.truth, row.guess).statistic for row in rows]
    assert compare(rows).difference[0, 1] == pytest.approx(values[0] - values[1])


def test_drawn_swaps_agree_with_all_of_them(monkeypatch):
    rows = rows_of("level", n_speakers=11)
    exact = compare(rows)
    monkeypatch.setattr("bench.metrics.tier.MOST_ENUMERATED", 5)
    drawn = compare(rows)
    np.testing.assert_allclose(drawn.p, exact.p, atol=4 * np.sqrt(0.25 / 10_000) + 1e-4)
    assert np.array_equal(compare(rows).p, drawn.p)


def test_equal_rows_are_hardly_ever_told_apart_and_unequal_ones_are():
    alarms = sum(max(compare(rows_of("level", 5, 10, 12, seed=s, noises=[1.5] * 5)).tiers(0.05)) > 1 for s in range(80))
    assert alarms <= 9  # 5 % of 80 is 4; more than 9 has a probability of 1 %
    found = [compare(rows_of("score", 2, 10, 12, seed=s, noises=[0.7, 3.0])).tiers(0.05) for s in range(20)]
    assert sum(tiers == [1, 2] for tiers in found) >= 18


def test_too_few_speakers_or_rows_give_none():
    assert compare(rows_of("level", n_speakers=5)) is None
    assert compare(rows_of("level", n_rows=1)) is None


def test_the_same_row_twice_is_never_told_apart():
    row = rows_of("score", 1)[0]
    found = compare([row, row])
    assert found.difference[0, 1] == 0
    assert found.tiers(0.05) == [1, 1]


def test_rows_about_other_clips_are_refused():
    one, other = rows_of("score", 1)[0], rows_of("score", 1, seed=9)[0]
    with pytest.raises(ValueError, match="same clips"):
        compare([one, other])


def test_a_chain_has_a_tier_for_each_step():
    p = np.full((3, 3), 0.01)
    difference = np.array([[0, 1, 2], [-1, 0, 1], [-2, -1, 0.0]])
    assert Comparison(difference, p).tiers(0.05) == [1, 2, 3]
    assert Comparison(difference, np.ones((3, 3))).tiers(0.05) == [1, 1, 1]


def test_a_family_of_certain_pairs_takes_only_these_into_account():
    rows = rows_of("score", n_rows=4, n_speakers=6, noises=(0.5, 0.6, 2.0, 2.2))
    under = {}
    for seed_pairs in ([(0, 1), (2, 3)], [(0, 1)]):
        found = compare_pairs(rows, seed_pairs)
        by_two = [by_hand([rows[i], rows[j]], "score")[0, 1] for i, j in seed_pairs]
        for pair, (difference, p) in zip(found, by_two, strict=True):
            assert pair.difference == pytest.approx(difference, abs=1e-9)
            assert pair.p >= p - 1e-9  # adjusted for the family, so never below the pair on its own
            if len(seed_pairs) == 1:
                assert pair.p == pytest.approx(p, abs=1e-9)
        under[len(seed_pairs)] = found[0].p
    assert under[1] <= under[2] <= compare(rows).p[0, 1] + 1e-9


def test_pairs_need_six_speakers_and_something_to_compare():
    assert compare_pairs(rows_of("score", n_speakers=5), [(0, 1)]) is None
    assert compare_pairs(rows_of("score"), []) is None
