"""One fold of a job: tuned, fitted, crossed and predicted, with one view or several fused; nothing else is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.base.error import BenchError
from bench.base.spelling import parse
from bench.corpora.corpus import Form
from bench.metrics.cover import cv_plus
from bench.models.recipe import MODELS, ModelRecipe
from bench.runs.calibration import Calibrator, Straightener
from bench.runs.crossing import Crossed, cross, outputs
from bench.runs.representation import STACKER, Fusion
from bench.runs.tuning import Matrix, Numbers, Problem, fit_predict, tune

NOMINAL = 0.8  # share of scores that the intervals are made to hold

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Told:
    """What a fold's model says of its test side.

    Attributes
    ----------
    guess : array, shape (n_test,)
    record : dict
        ``parameters``, ``tuned``, and ``layer_weights`` where the model has them; of a late fusion those of the ``parts``.
    said : float64 array, shape (n_test, n_outputs)
        As ``crossing.outputs``.
    crossed : Crossed or None
        What inner models say; None with fewer than 3 training speakers.
    """

    guess: Numbers
    record: dict[str, Any]
    said: Floats
    crossed: Crossed | None

    def interval(self, y: Numbers) -> tuple[Floats, Floats] | None:
        """The CV+ interval of each test clip, from what inner models got wrong about the training side's scores ``y``."""
        own = self.crossed
        if own is None or not np.isfinite(own.inside).all() or not np.isfinite(own.outside).all():
            return None
        return cv_plus(y[own.rows] - own.inside[:, 0], own.fold, own.outside[:, :, 0], NOMINAL)

    def probabilities(self, y: Numbers, n_levels: int) -> Floats | None:
        """The calibrated probability of each level, from what inner models say of the training side's levels ``y``."""
        if self.crossed is None or not (np.isfinite(self.crossed.inside).all() and np.isfinite(self.said).all()):
            return None
        fitted = Calibrator.fit(self.crossed.inside, y[self.crossed.rows], n_levels)
        return fitted.probabilities(self.said)


def tell(recipe: ModelRecipe, problem: Problem, test: Matrix, seed: int) -> Told:
    """Tune and fit on the training side of a fold, and predict its test side.

    Parameters
    ----------
    recipe : ModelRecipe
    problem : Problem
    test : float32 array, shape (n_test, n_columns)
    seed : int

    Returns
    -------
    Told

    Raises
    ------
    BenchError
        If no column varies over the training side. In an inner fold that is no error: its model says the same of all clips.
    """
    tuned = tune(recipe, problem, seed)
    guess, pipeline = fit_predict(recipe, tuned.parameters, problem, test, seed)
    varies = getattr(dict(getattr(pipeline, "steps", ())).get("vary"), "varies_", None)
    if varies is not None and not varies.any():
        raise BenchError(
            f"None of the {problem.X.shape[1]} columns varies over the {len(problem.X)} training clips, so nothing can be "
            "learnt. Check the feature set with `fatigue-bench check`, or take more clips."
        )
    record: dict[str, Any] = {"parameters": tuned.parameters, "tuned": tuned.value}
    weights = getattr(pipeline[-1], "layer_weights_", None)
    if problem.n_layers > 1 and weights is not None:
        record["layer_weights"] = [round(float(weight), 6) for weight in weights]
    score = problem.form == "score"
    said = np.asarray(guess, np.float64)[:, None] if score else outputs(pipeline, test, problem.form, problem.n_levels)
    return Told(guess, record, said, cross(recipe, tuned.parameters, problem, test, seed, tuned.inner))


def tell_fused(recipe: ModelRecipe, problems: Sequence[Problem], tests: Sequence[Matrix], fusion: Fusion, seed: int) -> Told:
    """The same with a model for each part, their answers put together; errors are those of ``fused``."""
    return fused(
        [tell(recipe, problem, test, seed) for problem, test in zip(problems, tests, strict=True)], problems[0], fusion, seed
    )


def fused(parts: Sequence[Told], first: Problem, fusion: Fusion, seed: int) -> Told:
    """What the models of several parts say, put together.

    ``mean`` averages what the parts say once it is calibrated; ``stack`` fits a linear model on it, and is the mean where no
    part knows anything. A level's probability is divided by its share among the clips that calibration learnt from, so that all
    levels weigh alike; a level that is not among them is not guessed by ``mean``.

    Parameters
    ----------
    parts : sequence of Told
    first : Problem
        The training side as one of the parts has it; its columns are not looked at.
    fusion : {'mean', 'stack'}
    seed : int

    Raises
    ------
    BenchError
        With fewer than 3 training speakers: calibration needs speakers that a model has not heard.
    """
    crossed = [part.crossed for part in parts if part.crossed is not None]
    if len(crossed) < len(parts):
        raise BenchError(
            f"The parts cannot be calibrated for {fusion}[...], because a fold has fewer than 3 known training speakers. "
            "Fuse early, as in A+B, or take folds with more speakers in training."
        )
    rows = crossed[0].rows
    level = [_levelled(part, own, first) for part, own in zip(parts, crossed, strict=True)]
    record: dict[str, Any] = {"parts": [part.record for part in parts], "parameters": {}, "tuned": None}
    if fusion == "stack":
        beside = [np.concatenate([each[place] for each in level], axis=-1) for place in range(2)]
    if fusion == "stack" and np.ptp(beside[0], axis=0).any():
        inside = Problem(first.form, first.n_levels, beside[0], first.y[rows], first.speakers[rows])
        stacked = tell(MODELS.make(parse(STACKER)), inside, beside[1], seed)
        return Told(stacked.guess, {**record, **stacked.record}, stacked.said, _of(stacked.crossed, rows))
    within, test, outside = (_mean([each[place] for each in level], first.form) for place in range(3))
    made = Crossed(rows, within, crossed[0].fold, outside)
    if first.form == "score":
        return Told(test[:, 0], record, test, made)
    shares = np.bincount(first.y[rows], minlength=first.n_levels) / len(rows)
    fair = np.divide(np.exp(test), shares, out=np.zeros_like(test), where=shares > 0)
    return Told(fair.argmax(axis=1), record, test, made)


def _mean(told: Sequence[Floats], form: Form) -> Floats:
    """The mean of scores, or (as logarithms) of probabilities."""
    if form == "score":
        return np.asarray(np.mean(told, axis=0), dtype=np.float64)
    return np.asarray(np.log(np.mean(np.exp(told), axis=0)), dtype=np.float64)


def _of(crossed: Crossed | None, rows: npt.NDArray[np.intp]) -> Crossed | None:
    """The same, with positions in the whole training side."""
    return None if crossed is None else Crossed(rows[crossed.rows], crossed.inside, crossed.fold, crossed.outside)


def _levelled(part: Told, crossed: Crossed, problem: Problem) -> tuple[Floats, Floats, Floats]:
    """What a part says of the training side, of the test side, and of the latter by each inner model, made comparable.

    Scores: on a line with the truth. Levels: logarithms of calibrated probabilities.
    """
    told = (crossed.inside, part.said, crossed.outside)
    y = problem.y[crossed.rows]
    if problem.form == "score":
        line = Straightener.fit(crossed.inside[:, 0], y)
        return line.scores(told[0]), line.scores(told[1]), line.scores(told[2])
    fitted = Calibrator.fit(crossed.inside, y, problem.n_levels)
    flat = [np.log(np.maximum(fitted.probabilities(said.reshape(-1, said.shape[-1])), 1e-6)) for said in told]
    return flat[0], flat[1], flat[2].reshape(crossed.outside.shape)
