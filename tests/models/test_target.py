import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from bench.models.target import StandardScores


def test_guesses_are_those_of_scikit_learns_own_wrapper():
    rng = np.random.default_rng(0)
    X, new = rng.normal(size=(40, 3)), rng.normal(size=(9, 3))
    y = 1000 + 50 * X[:, 0]
    theirs = TransformedTargetRegressor(SVR(), transformer=StandardScaler()).fit(X, y).predict(new)
    assert StandardScores(SVR()).fit(X, y).predict(new) == pytest.approx(theirs, abs=1e-9)
    candidates = [{"regressor__C": 1.0}, {"regressor__C": 30.0}]
    told = [one.guess for one in StandardScores(SVR()).try_each(candidates, X, y, new)]
    assert told[0] == pytest.approx(theirs, abs=1e-9)
    assert told[1] != pytest.approx(theirs, abs=1.0)


def test_what_is_changed_outside_the_regressor_is_heeded():
    X, y = np.arange(6.0)[:, None], np.arange(6.0) ** 2
    tried = StandardScores(SVR()).try_each([{"regressor": KNeighborsRegressor(1)}, {"regressor": SVR()}], X, y, X)
    assert tried[0].guess == pytest.approx(y)
    assert tried[1].guess == pytest.approx(StandardScores(SVR()).fit(X, y).predict(X))


def test_scores_that_are_all_alike_are_guessed():
    X = np.arange(6.0)[:, None]
    assert StandardScores(SVR()).fit(X, np.full(6, 4.0)).predict(X) == pytest.approx(np.full(6, 4.0), abs=0.2)


def test_it_can_be_cloned():
    assert clone(StandardScores(SVR(C=3.0))).get_params()["regressor__C"] == 3.0
