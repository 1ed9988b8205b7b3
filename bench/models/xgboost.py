"""Boosted trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.corpora.corpus import Form
from bench.models.recipe import Candidate, ModelRecipe

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


class Xgboost(ModelRecipe):
    """A hundred shallow trees, each on a fifth of the columns and four fifths of the clips.

    Wide sets (ComParE) are first screened down to the 1,000 columns with the largest F value on the training side: a tree's cost
    is its columns, and a hundred shallow trees read 700 at most.
    """

    name = "xgboost"
    version = "1"

    def grid(self, form: Form) -> tuple[Candidate, ...]:
        """Flat slow trees, then deeper ones, then fast ones."""
        inner = "model__" if form == "score" else "model__classifier__"
        return tuple(
            {f"{inner}max_depth": depth, f"{inner}learning_rate": rate} for depth, rate in ((2, 0.05), (3, 0.1))
        )

    def build(self, form: Form, seed: int, n_layers: int = 1) -> Pipeline:
        """Build it; the seed draws columns and clips."""
        from xgboost import XGBClassifier, XGBRegressor

        from bench.models.pipeline import Balanced, Screen, pipeline

        kind = XGBRegressor if form == "score" else XGBClassifier
        trees = kind(
            n_estimators=100,
            tree_method="hist",
            max_bin=32,  # 64 bins: the same guesses to within noise, twice the time
            subsample=0.8,
            colsample_bytree=0.2,
            n_jobs=1,
            random_state=seed,
        )
        return pipeline(trees if form == "score" else Balanced(trees), ("screen", Screen()))
