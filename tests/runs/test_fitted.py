"""A model fitted on everything says what a fold with that training side says."""

import numpy as np
import pytest

from bench.base.spelling import parse
from bench.models.recipe import MODELS
from bench.runs.fitted import Ensemble, fit_whole
from bench.runs.fold_fit import tell, tell_fused
from bench.runs.tuning import Problem


def made(form, n_speakers=6, n_each=8, n_columns=4):
    rng = np.random.default_rng(1)
    n = n_speakers * n_each
    X = rng.normal(size=(n + 5, n_columns)).astype(np.float32)
    speakers = np.repeat([f"s{k}" for k in range(n_speakers)], n_each)
    y = X[:n, 0] + rng.normal(size=n) if form == "score" else np.digitize(X[:n, 0], [-0.5, 0.5])
    return Problem(form, 0 if form == "score" else 3, X[:n], y, speakers), X[n:]


@pytest.mark.parametrize("form", ["score", "level"])
def test_one_model(form):
    problem, test = made(form)
    recipe = MODELS.make(parse("linear"))
    whole = Ensemble((fit_whole(recipe, problem, 0),), "", form, problem.n_levels, problem.y, problem.speakers, 0)
    ours, theirs = whole.told([test]), tell(recipe, problem, test, 0)
    np.testing.assert_allclose(ours.guess, theirs.guess)
    if form == "score":
        np.testing.assert_allclose(ours.interval(problem.y), theirs.interval(problem.y))
    else:
        np.testing.assert_allclose(ours.probabilities(problem.y, 3), theirs.probabilities(problem.y, 3))


@pytest.mark.parametrize("form", ["score", "level"])
@pytest.mark.parametrize("fusion", ["mean", "stack"])
def test_late_fusions(fusion, form):
    problem, test = made(form)
    other = Problem(form, problem.n_levels, -2 * problem.X, problem.y, problem.speakers)
    recipe = MODELS.make(parse("linear"))
    parts = tuple(fit_whole(recipe, one, 0) for one in (problem, other))
    whole = Ensemble(parts, fusion, form, problem.n_levels, problem.y, problem.speakers, 0)
    ours, theirs = whole.told([test, -2 * test]), tell_fused(recipe, [problem, other], [test, -2 * test], fusion, 0)
    np.testing.assert_allclose(ours.guess, theirs.guess)
    np.testing.assert_allclose(ours.said, theirs.said)


def test_two_speakers_give_no_interval():
    problem, test = made("score", n_speakers=2)
    recipe = MODELS.make(parse("linear"))
    whole = Ensemble((fit_whole(recipe, problem, 0),), "", "score", 0, problem.y, problem.speakers, 0)
    told = whole.told([test])
    assert told.interval(problem.y) is None
    assert len(told.guess) == 5
