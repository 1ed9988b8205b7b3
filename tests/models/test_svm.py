"""The svm recipe is scikit-learn's own machines on standardised columns."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from bench.models.svm import Svm

N_CLIPS, N_COLUMNS = 80, 6


def make_clips():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(N_CLIPS, N_COLUMNS)) * [0.01, 1, 5, 100, 2, 0.3] + 7
    Z = StandardScaler().fit_transform(X)
    y = 50 + 8 * (Z[:, 0] + np.sin(2 * Z[:, 1]) + 0.3 * rng.normal(size=N_CLIPS))
    new = X[:30] + 0.3 * X.std(axis=0) * rng.normal(size=(30, N_COLUMNS))
    return X, y, np.digitize(y, [50, 60]), new


def theirs(kind, candidate, inner, **given):
    """Their machine; ours divides products and distances by the number of columns."""
    kernel, price, gamma = (candidate[f"model__{inner}__{name}"] for name in ("kernel", "C", "gamma"))
    return kind(kernel=kernel, C=price / N_COLUMNS if kernel == "linear" else price, gamma=gamma / N_COLUMNS, **given)


@pytest.mark.parametrize("candidate", Svm().grid("score"), ids=lambda c: "-".join(map(str, c.values())))
def test_scores_are_those_of_svr_on_standardised_columns_and_scores(candidate):
    X, y, _, new = make_clips()
    scaler = StandardScaler().fit(X)
    machine = theirs(SVR, candidate, "regressor", tol=1e-6).fit(scaler.transform(X), (y - y.mean()) / y.std())
    expected = machine.predict(scaler.transform(new)) * y.std() + y.mean()
    ours = Svm().build("score", seed=0).set_params(**candidate).fit(X, y).predict(new)
    assert ours == pytest.approx(expected, abs=0.02 * y.std())  # both stop within 1e-3 of the optimum
    assert np.corrcoef(expected, make_clips()[1][:30])[0, 1] > 0.5


@pytest.mark.parametrize("candidate", Svm().grid("level")[1:], ids=lambda c: "-".join(map(str, c.values())))
def test_levels_are_those_of_balanced_svc(candidate):
    X, _, level, new = make_clips()
    scaler = StandardScaler().fit(X)
    machine = theirs(SVC, candidate, "classifier", class_weight="balanced").fit(scaler.transform(X), level)
    expected = machine.predict(scaler.transform(new))
    ours = Svm().build("level", seed=0).set_params(**candidate).fit(X, level).predict(new)
    assert np.mean(ours == expected) >= 29 / 30
    assert len(set(expected)) == 3


def test_the_flattest_machine_leans_on_every_clip_as_far_as_it_may():
    X, _, level, _ = make_clips()
    candidate = Svm().grid("level")[0]
    machine = theirs(SVC, candidate, "classifier", class_weight="balanced").fit(StandardScaler().fit_transform(X), level)
    ours = Svm().build("level", seed=0).set_params(**candidate).fit(X, level).named_steps["model"].fitted_.machine_
    # predictions are not compared: with every clip at its bound, any bias within an interval is as good as another
    assert ours.n_support_.tolist() == np.bincount(level).tolist()
    assert ours.dual_coef_ == pytest.approx(N_COLUMNS * machine.dual_coef_, abs=1e-3)


def test_scores_far_from_zero_are_as_easy_as_those_near_it():
    X, y, _, new = make_clips()
    near, far = (Svm().build("score", seed=0).fit(X, labels).predict(new) for labels in (y, 1000 * y + 1e6))
    assert (far - 1e6) / 1000 == pytest.approx(near, abs=1e-3)


def test_the_search_begins_with_the_flattest_linear_kernel_and_ends_with_the_steepest_rbf():
    for form, inner in (("score", "regressor"), ("level", "classifier")):
        grid = [tuple(c[f"model__{inner}__{name}"] for name in ("kernel", "gamma", "C")) for c in Svm().grid(form)]
        assert grid == sorted(grid)
        assert [kernel for kernel, _, _ in grid] == ["linear"] * 3 + ["rbf"] * 4


@pytest.mark.parametrize("form", ["score", "level"])
def test_the_seed_does_not_matter(form):
    X, y, level, new = make_clips()
    labels = y if form == "score" else level
    first, second = (Svm().build(form, seed=seed).fit(X, labels).predict(new) for seed in (0, 1))
    assert np.array_equal(first, second)
