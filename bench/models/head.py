"""The head: a small network, with a weight a layer under ``@weighted``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.corpora.corpus import Form
from bench.models.recipe import Candidate, ModelRecipe

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


class Head(ModelRecipe):
    """A network with one hidden layer, stopped by training speakers kept aside."""

    name = "head"
    version = "1"
    weighs_layers = True
    wants_speakers = True

    def grid(self, form: Form) -> tuple[Candidate, ...]:
        """Two strengths of dropout."""
        return tuple({"model__dropout": share} for share in (0.5, 0.2))

    def build(self, form: Form, seed: int, n_layers: int = 1) -> Pipeline:
        """Build it; the seed draws starting weights, dropout and the speakers kept aside."""
        from bench.models.network import NetworkClassifier, NetworkRegressor
        from bench.models.pipeline import pipeline

        network = NetworkRegressor if form == "score" else NetworkClassifier
        return pipeline(network(n_layers=n_layers, seed=seed), drop_constant=False)
