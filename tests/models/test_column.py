import numpy as np
from sklearn.feature_selection import f_classif, f_regression

from bench.models.column import Screen, Varying


def make_wide(n_clips=40, n_columns=150, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_clips, n_columns))
    return X - X.mean(axis=0), rng.normal(size=n_clips), rng.integers(0, 3, n_clips)


def test_columns_that_do_not_vary_are_dropped():
    X = np.array([[1.0, 5.0, 0.1], [1.0, 6.0, 0.1], [1.0, 7.0, 0.1]])
    assert Varying().fit(X).transform(X).tolist() == [[5.0], [6.0], [7.0]]
    still = Varying().fit(X[:, [0, 2]])
    assert not still.varies_.any()
    assert still.transform(X[:, [0, 2]]).tolist() == [[1.0], [1.0], [1.0]]


def test_the_screen_keeps_the_columns_that_tell_most():
    X, y, level = make_wide(n_clips=60)
    X[:, [7, 99]] += 5 * np.outer(level, [1.0, -1.0])
    assert Screen(f_classif, limit=2).fit(X, level).kept_.tolist() == [7, 99]
    X[:, 30] += 20 * y
    assert 30 in Screen(f_regression, limit=2).fit(X, y).kept_
    assert np.array_equal(Screen(f_regression).fit_transform(X, y), X)
