"""The dummy: what a rater gets who never listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.corpora.corpus import Form
from bench.models.recipe import ModelRecipe

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


class Dummy(ModelRecipe):
    """Always the median score of the training side (the best constant for MAE), or its most frequent level.

    Its probabilities are the shares of the levels.

    Examples
    --------
    >>> Dummy().build("score", seed=0).fit([[0.0], [0.0], [0.0]], [1.0, 2.0, 9.0]).predict([[5.0]]).tolist()
    [2.0]
    """

    name = "dummy"
    version = "1"

    def cost(self, form: Form, n_clips: int, n_columns: int, n_levels: int) -> float:
        """A millisecond, whatever the size."""
        return 1e-3

    def build(self, form: Form, seed: int, n_layers: int = 1) -> Pipeline:
        """Build it; nothing is imputed or scaled, because no column is read."""
        from sklearn.dummy import DummyClassifier, DummyRegressor
        from sklearn.pipeline import Pipeline

        model = DummyRegressor(strategy="median") if form == "score" else DummyClassifier(strategy="prior")
        return Pipeline([("model", model)])
