"""Linear models: ridge for scores, logistic with the same penalty for levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.corpora.corpus import Form
from bench.models.recipe import Candidate, ModelRecipe

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


class Linear(ModelRecipe):
    """Ridge, or multinomial logistic with balanced levels, on columns divided by the root of their number."""

    name = "linear"
    version = "1"

    def grid(self, form: Form) -> tuple[Candidate, ...]:
        """Six strengths of the penalty, per column, a power of ten apart."""
        if form == "score":
            return tuple({"model__alpha": alpha} for alpha in (100.0, 10.0, 1.0, 0.1, 0.01, 0.001))
        return tuple({"model__classifier__C": c} for c in (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0))

    def build(self, form: Form, seed: int, n_layers: int = 1) -> Pipeline:
        """Build it; it is the same for every seed."""
        from sklearn.linear_model import LogisticRegression, Ridge

        from bench.models.pipeline import Balanced, Compact, pipeline

        model = Ridge() if form == "score" else Balanced(LogisticRegression(max_iter=5000))
        return pipeline(model, ("compact", Compact()))
