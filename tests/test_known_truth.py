"""The simulation that proves the statistics still runs, on tiny settings, and simulates what it says."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from bench.metrics.variance import eta_squared
from benchmarks.known_truth import cells, mean, run, share
from benchmarks.simulation import STRENGTH, Closed, Test, Voices, train
from tests.conftest import ROOT

QUICK = [cell for cell in cells() if not cell.name.endswith(("-50", "-100", "-24", "linear"))]


@pytest.mark.parametrize("cell", QUICK, ids=lambda cell: cell.name)
def test_every_cell_tells_figures(cell, tmp_path):
    table = run(cell, 2, 1, tmp_path)
    figures = cell.told(table)
    assert figures
    assert all(np.isfinite([figure.value, figure.error]).all() for figure in figures)
    assert all(figure.what in figure.line() for figure in figures)


def test_a_stopped_run_goes_on_and_ends_alike(tmp_path):
    (cell,) = (cell for cell in cells() if cell.name == "null-level-12")
    run(cell, 2, 1, tmp_path)
    went_on = run(cell, 4, 1, tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    for key, values in run(cell, 4, 1, other).items():
        assert np.array_equal(values, went_on[key])
    assert len(set(went_on["value"])) > 1


def test_no_benchmark_stands_in_for_a_standard_module():
    """Python puts the folder of a script first."""
    assert not {path.stem for path in (ROOT / "benchmarks").glob("*.py")} & sys.stdlib_module_names


def test_it_runs_as_a_script(tmp_path):
    command = [sys.executable, "benchmarks/known_truth.py", "--cell", "null-level-12", "--runs", "2", "--out", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "outside the null band" in done.stdout


def test_errors_are_those_of_counting():
    counted = share("", [True] * 30 + [False] * 70)
    assert (counted.value, counted.error) == pytest.approx((30, 100 * (0.3 * 0.7 / 100) ** 0.5))
    assert mean("", [1.0, 3.0]).error == pytest.approx(1.0)
    assert share("", [True, False], (40, 60)).kept
    assert not share("", [True, True], (40, 60)).kept


def test_speakers_explain_a_quarter_of_the_state():
    voices = Voices.draw(2000, np.random.default_rng(0))
    assert np.var(voices.state) == pytest.approx(1, abs=0.05)
    per = len(voices.speakers) / 2000
    assert eta_squared(voices.state, voices.speakers.astype(str)) == pytest.approx(0.25 + 0.75 / per, abs=0.02)


@pytest.mark.parametrize("form", ["score", "level"])
def test_the_closed_form_is_that_of_scikit_learn(form):
    rng = np.random.default_rng(1)
    voices = Voices.draw(6, rng)
    X, y = voices.columns(STRENGTH, rng), voices.y(form)
    scaled = (X.astype(float) - X.mean(axis=0, dtype=float)) / X.std(axis=0, dtype=float)
    if form == "score":
        expected = Ridge(alpha=0.3 * len(y)).fit(scaled, y).predict(scaled)
    else:
        weights = 1 / (3 * np.bincount(y)[y])
        expected = Ridge(alpha=0.3).fit(scaled, np.eye(3)[y], sample_weight=weights).predict(scaled).argmax(axis=1)
    pipeline = Closed().build(form, 0).set_params(model__penalty=0.3)
    np.testing.assert_allclose(pipeline.fit(X, y).predict(X), expected, rtol=1e-6)


def test_who_is_tested_was_not_heard():
    rng = np.random.default_rng(2)
    voices = Voices.draw(8, rng)
    X, folds = voices.columns(STRENGTH, rng), voices.folds()
    for inside, outside in folds:
        assert not set(voices.speakers[inside]) & set(voices.speakers[outside])
    assert sorted(np.concatenate([outside for _, outside in folds])) == list(range(len(X)))
    problem = voices.problem("score", X)
    before = train(Closed(), problem, folds)
    first = folds[0][1]
    problem.y[first] = problem.y[first][::-1]  # the labels of the first fold's speakers say nothing about their own guesses
    after = train(Closed(), problem, folds, Test.draw(STRENGTH, rng, 5))
    assert np.array_equal(before.guess[first], after.guess[first])
    assert not np.array_equal(before.guess, after.guess)
    assert len(after.by_fold) == 4
    assert np.isnan(before.fresh)
