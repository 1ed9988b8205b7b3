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
    stochastic = True
    wants_speakers = True

    def grid(self, form: Form) -> tuple[Candidate, ...]:
        """Two strengths of dropout."""
        return tuple({"model__dropout": share} for share in (0.5, 0.2))

    def cost(self, form: Form, n_clips: int, n_columns: int, n_levels: int) -> float:
        """Rough seconds for one candidate, with its share in what is fitted once for all of them.

        Measured as for ``linear``: within a factor of 2.6, because the number of steps depends on what there is to learn;
        narrow sets descend longer.
        """
        return 0.05 + 1.5 / n_columns + 1.2e-7 * n_clips * n_columns

    def build(self, form: Form, seed: int, n_layers: int = 1) -> Pipeline:
        """Build it; the seed draws starting weights, dropout and the speakers kept aside."""
        from bench.models.network import NetworkClassifier, NetworkRegressor
        from bench.models.pipeline import pipeline

        network = NetworkRegressor if form == "score" else NetworkClassifier
        return pipeline(network(n_layers=n_layers, seed=seed), drop_constant=False)
