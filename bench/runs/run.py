"""The run: load the corpus, extract, make folds, audit, fit and predict in every fold, keep the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.base.error import RequestError
from bench.corpora.corpus import Corpus
from bench.decoders.facts import FactStore
from bench.decoders.survey import exclude
from bench.features.extraction import Extraction, extract
from bench.features.plan import plan
from bench.features.store import FeatureStore
from bench.protocols.fold import folds_as_json
from bench.runs.board import Board
from bench.runs.desk import Desk, Prepared
from bench.runs.executor import execute
from bench.runs.grid import Entry, feature_sets, make_entries, make_jobs, make_models
from bench.runs.job import Job, TaskRun
from bench.runs.mismatch import mismatch_findings
from bench.runs.plugin import add_plugins
from bench.runs.preparation import AuditedTask, audited_tasks, pooled, pooled_extractions, read_corpora, tasks_of_labels
from bench.runs.progress import Progress, Quiet, Watch
from bench.runs.study import Study, make_study


def run(
    tasks: Sequence[str] | str | None = None,
    features: Sequence[str] | str | None = None,
    models: Sequence[str] | str | None = None,
    *,
    study: Path | None = None,
    sweep: Sequence[str] | str | None = None,
    corpora: Mapping[str, Path | str] | None = None,
    tracks: Sequence[str] | str | None = None,
    splitter: str | None = None,
    seed: int | None = None,
    seeds: int | None = None,
    limit: int | None = None,
    permute: int | None = None,
    plugin: Sequence[Path | str] | Path | str | None = None,
    cache: Path | str | None = None,
    reports: Path | str | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Board:
    """Run a benchmark; what was done before is not done again.

    Parameters
    ----------
    tasks, features, models, sweep, corpora, tracks, splitter, seed, seeds, limit, permute, plugin, cache, reports, jobs
        As in `bench.runs.study.Study`. Without ``tasks`` and ``corpora``, they change the embedded default.
    study : Path or None
        A ``study.toml`` with the same keywords; what is given here beside it counts.
    progress : Progress or None
        Something that watches.

    Returns
    -------
    Board
        ``bench.report(board, folder)`` draws it.

    Raises
    ------
    RequestError
        If a name, a value or a folder is wrong, or a split leaks.
    BenchError
        If the cache or the reports cannot be written.
    """
    given = {
        "tasks": tasks,
        "features": features,
        "models": models,
        "sweep": sweep,
        "corpora": corpora,
        "tracks": tracks,
        "splitter": splitter,
        "seed": seed,
        "seeds": seeds,
        "limit": limit,
        "permute": permute,
        "plugin": plugin,
        "cache": cache,
        "reports": reports,
        "jobs": jobs,
    }
    return run_study(make_study(given, study), progress or Quiet())


def run_study(study: Study, progress: Progress) -> Board:
    """Run a study; see `run`.

    Raises
    ------
    Interrupted
        By Ctrl-C once the features are there; a plain KeyboardInterrupt before.
    """
    add_plugins(study.plugin)
    entries = make_entries(study.features)
    make_models((*study.models, *study.sweep))  # a wrong name is told before the first recording is decoded
    prepared = prepare(study, entries, progress)
    jobs = make_jobs(study, entries, prepared.runs)
    desk = Desk(study, prepared)
    desk.open(jobs)
    try:
        _work_off(jobs, desk, study, progress)
    except KeyboardInterrupt as stopped:
        raise Interrupted(desk.board()) from stopped
    desk.predictions.merge()
    return desk.board()


class Interrupted(KeyboardInterrupt):
    """A run that was interrupted after its features were there; it has a board of what was finished."""

    def __init__(self, board: Board) -> None:
        super().__init__()
        self.board = board


def _work_off(jobs: Sequence[Job], desk: Desk, study: Study, progress: Progress) -> None:
    finished = desk.finished(jobs)
    waiting = [job for job in jobs if job.fingerprint not in finished]
    if waiting:
        progress.stage("jobs", len(waiting))
    done = 0
    # The layer of a `@best` row is chosen by single-layer jobs, so these come first.
    for turn in ([job for job in waiting if not job.chooses], [job for job in waiting if job.chooses]):
        by_fingerprint = {job.fingerprint: job for job in turn}
        works = [desk.work(job) for job in sorted(turn, key=_effort, reverse=True)]
        for work, outcome in execute(works, study.jobs):
            desk.keep(by_fingerprint[work.job], outcome)
            done += 1
            progress.step(done, by_fingerprint[work.job].label)


def _effort(job: Job) -> float:
    one = job.model.cost(job.of.task.form, 1000, 100, 3) * max(1, len(job.model.grid(job.of.task.form)))
    return one * sum(view.n_layers for view in job.views)


def prepare(study: Study, entries: tuple[Entry, ...], progress: Progress) -> Prepared:
    """Read the corpora, extract what is missing, leave out what cannot be used, make and audit the tasks."""
    store, facts = FeatureStore(study.cache / "features"), FactStore(study.cache)
    sets = feature_sets(entries)
    corpora = read_corpora(study)
    extractions: dict[str, Extraction] = {}
    for name, corpus in corpora.items():
        watch = Watch(progress)
        extractions[name] = extract(corpus.clips, sets, store, facts, jobs=study.jobs, plugins=study.plugin, progress=watch)
        corpora[name] = exclude(corpus, extractions[name].facts)
    return _audited(study, entries, store, corpora, extractions)


def prepare_known(
    study: Study, entries: tuple[Entry, ...], corpora: Mapping[str, Corpus], store: FeatureStore, facts: FactStore
) -> Prepared | None:
    """As `prepare`, but decoding nothing; None where a recording was never looked at or a feature is missing."""
    sets = feature_sets(entries)
    for corpus in corpora.values():
        planned = plan(corpus.clips, sets, store, facts)
        if planned.to_decode or any(planned.to_extract.values()):
            return None
    extractions = {name: extract(corpus.clips, sets, store, facts) for name, corpus in corpora.items()}
    kept = {name: exclude(corpus, extractions[name].facts) for name, corpus in corpora.items()}
    return _audited(study, entries, store, kept, extractions)


def _audited(
    study: Study,
    entries: tuple[Entry, ...],
    store: FeatureStore,
    corpora: Mapping[str, Corpus],
    extractions: Mapping[str, Extraction],
) -> Prepared:
    remarks = mismatch_findings(extractions)
    corpora, extractions = pooled(study, corpora), pooled_extractions(study, extractions)
    audited = audited_tasks(study, corpora, {name: extraction.facts for name, extraction in extractions.items()})
    runs = tuple(
        TaskRun(one.task, track, _keys(one, extractions), study.permute, _joins(one, extractions), remarks)
        for one in audited
        for track in study.tracks
    )
    return Prepared(store, entries, runs, {one.task.name: one for one in audited}, extractions, corpora)


def _keys(audited: AuditedTask, extractions: Mapping[str, Extraction]) -> dict[str, str]:
    keys = extractions[audited.task.corpus.name].keys
    return {clip.id: keys[clip.id] for clip in audited.task.clips}


def _joins(audited: AuditedTask, extractions: Mapping[str, Extraction]) -> dict[str, dict[str, str]]:
    joins = extractions[audited.task.corpus.name].joins
    return {spelled: {clip.id: keys[clip.id] for clip in audited.task.clips} for spelled, keys in joins.items()}


def make_folds_document(study: Study, progress: Progress) -> dict[str, Any]:
    """The folds of the one target that a study asks for, as a JSON object that ``splitter`` reads back.

    Recordings that cannot be used are left out, as in a run. Where not one recording is there, the folds come from the label
    files alone, and the object says so (``recordings``).

    Raises
    ------
    RequestError
        If the study asks for more than one target.
    """
    add_plugins(study.plugin)
    corpora = read_corpora(study)
    there = any(clip.path.exists() for corpus in corpora.values() for clip in corpus.clips)
    tasks = [run.task for run in prepare(study, (), progress).runs] if there else tasks_of_labels(study, corpora)
    names = sorted({f"{task.corpus.name}/{task.target.name}" for task in tasks})
    if len(names) > 1:
        raise RequestError(f"Folds are written for one target at a time, and the study asks for {', '.join(names)}. Name one.")
    said = {} if there else {"recordings": "none is there: these folds come from the label files alone"}
    return {"task": names[0], "splitter": tasks[0].splitter, "seed": study.seed, **said, **folds_as_json(tasks[0].folds)}
