"""One fold, told by one view or by several fused: every number is made again by hand from the training side."""

from dataclasses import replace

import numpy as np
import pytest

from bench.base.error import BenchError
from bench.metrics.cover import cv_plus
from bench.models.linear import Linear
from bench.models.svm import Svm
from bench.models.xgboost import Xgboost
from bench.runs.calibration import Calibrator
from bench.runs.crossing import cross
from bench.runs.fold_fit import tell, tell_fused
from bench.runs.tuning import Problem, fit_predict, tune

N = 8


def sides(form, seed=0, n_speakers=N, noise=0.5):
    """Two views of the same clips, each of which hears a half of the signal, and a test side."""
    rng = np.random.default_rng(seed)
    n = 12 * n_speakers + 40
    speakers = np.repeat([f"s{k}" for k in range(n_speakers)], 12)
    views = [rng.normal(size=(n, 3)).astype(np.float32) for _ in range(2)]
    signal = views[0][:, 0] + views[1][:, 1] + noise * rng.normal(size=n)
    y = np.digitize(signal, np.quantile(signal, [1 / 3, 2 / 3])) if form == "level" else signal
    train = slice(0, len(speakers))
    problems = [Problem(form, 3 if form == "level" else 0, view[train], y[train], speakers) for view in views]
    return problems, [view[len(speakers) :] for view in views], y[len(speakers) :]


def uar(truth, guess):
    return np.mean([(guess[truth == level] == level).mean() for level in range(3)])


def test_one_view_is_tuned_fitted_and_crossed():
    (problem, _), (test, _), _ = sides("score")
    told = tell(Linear(), problem, test, seed=4)
    chosen = tune(Linear(), problem, 4)
    assert told.record == {"parameters": chosen.parameters, "tuned": chosen.value}
    assert np.array_equal(told.guess, fit_predict(Linear(), chosen.parameters, problem, test, 4)[0])
    own = cross(Linear(), chosen.parameters, problem, test, 4)
    low, high = cv_plus(problem.y[own.rows] - own.inside[:, 0], own.fold, own.outside[:, :, 0], 0.8)
    assert np.array_equal(told.interval(problem.y), (low, high))
    assert (low < told.guess).all()
    assert (told.guess < high).all()


def test_probabilities_come_from_what_inner_models_say():
    (problem, _), (test, _), truth = sides("level")
    told = tell(Linear(), problem, test, seed=0)
    shares = told.probabilities(problem.y, 3)
    fitted = Calibrator.fit(told.crossed.inside, problem.y[told.crossed.rows], 3)
    assert np.array_equal(shares, fitted.probabilities(told.said))
    assert np.log(shares[np.arange(len(truth)), truth]).mean() > np.log(1 / 3)


@pytest.mark.parametrize("form", ["score", "level"])
@pytest.mark.parametrize("recipe", [Linear(), Svm(), Xgboost()], ids=str)
def test_a_column_that_one_speaker_alone_varies_is_no_failure(form, recipe):
    (problem, _), (test, _), _ = sides(form)
    column = np.full((len(problem.y), 1), 0.5, np.float32)
    column[-12:-6] = 0.4
    told = tell(recipe, replace(problem, X=column), test[:, :1], seed=0)
    assert np.isfinite(told.guess).all()
    with pytest.raises(BenchError, match="None of the 1 columns varies over the 96 training clips"):
        tell(recipe, replace(problem, X=np.full_like(column, 0.5)), test[:, :1], seed=0)


@pytest.mark.parametrize("fusion", ["mean", "stack"])
def test_two_halves_of_a_signal_do_better_together(fusion):
    problems, tests, truth = sides("score", noise=0.3)
    alone = [np.corrcoef(tell(Linear(), p, t, 0).guess, truth)[0, 1] for p, t in zip(problems, tests, strict=True)]
    told = tell_fused(Linear(), problems, tests, fusion, 0)
    assert np.corrcoef(told.guess, truth)[0, 1] > max(alone) + 0.1
    assert told.guess.shape == (40,)
    low, high = told.interval(problems[0].y)
    assert 0.6 < ((low <= truth) & (truth <= high)).mean() <= 1
    levels, views, truth = sides("level", noise=0.3)
    alone = [uar(truth, tell(Linear(), p, t, 0).guess) for p, t in zip(levels, views, strict=True)]
    told = tell_fused(Linear(), levels, views, fusion, 0)
    assert uar(truth, told.guess) > max(alone)
    assert np.allclose(told.probabilities(levels[0].y, 3).sum(axis=1), 1)
    assert len(told.record["parts"]) == 2


def test_the_mean_is_that_of_calibrated_answers():
    problems, tests, _ = sides("level")
    parts = [tell(Linear(), p, t, 1) for p, t in zip(problems, tests, strict=True)]
    shares = np.mean([part.probabilities(problems[0].y, 3) for part in parts], axis=0)
    weights = np.bincount(problems[0].y) / len(problems[0].y)
    assert tell_fused(Linear(), problems, tests, "mean", 1).guess.tolist() == (shares / weights).argmax(axis=1).tolist()


def test_the_mean_of_scores_lies_on_lines_through_what_inner_models_guess():
    problems, tests, _ = sides("score")
    parts = [tell(Linear(), p, t, 1) for p, t in zip(problems, tests, strict=True)]
    lines = [np.polyfit(part.crossed.inside[:, 0], problems[0].y[part.crossed.rows], 1) for part in parts]
    expected = np.mean([np.polyval(line, part.guess) for line, part in zip(lines, parts, strict=True)], axis=0)
    assert np.allclose(tell_fused(Linear(), problems, tests, "mean", 1).guess, expected)


def test_a_stack_is_tuned_on_answers_about_unheard_speakers():
    problems, tests, _ = sides("score")
    parts = [tell(Linear(), p, t, 1) for p, t in zip(problems, tests, strict=True)]
    rows = parts[0].crossed.rows
    lines = [np.polyfit(part.crossed.inside[:, 0], problems[0].y[rows], 1) for part in parts]
    inside = np.column_stack([np.polyval(line, part.crossed.inside[:, 0]) for line, part in zip(lines, parts, strict=True)])
    beside = np.column_stack([np.polyval(line, part.guess) for line, part in zip(lines, parts, strict=True)])
    meta = Problem("score", 0, inside, problems[0].y[rows], problems[0].speakers[rows])
    expected = fit_predict(Linear(), tune(Linear(), meta, 1).parameters, meta, beside, 1)[0]
    assert np.allclose(tell_fused(Linear(), problems, tests, "stack", 1).guess, expected)


def test_with_two_training_speakers_nothing_is_calibrated():
    problems, tests, _ = sides("score", n_speakers=2)
    assert tell(Linear(), problems[0], tests[0], 0).interval(problems[0].y) is None
    with pytest.raises(BenchError, match=r"cannot be calibrated for mean\[...\], because a fold has fewer than 3"):
        tell_fused(Linear(), problems, tests, "mean", 0)


@pytest.mark.parametrize("form", ["score", "level"])
def test_a_stack_of_parts_that_know_nothing_still_answers(form):
    """Else it would fail by its content, and only the fusions that know something would stand on a board."""
    rng = np.random.default_rng(0)
    speakers = np.repeat([f"s{k}" for k in range(11)], 12)
    y = rng.normal(size=len(speakers)) if form == "score" else rng.integers(0, 3, len(speakers))
    for seed in range(3):
        noise = np.random.default_rng(seed)
        problems = [
            Problem(form, 3 if form == "level" else 0, noise.normal(size=(len(y), 3)).astype(np.float32), y, speakers)
            for _ in range(2)
        ]
        tests = [noise.normal(size=(5, 3)).astype(np.float32) for _ in range(2)]
        assert np.isfinite(tell_fused(Linear(), problems, tests, "stack", 0).guess.astype(float)).all()


def test_where_a_devel_part_is_fixed_levels_are_weighed_as_they_are_there():
    """Calibration learns from the devel part, whose shares may be quite others than those of the whole training side."""
    rng = np.random.default_rng(1)
    speakers = np.repeat([f"s{k}" for k in range(12)], 20)
    devel = np.arange(160, 240)
    y = np.concatenate([rng.choice(3, 160, p=[0.25, 0.5, 0.25]), rng.choice(3, 80, p=[0.45, 0.1, 0.45])])
    problems = [
        Problem("level", 3, (y[:, None] + rng.normal(size=(240, 2))).astype(np.float32), y, speakers, valid=devel)
        for _ in range(2)
    ]
    truth = np.repeat([0, 1, 2], 60)
    tests = [(truth[:, None] + rng.normal(size=(180, 2))).astype(np.float32) for _ in range(2)]
    parts = [tell(Linear(), p, t, 0) for p, t in zip(problems, tests, strict=True)]
    shares = np.mean([part.probabilities(y, 3) for part in parts], axis=0)
    told = tell_fused(Linear(), problems, tests, "mean", 0)
    assert told.guess.tolist() == (shares / (np.bincount(y[devel]) / 80)).argmax(axis=1).tolist()
    assert (told.guess == 1).mean() > 0.15
