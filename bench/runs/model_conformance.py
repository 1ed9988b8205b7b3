"""Conformance of models: what every recipe must keep to, ours and a stranger's alike; each check says why it matters."""

from __future__ import annotations

import contextlib
import copy
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from bench.corpora.corpus import Form
from bench.metrics.answer import Answers
from bench.models.recipe import ModelRecipe
from bench.runs.elsewhere import elsewhere, identity_faults
from bench.runs.trial import Trial, faults_of, missing_method
from bench.runs.tuning import Problem, fit_predict

N_TRAIN, N_TEST, N_LEVELS = 160, 80, 3
CLOSE = 1e-5
LEARNT = 0.3  # least correlation of its guesses with a planted signal; ours reach 0.79
ACROSS = 16  # of the permutations tried, the one whose labels a straight line finds nothing of the signal in


def model_faults(recipe: ModelRecipe, files: Sequence[Path] = ()) -> list[str]:
    """Try a model in this process and say what is wrong with it; see `model_trials`."""
    from threadpoolctl import threadpool_limits

    trials = model_trials(recipe, files)
    with contextlib.suppress(Exception):  # what is loaded after the limit is set is not limited; what is raised is told later
        recipe.build(recipe.solves[0], 0)
    with threadpool_limits(limits=1):  # as in a run
        return faults_of(trials)


def model_trials(recipe: ModelRecipe, files: Sequence[Path] = ()) -> list[Trial]:
    """What a model is tried on: 240 clips of 12 speakers, 8 columns of noise, of which two carry the label.

    Parameters
    ----------
    recipe : ModelRecipe
    files : sequence of Path
        The plug-in files that another process needs in order to know it.

    Returns
    -------
    list of Trial
    """
    trials = [Trial("Asked for what it declares", partial(_declares, recipe), stops=True)]
    forms = [_Form(recipe, form) for form in recipe.solves if form in get_args(Form)]
    for tried in forms:
        where = f"In the {tried.form} form, "
        trials += [
            Trial(f"{where}asked to build, and for its candidates", tried.candidates, stops=True),
            Trial(f"{where}fitted to a planted signal", tried.learns),
            Trial(f"{where}fitted with every candidate", tried.grid),
            Trial(f"{where}fitted to shuffled labels, and again to the signal", tried.repeats),
            Trial(f"{where}asked for clips one by one", tried.alone),
            Trial(f"{where}given clips of which values are missing", tried.missing),
            Trial(f"{where}given another seed", tried.seeds),
        ]
        if tried.form == "level":
            trials.append(Trial(f"{where}fitted to clips that lack a level", tried.gap))
    trials.append(Trial("Sent to another process", partial(_pickles, recipe)))
    if forms:
        trials.append(Trial("Made in another process", partial(_elsewhere, recipe, tuple(files), forms[0]), ours=True))
    return trials


def first_guesses(recipe: ModelRecipe) -> npt.NDArray[np.float64]:
    """What it guesses of the planted signal in the first form that it solves, shape (80,)."""
    tried = _Form(recipe, recipe.solves[0])
    guess: npt.NDArray[np.float64] = tried.guess(tried.planted())[0]
    return guess


def _declares(recipe: ModelRecipe) -> Iterator[str]:
    missing = missing_method(recipe, ModelRecipe, "build")
    if missing:
        yield missing
    for name in ("name", "version"):
        if not isinstance(getattr(recipe, name, None), str):
            yield f"`{name}` is missing or no text; it names what is computed. Set it on the class."
    known = set(get_args(Form))
    if not recipe.solves or not set(recipe.solves) <= known:
        yield f"`solves` is {recipe.solves!r}; a board asks for scores or levels. Expected are some of {sorted(known)}."


@dataclass
class _Form:
    """A recipe under trial in one form.

    Attributes
    ----------
    known : float array or None
        Its guesses of the planted signal, once it has given some that can be used.
    fitted : object
        The pipeline behind them.
    learnt : bool
        Whether it found the planted signal.
    """

    recipe: ModelRecipe
    form: Form
    known: npt.NDArray[np.float64] | None = None
    fitted: Any = None
    learnt: bool = False
    X: npt.NDArray[np.float32] = field(init=False)
    y: npt.NDArray[Any] = field(init=False)

    def __post_init__(self) -> None:
        self.X = np.random.default_rng(0).standard_normal((N_TRAIN + N_TEST, 8)).astype(np.float32)
        signal = (self.X[:, 0] + 0.5 * self.X[:, 1]).astype(float)
        self.y = signal if self.form == "score" else np.digitize(signal, np.quantile(signal, [1 / 3, 2 / 3]))

    def planted(self) -> Problem:
        """The training side, in arrays of its own."""
        speakers = np.repeat([f"s{n}" for n in range(12)], 20)
        n_levels = N_LEVELS if self.form == "level" else 0
        return Problem(self.form, n_levels, self.X[:N_TRAIN].copy(), self.y[:N_TRAIN].copy(), speakers[:N_TRAIN])

    def guess(self, problem: Problem, seed: int = 0, test: npt.NDArray[np.float32] | None = None) -> tuple[Any, Any]:
        """What it guesses of the test side after such a training side, and its pipeline; raises where no board can use it."""
        test = self.X[N_TRAIN:].copy() if test is None else test
        guess, fitted = fit_predict(self.recipe, self.recipe.default(self.form), problem, test, seed)
        return self.usable(guess), fitted

    def usable(self, guess: Any) -> npt.NDArray[np.float64]:
        """The guesses as a board takes them."""
        speakers = np.repeat(["s8", "s9", "s10", "s11"], 20)
        n_levels = N_LEVELS if self.form == "level" else 0
        return np.asarray(Answers.of(self.y[N_TRAIN:], np.asarray(guess, dtype=float), speakers, n_levels).guess, dtype=float)

    def candidates(self) -> Iterator[str]:
        """The grid's parameters are known to the pipeline."""
        from sklearn.base import clone

        pipeline = self.recipe.build(self.form, 0)
        if not hasattr(pipeline, "steps"):
            yield (
                f"In the {self.form} form `build` gave {type(pipeline).__name__}; imputing and scaling belong inside, so a "
                "Pipeline is expected."
            )
            return
        for candidate in (*self.recipe.grid(self.form), self.recipe.default(self.form)):
            try:
                clone(self.recipe.build(self.form, 0).set_params(**candidate))
            except (ValueError, TypeError) as error:
                yield (
                    f"In the {self.form} form its pipeline does not take the candidate {candidate} "
                    f"({_first_line(error)}); every job would fail. Expected are names as in `pipeline.get_params()`."
                )
                return

    def learns(self) -> Iterator[str]:
        """It learns what is there, and leaves what it is given as it was."""
        problem, test = self.planted(), self.X[N_TRAIN:].copy()
        before = copy.deepcopy((problem.X, problem.y, test))
        guess, fitted = self.guess(problem, test=test)
        for name, one, other in zip(("X", "y", "X"), before, (problem.X, problem.y, test), strict=True):
            if not np.array_equal(one, other):
                yield (
                    f"In the {self.form} form it changed the {name} that it was given; the next candidate of a search is given "
                    "the same array. Work on a copy."
                )
                return
        self.known, self.fitted = guess, fitted
        self.learnt = _agreement(guess, self.y[N_TRAIN:]) >= LEARNT
        if not self.learnt:
            yield f"In the {self.form} form it does not learn a planted signal of {N_TRAIN} clips."

    def grid(self) -> Iterator[str]:
        """Every candidate can be fitted, and its guesses used; the planted clips are few, so this takes a moment."""
        if self.fitted is None:
            return
        default = self.recipe.default(self.form)
        for candidate in (one for one in self.recipe.grid(self.form) if one != default):
            try:
                self.usable(fit_predict(self.recipe, candidate, self.planted(), self.X[N_TRAIN:].copy(), 0)[0])
            except Exception as error:  # noqa: BLE001  # whatever a stranger's code raises is the fault to be told
                yield (
                    f"In the {self.form} form it fails with the candidate {candidate} ({type(error).__name__}: "
                    f"{_first_line(error)}); every job tries all of them, and would fail. Mend it, or take it out of the grid."
                )
                return

    def repeats(self) -> Iterator[str]:
        """It is at chance on shuffled labels, which leave no trace either."""
        if self.known is None:
            return
        shuffled = self.planted()
        shuffled.y[:] = np.random.default_rng(ACROSS).permutation(self.y)[:N_TRAIN]
        if _agreement(self.guess(shuffled)[0], self.y[N_TRAIN:]) > 0.4:
            yield f"In the {self.form} form it is above chance on shuffled labels, so it sees what it must not."
        if not np.array_equal(self.known, self.guess(self.planted())[0]):
            self.known = None
            yield (
                f"In the {self.form} form two fits with the same seed differ, so a run could not be repeated. "
                "Use the seed that `build` is given, and keep nothing from fit to fit."
            )

    def alone(self) -> Iterator[str]:
        """A clip is rated alike, alone and among others."""
        if self.known is None:
            return
        rows = self.X[N_TRAIN:]
        guess = self.known.copy()
        guess[:5] = [float(np.ravel(self.fitted.predict(rows[n : n + 1].copy()))[0]) for n in range(5)]
        guess[5:] = np.ravel(self.fitted.predict(rows[5:][::-1].copy()))[::-1]
        if not np.allclose(guess, self.known, rtol=CLOSE, atol=CLOSE):
            yield (
                f"In the {self.form} form a clip is rated otherwise alone than among others; a rater has one recording, and a "
                "score must not hang on who else is tested. Learn in `fit` alone."
            )

    def missing(self) -> Iterator[str]:
        """Missing values are imputed inside."""
        if self.fitted is None:
            return
        problem, test = self.planted(), self.X[N_TRAIN:].copy()
        for values in (problem.X, test):
            values[::7, 2] = np.nan
        try:
            self.guess(problem, test=test)
        except Exception as error:  # noqa: BLE001  # as above
            yield (
                f"In the {self.form} form it fails where a value is missing ({type(error).__name__}: "
                f"{_first_line(error)}); a clip stays where a feature set cannot give a column. "
                "Impute inside: bench.models.pipeline.pipeline does."
            )

    def seeds(self) -> Iterator[str]:
        """Whether seeds matter is declared."""
        if self.known is None or self.recipe.stochastic:
            return
        if any(not np.array_equal(self.known, self.guess(self.planted(), seed)[0]) for seed in (1, 2)):
            yield (
                f"In the {self.form} form its guesses hang on the seed, and it does not declare that; one draw would be taken "
                "for the whole model. Set `stochastic = True`: it is then run with several seeds, and their spread is shown."
            )

    def gap(self) -> Iterator[str]:
        """A level that nobody on the training side has neither stops it nor shifts the others."""
        if self.fitted is None:
            return
        problem = self.planted()
        try:
            guess = self.guess(problem.part(np.flatnonzero(problem.y != 1)))[0]
        except Exception as error:  # noqa: BLE001  # as above
            yield (
                f"In the level form it fails where no training clip has level 1 of 0 to 2 ({type(error).__name__}: "
                f"{_first_line(error)}); with few speakers that happens. "
                "Number the levels that are there: bench.models.balance.Balanced does."
            )
            return
        # A guess of level 1 itself is none: a rounded score lies between 0 and 2 with good reason.
        truth = self.y[N_TRAIN:]
        right = [int((guess[truth == level] == level).sum()) for level in (0, 2)]
        there = truth != 1
        if self.learnt and (not all(right) or _agreement(guess[there], truth[there]) < LEARNT):
            yield (
                "In the level form it answers with other levels where no training clip has level 1 of 0 to 2 (of the planted "
                f"clips, {right[0]} of {(truth == 0).sum()} of level 0 and {right[1]} of {(truth == 2).sum()} of level 2 are "
                "rated so); with few speakers that happens. Give back the levels of training, not their places: "
                "bench.models.balance.Balanced does."
            )


def _first_line(error: BaseException) -> str:
    """The first line of what was raised."""
    return (str(error).strip().splitlines() or [""])[0][:200]


def _agreement(guess: npt.NDArray[Any], truth: npt.NDArray[Any]) -> float:
    return 0.0 if guess.std() == 0 else float(np.corrcoef(guess, truth)[0, 1])


def _pickles(recipe: ModelRecipe) -> Iterator[str]:
    if pickle.loads(pickle.dumps(recipe)) != recipe:  # noqa: S301  # our own bytes
        yield "It does not survive being sent to another process. Keep only plain values in its fields."


def _elsewhere(recipe: ModelRecipe, files: Sequence[Path], tried: _Form) -> Iterator[str]:
    told = elsewhere(recipe, files, f"{__name__}:{first_guesses.__name__}")
    yield from identity_faults(recipe, told)
    if not told.identity or tried.known is None:
        return
    if told.values is None:
        yield f"In another process it cannot be fitted: {told.why}"
    elif not np.allclose(tried.known, told.values, rtol=CLOSE, atol=CLOSE):
        yield (
            "In another process it guesses otherwise from the same clips and seed, so a run could not be repeated. "
            "Keep nothing from fit to fit, and take nothing from the order of a set."
        )
