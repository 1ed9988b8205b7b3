"""Simulated corpora of known truth, and the whole procedure on them; what `known_truth.py` counts is made here.

A speaker has a usual state, a way of showing it that is stronger or weaker than that of others, and an offset of his or her
own in every column; a clip adds its own state and noise. States are written down as whole numbers from 1 to 9, as a sleepiness
scale is, and cut into three levels, of which the outer two are rarer. Nothing here was fitted to a result: the strengths give
about what is published for sleepiness (Spearman .4) before any interval was looked at.

There are two designs. Constants of the statistics were read off the first; the second, unlike it in all that may matter, was
drawn up afterwards and tells whether they hold elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from bench.corpora.corpus import Clip, Form, Target
from bench.metrics.answer import Answers
from bench.metrics.metric import PRIMARY
from bench.models.recipe import Candidate, ModelRecipe
from bench.protocols.splitter import make_folds
from bench.runs.tuning import Problem, Tuned, fit_predict, tune

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

TARGET = Target("state", "synthetic", "A simulated state.", levels=("low", "middle", "high"), scale=(1.0, 9.0), cuts=(4.0, 7.0))
NOWHERE = Path("nowhere")  # simulated clips have no audio
STRENGTH = 0.3  # what one unit of state adds to a column that shows it


@dataclass(frozen=True)
class Design:
    """How speakers, clips and columns are drawn, and how they are split.

    Attributes
    ----------
    usual : float
        Standard deviation of the speakers' usual states; that of all states is 1.
    clips : tuple of int
        Fewest and most of a speaker.
    n_columns, every : int
        How many columns, and which of them show the state: every second, every fifth.
    unlike : float
        Standard deviation, over speakers, of how strongly they show it.
    offset : float
        Standard deviation of a speaker's offset in a column; that of the noise is 1.
    folds : tuple of int
        Outer folds of fewer than 20 speakers, and of 20 and more.
    """

    usual: float = 0.5
    clips: tuple[int, int] = (15, 30)
    n_columns: int = 10
    every: int = 2
    unlike: float = 0.3
    offset: float = 0.7
    folds: tuple[int, int] = (4, 5)

    def n_folds(self, n_speakers: int) -> int:
        """Outer folds of so many speakers."""
        return self.folds[n_speakers >= 20]


FIRST = Design()
SECOND = Design(usual=0.7, clips=(5, 10), n_columns=40, every=4, unlike=0.5, offset=1.0, folds=(8, 10))


@dataclass(frozen=True, eq=False)
class Voices:
    """A simulated corpus before its features.

    Attributes
    ----------
    speakers : int array, shape (n_clips,)
    state : float array, shape (n_clips,)
        What truly is, of variance 1.
    shown : float array, shape (n_clips,)
        What of it the speaker shows.
    design : Design
    """

    speakers: npt.NDArray[np.int64]
    state: Floats
    shown: Floats
    design: Design = FIRST

    @classmethod
    def draw(cls, n_speakers: int, rng: np.random.Generator, design: Design = FIRST) -> Self:
        """Draw speakers and their clips."""
        fewest, most = design.clips
        speakers = np.repeat(np.arange(n_speakers), rng.integers(fewest, most + 1, n_speakers))
        usual = design.usual * rng.normal(size=n_speakers)
        state = usual[speakers] + np.sqrt(1 - design.usual**2) * rng.normal(size=len(speakers))
        return cls(speakers, state, state * (1 + design.unlike * rng.normal(size=n_speakers))[speakers], design)

    def columns(self, strength: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        """One feature set, shape (n_clips, n_columns): others of equal strength are as good, with noise of their own."""
        n = self.design.n_columns
        offsets = self.design.offset * rng.normal(size=(self.speakers[-1] + 1, n))
        loud = np.where(np.arange(n) % self.design.every, 0.0, strength)
        return (self.shown[:, None] * loud + offsets[self.speakers] + rng.normal(size=(len(self.state), n))).astype("f4")

    def y(self, form: Form) -> npt.NDArray[Any]:
        """The labels: 1 to 9 as float, or codes of levels."""
        scores = np.clip(np.rint(5 + 2 * self.state), *TARGET.scale)
        return scores if form == "score" else np.searchsorted(TARGET.cuts, scores, side="right")

    def problem(self, form: Form, X: npt.NDArray[np.float32]) -> Problem:
        """What a model is asked."""
        return Problem(form, len(TARGET.levels) if form == "level" else 0, X, self.y(form), self.names)

    @property
    def names(self) -> npt.NDArray[np.str_]:
        """Speakers by name, in the order of their numbers."""
        return np.char.add("s", np.char.zfill(self.speakers.astype(str), 4))

    def answers(self, form: Form, guess: npt.NDArray[Any]) -> Answers:
        """Guesses of a row beside the truth."""
        return Answers(self.y(form), guess, self.speakers, len(TARGET.levels) if form == "level" else 0)

    def folds(self) -> list[tuple[Indices, Indices]]:
        """Outer folds, whole speakers, as a run deals them: rows to train on and to test."""
        n_folds = self.design.n_folds(int(self.speakers[-1]) + 1)
        labels = self.y("score").tolist()
        clips = [
            Clip(str(row), name, NOWHERE, {TARGET.name: label})
            for row, (name, label) in enumerate(zip(self.names.tolist(), labels, strict=True))
        ]
        folds = make_folds(clips, TARGET, f"grouped-{n_folds}")
        return [(np.array(fold.train, np.intp), np.array(fold.test, np.intp)) for fold in folds]


@dataclass(frozen=True, eq=False)
class Test:
    """Fresh speakers with their features."""

    __test__ = False  # pytest: this is none

    voices: Voices
    X: npt.NDArray[np.float32]

    @classmethod
    def draw(cls, strength: float, rng: np.random.Generator, n_speakers: int = 100, design: Design = FIRST) -> Self:
        """Draw fresh speakers with one feature set."""
        voices = Voices.draw(n_speakers, rng, design)
        return cls(voices, voices.columns(strength, rng))


def value(form: Form, voices: Voices, guess: npt.NDArray[Any]) -> float:
    """The primary metric, pooled."""
    return PRIMARY[form].value(voices.answers(form, guess))


class Closed(ModelRecipe):
    """Ridge on standardised columns, in closed form: for levels, on their indicators, each level counting the same.

    It goes through the same doors as the built-in models and takes a tenth of their time, which lets a cell have thousands
    of corpora. Cells that end in ``linear`` show that the built-in one behaves alike.
    """

    name = "closed"
    version = "1"

    def grid(self, form: Form) -> tuple[Candidate, ...]:
        """Strengths of the penalty, most regularised first."""
        return tuple({"model__penalty": penalty} for penalty in (3.0, 1.0, 0.3, 0.1, 0.01))

    def build(self, form: Form, seed: int, n_layers: int = 1) -> Any:
        """Build it; it is the same for every seed."""
        return Ridge(form == "level")


class Ridge:
    """What ``Closed`` builds: a pipeline of one step, as far as tuning and fitting ask for one.

    A real one takes twice the time, most of it to find out what its parameters are called.
    """

    def __init__(self, levels: bool) -> None:
        self.levels, self.penalty = levels, 0.3

    def __len__(self) -> int:
        return 1

    def __getitem__(self, step: int) -> Self:
        return self

    def set_params(self, model__penalty: float) -> Self:
        """Set the penalty."""
        self.penalty = model__penalty
        return self

    def fit(self, X: npt.ArrayLike, y: npt.NDArray[Any]) -> Self:
        """Solve the normal equations."""
        columns, weights, wanted = np.asarray(X, np.float64), np.full(len(y), 1 / len(y)), y[:, None].astype(float)
        self.mean_, self.spread_ = columns.mean(axis=0), columns.std(axis=0)
        if self.levels:
            self.classes_, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
            weights, wanted = 1 / (len(counts) * counts[codes]), np.eye(len(counts))[codes]
        scaled = (columns - self.mean_) / self.spread_
        middle, usual = weights @ scaled, weights @ wanted
        apart = (scaled - middle) * weights[:, None]
        square = apart.T @ (scaled - middle) + self.penalty * np.eye(scaled.shape[1])
        self.coef_ = np.linalg.solve(square, apart.T @ (wanted - usual))
        self.intercept_ = usual - middle @ self.coef_
        return self

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Scores, or the codes of levels."""
        found = (np.asarray(X, np.float64) - self.mean_) / self.spread_ @ self.coef_ + self.intercept_
        return self.classes_[found.argmax(axis=1)] if self.levels else found[:, 0]


@dataclass(frozen=True, eq=False)
class Trained:
    """The whole procedure on one corpus.

    Attributes
    ----------
    guess : array, shape (n_clips,)
        Pooled, each clip from a model that was tuned and fitted without its speaker.
    by_fold : tuple of float
        The metric of each fold's model on the fresh speakers; empty where there were none.
    tuned : tuple of float
        The value that the chosen parameters reached on the inner folds, a fold each.
    """

    guess: npt.NDArray[Any]
    by_fold: tuple[float, ...]
    tuned: tuple[float, ...]

    @property
    def fresh(self) -> float:
        """What these models are worth on speakers of whom nothing was known, on average."""
        return float(np.mean(self.by_fold)) if self.by_fold else float("nan")


def train(
    recipe: ModelRecipe, problem: Problem, folds: list[tuple[Indices, Indices]], test: Test | None = None, tuning: bool = True
) -> Trained:
    """Tune, fit and predict, fold by fold, with the functions that a run calls.

    Parameters
    ----------
    recipe : ModelRecipe
    problem : Problem
        A whole corpus.
    folds : list of (int array, int array)
    test : Test or None
        Fresh speakers on whom each fold's model shows what it is worth.
    tuning : bool
        Without, every fold takes the recipe's default parameters.
    """
    guess = np.zeros(len(problem.y), problem.y.dtype)
    by_fold, reached = [], []
    for inside, outside in folds:
        part = problem.part(inside)
        tuned = tune(recipe, part, 0) if tuning else Tuned(recipe.default(problem.form), None)
        asked = problem.X[outside] if test is None else np.concatenate([problem.X[outside], test.X])
        found, _ = fit_predict(recipe, tuned.parameters, part, asked, 0)
        guess[outside] = found[: len(outside)]
        reached.append(-np.inf if tuned.value is None else tuned.value)
        if test is not None:
            by_fold.append(value(problem.form, test.voices, found[len(outside) :]))
    return Trained(guess, tuple(by_fold), tuple(reached))
