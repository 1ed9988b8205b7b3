"""Support vector machines: linear and RBF kernels in one search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.corpora.corpus import Form
from bench.models.recipe import Candidate, ModelRecipe

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


class Svm(ModelRecipe):
    """SVR on standardised scores, or SVC with balanced levels."""

    name = "svm"
    version = "1"

    def grid(self, form: Form) -> tuple[Candidate, ...]:
        """Linear kernels first, then RBF ones, each from flat to steep."""
        inner = "regressor" if form == "score" else "classifier"
        linear = [("linear", c, 1.0) for c in (0.1, 1.0, 10.0)]
        rbf = [("rbf", c, gamma) for gamma in (0.3, 1.0) for c in (1.0, 10.0)]
        return tuple(
            {f"model__{inner}__kernel": kernel, f"model__{inner}__C": c, f"model__{inner}__gamma": gamma}
            for kernel, c, gamma in linear + rbf
        )

    def cost(self, form: Form, n_clips: int, n_columns: int, n_levels: int) -> float:
        """Rough seconds for one candidate, with its share in what is fitted once for all of them.

        Measured as for ``linear``: within a factor of 1.6. The search costs clips squared; the kernels' products, made once,
        clips squared times columns.
        """
        searching = (4e-8 if form == "score" else 2.2e-8) * n_clips**2
        kernel = 6e-12 * n_clips**2 * n_columns
        return 1.5e-3 + kernel + searching + (2e-3 + 2.5e-8 * n_clips * n_columns) / len(self.grid(form))

    def build(self, form: Form, seed: int, n_layers: int = 1) -> Pipeline:
        """Build it; it is the same for every seed."""
        from bench.models.balance import Balanced
        from bench.models.kernel import KernelSVC, KernelSVR
        from bench.models.pipeline import pipeline
        from bench.models.target import StandardScores

        if form == "level":
            return pipeline(Balanced(KernelSVC()))
        return pipeline(StandardScores(KernelSVR()))
