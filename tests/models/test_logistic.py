import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from bench.models import logistic
from bench.models.logistic import Logistic


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def make_clips(n_clips, n_columns, n_levels, seed=0):
    """Columns that correlate, as those of an encoder; levels of unequal numbers."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=(n_clips + 25, n_columns)) * np.arange(1, n_columns + 1) ** -1.0
    X = hidden @ np.linalg.qr(rng.normal(size=(n_columns, n_columns)))[0]
    X = (X - X[:n_clips].mean(axis=0)) / X[:n_clips].std(axis=0)
    drawn = rng.normal(size=n_clips) + hidden[:n_clips, 0] * 2
    y = np.digitize(drawn, np.quantile(drawn, np.linspace(0.2, 0.8, n_levels - 1)))
    return X[:n_clips], y * 2 + 3, rng.random(n_clips) + 0.5, X[n_clips:]


@pytest.mark.parametrize("n_levels", [2, 3, 5])
@pytest.mark.parametrize("shape", [(90, 12), (60, 140)])
@pytest.mark.parametrize("price", [0.1, 100.0])
def test_it_is_that_of_scikit_learn_with_a_strict_tolerance(shape, n_levels, price):
    X, y, weights, new = make_clips(*shape, n_levels)
    theirs = LogisticRegression(C=price / shape[1], tol=1e-11, max_iter=100_000).fit(X, y, weights)
    ours = Logistic(C=price).fit(X, y, weights)
    expected = theirs.decision_function(new)
    assert ours.decision_function(new) == pytest.approx(expected, abs=1e-4 * np.abs(expected).max())
    assert ours.predict_proba(new) == pytest.approx(theirs.predict_proba(new), abs=1e-4)
    assert np.array_equal(ours.predict(new), theirs.predict(new))
    assert ours.classes_.tolist() == theirs.classes_.tolist()


def test_without_weights_every_clip_counts_once():
    X, y, _, new = make_clips(60, 5, 3)
    assert np.array_equal(Logistic().fit(X, y).decision_function(new), Logistic().fit(X, y, np.ones(60)).decision_function(new))


def test_few_steps_are_taken_where_columns_correlate():
    X, y, weights, _ = make_clips(120, 200, 3)
    assert np.linalg.cond(X @ X.T) > 1e4
    assert Logistic(C=100.0).fit(X, y, weights).n_steps_ < 100


def test_clips_that_stand_twice_count_twice():
    X, y, _, new = make_clips(40, 90, 3)
    once = Logistic().fit(X, y, np.full(40, 2.0)).decision_function(new)
    assert Logistic().fit(np.vstack([X, X]), np.append(y, y)).decision_function(new) == pytest.approx(once, abs=1e-4)


def test_an_unfinished_search_says_so(monkeypatch):
    X, y, _, _ = make_clips(60, 30, 3)
    monkeypatch.setattr(logistic, "MOST_STEPS", 3)
    with pytest.warns(ConvergenceWarning, match="did not converge in 3 steps"):
        Logistic(C=100.0).fit(X, y)
