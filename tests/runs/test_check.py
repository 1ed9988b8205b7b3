"""The check of a stranger's file: what it defines, and what is wrong with each."""

import pytest

from bench.base.error import RequestError
from bench.models.dummy import Dummy
from bench.models.linear import Linear
from bench.models.recipe import MODELS as RECIPES
from bench.runs.check import check_file, model_faults
from tests.conftest import ZCR

FILE = """
import numpy as np

import bench


class Level(bench.FeatureSet):
    name = "level"
    version = "1"
    columns = ("rms",)

    def extract(self, wave):
        return np.array([wave.samples.std()], np.float32)


class Silent(Level):
    name = "silent"

    def extract(self, wave):
        return np.array([np.nan], np.float32)


class Needy(Level):
    name = "needy"
    window_s: float


class Night(bench.CorpusReader):
    name = "night"
    version = "1"
"""

MODELS = '''
import numpy as np

import bench


class Own(bench.ModelRecipe):
    version = "1"
    name = "own"

    def build(self, form, seed, n_layers=1):
        from sklearn.base import BaseEstimator
        from sklearn.pipeline import Pipeline

        recipe = self

        class Least(BaseEstimator):
            def fit(self, X, y):
                self.weights_ = np.linalg.lstsq(X, y - y.mean(), rcond=None)[0]
                self.mean_, self.top_ = y.mean(), y.max()
                return self

            def predict(self, X):
                guess = X @ self.weights_ + self.mean_
                return recipe.bent(np.clip(np.round(guess), 0, self.top_) if form == "level" else guess, seed)

        return Pipeline([("model", Least())])

    def bent(self, guess, seed):
        return guess


class Wild(Own):
    """Ignores the seed."""
    name = "wild"
    solves = ("score",)

    def bent(self, guess, seed):
        return guess + np.random.default_rng().normal(0, 0.1, len(guess))


class Constant(Own):
    name = "constant"

    def bent(self, guess, seed):
        return guess * 0


class Unheard(Own):
    name = "unheard"
    solves = ("score",)

    def bent(self, guess, seed):
        return np.random.default_rng(seed).permutation(guess)


class Missing(Own):
    name = "missing"

    def bent(self, guess, seed):
        return guess * np.nan


class Half(Own):
    name = "half"
    solves = ("level",)

    def bent(self, guess, seed):
        return guess * 0.5


class Column(Own):
    name = "column"

    def bent(self, guess, seed):
        return guess[:, None]


class Broken(Own):
    name = "broken"
    solves = ("level",)

    def build(self, form, seed, n_layers=1):
        raise ValueError("no trees")


class Peeking(Own):
    """Knows the truth that the check is made of."""
    name = "peeking"
    solves = ("score",)

    def build(self, form, seed, n_layers=1):
        from sklearn.base import BaseEstimator
        from sklearn.pipeline import Pipeline

        class Peek(BaseEstimator):
            def fit(self, X, y):
                self.fitted_ = True
                return self

            def predict(self, X):
                return X[:, 0] + 0.5 * X[:, 1]

        return Pipeline([("model", Peek())])
'''


@pytest.fixture
def check(registries, tmp_path):
    def checked(text):
        file = tmp_path / "own.py"
        file.write_text(text)
        return {one.name: one.faults for one in check_file(file)}

    return checked


def test_every_plug_in_of_a_file_is_checked(check):
    found = check(FILE)
    assert list(found) == ["level", "silent", "needy", "night"]
    assert (found["level"], found["night"]) == ((), ())
    assert len(found["silent"]) == 5
    assert all("1 of 1 values are not finite" in fault for fault in found["silent"])
    (fault,) = found["needy"]
    assert fault.startswith("It cannot be made without parameters")
    assert "'window_s'" in fault
    assert fault.endswith("Give every field a default.")


def test_the_example_of_the_documents_passes(registries):
    (checked,) = check_file(ZCR)
    assert (checked.name, checked.faults) == ("zcr", ())


def test_a_file_without_plug_ins_is_told(tmp_path, registries):
    file = tmp_path / "empty.py"
    file.write_text("x = 1\n")
    with pytest.raises(RequestError, match="defines no plug-in"):
        check_file(file)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    file = tmp_path_factory.mktemp("models") / "models.py"
    file.write_text(MODELS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RECIPES, "_added", dict(RECIPES._added))
        return {one.name: one.faults for one in check_file(file)}


def test_models_are_tried_in_the_forms_that_they_solve(models):
    assert models["own"] == ()
    assert [fault[:70] for fault in models["wild"]] == [
        "In the score form two fits with the same seed differ. Use the seed tha"
    ]
    assert models["constant"] == (
        "In the score form it does not learn a planted signal of 160 clips.",
        "In the level form it does not learn a planted signal of 160 clips.",
    )
    assert models["unheard"] == ("In the score form it does not learn a planted signal of 160 clips.",)
    assert models["broken"] == ("In the level form it raised ValueError: no trees",)
    assert models["peeking"] == ("In the score form it is above chance on shuffled labels, so it sees what it must not.",)


def test_guesses_that_no_board_can_use_are_told(models):
    assert "expected is a finite number" in models["missing"][0]
    assert "expected is a level code from 0 to 2" in models["missing"][1]
    assert "expected is a level code from 0 to 2" in models["half"][0]
    assert len(models["half"]) == 1
    assert all("(80, 1)" in fault for fault in models["column"])
    assert len(models["column"]) == 2


def test_our_own_linear_model_passes_and_the_dummy_learns_nothing():
    assert model_faults(Linear()) == []
    assert [fault.split(" form ")[0] for fault in model_faults(Dummy())] == ["In the score", "In the level"]
