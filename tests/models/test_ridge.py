import numpy as np
import pytest
from sklearn.linear_model import Ridge as Theirs

from bench.models.ridge import Ridge


@pytest.mark.parametrize("shape", [(50, 7), (30, 90), (20, 20)])
@pytest.mark.parametrize("alpha", [10.0, 0.1, 1e-3])
def test_scores_are_those_of_scikit_learn(shape, alpha):
    rng = np.random.default_rng(0)
    X = rng.normal(size=shape) @ rng.normal(size=(shape[1], shape[1])) + 3.0  # columns correlate, and do not lie around 0
    y, new = X[:, 0] + rng.normal(size=len(X)) + 7.0, rng.normal(size=(9, shape[1])) * 4
    theirs = Theirs(alpha=alpha * shape[1], solver="svd").fit(X, y)
    ours = Ridge(alpha=alpha).fit(X, y)
    assert ours.predict(new) == pytest.approx(theirs.predict(new), abs=1e-8)
    assert ours.coef_ == pytest.approx(theirs.coef_, abs=1e-9)


def test_whole_numbers_are_scores_and_the_input_is_left_alone():
    X, y = np.array([[0], [1], [2], [6]]), np.array([1, 3, 5, 13])
    ours = Ridge(alpha=1e-9)
    tried = ours.try_each([{"alpha": 1e-9}, {"alpha": 1e9}], X, y, np.array([[3]]))
    assert [one.guess[0] for one in tried] == pytest.approx([7.0, 5.5])
    assert not hasattr(ours, "coef_")
    assert (X.ravel().tolist(), y.tolist()) == ([0, 1, 2, 6], [1, 3, 5, 13])
