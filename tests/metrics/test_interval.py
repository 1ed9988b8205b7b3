import numpy as np
import pytest
from scipy import stats

from bench.metrics.answer import Answers
from bench.metrics.interval import enough_draws, expanded, inflation, interval, mean_interval, paired, speaker_draws
from bench.metrics.metric import METRICS


def make_rows(seed, n_speakers=12, n_each=20, noise=1.0):
    rng = np.random.default_rng(seed)
    speakers = np.repeat(np.arange(n_speakers), n_each)
    truth = rng.normal(size=speakers.size)
    return Answers(truth, truth + noise * rng.normal(size=speakers.size), speakers)


def test_draws_are_seeded_and_take_as_many_speakers_as_there_are():
    first, again, other = speaker_draws(12, 500, 3), speaker_draws(12, 500, 3), speaker_draws(12, 500, 4)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert (first.sum(axis=1) == 12).all()
    assert first.mean(axis=0) == pytest.approx(np.ones(12), abs=0.2)


def test_draws_are_made_once_and_cannot_be_written_to():
    draws = speaker_draws(12)
    assert speaker_draws(12) is draws
    with pytest.raises(ValueError, match="read-only"):
        draws[0, 0] = 3


@pytest.mark.parametrize("n", [13, 16, 20, 24, 200])
def test_ten_draws_lie_beyond_each_end(n):
    z = np.sqrt(n / (n - 1) * (1 + 10 / n)) * stats.t.ppf(0.975, n - 1)
    wanted = 10 / stats.norm.sf(z)
    assert max(wanted, 2000) <= enough_draws(n) <= max(wanted, 2000) + 1000
    values = speaker_draws(n)[:, 0] + np.random.default_rng(n).random(enough_draws(n))
    low, high = expanded(values, n, mutual=n)
    assert min((values < low).sum(), (values > high).sum()) >= 10


def test_draws_have_a_least_and_a_largest_number():
    assert [enough_draws(n) for n in (1, 4, 5, 12, 10_000)] == [2000, 2000, 10_000, 10_000, 2000]


@pytest.mark.parametrize("n", [5, 8, 12, 24, 100])
def test_bounds_stand_at_the_expanded_quantiles(n):
    draws = np.random.default_rng(n).normal(size=2000)
    z = np.sqrt(n / (n - 1)) * stats.t.ppf(0.975, n - 1)
    assert expanded(draws, n) == pytest.approx(tuple(np.quantile(draws, [stats.norm.cdf(-z), stats.norm.cdf(z)])))
    plain = np.quantile(draws, [0.025, 0.975])
    low, high = expanded(draws, n)
    assert low < plain[0]
    assert high > plain[1]


@pytest.mark.parametrize(("n", "mutual", "factor"), [(12, 12, 1 + 10 / 12), (6, 12, 1 + 10 * 6 / 144), (40, 40, 1.25)])
def test_speakers_who_train_each_other_widen_the_bounds(n, mutual, factor):
    draws = np.random.default_rng(n).normal(size=200_000)
    z = np.sqrt(n / (n - 1)) * stats.t.ppf(0.95, n - 1)
    assert inflation(n, mutual) == pytest.approx(factor)
    low, high = expanded(draws, n, 0.9, mutual=mutual)
    # of normal draws the quantiles are where the normal distribution has them, so the variance is what it is said to be
    assert (low, high) == pytest.approx((-z * np.sqrt(factor), z * np.sqrt(factor)), rel=0.05)


def test_the_mean_of_normal_speakers_is_covered_19_times_in_20():
    # published claim: coverage near 95 % at 8 speakers, where the plain percentile interval has 89 % (SCIENCE.md 4.4)
    rng = np.random.default_rng(0)
    weights = speaker_draws(8, 1000)
    inside = 0
    for _ in range(400):
        low, high = expanded(weights @ rng.normal(size=8) / 8, 8)
        inside += low <= 0 <= high
    assert 0.915 <= inside / 400 <= 0.975


def by_hand(statistic, draws, n_speakers):
    """The expanded percentile interval, from draws written out clip by clip."""
    found = [
        statistic(np.concatenate([np.flatnonzero(s == SPEAKERS) for s in np.repeat(np.arange(9), draw)])) for draw in draws
    ]
    reach = np.sqrt(n_speakers / (n_speakers - 1)) * stats.t.ppf(0.975, n_speakers - 1)
    return np.percentile(found, 100 * stats.norm.cdf([-reach, reach]))


def recalls(truth, right):
    return np.mean([right[truth == level].mean() for level in np.unique(truth)])


SPEAKERS = np.repeat(np.arange(9), [5, 9, 6, 8, 7, 11, 5, 6, 10])


@pytest.mark.parametrize("form", ["score", "level"])
def test_intervals_are_those_of_a_bootstrap_by_hand(form):
    rng = np.random.default_rng(11)
    weights = speaker_draws(9, 300, seed=2)
    if form == "score":
        truth = rng.integers(1, 10, len(SPEAKERS)).astype(float)
        guesses = [truth + rng.normal(0, noise, len(SPEAKERS)).round() for noise in (2, 4)]
        metric, rows = METRICS["spearman"], [Answers(truth, guess, SPEAKERS) for guess in guesses]
        given = [lambda clips, guess=guess: stats.spearmanr(truth[clips], guess[clips]).statistic for guess in guesses]
    else:
        truth = rng.integers(0, 3, len(SPEAKERS))
        guesses = [np.where(rng.random(len(SPEAKERS)) < share, truth, (truth + 1) % 3) for share in (0.7, 0.5)]
        metric, rows = METRICS["uar"], [Answers(truth, guess, SPEAKERS, 3) for guess in guesses]
        given = [lambda clips, right=guess == truth: recalls(truth[clips], right[clips]) for guess in guesses]
    for row, statistic in zip(rows, given, strict=True):
        found = interval(metric, row, weights)
        assert found.value == pytest.approx(statistic(np.arange(len(SPEAKERS))))
        assert (found.low, found.high) == pytest.approx(tuple(by_hand(statistic, weights, 9)), abs=1e-9)
    difference = by_hand(lambda clips: given[0](clips) - given[1](clips), weights, 9)
    assert paired(metric, *rows, weights)[1:] == pytest.approx(tuple(difference), abs=1e-9)


def test_fewer_than_five_speakers_have_no_interval():
    answers = make_rows(0, n_speakers=4)
    value, low, high = interval(METRICS["ccc"], answers, speaker_draws(4))
    assert value == METRICS["ccc"].value(answers)
    assert (low, high) == (None, None)


def test_a_value_that_two_speakers_carry_has_no_interval():
    rng = np.random.default_rng(1)
    speakers = np.repeat(np.arange(10), 10)
    carried = {}
    for n_carriers in (2, 8):
        truth = np.where(speakers < n_carriers, rng.integers(0, 5, 100), 3.0)
        answers = Answers(truth, rng.normal(size=100), speakers)
        carried[n_carriers] = interval(METRICS["within_speaker_spearman"], answers, speaker_draws(10))
    assert (carried[2].low, carried[2].high) == (None, None)
    assert carried[8].low < carried[8].value < carried[8].high


@pytest.mark.parametrize("name", ["uar", "macro_f1"])
def test_a_mean_over_levels_has_no_interval_where_one_speaker_carries_a_level(name):
    """Draws without that speaker have fewer levels: their mean would be another value, here 1 where the row never finds one."""
    speakers = np.repeat(np.arange(10), 4)
    truth = np.where(speakers == 9, 2, np.tile([0, 1], 20))
    answers = Answers(truth, np.minimum(truth, 1), speakers, 3)
    found = interval(METRICS[name], answers, speaker_draws(10))
    assert found.value == pytest.approx(METRICS[name].value(answers))
    assert (found.low, found.high) == (None, None)
    spread = Answers(np.tile([0, 1, 2, 2], 10), np.tile([0, 1, 1, 1], 10), speakers, 3)
    assert interval(METRICS["uar"], spread, speaker_draws(10)).high == pytest.approx(2 / 3)


def test_a_paired_difference_uses_the_same_draws():
    a, b = make_rows(2, noise=1.0), make_rows(2, noise=1.3)
    weights = speaker_draws(12)
    metric = METRICS["spearman"]
    value, low, high = paired(metric, a, b, weights)
    assert value == pytest.approx(metric.value(a) - metric.value(b))
    assert 0 < low < value < high  # the truth and the noise are shared: apart, though the two intervals overlap
    assert interval(metric, b, weights).high > interval(metric, a, weights).low
    back = paired(metric, b, a, weights)
    assert (back.value, back.low, back.high) == pytest.approx((-value, -high, -low))
    assert paired(metric, a, a, weights) == (0, 0, 0)


def test_rows_about_other_clips_are_not_paired():
    with pytest.raises(ValueError, match="same clips in the same order"):
        paired(METRICS["mae"], make_rows(0), make_rows(1), speaker_draws(12))


def test_the_interval_of_a_mean_is_that_of_drawn_speakers():
    rng = np.random.default_rng(4)
    speakers = rng.permutation(np.repeat(np.arange(7), [3, 9, 4, 5, 6, 2, 8]))
    values, weights = rng.normal(size=speakers.size), speaker_draws(7, 300)
    drawn = [np.repeat(values, times).mean() for times in (one[speakers] for one in weights)]
    found = mean_interval(values, speakers, weights)
    assert found == pytest.approx((values.mean(), *expanded(drawn, 7)))
