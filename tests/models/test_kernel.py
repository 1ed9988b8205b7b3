import numpy as np
import pytest
from sklearn.svm import SVC, SVR

from bench.models.kernel import KernelSVC, KernelSVR


@pytest.mark.parametrize("kernel", ["linear", "rbf"])
@pytest.mark.parametrize("n_columns", [5, 120])
def test_they_are_the_machines_of_scikit_learn(kernel, n_columns):
    rng = np.random.default_rng(0)
    X, new = rng.normal(size=(80, n_columns)), rng.normal(size=(20, n_columns))
    y = X[:, 0] + 0.3 * rng.normal(size=80)
    price = 2.0 / n_columns if kernel == "linear" else 2.0
    gamma = 0.7 / n_columns
    theirs = SVR(kernel=kernel, C=price, gamma=gamma, tol=1e-6).fit(X, y).predict(new)
    ours = KernelSVR(kernel, 2.0, 0.7).fit(X, y).predict(new)
    assert ours == pytest.approx(theirs, abs=0.01)  # both stop within 1e-3 of the optimum
    level = np.digitize(y, [-0.5, 0.5])
    weights = rng.random(80) + 0.5
    theirs = SVC(kernel=kernel, C=price, gamma=gamma).fit(X, level, weights).predict(new)
    assert np.mean(KernelSVC(kernel, 2.0, 0.7).fit(X, level, weights).predict(new) == theirs) >= 0.95


def test_an_unknown_kernel_is_refused():
    with pytest.raises(ValueError, match="'cubic'"):
        KernelSVC(kernel="cubic").fit(np.eye(4), np.array([0, 1, 0, 1]))
