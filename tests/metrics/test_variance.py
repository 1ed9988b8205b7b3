"""Eta squared, against scipy's analysis of variance."""

import numpy as np
import pytest
from scipy.stats import f_oneway

from bench.metrics.variance import eta_squared, explained


def test_it_is_that_of_an_analysis_of_variance():
    rng = np.random.default_rng(0)
    groups = rng.choice(["a", "b", "c", "d"], 60)
    values = rng.normal(size=60) + (groups == "b")
    eta = eta_squared(values, groups)
    f = f_oneway(*(values[groups == name] for name in "abcd")).statistic
    assert eta / (1 - eta) * (60 - 4) / (4 - 1) == pytest.approx(f)


def test_levels_without_order_count_by_their_indicators():
    levels, groups = np.array([0, 0, 1, 1, 2, 2]), ["a", "a", "b", "b", "c", "c"]
    assert eta_squared(np.eye(3)[levels], groups) == pytest.approx(1)
    assert eta_squared(np.eye(3)[levels], ["a", "b"] * 3) == pytest.approx(0)


@pytest.mark.parametrize("value", [2, 0.1, 0.3, 2.2])  # the mean of twenty times .1 is not quite .1
def test_values_that_do_not_vary_have_none(value):
    groups = ["a"] * 10 + ["b"] * 10
    assert np.isnan(eta_squared([value] * 20, groups))
    found = explained([value] * 20, groups)
    assert np.isnan(found.eta_squared)
    assert found.p == 1


def test_p_is_that_of_the_analysis_of_variance_on_normal_values():
    rng = np.random.default_rng(4)
    groups = np.repeat([f"s{n}" for n in range(6)], 15)
    values = rng.normal(size=90) + 0.35 * np.repeat(rng.normal(size=6), 15)
    found = explained(values, groups)
    p = f_oneway(*(values[groups == name] for name in np.unique(groups))).pvalue
    assert found.p == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 1000) + 0.001)
    assert (found.eta_squared > found.limit) == (found.p < 0.05)


def test_without_an_effect_p_is_uniform():
    rng = np.random.default_rng(5)
    groups = np.repeat(["a", "b", "c"], 8)
    p = np.array([explained(rng.normal(size=24), groups).p for _ in range(60)])
    assert 0 < (p < 0.2).mean() < 0.4
