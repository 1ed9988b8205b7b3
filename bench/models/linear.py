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
    version = "3"  # 1 ended logistic regressions with decision values off by up to .004; 2 tried no C above 100

    def grid(self, form: Form) -> tuple[Candidate, ...]:
        """Strengths of the penalty, a power of ten apart."""
        if form == "score":
            return tuple({"model__alpha": alpha} for alpha in (10.0, 1.0, 0.1, 0.01, 0.001))
        return tuple({"model__classifier__C": c} for c in (0.1, 1.0, 10.0, 100.0, 1000.0))

    def cost(self, form: Form, n_clips: int, n_columns: int, n_levels: int) -> float:
        """Rough seconds for one candidate, with its share in what is fitted once for all of them.

        Fitted by eye to the processor time of searches on 180 to 3,000 clips of 20 to 6,373 columns and 3 or 8 levels, on one
        thread of a 2-core AMD EPYC: within a factor of 2 at each.
        """
        narrow, cells = min(n_clips, n_columns), n_clips * n_columns
        shared = 3.7e-8 * cells + 3e-11 * cells * narrow
        if form == "score":
            return 7e-4 + shared / len(self.grid(form)) + 1.8e-11 * narrow**3
        turn = 2.4e-10 * narrow**3
        return 2.5e-3 + (shared + turn) / len(self.grid(form)) + 4e-8 * (1 + n_levels / 8) * n_clips * narrow

    def build(self, form: Form, seed: int, n_layers: int = 1) -> Pipeline:
        """Build it; it is the same for every seed."""
        from bench.models.balance import Balanced
        from bench.models.logistic import Logistic
        from bench.models.pipeline import pipeline
        from bench.models.ridge import Ridge

        return pipeline(Ridge() if form == "score" else Balanced(Logistic()))
