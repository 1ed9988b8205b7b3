"""Crossing: what models say of training clips whose speakers they have not heard, and of the test clips.

Calibration, CV+ intervals and late fusion are learnt from it; the test side's labels are never looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.corpora.corpus import Form
from bench.models.recipe import Candidate, ModelRecipe
from bench.runs.tuning import Matrix, Problem, fitted, trial_folds

Floats = npt.NDArray[np.float64]
LEAST = 1e-6  # a probability below it is taken for it: its logarithm shall be finite


@dataclass(frozen=True, eq=False)
class Crossed:
    """What the models of the inner folds say.

    Attributes
    ----------
    rows : int array, shape (n_inside,)
        Positions in the training side that are told about; all of them where inner folds go through all speakers.
    inside : float64 array, shape (n_inside, n_outputs)
        What is said of each by the model that did not see its speaker. One output in the score form, the guess; one a level in
        the level form.
    fold : int array, shape (n_inside,)
        Which model that was.
    outside : float64 array, shape (n_folds, n_test, n_outputs)
        What each of these models says of the test clips.
    """

    rows: npt.NDArray[np.intp]
    inside: Floats
    fold: npt.NDArray[np.intp]
    outside: Floats


def cross(
    recipe: ModelRecipe, parameters: Candidate, problem: Problem, test: Matrix, seed: int, inner: Sequence[Any] = ()
) -> Crossed | None:
    """Fit on the training side less each inner fold, with the parameters that were chosen.

    Parameters
    ----------
    recipe : ModelRecipe
    parameters : dict
    problem : Problem
        The training side of an outer fold.
    test : float32 array, shape (n_test, n_columns)
    seed : int
        The same as for tuning, so that the inner folds are.
    inner : sequence of pipeline
        Where tuning has fitted them already, ``Tuned.inner``.

    Returns
    -------
    Crossed or None
        None with fewer than 3 training speakers.
    """
    folds = trial_folds(problem, seed)
    if not folds:
        return None
    inside, outside = [], []
    pipelines = inner or [fitted(recipe, parameters, problem.part(train), seed) for train, _ in folds]
    for pipeline, (_, valid) in zip(pipelines, folds, strict=True):
        told = outputs(pipeline, np.concatenate([problem.X[valid], test]), problem.form, problem.n_levels)
        inside.append(told[: len(valid)])
        outside.append(told[len(valid) :])
    rows = np.concatenate([valid for _, valid in folds])
    number = np.repeat(np.arange(len(folds)), [len(valid) for _, valid in folds])
    return Crossed(rows, np.concatenate(inside), number, np.stack(outside))


def outputs(pipeline: Any, X: Matrix, form: Form, n_levels: int) -> Floats:
    """What a fitted pipeline says of clips, as numbers that calibration can read.

    Returns
    -------
    float64 array, shape (n_clips, n_outputs)
        Score form: the guess. Level form: the logarithm of the probability of each level, or its decision value where the model
        has no probabilities, or 1 for the level guessed and 0 for the others where it has neither; what training did not hold
        gets the lowest number of its clip.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> fitted = DummyClassifier(strategy="prior").fit([[0], [0], [0], [0]], [0, 0, 0, 2])
    >>> np.exp(outputs(fitted, np.zeros((1, 1), np.float32), "level", 3)).round(2).tolist()
    [[0.75, 0.25, 0.25]]
    """
    if form == "score":
        return np.asarray(pipeline.predict(X), dtype=np.float64).reshape(-1, 1)
    if hasattr(pipeline, "predict_proba"):
        return _placed(np.log(np.maximum(pipeline.predict_proba(X), LEAST)), pipeline.classes_, n_levels)
    if hasattr(pipeline, "decision_function"):
        values = np.asarray(pipeline.decision_function(X), dtype=np.float64)
        return _placed(np.column_stack([-values, values]) if values.ndim == 1 else values, pipeline.classes_, n_levels)
    guess = np.asarray(pipeline.predict(X), dtype=np.float64)
    votes = (guess[:, None] == np.arange(n_levels)).astype(np.float64)
    votes[votes.sum(axis=1) == 0] = np.nan  # no level at all: the guess will be refused
    return np.asarray(votes)


def _placed(values: Floats, classes: npt.ArrayLike, n_levels: int) -> Floats:
    placed = np.repeat(values.min(axis=1, keepdims=True), n_levels, axis=1)
    placed[:, np.asarray(classes, dtype=np.intp)] = values
    return placed
