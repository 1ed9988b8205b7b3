import numpy as np
import pytest
from sklearn.feature_selection import f_classif, f_regression
from sklearn.linear_model import LogisticRegression, Ridge

from bench.base.error import BenchError
from bench.models.column import Compact, Screen, Varying


def make_wide(n_clips=40, n_columns=150, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_clips, n_columns))
    return X - X.mean(axis=0), rng.normal(size=n_clips), rng.integers(0, 3, n_clips)


def test_columns_that_do_not_vary_are_dropped():
    X = np.array([[1.0, 5.0, 0.1], [1.0, 6.0, 0.1], [1.0, 7.0, 0.1]])
    assert Varying().fit(X).transform(X).tolist() == [[5.0], [6.0], [7.0]]
    with pytest.raises(BenchError, match="None of the 2 columns varies over the 3 training clips"):
        Varying().fit(X[:, [0, 2]])


def test_wide_clips_are_turned_into_their_span_without_changing_ridge_or_logistic():
    X, y, level = make_wide()
    new = np.random.default_rng(1).normal(size=(25, X.shape[1]))
    compact = Compact().fit(X)
    assert compact.transform(X).shape[1] < len(X)
    plain = Ridge(alpha=3.0 * X.shape[1]).fit(X, y).predict(new)
    turned = Ridge(alpha=3.0).fit(compact.transform(X), y).predict(compact.transform(new))
    assert turned == pytest.approx(plain, abs=1e-10)
    strict = {"tol": 1e-10, "max_iter": 10_000}
    plain = LogisticRegression(C=2.0 / X.shape[1], **strict).fit(X, level).decision_function(new)
    turned = LogisticRegression(C=2.0, **strict).fit(compact.transform(X), level).decision_function(compact.transform(new))
    assert turned == pytest.approx(plain, abs=1e-5)


def test_clips_that_outnumber_columns_are_only_divided():
    X, _, _ = make_wide(n_clips=40, n_columns=16)
    assert Compact().fit(X).transform(X) == pytest.approx(X / 4.0)


def test_clips_that_stand_twice_do_not_break_the_span():
    X, _, _ = make_wide()
    twice = np.vstack([X, X])
    turned = Compact().fit(twice).transform(twice)
    assert np.isfinite(turned).all()
    assert turned @ turned.T == pytest.approx(twice @ twice.T / X.shape[1], abs=1e-9)


def test_the_screen_keeps_the_columns_that_tell_most():
    X, y, level = make_wide(n_clips=60)
    X[:, [7, 99]] += 5 * np.outer(level, [1.0, -1.0])
    assert Screen(f_classif, limit=2).fit(X, level).kept_.tolist() == [7, 99]
    X[:, 30] += 20 * y
    assert 30 in Screen(f_regression, limit=2).fit(X, y).kept_
    assert np.array_equal(Screen(f_regression).fit_transform(X, y), X)
