"""The linear recipe is scikit-learn's own models on standardised columns, whatever shortcut it takes."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from bench.models.linear import Linear

SHAPES = [(60, 8), (40, 150)]  # more clips than columns, and fewer


def make_clips(n_clips, n_columns):
    rng = np.random.default_rng(n_columns)
    X = rng.normal(size=(n_clips, n_columns)) * rng.uniform(0.1, 30, n_columns) + rng.uniform(-9, 9, n_columns)
    level = rng.choice(3, n_clips, p=[0.6, 0.3, 0.1])
    X[:, :4] += X.std(axis=0)[:4] * level[:, None]
    return X, level, X[: n_clips // 2] + 0.3 * X.std(axis=0) * rng.normal(size=(n_clips // 2, n_columns))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("candidate", Linear().grid("score"), ids=str)
def test_scores_are_those_of_ridge_on_standardised_columns(shape, candidate):
    X, level, new = make_clips(*shape)
    y = 3.0 * level + 1.0
    scaler = StandardScaler().fit(X)
    alpha = candidate["model__alpha"] * shape[1]  # columns are divided by the root of their number
    theirs = Ridge(alpha=alpha).fit(scaler.transform(X), y).predict(scaler.transform(new))
    ours = Linear().build("score", seed=0).set_params(**candidate).fit(X, y).predict(new)
    assert ours == pytest.approx(theirs, abs=1e-8)
    assert np.ptp(theirs) > 0.01


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("candidate", Linear().grid("level"), ids=str)
def test_levels_are_those_of_balanced_logistic_regression(shape, candidate):
    X, level, new = make_clips(*shape)
    scaler = StandardScaler().fit(X)
    price = candidate["model__classifier__C"] / shape[1]
    plain = LogisticRegression(C=price, class_weight="balanced", tol=1e-10, max_iter=100_000)
    theirs = plain.fit(scaler.transform(X), level)
    ours = Linear().build("level", seed=0).set_params(**candidate).fit(X, level)
    margins = ours.named_steps["model"].fitted_.decision_function(ours[:-1].transform(new))
    expected = theirs.decision_function(scaler.transform(new))
    assert margins == pytest.approx(expected, abs=1e-4 * np.abs(expected).max())
    sure = np.ptp(np.sort(expected, axis=1)[:, 1:], axis=1) > 0.002
    assert sure.mean() > 0.5
    assert np.array_equal(ours.predict(new)[sure], theirs.predict(scaler.transform(new))[sure])


def test_searches_run_from_the_most_to_the_least_regularised():
    alphas = [candidate["model__alpha"] for candidate in Linear().grid("score")]
    prices = [candidate["model__classifier__C"] for candidate in Linear().grid("level")]
    assert alphas == sorted(alphas, reverse=True)
    assert prices == sorted(prices)


@pytest.mark.parametrize("form", ["score", "level"])
def test_the_seed_does_not_matter(form):
    X, level, new = make_clips(60, 8)
    first, second = (Linear().build(form, seed=seed).fit(X, level).predict(new) for seed in (0, 1))
    assert np.array_equal(first, second)
