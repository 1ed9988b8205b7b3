"""Crossing: nobody is told about by a model that heard them."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from bench.models.linear import Linear
from bench.protocols.splitter import inner_folds
from bench.runs.crossing import cross, outputs
from bench.runs.tuning import Problem, fit_predict, tune


def problem_of(form="score", n_speakers=6, valid=()):
    rng = np.random.default_rng(3)
    speakers = np.repeat([f"s{n}" for n in range(n_speakers)], 10)
    X = rng.normal(size=(len(speakers), 4)).astype(np.float32)
    signal = X[:, 0] + 0.3 * rng.normal(size=len(X))
    y = np.digitize(signal, [-0.4, 0.4]) if form == "level" else signal
    return Problem(form, 3 if form == "level" else 0, X, y, speakers, valid=np.asarray(valid, np.intp))


TEST = np.random.default_rng(9).normal(size=(7, 4)).astype(np.float32)


def test_every_clip_is_told_about_by_a_model_that_never_heard_its_speaker():
    problem, recipe = problem_of(), Linear()
    crossed = cross(recipe, {"model__alpha": 0.1}, problem, TEST, seed=2)
    assert sorted(crossed.rows.tolist()) == list(range(60))
    for number, (train, valid) in enumerate(inner_folds(problem.speakers, problem.y, 2)):
        own = crossed.fold == number
        assert crossed.rows[own].tolist() == valid.tolist()
        assert not set(problem.speakers[train]) & set(problem.speakers[valid])
        both = np.concatenate([problem.X[valid], TEST])
        guess, _ = fit_predict(recipe, {"model__alpha": 0.1}, problem.part(train), both, 2)
        assert np.allclose(np.concatenate([crossed.inside[own, 0], crossed.outside[number, :, 0]]), guess)


@pytest.mark.parametrize("form", ["score", "level"])
def test_models_that_tuning_has_fitted_say_what_those_fitted_again_say(form):
    problem, recipe = problem_of(form), Linear()
    tuned = tune(recipe, problem, 2)
    first, again = (cross(recipe, tuned.parameters, problem, TEST, 2, inner) for inner in (tuned.inner, ()))
    np.testing.assert_array_equal(first.inside, again.inside)
    np.testing.assert_array_equal(first.outside, again.outside)


def test_a_fixed_part_is_the_only_one_told_about():
    crossed = cross(Linear(), {"model__alpha": 0.1}, problem_of(valid=range(20)), TEST, seed=0)
    assert crossed.rows.tolist() == list(range(20))
    assert crossed.outside.shape == (1, 7, 1)


def test_with_two_speakers_there_is_nothing_to_cross():
    assert cross(Linear(), {}, problem_of(n_speakers=2), TEST, seed=0) is None


@pytest.mark.parametrize("levels", [(0, 1, 2), (0, 2)])
def test_outputs_stand_in_the_order_of_the_levels(levels):
    problem = problem_of("level")
    rows = np.isin(problem.y, levels)
    fitted = LogisticRegression().fit(problem.X[rows], problem.y[rows])
    said = outputs(fitted, TEST, "level", 3)
    assert np.allclose(np.exp(said[:, list(levels)]), fitted.predict_proba(TEST))
    machine = SVC().fit(problem.X[rows], problem.y[rows])
    values = outputs(machine, TEST, "level", 3)
    assert [levels[place] for place in values[:, list(levels)].argmax(axis=1)] == machine.predict(TEST).tolist()
    for table in (said, values):
        assert table.shape == (7, 3)
        if len(levels) == 2:
            assert np.array_equal(table[:, 1], table.min(axis=1))


class Blunt:
    def __init__(self, guess):
        self.guess = guess

    def predict(self, X):
        return np.full(len(X), self.guess)


def test_a_model_that_only_guesses_votes():
    assert outputs(Blunt(2), TEST[:1], "level", 3).tolist() == [[0, 0, 1]]
    assert np.isnan(outputs(Blunt(7), TEST[:1], "level", 3)).all()
    assert outputs(Blunt(2.5), TEST[:1], "score", 0).tolist() == [[2.5]]
