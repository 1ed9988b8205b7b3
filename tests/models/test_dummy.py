import numpy as np
import pytest

from bench.models.dummy import Dummy


def test_scores_get_the_median_which_is_the_best_constant_for_the_absolute_error():
    y = np.array([1.0, 1.0, 2.0, 8.0, 9.0])
    guess = Dummy().build("score", seed=0).fit(np.zeros((5, 3)), y).predict(np.zeros((2, 3)))
    assert guess.tolist() == [2.0, 2.0]
    errors = {constant: np.abs(y - constant).mean() for constant in np.linspace(0, 10, 101)}
    assert min(errors, key=errors.get) == pytest.approx(2.0)


def test_levels_get_the_most_frequent_by_its_code():
    y = np.array([4, 7, 7, 1])
    assert Dummy().build("level", seed=0).fit(np.zeros((4, 1)), y).predict(np.zeros((3, 1))).tolist() == [7, 7, 7]


@pytest.mark.parametrize("form", ["score", "level"])
def test_it_never_listens(form):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 4)), np.arange(20) % 3
    X[0] = np.nan
    X[:, 1] = np.inf
    guess = Dummy().build(form, seed=0).fit(X, y).predict(rng.normal(size=(5, 4)))
    assert np.array_equal(guess, Dummy().build(form, seed=9).fit(-X, y).predict(np.full((5, 4), np.nan)))


def test_there_is_nothing_to_tune():
    for form in ("score", "level"):
        assert Dummy().grid(form) == ()
        assert Dummy().default(form) == {}


def test_probabilities_are_the_shares_of_the_levels():
    model = Dummy().build("level", seed=0).fit(np.zeros((4, 1)), np.array([1, 6, 6, 6]))
    assert model.predict_proba(np.ones((2, 1))).tolist() == [[0.25, 0.75]] * 2
    assert model.predict(np.ones((1, 1))).tolist() == [6]
