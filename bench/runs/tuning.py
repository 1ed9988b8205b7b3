"""Tuning: the choice of hyper-parameters by inner speaker-grouped folds, never looking at the test side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.corpora.corpus import Form
from bench.metrics.answer import Answers
from bench.metrics.metric import TUNING
from bench.models.recipe import Candidate, ModelRecipe
from bench.models.sharing import Trial, inside, try_each
from bench.protocols.splitter import inner_folds

Matrix = npt.NDArray[np.float32]
Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Problem:
    """What a model is asked in one fold: the training side, or a part of it.

    Attributes
    ----------
    form : {'score', 'level'}
    n_levels : int
        0 in the score form.
    X : float32 array, shape (n_clips, n_columns)
    y : array, shape (n_clips,)
    speakers : array of str, shape (n_clips,)
    n_layers : int
        How many layers stand side by side in X.
    valid : int array
        Rows on which candidates are tried, where that is fixed; empty where inner folds try them.
    """

    form: Form
    n_levels: int
    X: Matrix
    y: Numbers
    speakers: Numbers
    n_layers: int = 1
    valid: Numbers = field(default_factory=lambda: np.zeros(0, np.intp))

    def part(self, rows: Numbers) -> Problem:
        """The problem on some of its clips."""
        return Problem(self.form, self.n_levels, self.X[rows], self.y[rows], self.speakers[rows], self.n_layers)


@dataclass(frozen=True)
class Tuned:
    """What was chosen.

    Attributes
    ----------
    parameters : dict
    value : float or None
        What they reached on the inner folds; None where nothing could be tuned.
    inner : tuple of pipeline
        Fitted with these parameters, one an inner fold; empty where nothing could be tried.
    """

    parameters: Candidate
    value: float | None
    inner: tuple[Any, ...] = field(default=(), compare=False)


def tune(recipe: ModelRecipe, problem: Problem, seed: int) -> Tuned:
    """Choose among the candidates of a recipe.

    Every candidate predicts each clip of the training side from other speakers (or, where the fold has a devel part, that part
    from the rest); UAR (levels) or CCC (scores) of these pooled predictions decides, and of equal candidates the most
    regularised one.

    Parameters
    ----------
    recipe : ModelRecipe
    problem : Problem
        The training side of an outer fold.
    seed : int

    Returns
    -------
    Tuned
        The default, without a value, where there are fewer than 3 speakers or no candidate has a value (all labels alike).
    """
    candidates = recipe.grid(problem.form)
    folds = trial_folds(problem, seed)
    if not candidates or not folds:
        return Tuned(recipe.default(problem.form), None)
    told = np.zeros((len(candidates), len(problem.y)))
    inner: list[tuple[Any, ...]] = []
    for train, valid in folds:
        tried = _tried(recipe, candidates, problem.part(train), problem.X[valid], seed)
        told[:, valid] = [one.guess for one in tried]
        inner.append(tuple(one.fitted for one in tried))
    rows = np.sort(np.concatenate([valid for _, valid in folds]))
    asked = problem.part(rows)
    values = [_value(asked, guess[rows]) for guess in told]
    best = int(np.argmax(values))
    if not np.isfinite(values[best]):
        return Tuned(recipe.default(problem.form), None)
    return Tuned(candidates[best], values[best], tuple(own[best] for own in inner))


def trial_folds(problem: Problem, seed: int) -> list[tuple[Numbers, Numbers]]:
    """Rows to fit on and rows to try on, a pair each: the devel part where one is fixed, else groups of speakers."""
    if not len(problem.valid):
        return [*inner_folds(problem.speakers, problem.y, seed)]
    return [(np.setdiff1d(np.arange(len(problem.y)), problem.valid), problem.valid)]


def fit_predict(recipe: ModelRecipe, parameters: Candidate, train: Problem, test: Matrix, seed: int) -> tuple[Numbers, Any]:
    """Fit with given parameters and predict; gives the guesses, shape (n_test,), and the fitted pipeline."""
    pipeline = fitted(recipe, parameters, train, seed)
    return pipeline.predict(test), pipeline


def fitted(recipe: ModelRecipe, parameters: Candidate, train: Problem, seed: int) -> Any:
    """The pipeline of a recipe, fitted with given parameters."""
    pipeline = recipe.build(train.form, seed, train.n_layers).set_params(**parameters)
    return pipeline.fit(train.X, train.y, **({"model__groups": train.speakers} if recipe.wants_speakers else {}))


def _tried(recipe: ModelRecipe, candidates: Sequence[Candidate], train: Problem, valid: Matrix, seed: int) -> list[Trial]:
    """The pipeline of each candidate, fitted, and its guesses."""
    pipeline = recipe.build(train.form, seed, train.n_layers)
    own = inside(candidates, "model")
    if len(pipeline) == 1 or own is None:
        guessed = [fit_predict(recipe, one, train, valid, seed) for one in candidates]
        return [Trial(one, guess) for guess, one in guessed]
    # What stands before the model is the same for all candidates, so it is fitted once.
    from sklearn.pipeline import Pipeline

    before, (name, model) = pipeline[:-1], pipeline.steps[-1]
    groups = {"groups": train.speakers} if recipe.wants_speakers else {}
    tried = try_each(model, own, before.fit_transform(train.X, train.y), train.y, before.transform(valid), **groups)
    return [Trial(Pipeline([*before.steps, (name, one.fitted)]), one.guess) for one in tried]


def _value(problem: Problem, guess: Numbers) -> float:
    value = TUNING[problem.form].value(Answers.of(problem.y, guess, problem.speakers.tolist(), problem.n_levels))
    return value if np.isfinite(value) else -np.inf
