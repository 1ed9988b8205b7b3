"""A model fitted on all clips, and the inner models that tell how far it may be off; asked as often as there are recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.corpora.corpus import Form
from bench.models.recipe import ModelRecipe
from bench.runs.crossing import Crossed, outputs
from bench.runs.fold_fit import Told, fused
from bench.runs.representation import Fusion
from bench.runs.tuning import Matrix, Numbers, Problem, fitted, trial_folds, tune

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fitted:
    """One model, tuned and fitted as in a fold whose training side is everything.

    Attributes
    ----------
    pipeline : scikit-learn pipeline
    inner : tuple of pipeline
        Each fitted without the speakers of one inner fold; none with fewer than 3 speakers.
    rows, fold : int array, shape (n_inside,)
        As in ``Crossed``.
    inside : float64 array, shape (n_inside, n_outputs)
        Likewise.
    parameters : dict
        What was chosen.
    """

    pipeline: Any
    inner: tuple[Any, ...]
    rows: npt.NDArray[np.intp]
    fold: npt.NDArray[np.intp]
    inside: Floats
    parameters: dict[str, Any]

    def told(self, X: Matrix, form: Form, n_levels: int) -> Told:
        """What it says of clips, shape (n_clips, n_columns)."""
        said = outputs(self.pipeline, X, form, n_levels)
        crossed = None
        if self.inner:
            outside = np.stack([outputs(one, X, form, n_levels) for one in self.inner])
            crossed = Crossed(self.rows, self.inside, self.fold, outside)
        return Told(self.pipeline.predict(X), {"parameters": self.parameters, "tuned": None}, said, crossed)


def fit_whole(recipe: ModelRecipe, problem: Problem, seed: int) -> Fitted:
    """Tune, fit and cross on everything; the same numbers as ``fold_fit.tell`` with it as the training side.

    Parameters
    ----------
    recipe : ModelRecipe
    problem : Problem
    seed : int

    Returns
    -------
    Fitted
    """
    tuned = tune(recipe, problem, seed)
    parameters, folds = tuned.parameters, trial_folds(problem, seed)
    pipeline = fitted(recipe, parameters, problem, seed)
    inner = tuned.inner or tuple(fitted(recipe, parameters, problem.part(train), seed) for train, _ in folds)
    inside, rows, fold = [], [], []
    for number, (one, (_, valid)) in enumerate(zip(inner, folds, strict=True)):
        inside.append(outputs(one, problem.X[valid], problem.form, problem.n_levels))
        rows.append(valid)
        fold.append(np.full(len(valid), number, np.intp))
    if not inner:
        none = np.zeros(0, np.intp)
        return Fitted(pipeline, (), none, none, np.zeros((0, 1)), parameters)
    return Fitted(pipeline, inner, np.concatenate(rows), np.concatenate(fold), np.concatenate(inside), parameters)


@dataclass(frozen=True, eq=False)
class Ensemble:
    """The models of a row, one or (fused late) one a part, and the labels that they were fitted on.

    Attributes
    ----------
    parts : tuple of Fitted
    fusion : {'', 'mean', 'stack'}
    form : {'score', 'level'}
    n_levels : int
    y : array, shape (n_clips,)
    speakers : array of str, shape (n_clips,)
    seed : int
    """

    parts: tuple[Fitted, ...]
    fusion: Fusion
    form: Form
    n_levels: int
    y: Numbers
    speakers: Numbers
    seed: int

    def told(self, values: Sequence[Matrix]) -> Told:
        """What the row says of clips: one matrix, or (fused late) one a part.

        Of a stack, the few weights of its last model are found again from what the parts said in training.
        """
        told = [part.told(X, self.form, self.n_levels) for part, X in zip(self.parts, values, strict=True)]
        if not self.fusion:
            return told[0]
        first = Problem(self.form, self.n_levels, np.zeros((len(self.y), 0), np.float32), self.y, self.speakers)
        return fused(told, first, self.fusion, self.seed)
