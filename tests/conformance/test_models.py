"""Every model of ours keeps to what `fatigue-bench check` asks of a stranger's."""

import numpy as np
import pytest

from bench.models.recipe import MODELS, ModelRecipe
from bench.runs.model_conformance import model_faults

OURS = [name for name in MODELS.names() if MODELS.get(name).__module__.startswith("bench.")]
DEAF = ["dummy"]


@pytest.mark.parametrize("name", [name for name in OURS if name not in DEAF])
def test_it_keeps_its_promises(name):
    assert model_faults(MODELS.get(name)()) == []


@pytest.mark.parametrize("name", DEAF)
def test_a_model_that_never_listens_has_that_fault_alone(name):
    expected = [f"In the {form} form it does not learn a planted signal of 160 clips." for form in ("score", "level")]
    assert model_faults(MODELS.get(name)()) == expected


def test_all_of_ours_are_tried():
    assert OURS == ["dummy", "head", "linear", "svm", "xgboost"]


class Cheat(ModelRecipe):
    """Draws without the seed."""

    name = "cheat"
    version = "1"
    solves = ("score",)

    def build(self, form, seed, n_layers=1):
        from sklearn.pipeline import Pipeline
        from sklearn.tree import ExtraTreeRegressor

        return Pipeline([("model", ExtraTreeRegressor(random_state=np.random.randint(1 << 30)))])  # noqa: NPY002


class Crash(Cheat):
    """Cannot be fitted."""

    name = "crash"

    def build(self, form, seed, n_layers=1):
        raise ZeroDivisionError("division by zero")


def test_what_is_broken_is_found():
    assert any("two fits with the same seed differ" in fault for fault in model_faults(Cheat()))
    (fault,) = model_faults(Crash())
    assert fault == "In the score form, asked to build, and for its candidates, it raised ZeroDivisionError: division by zero."
