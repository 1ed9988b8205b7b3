"""Boosted trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.corpora.corpus import Form
from bench.models.recipe import Candidate, ModelRecipe

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


class Xgboost(ModelRecipe):
    """A hundred shallow trees, each on a fifth of the columns and four fifths of the clips.

    Wide sets (ComParE) are first screened down to the 1,000 columns with the largest F value on the training side: trees cost
    their columns, and a hundred trees of at most 7 splits cannot read more than 700.
    """

    name = "xgboost"
    version = "1"
    stochastic = True

    def grid(self, form: Form) -> tuple[Candidate, ...]:
        """Flat and slow trees, then deeper and faster ones."""
        inner = "model__" if form == "score" else "model__classifier__"
        return tuple({f"{inner}max_depth": depth, f"{inner}learning_rate": rate} for depth, rate in ((2, 0.05), (3, 0.1)))

    def cost(self, form: Form, n_clips: int, n_columns: int, n_levels: int) -> float:
        """Rough seconds for one candidate, with its share in what is fitted once for all of them.

        Measured as for ``linear``: within a factor of 1.6. Three levels and more take a hundred trees each.
        """
        forests = n_levels if form == "level" and n_levels > 2 else 1
        columns = min(n_columns, 1000)
        before = 2e-3 + 4e-8 * n_clips * n_columns
        return forests * (6e-3 + columns * (8e-5 + 2e-7 * n_clips)) + before / len(self.grid(form))

    def build(self, form: Form, seed: int, n_layers: int = 1) -> Pipeline:
        """Build it; the seed draws columns and clips."""
        from sklearn.feature_selection import f_classif, f_regression
        from xgboost import XGBClassifier, XGBRegressor

        from bench.models.balance import Balanced
        from bench.models.column import Screen
        from bench.models.pipeline import pipeline

        kind, test = (XGBRegressor, f_regression) if form == "score" else (XGBClassifier, f_classif)
        trees = kind(
            n_estimators=100,
            tree_method="hist",
            max_bin=32,  # 64 bins: the same guesses to within noise, twice the time
            subsample=0.8,
            colsample_bytree=0.2,
            n_jobs=1,
            random_state=seed,
        )
        return pipeline(trees if form == "score" else Balanced(trees), ("screen", Screen(test)))
