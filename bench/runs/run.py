"""The run: load the corpus, extract, make folds, audit, fit and predict in every fold, keep the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.base.error import RequestError
from bench.corpora.corpus import Corpus
from bench.decoders.facts import FactStore
from bench.decoders.survey import exclude
from bench.features.extraction import Event, Extraction, extract
from bench.features.plan import plan
from bench.features.store import FeatureStore
from bench.protocols.fold import folds_as_json
from bench.runs.board import Board
from bench.runs.executor import execute
from bench.runs.fit import Outcome, Work
from bench.runs.grid import Entry, choosers, make_entries, make_jobs
from bench.runs.job import Job, TaskRun
from bench.runs.ledger import Ledger
from bench.runs.plugin import add_plugins
from bench.runs.prediction import Predictions, PredictionStore
from bench.runs.preparation import AuditedTask, audited_tasks, read_corpora
from bench.runs.progress import Progress, Quiet
from bench.runs.record import result_record, study_record, task_record
from bench.runs.standing import make_board
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
    tasks, features, models, sweep, corpora, tracks, splitter, seed, limit, permute, plugin, cache, reports, jobs
        As in `bench.runs.study.Study`. Without ``tasks``, ``features`` and ``corpora``, the embedded default is run.
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
        "limit": limit,
        "permute": permute,
        "plugin": plugin,
        "cache": cache,
        "reports": reports,
        "jobs": jobs,
    }
    return run_study(make_study(given, study), progress or Quiet())


def run_study(study: Study, progress: Progress) -> Board:
    """Run a study; see `run`."""
    add_plugins(study.plugin)
    entries = make_entries(study.features)
    prepared = prepare(study, entries, progress)
    jobs = make_jobs(study, entries, prepared.runs)
    desk = Desk(study, prepared)
    desk.open(jobs)
    waiting = [job for job in jobs if job.fingerprint not in desk.finished(jobs)]
    progress.stage("jobs", len(waiting))
    done = 0
    # The layer of a `@best` row is chosen by single-layer jobs, so these come first.
    for turn in ([job for job in waiting if job.layer != "best"], [job for job in waiting if job.layer == "best"]):
        by_fingerprint = {job.fingerprint: job for job in turn}
        works = [desk.work(job) for job in sorted(turn, key=_effort, reverse=True)]
        for work, outcome in execute(works, study.jobs):
            desk.keep(by_fingerprint[work.job], outcome)
            done += 1
            progress.step(done, by_fingerprint[work.job].label)
    desk.predictions.merge()
    return make_board(desk.ledger, desk.predictions)


def _effort(job: Job) -> float:
    return job.model.cost(job.of.task.form, 1000, 100, 3) * max(1, len(job.model.grid(job.of.task.form)))


@dataclass(frozen=True)
class Prepared:
    """Everything before the first fit: features in the store, tasks audited.

    Attributes
    ----------
    runs : tuple of TaskRun
    audited : mapping of str to AuditedTask
        By the name of the task.
    extractions : mapping of str to Extraction
        By the name of the corpus.
    """

    store: FeatureStore
    entries: tuple[Entry, ...]
    runs: tuple[TaskRun, ...]
    audited: Mapping[str, AuditedTask]
    extractions: Mapping[str, Extraction]
    corpora: Mapping[str, Corpus]

    def failure(self, job: Job) -> str | None:
        """Why the features of a job are not there, or None."""
        return self.extractions[job.of.task.corpus.name].failure_of(job.feature_set)


def prepare(study: Study, entries: tuple[Entry, ...], progress: Progress) -> Prepared:
    """Read the corpora, extract what is missing, leave out what cannot be used, make and audit the tasks."""
    store, facts = FeatureStore(study.cache / "features"), FactStore(study.cache)
    sets = tuple({str(entry.feature_set): entry.feature_set for entry in entries}.values())
    corpora = read_corpora(study)
    extractions: dict[str, Extraction] = {}
    for name, corpus in corpora.items():
        watch = _Watch(progress, len(corpus.clips))
        extractions[name] = extract(corpus.clips, sets, store, facts, jobs=study.jobs, plugins=study.plugin, progress=watch)
        corpora[name] = exclude(corpus, extractions[name].facts)
    return _audited(study, entries, store, corpora, extractions)


def prepare_known(
    study: Study, entries: tuple[Entry, ...], corpora: Mapping[str, Corpus], store: FeatureStore, facts: FactStore
) -> Prepared | None:
    """As `prepare`, but decoding nothing; None where a recording was never looked at or a feature is missing."""
    sets = tuple({str(entry.feature_set): entry.feature_set for entry in entries}.values())
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
    audited = audited_tasks(study, corpora, {name: extraction.facts for name, extraction in extractions.items()})
    runs = tuple(TaskRun(one.task, track, _keys(one, extractions), study.permute) for one in audited for track in study.tracks)
    return Prepared(store, entries, runs, {one.task.name: one for one in audited}, extractions, corpora)


def _keys(audited: AuditedTask, extractions: Mapping[str, Extraction]) -> dict[str, str]:
    keys = extractions[audited.task.corpus.name].keys
    return {clip.id: keys[clip.id] for clip in audited.task.clips}


class _Watch:
    """Passes the events of an extraction on, as a stage that begins with its first event."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress, self.total, self.begun = progress, total, False

    def __call__(self, event: Event) -> None:
        if not self.begun:
            self.progress.stage("clips", event.total)
            self.begun = True
        self.progress.step(event.done)


class Desk:
    """Where results are kept: the ledger, the predictions, and what is needed to send a job to a worker."""

    def __init__(self, study: Study, prepared: Prepared) -> None:
        self.study, self.prepared = study, prepared
        self.ledger = Ledger(study.reports / "ledger.jsonl")
        self.predictions = PredictionStore(study.reports)
        self.chosen: dict[str, list[dict[str, Any]]] = {}

    def open(self, jobs: Sequence[Job]) -> None:
        """Write down what is about to be run, so that an interrupted run has a board too."""
        known = self.ledger.records("task")
        for one in self.prepared.runs:
            if one.fingerprint not in known:
                audited = self.prepared.audited[one.task.name]
                record = task_record(one, audited.findings, self.prepared.extractions[one.task.corpus.name].facts)
                self.ledger.append("task", one.fingerprint, record)
        key, record = study_record(self.study, jobs, self.prepared.store)
        studies = self.ledger.records("study")
        if next(reversed(studies), None) != key:
            self.ledger.append("study", key, record)

    def finished(self, jobs: Sequence[Job]) -> set[str]:
        """Fingerprints of the jobs whose result and predictions are there; failed ones are tried again."""
        results = self.ledger.records("result")
        kept = self.predictions.known()
        done = {job.fingerprint for job in jobs} & kept & {k for k, r in results.items() if r["status"] == "done"}
        self.chosen |= {name: results[name]["chosen"] for name in done}
        return done

    def work(self, job: Job) -> Work:
        """A job as it is sent to a worker."""
        task = job.of.task
        place = {clip_id: row for row, clip_id in enumerate(task.clip_ids)}
        return Work(
            job=job.fingerprint,
            store=self.prepared.store.root,
            plugins=self.study.plugin,
            feature_set=str(job.feature_set),
            layer=job.layer,
            model=str(job.model),
            form=task.form,
            n_levels=len(task.target.levels) if task.form == "level" else 0,
            track=job.of.track,
            seed=job.seed,
            clip_ids=task.clip_ids,
            keys=job.of.keys,
            speakers=tuple(task.speakers().tolist()),
            y=task.y(),
            folds=tuple((f.name, [place[c] for c in f.train], [place[c] for c in f.test]) for f in task.folds),
            fold_layers=self._fold_layers(job),
            failure=self.prepared.failure(job) or self._missing_chooser(job),
        )

    def _missing_chooser(self, job: Job) -> str:
        missing = [other.label for other in choosers(job) if other.fingerprint not in self.chosen]
        return f"No layer can be chosen, because {missing[0]} failed." if missing else ""

    def _fold_layers(self, job: Job) -> tuple[int, ...]:
        """The layer of each fold: where the chooser did best on the inner folds; of equal ones the lowest."""
        options = [(int(other.layer), self.chosen.get(other.fingerprint)) for other in choosers(job)]
        if not options or any(records is None for _, records in options):
            return ()
        layers = []
        for fold in range(len(job.of.task.folds)):
            values = [(records[fold]["tuned"], layer) for layer, records in options if records]
            tuned = [(-value if value is not None else 0.0, layer) for value, layer in values]
            layers.append(min(tuned)[1])
        return tuple(layers)

    def keep(self, job: Job, outcome: Outcome) -> None:
        """Keep what became of a job: predictions first, then the line that says they are there."""
        if not outcome.error:
            task = job.of.task
            fold_of = {clip_id: fold.name for fold in task.folds for clip_id in fold.test}
            rows = [
                row for row, clip_id in enumerate(task.clip_ids) if clip_id in fold_of
            ]  # fixed lists may only train on some
            clip_ids = tuple(task.clip_ids[row] for row in rows)
            folds = tuple(fold_of[clip_id] for clip_id in clip_ids)
            speakers = tuple(task.speakers()[rows].tolist())
            truth = task.y()[rows].astype(float)
            self.predictions.put(job, Predictions(clip_ids, speakers, folds, truth, outcome.guess[rows]))
            self.chosen[job.fingerprint] = outcome.chosen
        self.ledger.append("result", job.fingerprint, result_record(job, outcome))


def make_folds_document(study: Study, progress: Progress) -> dict[str, Any]:
    """The folds of the one target that a study asks for, as a JSON object that ``splitter`` reads back.

    Raises
    ------
    RequestError
        If the study asks for more than one target.
    """
    add_plugins(study.plugin)
    tasks = prepare(study, (), progress).runs
    names = sorted({f"{run.task.corpus.name}/{run.task.target.name}" for run in tasks})
    if len(names) > 1:
        raise RequestError(f"Folds are written for one target at a time, and the study asks for {', '.join(names)}. Name one.")
    task = tasks[0].task
    return {"task": names[0], "splitter": task.splitter, "seed": study.seed, **folds_as_json(task.folds)}
