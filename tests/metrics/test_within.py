import numpy as np
import pytest
from scipy import stats

from bench.metrics.within import Shift, by_speaker, holm, mean_shift

RNG_SEED = 5


def table(n_speakers=8, n_clips=9, effect=0.0, n_cues=1, seed=RNG_SEED):
    """Speakers, labels, and cues that differ far more between speakers than they move within one."""
    rng = np.random.default_rng(seed)
    speakers = np.repeat([f"s{n:02d}" for n in range(n_speakers)], n_clips)
    labels = np.tile(np.arange(1.0, n_clips + 1), n_speakers)
    own = np.repeat(rng.normal(0, 50, (n_speakers, n_cues)), n_clips, axis=0)
    cues = own + effect * labels[:, None] + rng.normal(0, 3, (len(labels), n_cues))
    return speakers, labels, cues


def test_each_speaker_has_what_scipy_gives_ties_and_all():
    speakers, labels, cues = table()
    values = np.round(cues[:, 0] / 4)
    labels = np.ceil(labels / 3)
    found = by_speaker(values, labels, speakers)
    assert list(found) == sorted(set(speakers))
    for name, value in found.items():
        own = speakers == name
        assert value == pytest.approx(stats.spearmanr(values[own], labels[own]).statistic, abs=1e-12)


def test_who_speaks_explains_nothing():
    speakers, labels, cues = table(effect=3.0)
    far = by_speaker(cues[:, 0] + 1e4 * np.unique(speakers, return_inverse=True)[1], labels, speakers)
    assert far == by_speaker(cues[:, 0], labels, speakers)
    assert mean_shift(list(far.values())).value > 0.8


def test_a_missing_number_is_left_out_of_its_pair_only():
    speakers, labels, cues = table(n_speakers=2)
    values = cues[:, 0].copy()
    values[[1, 5]] = np.nan
    kept = (speakers == "s00") & np.isfinite(values)
    found = by_speaker(values, labels, speakers)
    assert found["s00"] == pytest.approx(stats.spearmanr(values[kept], labels[kept]).statistic)
    assert found["s01"] == by_speaker(cues[:, 0], labels, speakers)["s01"]


def test_speakers_with_few_clips_or_one_label_are_left_out():
    labels = [1, 2, 3, 4, 1, 2, 3, 4, 5, 2, 2, 2, 2, 2]
    speakers = ["few"] * 4 + ["enough"] * 5 + ["same"] * 5
    assert by_speaker(np.arange(14.0), labels, speakers) == {"enough": 1.0}
    assert "few" in by_speaker(np.arange(14.0), labels, speakers, min_clips=4)
    values = np.arange(14.0)
    values[6] = np.nan
    assert by_speaker(values, labels, speakers) == {}
    assert by_speaker([], [], []) == {}


def test_what_never_moves_goes_nowhere():
    assert by_speaker([7.0] * 5, [1, 2, 3, 4, 5], ["ann"] * 5) == {"ann": 0.0}


def test_the_mean_is_students_over_speakers():
    each = np.random.default_rng(2).uniform(-0.2, 0.6, 11)
    shift, judged = mean_shift(each), stats.ttest_1samp(each, 0.0)
    assert shift.value == pytest.approx(each.mean())
    assert shift.p == pytest.approx(judged.pvalue, rel=1e-9)
    for level in (0.9, 0.95, 0.999):
        expected = judged.confidence_interval(level)
        assert shift.bounds(level) == pytest.approx((max(-1, expected.low), min(1, expected.high)), rel=1e-9)


def test_bounds_stay_on_the_scale_and_still_tell_whether_they_hold_zero():
    assert Shift(0.9, 0.2, 6).bounds()[1] == 1.0
    low, high = Shift(-0.1, 2.0, 6).bounds()
    assert (low, high) == (-1.0, 1.0)


@pytest.mark.parametrize("each", [[], [0.4], [0.1, 0.5, 0.3, 0.2], [0.0] * 9, [1.0] * 6])
def test_too_few_speakers_or_no_spread_give_no_interval(each):
    shift = mean_shift(each)
    assert (shift.error, shift.p, shift.bounds()) == (None, None, None)
    assert shift.n_speakers == len(each)
    assert np.isnan(shift.value) == (not each)


def test_holm_by_hand():
    found = holm([0.30, 0.004, 0.011, 0.02, 0.9])
    assert [one.passed for one in found] == [False, True, True, False, False]
    assert [one.alpha for one in found] == pytest.approx([0.05 / 3, 0.05 / 5, 0.05 / 4, 0.05 / 3, 0.05 / 3])
    assert holm([]) == ()


def test_what_comes_after_the_stop_does_not_pass_even_below_its_own_level():
    found = holm([0.04, 0.04, 0.04])
    assert not any(one.passed for one in found)
    assert {one.alpha for one in found} == {0.05 / 3}


def test_holm_agrees_with_the_textbook_adjusted_p():
    rng = np.random.default_rng(9)
    for _ in range(200):
        p = rng.beta(0.3, 2.0, rng.integers(1, 12))
        order = np.argsort(p)
        running = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
        adjusted = np.empty(len(p))
        adjusted[order] = running
        assert [one.passed for one in holm(p)] == (adjusted < 0.05).tolist()


def test_an_interval_at_the_tested_level_excludes_zero_where_it_passed_and_only_there():
    rng = np.random.default_rng(4)
    for _ in range(100):
        shifts = [mean_shift(rng.normal(rng.choice([0.0, 0.1, 0.3]), 0.2, 10)) for _ in range(12)]
        for shift, one in zip(shifts, holm([shift.p for shift in shifts]), strict=True):
            low, high = shift.bounds(1 - one.alpha)
            assert (low > 0 or high < 0) == one.passed


def test_of_tables_with_nothing_in_them_about_one_in_twenty_claims_something():
    n_tables, n_cues = 300, 12
    false = 0
    for seed in range(n_tables):
        speakers, labels, cues = table(n_speakers=6, n_cues=n_cues, seed=seed)
        shifts = [mean_shift(list(by_speaker(cue, labels, speakers).values())) for cue in cues.T]
        false += any(one.passed for one in holm([shift.p for shift in shifts]))
    assert false <= stats.binom.ppf(0.999, n_tables, 0.05)
    assert false >= 1  # a test that never passes anything would be no test


def test_what_moves_in_most_speakers_is_found_with_its_sign():
    speakers, labels, cues = table(n_speakers=12, effect=-1.0, n_cues=3)
    shifts = [mean_shift(list(by_speaker(cue, labels, speakers).values())) for cue in cues.T]
    assert all(one.passed for one in holm([shift.p for shift in shifts]))
    assert all(shift.value < 0 for shift in shifts)
