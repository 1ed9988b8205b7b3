"""The rater: a row of a board fitted on all clips, with what is needed to say how far it can be trusted on a recording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.base.error import BenchError, RequestError
from bench.base.spelling import parse
from bench.decoders.facts import FactStore
from bench.features.cue import Cue, read_cues, value_of
from bench.features.extraction import extract
from bench.features.feature_set import FEATURE_SETS
from bench.features.store import FeatureStore
from bench.features.view import WEIGHTED, View
from bench.models.recipe import MODELS
from bench.runs.desk import Prepared
from bench.runs.domain import LEAST_CLIPS, Domain
from bench.runs.fitted import Ensemble, fit_whole
from bench.runs.grid import Entry, best_layer, layer_jobs
from bench.runs.job import Job, TaskRun
from bench.runs.matrix import Matrices, Source
from bench.runs.progress import Progress, Watch
from bench.runs.representation import Representation
from bench.runs.row import Row
from bench.runs.run import prepare
from bench.runs.standout import LEAST_SPEAKERS, CueRange
from bench.runs.study import Study
from bench.runs.tuning import Matrix, Problem, tune

VOICED = ("timing", "phonation_ratio")
Columns = Mapping[tuple[str, str], npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Rater:
    """A row, fitted on all clips of its task.

    Attributes
    ----------
    views : tuple of View
        Layers chosen.
    model : str
        As spelled.
    ensemble : Ensemble
    domain : Domain
    cues : CueRange
    n_clips, n_speakers : int
        That it was fitted on; no speaker where nobody knows who speaks.
    shares : tuple of float
        Of the levels among these clips; empty in the score form.
    notes : tuple of str
        What could not be had, in sentences.
    heard : tuple of str
        The hashes of the samples of these clips.
    """

    views: tuple[View, ...]
    model: str
    ensemble: Ensemble
    domain: Domain
    cues: CueRange
    n_clips: int
    n_speakers: int
    shares: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()

    def matrices(self, values: Sequence[Matrix]) -> list[Matrix]:
        """What the models are given, from what each view gives."""
        return [*values] if self.ensemble.fusion else [np.concatenate(values, axis=1)]


def representation_of(row: Row) -> Representation:
    """The representation of a row, from its spelling on the board."""
    return Representation.of(f"{row.feature_set}@{row.layer}" if row.layer else row.feature_set)


def fit_rater(row: Row, task: str, study: Study, progress: Progress) -> Rater:
    """Tune and fit a row on all clips of its task, as a fold does on its training side.

    Parameters
    ----------
    row : Row
    task : str
        Fingerprint of the task that it stands on.
    study : Study
        That made the board.
    progress : Progress

    Returns
    -------
    Rater

    Raises
    ------
    RequestError
        If recordings, labels, features or models are not those of the run any more, or its labels were permuted.
    BenchError
        If features cannot be extracted.
    """
    if study.permute is not None:
        raise RequestError("The labels of the last run were permuted, so its rows rate nothing. Run again without `--permute`.")
    representation = representation_of(row)
    prepared = prepare(study, (Entry((representation,)),), progress)
    run = next((one for one in prepared.runs if one.fingerprint == task), None)
    job = Job(run, representation, MODELS.make(parse(row.model)), row.seed) if run else None
    if run is None or job is None or job.fingerprint != row.fingerprint:
        raise RequestError(
            "The row cannot be fitted on all clips, because recordings, labels, features or models have changed since the run. "
            "Expected is what it was run on. Run the benchmark again."
        )
    failure = prepared.failure(job)
    if failure:
        raise BenchError(failure)
    unheard = [str(view) for view in job.views if str(view.feature_set) in run.joins]
    if unheard:
        raise RequestError(
            f"The row reads {unheard[0]}, whose features were made elsewhere, so it has none of a new recording. "
            "Expected is a row whose features are extracted from sound. Choose one with `--row`; where the board "
            "has none, run the benchmark with one."
        )
    return _fitted(run, job, prepared, study, progress)


def _fitted(run: TaskRun, job: Job, prepared: Prepared, study: Study, progress: Progress) -> Rater:
    task = run.task
    y, speakers = task.y(), task.speakers()
    n_levels = len(task.target.levels) if task.form == "level" else 0
    problem = Problem(task.form, n_levels, np.zeros((len(y), 0), np.float32), y, speakers)
    views = tuple(_layered(view, job, prepared.store, problem) for view in job.views)
    values = [_values(view, run, prepared.store) for view in views]
    given = values if job.fusion else [np.concatenate(values, axis=1)]
    n_layers = [view.n_layers if view.layer == WEIGHTED else 1 for view in views]
    problems = [replace(problem, X=X, n_layers=n) for X, n in zip(given, n_layers, strict=False)]
    parts = tuple(fit_whole(job.model, one, job.seed) for one in problems)
    columns, notes = _cue_columns(run, prepared.store, study, progress)
    cues = tuple(cue for cue in read_cues() if all((cue.features, name) in columns for name in cue.columns))
    facts = prepared.extractions[task.corpus.name].facts
    voiced = np.asarray(columns.get(VOICED, np.full(len(y), np.nan)), dtype=np.float64)
    n_speakers = len(np.unique(speakers)) if task.corpus.speakers == "known" else 0
    return Rater(
        views=views,
        model=str(job.model),
        ensemble=Ensemble(parts, job.fusion, task.form, n_levels, y, speakers, job.seed),
        domain=Domain.of(np.concatenate(values, axis=1), speakers, [facts[clip.id] for clip in task.clips], voiced),
        cues=CueRange.of(cues, cue_values(cues, columns, len(y)), speakers),
        n_clips=len(y),
        n_speakers=n_speakers,
        shares=tuple((np.bincount(y, minlength=n_levels) / len(y)).tolist()) if n_levels else (),
        notes=(*notes, *_too_few(len(y), n_speakers)),
        heard=tuple(sorted({facts[clip.id].sample_hash for clip in task.clips})),
    )


def _too_few(n_clips: int, n_speakers: int) -> Iterator[str]:
    """What cannot be told, of too few clips or speakers (0: nobody knows who speaks)."""
    known = f"it was fitted on {n_speakers}" if n_speakers else "nobody knows who speaks in its training clips"
    if n_clips < LEAST_CLIPS:
        yield f"Whether the features of a recording are like the training ones cannot be told from {n_clips} training clips."
    elif n_speakers < 2:
        like = "Whether the features of a recording are like the training ones"
        yield f"{like} can be told from two training speakers on, and {known}."
    if n_speakers < LEAST_SPEAKERS:
        yield f"Which cues stand out can be told from {LEAST_SPEAKERS} training speakers on, and {known}."


def _layered(view: View, job: Job, store: FeatureStore, problem: Problem) -> View:
    """The view with its layer chosen, where that is open: the one with which the chooser does best on inner folds."""
    reached = {}
    for layer, other in layer_jobs(job, view).items():
        X = np.concatenate([_values(one, job.of, store) for one in other.views], axis=1)
        reached[layer] = tune(other.model, replace(problem, X=X), job.seed).value
    return View(view.feature_set, str(best_layer(reached))) if reached else view


def _values(view: View, run: TaskRun, store: FeatureStore) -> Matrix:
    source = Source(str(view), store.identity(view.feature_set))
    return Matrices(store, source, run.task.clip_ids, run.keys, None).values(0)


def cue_sets() -> tuple[str, ...]:
    """The feature sets that the cues are made from, as spelled."""
    return tuple(dict.fromkeys(cue.features for cue in read_cues()))


def cue_values(cues: Sequence[Cue], columns: Columns, n_clips: int) -> npt.NDArray[np.float64]:
    """The values of cues, shape (n_clips, n_cues)."""
    return np.stack([value_of(cue, columns) for cue in cues], axis=1) if cues else np.zeros((n_clips, 0))


def _cue_columns(run: TaskRun, store: FeatureStore, study: Study, progress: Progress) -> tuple[Columns, tuple[str, ...]]:
    """What the cues of the training clips are made from; a feature set that fails is told and its cues are left out."""
    clips = run.task.clips
    sets = {name: FEATURE_SETS.make(parse(name)) for name in cue_sets()}
    found = extract(clips, tuple(sets.values()), store, FactStore(study.cache), jobs=study.jobs, progress=Watch(progress))
    columns: dict[tuple[str, str], npt.NDArray[Any]] = {}
    notes = []
    for name, feature_set in sets.items():
        failure = found.failure_of(feature_set)
        if failure:
            notes.append(f"The cues of {name} are left out: {failure}")
            continue
        table = store.table(feature_set, run.task.clip_ids, found.keys)
        columns |= {(name, column): table.values[:, at] for at, column in enumerate(table.columns)}
    return columns, tuple(notes)
