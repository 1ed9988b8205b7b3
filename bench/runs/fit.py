"""Fitting one job: every fold tuned, fitted and predicted on its own; runs in a worker process."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bench.base.error import BenchError
from bench.base.finding import Finding
from bench.base.spelling import parse
from bench.corpora.corpus import Form
from bench.features.feature_set import FEATURE_SETS
from bench.features.store import FeatureStore
from bench.features.table import FeatureTable
from bench.metrics.answer import Answers
from bench.models.recipe import MODELS, ModelRecipe
from bench.runs.plugin import add_plugins
from bench.runs.tuning import Problem, fit_predict, tune

MOST_MISSING = 0.05
CONSTANT = "dummy"


class Split(NamedTuple):
    """A fold as rows of the clips: what is trained on, tested, and (within the first) tuned on where that is fixed."""

    name: str
    train: list[int]
    test: list[int]
    devel: list[int]


@dataclass(frozen=True)
class Work:
    """A job as it is sent to another process: names, indices and labels, no audio and no features.

    Attributes
    ----------
    job : str
        Fingerprint.
    identity : str
        Of the feature set: known, so that a checkpoint is not hashed again in every process.
    folds : tuple of Split
    fold_layers : tuple of int
        Under ``@best``: the layer of each fold; else empty.
    failure : str
        Why it cannot be run at all (its features failed), or "".
    trivial : bool
        Whether it is a baseline that becomes the constant one where its feature does not vary.
    """

    job: str
    store: Path
    plugins: tuple[Path, ...]
    feature_set: str
    identity: str
    layer: str
    model: str
    form: Form
    n_levels: int
    track: str
    seed: int
    clip_ids: tuple[str, ...]
    keys: Mapping[str, str]
    speakers: tuple[str, ...]
    y: npt.NDArray[Any]
    folds: tuple[Split, ...]
    fold_layers: tuple[int, ...] = ()
    failure: str = ""
    trivial: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a job.

    Attributes
    ----------
    error : str
        Why it failed; "" if it did not.
    guess : float array, shape (n_clips,)
        NaN for clips in no test fold.
    chosen : list of dict
        A fold each: ``fold``, ``layer``, ``parameters``, ``tuned`` (the value on the inner folds).
    seconds : float
        Of one core.
    """

    error: str = ""
    guess: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    chosen: list[dict[str, Any]] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0
    n_columns: int = 0


def fit(work: Work) -> Outcome:
    """Run one job; a failure becomes an outcome with its sentence."""
    if work.failure:
        return Outcome(work.failure)
    start = time.process_time()
    try:
        add_plugins(work.plugins)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            outcome = _fit(work)
    except BenchError as error:
        return Outcome(str(error), seconds=time.process_time() - start)
    except Exception as error:  # noqa: BLE001  # whatever a model raises is a result: a row with its sentence
        return Outcome(f"{type(error).__name__}: {error}", seconds=time.process_time() - start)
    unfinished = sum("converge" in str(w.message).lower() for w in caught)
    more = (Finding("FB015", f"{unfinished} fits stopped before they had converged."),) if unfinished else ()
    seconds = time.process_time() - start
    return Outcome("", outcome.guess, outcome.chosen, outcome.findings + more, seconds, outcome.n_columns)


def _varies(problem: Problem) -> bool:
    return any(len(np.unique(column[np.isfinite(column)])) > 1 for column in problem.X.T)


def _fit(work: Work) -> Outcome:
    recipe, constant = MODELS.make(parse(work.model)), MODELS.make(parse(CONSTANT))
    tables = _Tables(work)
    guess = np.full(len(work.clip_ids), np.nan)
    chosen: list[dict[str, Any]] = []
    for number, (name, train, test, devel) in enumerate(work.folds):
        layer = str(work.fold_layers[number]) if work.fold_layers else work.layer
        values, n_layers = tables.matrix(layer)
        speakers = np.asarray(work.speakers)
        valid = np.flatnonzero(np.isin(train, devel))
        problem = Problem(work.form, work.n_levels, values[train], work.y[train], speakers[train], n_layers, valid)
        able = constant if work.trivial and not _varies(problem) else recipe
        guess[test], record = _fold(able, problem, values[test], work.seed)
        chosen.append({"fold": name, "layer": int(layer) if layer.isdigit() else None, **record})
    _check(work, guess)
    return Outcome("", guess, chosen, (*tables.findings(), *_untuned(recipe, work, chosen)), 0.0, values.shape[1])


def _fold(recipe: ModelRecipe, problem: Problem, test: npt.NDArray[np.float32], seed: int) -> tuple[Any, dict[str, Any]]:
    tuned = tune(recipe, problem, seed)
    guess, pipeline = fit_predict(recipe, tuned.parameters, problem, test, seed)
    record: dict[str, Any] = {"parameters": tuned.parameters, "tuned": tuned.value}
    weights = getattr(pipeline[-1], "layer_weights_", None)
    if problem.n_layers > 1 and weights is not None:
        record["layer_weights"] = [round(float(weight), 6) for weight in weights]
    return guess, record


def _check(work: Work, guess: npt.NDArray[np.float64]) -> None:
    """Refuse guesses that are no finite scores or no codes of levels, so that the job fails and not the board."""
    rows = [row for split in work.folds for row in split.test]
    Answers.of(work.y[rows], guess[rows], [work.speakers[row] for row in rows], work.n_levels)


def _untuned(recipe: ModelRecipe, work: Work, chosen: list[dict[str, Any]]) -> tuple[Finding, ...]:
    count = sum(record["tuned"] is None for record in chosen)
    if not recipe.grid(work.form) or not count:
        return ()
    why = "fewer than 3 known training speakers, or labels that are all alike there"
    layer = ", and the lowest layer was taken" if work.fold_layers else ""
    return (Finding("FB012", f"{count} folds have {why}, so {recipe} used its default parameters{layer}."),)


class _Tables:
    """The feature tables of a job, each layer read once; scaled within speakers on that track."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.store = FeatureStore(work.store)
        self.feature_set = FEATURE_SETS.make(parse(work.feature_set))
        self.store.know(self.feature_set, work.identity)
        self.read: dict[str, FeatureTable] = {}
        self.ready: dict[str, tuple[npt.NDArray[np.float32], int]] = {}

    def matrix(self, layer: str) -> tuple[npt.NDArray[np.float32], int]:
        """Values of shape (n_clips, n_columns), and how many layers stand side by side in them."""
        if layer not in self.ready:
            which = "all" if layer == "weighted" else int(layer) if layer else None
            table = self.store.table(self.feature_set, self.work.clip_ids, self.work.keys, which)  # type: ignore[arg-type]
            if table.missing_share > MOST_MISSING:
                note = next(iter(table.notes.values()), "")
                raise BenchError(
                    f"{table.missing_share:.0%} of the values of {self.feature_set} are missing, more than the 5 % that are "
                    f"imputed; for instance: {note}. Choose another feature set, or leave such clips out of the corpus."
                )
            values = table.values
            n_layers = values.shape[1] if values.ndim == 3 else 1
            values = values.reshape(len(values), -1)
            if self.work.track == "speaker":
                values = within_speaker(values, self.work.speakers)
            self.read[layer], self.ready[layer] = table, (values, n_layers)
        return self.ready[layer]

    def findings(self) -> tuple[Finding, ...]:
        """FB011 where values were missing."""
        table = next(iter(self.read.values()))
        if not table.missing_share:
            return ()
        clips = int(np.isnan(table.values.reshape(len(table.values), -1)).any(axis=1).sum())
        note = next(iter(table.notes.values()), "no reason given")
        message = f"{self.feature_set} lacks values in {clips} of {len(table.clip_ids)} clips (for instance: {note}); imputed."
        return (Finding("FB011", message),)


def within_speaker(values: npt.NDArray[np.float32], speakers: tuple[str, ...]) -> npt.NDArray[np.float32]:
    """Z-score the clips of each speaker on their own, without looking at a label.

    Parameters
    ----------
    values : float32 array, shape (n_clips, n_columns)
        NaN stays NaN.
    speakers : tuple of str

    Returns
    -------
    float32 array, shape (n_clips, n_columns)
        Columns that do not vary within a speaker are 0 there.

    Examples
    --------
    >>> within_speaker(np.float32([[1], [3], [10], [10]]), ("a", "a", "b", "b")).ravel().tolist()
    [-1.0, 1.0, 0.0, 0.0]
    """
    names = np.asarray(speakers)
    scaled = np.empty_like(values)
    for speaker in np.unique(names):
        rows = names == speaker
        own = values[rows].astype(np.float64)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a column of which this speaker has no value at all
            mean, spread = np.nanmean(own, axis=0), np.nanstd(own, axis=0)
        scaled[rows] = (own - mean) / np.where(spread > 0, spread, 1.0)
    return scaled
