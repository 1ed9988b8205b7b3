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
    version = "2"  # 1 ended logistic regressions with decision values off by up to .004

    def grid(self, form: Form) -> tuple[Candidate, ...]:
        """Strengths of the penalty, a power of ten apart."""
        if form == "score":
            return tuple({"model__alpha": alpha} for alpha in (10.0, 1.0, 0.1, 0.01, 0.001))
        return tuple({"model__classifier__C": c} for c in (0.1, 1.0, 10.0, 100.0))

    def cost(self, form: Form, n_clips: int, n_columns: int, n_levels: int) -> float:
        """Rough seconds for one candidate, with its share in what is fitted once for all of them.

        Fitted by eye to the processor time of fits of 180 and 660 clips by 20, 88, 768 and 6,373 columns and 3 or 8 levels,
        mean of the grid, on one thread of a 2-core AMD EPYC: within a factor of 2 at each.
        """
        width = min(n_columns, n_clips) if n_columns > 2 * n_clips else n_columns
        turning = 1.4e-10 * n_clips**2 * n_columns if n_columns > 2 * n_clips else 0.0
        fitting = 5e-4 + 3.5e-8 * n_clips * width if form == "score" else 5e-3 + 7e-8 * n_levels * n_clips * width
        return fitting + (2e-3 + 2.5e-8 * n_clips * n_columns + turning) / len(self.grid(form))

    def build(self, form: Form, seed: int, n_layers: int = 1) -> Pipeline:
        """Build it; it is the same for every seed."""
        from bench.models.balance import Balanced
        from bench.models.logistic import Logistic
        from bench.models.pipeline import pipeline
        from bench.models.ridge import Ridge

        return pipeline(Ridge() if form == "score" else Balanced(Logistic()))
