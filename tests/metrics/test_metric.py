import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.metrics.answer import Answers
from bench.metrics.interval import speaker_draws
from bench.metrics.metric import METRICS, PRIMARY, TUNING, chance, recall, reported

EVERY = [*METRICS.values(), recall(1, "tired")]


def make_answers(form, rng, n_clips=60, n_speakers=6):
    codes = np.concatenate([np.arange(n_speakers), rng.integers(0, n_speakers, n_clips - n_speakers)])
    if form == "level":
        return Answers(rng.integers(0, 4, n_clips), rng.integers(0, 4, n_clips), codes, 4)
    truth = rng.integers(1, 10, n_clips) / 3
    return Answers(truth, np.round(truth + rng.normal(size=n_clips), 1), codes)


def expanded_by_hand(answers, weight):
    """The clips of a draw written out; speakers drawn twice stand as two speakers."""
    rows, speakers = [], []
    for speaker, times in enumerate(weight):
        for again in range(times):
            clips = np.flatnonzero(answers.speakers == speaker)
            rows.extend(clips)
            speakers.extend([f"{speaker}/{again}"] * len(clips))
    return Answers.of(answers.truth[rows], answers.guess[rows], speakers, answers.n_levels)


def value_by_hand(metric, answers, weight):
    """Of a draw; one that misses a level of the pool has no mean over the levels."""
    drawn = expanded_by_hand(answers, weight)
    if metric.name in ("uar", "macro_f1") and set(drawn.truth.tolist()) != set(answers.truth.tolist()):
        return np.nan
    return metric.value(drawn)


@pytest.mark.parametrize("metric", EVERY, ids=lambda m: m.name)
def test_without_draws_there_are_no_values(metric):
    answers = make_answers(metric.form, np.random.default_rng(3))
    assert metric.drawn(answers, np.ones((0, answers.n_speakers), np.int64)).shape == (0,)


@pytest.mark.parametrize("metric", EVERY, ids=lambda m: m.name)
def test_a_draw_gives_what_the_written_out_clips_give(metric):
    rng = np.random.default_rng(3)
    answers = make_answers(metric.form, rng)
    weights = speaker_draws(6, 40, seed=1)
    by_hand = [value_by_hand(metric, answers, weight) for weight in weights]
    assert metric.drawn(answers, weights) == pytest.approx(by_hand, abs=1e-12, nan_ok=True)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(EVERY), st.integers(0, 10_000))
def test_small_awkward_draws_agree_too(metric, seed):
    rng = np.random.default_rng(seed)
    answers = make_answers(metric.form, rng, n_clips=9, n_speakers=4)
    weights = speaker_draws(4, 5, seed)
    by_hand = [value_by_hand(metric, answers, weight) for weight in weights]
    assert metric.drawn(answers, weights) == pytest.approx(by_hand, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("metric", EVERY, ids=lambda m: m.name)
def test_the_order_of_clips_does_not_matter(metric):
    rng = np.random.default_rng(5)
    answers = make_answers(metric.form, rng)
    mixed = rng.permutation(answers.n_clips)
    other = Answers(answers.truth[mixed], answers.guess[mixed], answers.speakers[mixed], answers.n_levels)
    assert metric.value(other) == pytest.approx(metric.value(answers), abs=1e-12)


@pytest.mark.parametrize("metric", EVERY, ids=lambda m: m.name)
def test_a_perfect_rater_is_the_best_there_is(metric):
    rng = np.random.default_rng(6)
    answers = make_answers(metric.form, rng)
    perfect = Answers(answers.truth, answers.truth, answers.speakers, answers.n_levels)
    assert metric.value(perfect) == pytest.approx(1.0 if metric.better == "higher" else 0.0)


@pytest.mark.parametrize("metric", EVERY, ids=lambda m: m.name)
def test_by_speaker_is_the_value_of_that_speaker_alone(metric):
    answers = make_answers(metric.form, np.random.default_rng(7))
    alone = []
    for speaker in range(answers.n_speakers):
        mine = answers.speakers == speaker
        zeros = np.zeros(mine.sum(), dtype=int)
        alone.append(metric.value(Answers(answers.truth[mine], answers.guess[mine], zeros, answers.n_levels)))
    assert metric.by_speaker(answers) == pytest.approx(alone, nan_ok=True)


def test_two_thousand_draws_are_quick():
    rng = np.random.default_rng(8)
    speakers = np.repeat(np.arange(24), 60)
    answers = Answers(rng.normal(size=1440), rng.normal(size=1440), speakers)
    weights = speaker_draws(24)
    spent = []
    for _ in range(3):
        start = time.process_time()
        METRICS["spearman"].drawn(answers, weights)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.5  # 0.09 s on a quiet core


def test_the_other_form_and_other_speakers_are_refused():
    answers = make_answers("score", np.random.default_rng(9))
    with pytest.raises(ValueError, match="UAR takes answers of the level form"):
        METRICS["uar"].value(answers)
    with pytest.raises(ValueError, match=r"shape \(n_draws, 6\)"):
        METRICS["ccc"].drawn(answers, speaker_draws(5))


def test_what_a_row_reports():
    assert [m.name for m in reported("score")] == ["spearman", "ccc", "mae", "within_speaker_spearman"]
    assert [m.name for m in reported("level", ("a", "b"), ordinal=False)] == ["uar", "macro_f1", "recall:a", "recall:b"]
    for form in ("score", "level"):
        assert reported(form)[0] is PRIMARY[form]
        assert TUNING[form].form == form


def test_chance_by_definition():
    assert chance(METRICS["uar"], 3) == pytest.approx(1 / 3)
    assert [chance(METRICS[name], 3) for name in ("kappa", "spearman", "ccc", "within_speaker_spearman")] == [0.0] * 4
    assert [chance(METRICS[name], 3) for name in ("mae", "macro_f1")] == [None, None]
    guessing = np.random.default_rng(10)
    answers = Answers(guessing.integers(0, 3, 30_000), guessing.integers(0, 3, 30_000), np.zeros(30_000, dtype=int), 3)
    assert METRICS["uar"].value(answers) == pytest.approx(chance(METRICS["uar"], 3), abs=0.01)


def test_the_room_loads_no_heavy_library():
    code = "import sys, bench.metrics.interval\nprint(sorted({'scipy', 'sklearn', 'pandas', 'torch'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
