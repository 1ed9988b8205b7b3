"""Candidates that are fitted together guess what they guess when fitted one by one."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsClassifier

from bench.models.balance import Balanced
from bench.models.kernel import KernelSVC
from bench.models.linear import Linear
from bench.models.logistic import Logistic
from bench.models.sharing import Sharing, inside, try_each
from bench.models.svm import Svm

SHARED = [(Linear(), "score"), (Linear(), "level"), (Svm(), "score"), (Svm(), "level")]


def make_clips(n_clips, n_columns, n_levels):
    rng = np.random.default_rng(n_columns + n_levels)
    X = rng.normal(size=(n_clips + 20, n_columns))
    level = np.digitize(X[:, 0] + 0.5 * rng.normal(size=len(X)), np.linspace(-0.7, 0.7, n_levels - 1)) * 3 + 1
    return X[:n_clips], level[:n_clips], X[n_clips:]


def guesses(*asked):
    return np.stack([one.guess for one in try_each(*asked)])


@pytest.mark.parametrize("shape", [(70, 9), (50, 130)])
@pytest.mark.parametrize("n_levels", [2, 3])
@pytest.mark.parametrize(("recipe", "form"), SHARED, ids=lambda value: str(value))
def test_to_the_last_bit(recipe, form, n_levels, shape):
    X, level, new = make_clips(*shape, n_levels)
    y = level * 2.5 if form == "score" else level
    model = recipe.build(form, 0)[-1]
    candidates = inside(recipe.grid(form), "model")
    assert isinstance(model, Sharing)
    told = []
    for candidate, tried in zip(candidates, try_each(model, candidates, X, y, new), strict=True):
        singly = clone(model).set_params(**candidate).fit(X, y)
        np.testing.assert_array_equal(tried.guess, singly.predict(new))
        np.testing.assert_array_equal(tried.fitted.predict(new), tried.guess)
        assert tried.fitted.get_params().keys() == singly.get_params().keys()
        assert vars(tried.fitted).keys() == vars(singly).keys()
        told.append(tried.guess)
        if form == "level":
            output = "predict_proba" if isinstance(recipe, Linear) else "decision_function"
            np.testing.assert_array_equal(getattr(tried.fitted, output)(new), getattr(singly, output)(new))
    assert len(np.unique(told, axis=0)) > 1
    assert vars(model).keys() == vars(clone(model)).keys()


@pytest.mark.parametrize("classifier", [Logistic(), KernelSVC()])
def test_a_single_level_is_guessed_by_every_candidate(classifier):
    X, _, new = make_clips(12, 3, 2)
    told = guesses(Balanced(classifier), [{"classifier__C": 1.0}, {"classifier__C": 9.0}], X, np.full(12, 5), new)
    assert told.tolist() == [[5] * 20] * 2


def test_what_is_changed_outside_the_classifier_is_heeded():
    X, level, new = make_clips(40, 3, 3)
    told = guesses(Balanced(Logistic()), [{"classifier": Logistic(C=0.01)}, {"classifier": KernelSVC(C=9.0)}], X, level, new)
    assert np.array_equal(told[0], Balanced(Logistic(C=0.01)).fit(X, level).predict(new))
    assert np.array_equal(told[1], Balanced(KernelSVC(C=9.0)).fit(X, level).predict(new))


def test_a_classifier_that_cannot_share_is_still_balanced():
    class Weighed(KNeighborsClassifier):
        def fit(self, X, y, sample_weight):
            assert sample_weight.sum() == pytest.approx(len(y))
            return super().fit(X, y)

    X, level, new = make_clips(40, 3, 3)
    told = guesses(Balanced(Weighed()), [{"classifier__n_neighbors": n} for n in (1, 7)], X, level, new)
    theirs = [KNeighborsClassifier(n).fit(X, level).predict(new) for n in (1, 7)]
    np.testing.assert_array_equal(told, np.stack(theirs))


def test_an_estimator_of_scikit_learn_is_fitted_one_by_one():
    X, level, new = make_clips(40, 3, 3)
    assert not isinstance(Ridge(), Sharing)
    told = guesses(Ridge(), [{"alpha": 0.1}, {"fit_intercept": False}], X, level, new)
    theirs = [Ridge(alpha=0.1).fit(X, level).predict(new), Ridge(fit_intercept=False).fit(X, level).predict(new)]
    np.testing.assert_array_equal(told, np.stack(theirs))
