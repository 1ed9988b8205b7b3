"""Tuning, held against scikit-learn going through the same candidates by hand."""

import numpy as np
import pytest

from bench.models.linear import Linear
from bench.models.recipe import ModelRecipe
from bench.models.svm import Svm
from bench.protocols.splitter import inner_folds
from bench.runs.tuning import Problem, fit_predict, tune
from tests.runs.conftest import signal


def problem(form, n_speakers=6, seed=0, noise=1.0):
    rng = np.random.default_rng(seed)
    speakers = np.repeat([f"s{n}" for n in range(n_speakers)], 8)
    y = np.tile([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], n_speakers) + rng.normal(0, 0.2, 8 * n_speakers)
    X = signal(speakers, y, n_columns=6, noise=noise, seed=seed)
    X[3, 1] = np.nan
    if form == "level":
        return Problem("level", 3, X, np.digitize(y, [3.5, 6.5]), speakers)
    return Problem("score", 0, X, y, speakers)


def by_hand(recipe, asked, seed):
    """The value of every candidate, by scikit-learn's own cross-validation over the same splits."""
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.model_selection import cross_val_predict

    folds = inner_folds(asked.speakers, asked.y, seed)
    values = []
    for candidate in recipe.grid(asked.form):
        pipeline = recipe.build(asked.form, seed).set_params(**candidate)
        guess = cross_val_predict(pipeline, asked.X, asked.y, cv=folds)
        if asked.form == "level":
            values.append(balanced_accuracy_score(asked.y, guess))
        else:
            (truth_var, both), (_, guess_var) = np.cov(asked.y, guess, ddof=0)
            values.append(2 * both / (truth_var + guess_var + (asked.y.mean() - guess.mean()) ** 2))
    return values


@pytest.mark.parametrize(
    ("recipe", "form", "seed"), [(Linear(), "score", 0), (Linear(), "level", 1), (Svm(), "score", 2), (Svm(), "level", 3)]
)
def test_the_choice_is_that_of_scikit_learn_by_hand(recipe, form, seed):
    asked = problem(form, seed=seed)
    values = by_hand(recipe, asked, seed)
    assert max(values) > min(values)
    tuned = tune(recipe, asked, seed)
    assert tuned.value == pytest.approx(max(values), abs=1e-9)
    best = [c for c, value in zip(recipe.grid(form), values, strict=True) if value > max(values) - 1e-9]
    assert tuned.parameters == best[0]


class Whole(Linear):
    """As `linear`, with a parameter before the model, so that nothing can be shared between candidates."""

    name = "whole"
    index: int = 0

    def grid(self, form):
        return ({**super().grid(form)[self.index], "scale__with_mean": True},)


class Single(Linear):
    name = "single"
    index: int = 0

    def grid(self, form):
        return (super().grid(form)[self.index],)


@pytest.mark.parametrize("form", ["score", "level"])
def test_preprocessing_once_for_all_candidates_changes_no_value(form):
    asked = problem(form)
    every = Linear().grid(form)
    values = [tune(Whole(index=n), asked, 0).value for n in range(len(every))]
    assert [tune(Single(index=n), asked, 0).value for n in range(len(every))] == values
    tuned = tune(Linear(), asked, 0)
    assert (tuned.parameters, tuned.value) == (every[int(np.argmax(values))], max(values))


NOTED: list[int] = []


class Together(Linear):
    """As `linear`, with a model that notes how many candidates it is given together, and fits none alone."""

    name = "together"

    def build(self, form, seed, n_layers=1):
        from bench.models.pipeline import pipeline
        from bench.models.ridge import Ridge

        class Noting(Ridge):
            def fit(self, X, y):
                raise AssertionError("it was fitted alone")

            def try_each(self, candidates, X, y, new):
                NOTED.append(len(candidates))
                return super().try_each(candidates, X, y, new)

        return pipeline(Noting())


def test_candidates_are_given_together_to_a_model_that_shares():
    asked = problem("score")
    NOTED.clear()
    assert tune(Together(), asked, 0) == tune(Linear(), asked, 0)
    assert [len(Linear().grid("score"))] * len(inner_folds(asked.speakers, asked.y, 0)) == NOTED


class Tied(ModelRecipe):
    """Ridge solved directly, for which `max_iter` has no meaning: candidates of equal alpha are equal."""

    name = "tied"
    version = "1"
    turned: bool = False

    def grid(self, form):
        good = ({"model__alpha": 1.0, "model__max_iter": 7}, {"model__alpha": 1.0, "model__max_iter": 5})
        return ({"model__alpha": 1e7, "model__max_iter": 9}, *(good[::-1] if self.turned else good))

    def build(self, form, seed, n_layers=1):
        from sklearn.linear_model import Ridge

        from bench.models.pipeline import pipeline

        return pipeline(Ridge())


@pytest.mark.parametrize(("recipe", "form"), [(Linear(), "level"), (Svm(), "score"), (Whole(), "score"), (Tied(), "score")])
def test_the_inner_models_are_those_fitted_with_what_was_chosen(recipe, form):
    asked = problem(form)
    tuned = tune(recipe, asked, 3)
    folds = inner_folds(asked.speakers, asked.y, 3)
    assert len(tuned.inner) == len(folds)
    for pipeline, (train, valid) in zip(tuned.inner, folds, strict=True):
        expected, fitted = fit_predict(recipe, tuned.parameters, asked.part(train), asked.X[valid], 3)
        np.testing.assert_array_equal(pipeline.predict(asked.X[valid]), expected)
        assert [name for name, _ in pipeline.steps] == [name for name, _ in fitted.steps]
    assert tune(recipe, problem(form, n_speakers=2), 3).inner == ()


@pytest.mark.parametrize(("turned", "first"), [(False, 7), (True, 5)])
def test_of_equal_candidates_the_first_is_chosen(turned, first):
    assert tune(Tied(turned=turned), problem("score"), 0).parameters == {"model__alpha": 1.0, "model__max_iter": first}


def test_each_clip_is_predicted_from_other_speakers_once_a_candidate(given):
    asked = problem("score", n_speakers=5)
    X = asked.X.copy()
    X[:, 0] = np.arange(len(X))
    given.Watching.log.clear()
    tune(given.Watching(), Problem("score", 0, X, asked.y, asked.speakers), 0)
    predicted = []
    for fitted, guessed, _, _ in given.Watching.log:
        sides = [set(asked.speakers[np.asarray(rows, dtype=int)]) for rows in (fitted, guessed)]
        assert not sides[0] & sides[1]
        assert sides[0] | sides[1] == set(asked.speakers)
        predicted += guessed
    assert sorted(predicted) == sorted([*range(len(X)), *range(len(X))])


@pytest.mark.parametrize("n_speakers", [1, 2])
def test_with_fewer_than_three_speakers_the_default_is_taken(n_speakers):
    tuned = tune(Linear(), problem("score", n_speakers=n_speakers), 0)
    assert (tuned.parameters, tuned.value) == (Linear().default("score"), None)
    assert tune(Linear(), problem("score", n_speakers=3), 0).value is not None


def test_a_model_without_candidates_is_not_tuned(given):
    tuned = tune(given.Failing(), problem("score"), 0)
    assert (tuned.parameters, tuned.value) == ({}, None)


def test_where_no_candidate_has_a_value_the_default_is_taken():
    asked = problem("score", n_speakers=4)
    tuned = tune(Linear(), Problem("score", 0, asked.X, np.full(len(asked.y), 3.0), asked.speakers), 0)
    assert (tuned.parameters, tuned.value) == (Linear().default("score"), None)


def test_fit_predict_uses_the_parameters_that_it_is_given():
    asked = problem("score")
    train, test = asked.part(np.arange(30)), asked.X[30:]
    guess, fitted = fit_predict(Linear(), {"model__alpha": 0.25}, train, test, 0)
    expected = Linear().build("score", 0).set_params(model__alpha=0.25).fit(train.X, train.y).predict(test)
    np.testing.assert_array_equal(guess, expected)
    assert fitted[-1].alpha == 0.25


def test_a_part_holds_the_rows_that_were_asked_for():
    whole = problem("level")
    rows = np.array([5, 2, 9])
    part = whole.part(rows)
    np.testing.assert_array_equal(part.X, whole.X[rows])
    np.testing.assert_array_equal(part.y, whole.y[rows])
    assert part.speakers.tolist() == whole.speakers[rows].tolist()
    assert (part.form, part.n_levels, part.n_layers) == ("level", 3, 1)


@pytest.mark.parametrize("form", ["score", "level"])
def test_a_devel_part_is_what_candidates_are_tried_on(form):
    from dataclasses import replace

    asked = problem(form, seed=4)
    valid = np.flatnonzero(np.isin(asked.speakers, ["s4", "s5"]))
    train = np.flatnonzero(~np.isin(asked.speakers, ["s4", "s5"]))
    recipe = Linear()
    values = []
    for candidate in recipe.grid(form):
        guess, _ = fit_predict(recipe, candidate, asked.part(train), asked.X[valid], 0)
        truth = asked.y[valid]
        if form == "level":
            recalls = [np.mean(guess[truth == level] == level) for level in np.unique(truth)]
            values.append(np.mean(recalls))
        else:
            (truth_var, both), (_, guess_var) = np.cov(truth, guess, ddof=0)
            values.append(2 * both / (truth_var + guess_var + (truth.mean() - guess.mean()) ** 2))
    # Nobody needs to know who speaks.
    tuned = tune(recipe, replace(asked, valid=valid, speakers=np.full(len(asked.y), "")), 0)
    assert tuned.value == pytest.approx(max(values), abs=1e-9)
    assert tuned.parameters == recipe.grid(form)[int(np.argmax(values))]
