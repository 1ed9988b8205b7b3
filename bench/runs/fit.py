"""Fitting one job: every fold tuned, fitted and predicted on its own; runs in a worker process."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bench.base.error import BenchError
from bench.base.finding import Finding
from bench.base.spelling import parse
from bench.corpora.corpus import Form
from bench.features.store import FeatureStore
from bench.features.view import WEIGHTED
from bench.metrics.answer import Answers
from bench.models.recipe import MODELS, ModelRecipe
from bench.runs.fold_fit import Told, tell, tell_fused
from bench.runs.matrix import Matrices, Source
from bench.runs.plugin import add_plugins
from bench.runs.representation import Fusion
from bench.runs.tuning import Problem

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
    sources : tuple of Source
        One a view.
    fusion : {'', 'mean', 'stack'}
        As in ``Representation``.
    folds : tuple of Split
    failure : str
        Why it cannot be run at all (its features failed), or "".
    trivial : bool
        Whether it is a baseline that becomes the constant one where its feature does not vary.
    """

    job: str
    store: Path
    plugins: tuple[Path, ...]
    sources: tuple[Source, ...]
    fusion: Fusion
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
    low, high : float array, shape (n_clips,), or None
        Score form: the CV+ interval; NaN for clips in no test fold, None where a fold has too few training speakers for it.
    probabilities : float array, shape (n_clips, n_levels), or None
        Level form: calibrated; likewise.
    chosen : list of dict
        A fold each: ``fold``, ``layer``, ``parameters``, ``tuned`` (the value on the inner folds); of several views ``layers``.
    seconds : float
        Of one core.
    """

    error: str = ""
    guess: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    low: npt.NDArray[np.float64] | None = None
    high: npt.NDArray[np.float64] | None = None
    probabilities: npt.NDArray[np.float64] | None = None
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
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a model raises is a result: a row with its sentence
        return Outcome(f"{type(error).__name__}: {error}", seconds=time.process_time() - start)
    unfinished = sum("converge" in str(w.message).lower() for w in caught)
    more = (Finding("FB015", f"{unfinished} fits stopped before they had converged."),) if unfinished else ()
    seconds = time.process_time() - start
    return replace(outcome, findings=outcome.findings + more, seconds=seconds)


def _varies(problem: Problem) -> bool:
    return any(len(np.unique(column[np.isfinite(column)])) > 1 for column in problem.X.T)


def _fit(work: Work) -> Outcome:
    recipe, constant = MODELS.make(parse(work.model)), MODELS.make(parse(CONSTANT))
    store = FeatureStore(work.store)
    own = work.speakers if work.track == "speaker" else None
    sources = [Matrices(store, source, work.clip_ids, work.keys, own) for source in work.sources]
    kept, chosen, n_columns = _Kept(work), [], 0
    for number, split in enumerate(work.folds):
        values = [source.values(number) for source in sources]
        n_columns = sum(each.shape[1] for each in values)
        if not work.fusion:
            values = values if len(values) == 1 else [np.concatenate(values, axis=1)]
        n_layers = [source.view.n_layers if source.view.layer == WEIGHTED else 1 for source in sources]
        problems = [_problem(work, split, *pair) for pair in zip(values, n_layers, strict=False)]
        tests = [each[split.test] for each in values]
        if work.fusion:
            told = tell_fused(recipe, problems, tests, work.fusion, work.seed)
        else:
            able = constant if work.trivial and not _varies(problems[0]) else recipe
            told = tell(able, problems[0], tests[0], work.seed)
        kept.take(split, told)
        layers = [source.layer(number) for source in sources]
        chosen.append({"fold": split.name, **({"layer": layers[0]} if len(layers) == 1 else {"layers": layers}), **told.record})
    findings = tuple(dict.fromkeys(finding for source in sources for finding in source.findings()))
    return kept.outcome(chosen, (*findings, *_untuned(recipe, work, chosen)), n_columns)


def _problem(work: Work, split: Split, values: npt.NDArray[np.float32], n_layers: int) -> Problem:
    speakers, train = np.asarray(work.speakers), split.train
    valid = np.flatnonzero(np.isin(train, split.devel))
    return Problem(work.form, work.n_levels, values[train], work.y[train], speakers[train], n_layers, valid)


class _Kept:
    """What the folds said, clip by clip."""

    def __init__(self, work: Work) -> None:
        n = len(work.clip_ids)
        self.work, self.guess = work, np.full(n, np.nan)
        self.low, self.high = np.full(n, np.nan), np.full(n, np.nan)
        self.probabilities = np.full((n, work.n_levels), np.nan)
        self.blank: list[str] = []

    def take(self, split: Split, told: Told) -> None:
        """Take over one fold."""
        self.guess[split.test] = told.guess
        y = self.work.y[split.train]
        if self.work.form == "score":
            bounds = told.interval(y)
            if bounds is not None:
                self.low[split.test], self.high[split.test] = bounds
            self.blank += [split.name] if bounds is None else []
        else:
            shares = told.probabilities(y, self.work.n_levels)
            if shares is not None:
                self.probabilities[split.test] = shares
            self.blank += [split.name] if shares is None else []

    def outcome(self, chosen: list[dict[str, Any]], findings: tuple[Finding, ...], n_columns: int) -> Outcome:
        """The outcome, once guesses are checked."""
        _check(self.work, self.guess)
        score, complete = self.work.form == "score", not self.blank
        what = "interval of its scores" if score else "probabilities"
        message = (
            f"The row has no {what}: in {len(self.blank)} of {len(self.work.folds)} folds (as {self.blank[0]}) fewer than 3 "
            "training speakers are known, and they are learnt from speakers that a model has not heard."
            if self.blank
            else ""
        )
        return Outcome(
            guess=self.guess,
            low=self.low if score and complete else None,
            high=self.high if score and complete else None,
            probabilities=self.probabilities if complete and not score else None,
            chosen=chosen,
            findings=(*findings, *([Finding("FB023", message)] if message else [])),
            n_columns=n_columns,
        )


def _check(work: Work, guess: npt.NDArray[np.float64]) -> None:
    """Refuse guesses that are no finite scores or no codes of levels, so that the job fails and not the board."""
    rows = [row for split in work.folds for row in split.test]
    Answers.of(work.y[rows], guess[rows], [work.speakers[row] for row in rows], work.n_levels)


def _untuned(recipe: ModelRecipe, work: Work, chosen: list[dict[str, Any]]) -> tuple[Finding, ...]:
    parts = [[*record.get("parts", ()), *([] if work.fusion == "mean" else [record])] for record in chosen]
    count = sum(any(part["tuned"] is None for part in own) for own in parts)
    if not recipe.grid(work.form) or not count:
        return ()
    why = "fewer than 3 known training speakers, or labels that are all alike there"
    layer = ", and the lowest layer was taken" if any(source.fold_layers for source in work.sources) else ""
    return (Finding("FB012", f"{count} folds have {why}, so {recipe} used its default parameters{layer}."),)
