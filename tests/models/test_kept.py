"""Fitted models come back as they were, and nothing but them comes back."""

import io
import json

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline

from bench.base.spelling import parse
from bench.models.kept import Unkeepable, freeze, thaw
from bench.models.recipe import MODELS


def fitted(model, form, n_columns=12, n_levels=3):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, n_columns)).astype(np.float32)
    X[0, 0] = np.nan
    y = X[:, 1] + rng.normal(size=60) if form == "score" else (np.arange(60) % n_levels)
    recipe = MODELS.make(parse(model))
    given = {"model__groups": np.repeat(list("abcdef"), 10)} if recipe.wants_speakers else {}
    return recipe.build(form, 0, 1).fit(X, y, **given), X


def through_a_file(estimator):
    """As a later process reads it: JSON text, and arrays without pickle."""
    arrays, stream = {}, io.BytesIO()
    text = json.dumps(freeze(estimator, arrays), allow_nan=False)
    np.savez(stream, **arrays)
    stream.seek(0)
    with np.load(stream, allow_pickle=False) as stored:
        return thaw(json.loads(text), dict(stored))


@pytest.mark.parametrize("form", ["score", "level"])
@pytest.mark.parametrize("model", ["linear", "svm", "xgboost", "head", "dummy"])
def test_a_model_says_the_same_afterwards(model, form):
    estimator, X = fitted(model, form)
    back = through_a_file(estimator)
    np.testing.assert_array_equal(back.predict(X), estimator.predict(X))
    for method in ("predict_proba", "decision_function"):
        assert hasattr(back, method) == hasattr(estimator, method)
        if hasattr(estimator, method):
            np.testing.assert_array_equal(getattr(back, method)(X), getattr(estimator, method)(X))


def test_two_levels_a_single_level_and_wide_sets_too():
    for model, n_levels, n_columns in (("xgboost", 2, 12), ("svm", 2, 12), ("linear", 1, 12), ("linear", 3, 200)):
        estimator, X = fitted(model, "level", n_columns, n_levels)
        np.testing.assert_array_equal(through_a_file(estimator).predict(X), estimator.predict(X))


def test_a_kind_that_is_not_listed_is_refused():
    with pytest.raises(Unkeepable, match="A PCA cannot be kept without pickle"):
        freeze(Pipeline([("model", PCA())]), {})
    with pytest.raises(Unkeepable, match="cannot be kept"):
        freeze({"f": lambda x: x}, {})
    with pytest.raises(Unkeepable, match="kind object"):
        freeze(np.array([object()]), {})


def test_a_class_of_the_same_name_from_elsewhere_is_refused():
    class Ridge:
        pass

    with pytest.raises(Unkeepable, match="A Ridge cannot"):
        freeze(Ridge(), {})


@pytest.mark.parametrize(
    "forged",
    [
        {"kind": "Popen", "state": {}},
        {"kind": "os.system", "state": {}},
        {"kind": "subprocess:Popen", "state": {}},
        {"kind": "bench.models.kept:Unkeepable", "state": {}},
        {"kind": "bench.models.balance:BaseEstimator", "state": {}},
        {"kind": "bench.models.nothing:Ridge", "state": {}},
        {"function": "system"},
        {"booster": "Booster", "given": {}, "trees": "a0"},
        {"code": "print()"},
        {"array": "a9"},
        {"kind": "Ridge"},
        {"list": [{"kind": "PCA", "state": {}}]},
    ],
)
def test_a_forged_file_makes_nothing(forged):
    with pytest.raises(Unkeepable):
        thaw(forged, {})


def test_numbers_that_json_does_not_know_come_back():
    arrays = {}
    back = thaw(json.loads(json.dumps(freeze([float("inf"), (1, None), {"a": True}, np.float64(0.1)], arrays))), arrays)
    assert back == [float("inf"), (1, None), {"a": True}, 0.1]
    assert np.isnan(thaw(freeze(float("nan"), {}), {}))
