"""The desk: what a run works from, and where its results are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.corpora.corpus import Corpus
from bench.features.extraction import Extraction
from bench.features.store import FeatureStore
from bench.features.view import View
from bench.runs.board import Board
from bench.runs.fit import Outcome, Split, Work
from bench.runs.grid import TRIVIAL, Entry, best_layer, choosers, layer_jobs
from bench.runs.job import Job, TaskRun
from bench.runs.ledger import Ledger
from bench.runs.matrix import Source
from bench.runs.mismatch import write_mismatches
from bench.runs.prediction import Predictions, PredictionStore
from bench.runs.preparation import AuditedTask
from bench.runs.record import result_record, source_of, study_record, task_record
from bench.runs.standing import make_board
from bench.runs.study import Study


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
        extraction = self.extractions[job.of.task.corpus.name]
        return next((why for view in job.views if (why := extraction.failure_of(view.feature_set))), None)


class Desk:
    """Where results are kept: the ledger, the predictions, and what is needed to send a job to a worker."""

    def __init__(self, study: Study, prepared: Prepared) -> None:
        self.study, self.prepared = study, prepared
        self.ledger = Ledger(study.reports / "ledger.jsonl")
        self.predictions = PredictionStore(study.reports)
        self.chosen: dict[str, list[dict[str, Any]]] = {}
        self.key = ""

    def open(self, jobs: Sequence[Job]) -> None:
        """Write down what is about to be run, so that an interrupted run has a board too."""
        known = self.ledger.records("task")
        for one in self.prepared.runs:
            audited = self.prepared.audited[one.task.name]
            record = task_record(one, audited.findings, self.prepared.extractions[one.task.corpus.name].facts)
            written = {key: value for key, value in known.get(one.fingerprint, {}).items() if key not in ("kind", "key")}
            if json.loads(json.dumps(record)) != written:  # new, or described otherwise by another version
                self.ledger.append("task", one.fingerprint, record)
        self.key, record = study_record(self.study, jobs, self.prepared.store)
        studies = self.ledger.records("study")
        if next(reversed(studies), None) != self.key:
            self.ledger.append("study", self.key, record)
        write_mismatches(self.study.reports, self.prepared.extractions)

    def finished(self, jobs: Sequence[Job]) -> set[str]:
        """Fingerprints of the jobs whose result and predictions are there; failed ones are tried again.

        A job whose features are refused now, because they give other numbers than were stored, is not done either.
        A fingerprint does not know what folds are called and in which order they stand, but the layer of a fold is looked up
        by its name: where a name holds out something else now, the job is done again.
        """
        results = self.ledger.records("result")
        kept = self.predictions.known()
        done = {
            job.fingerprint
            for job in jobs
            if job.fingerprint in kept
            and (result := results.get(job.fingerprint)) is not None
            and result["status"] == "done"
            and result.get("model_source", "") == source_of(job.model)
            and result.get("folds") == job.of.task.named_fold_hash
            and self.prepared.failure(job) is None
        }
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
            sources=tuple(self._source(job, view) for view in job.views),
            fusion=job.fusion,
            model=str(job.model),
            form=task.form,
            n_levels=len(task.target.levels) if task.form == "level" else 0,
            track=job.of.track,
            seed=job.seed + job.repeat,
            clip_ids=task.clip_ids,
            keys=job.of.keys,
            speakers=tuple(task.speakers().tolist()),
            y=task.y(),
            folds=tuple(
                Split(fold.name, *([place[clip] for clip in side] for side in (fold.train, fold.test, fold.devel)))
                for fold in task.folds
            ),
            failure=self.prepared.failure(job) or self._missing_chooser(job),
            trivial=job.baseline in TRIVIAL,
        )

    def _missing_chooser(self, job: Job) -> str:
        missing = [other.label for other in choosers(job) if other.fingerprint not in self.chosen]
        return f"No layer can be chosen, because {missing[0]} failed." if missing else ""

    def _source(self, job: Job, view: View) -> Source:
        own = str(view.feature_set)
        identity = self.prepared.store.identity(view.feature_set)
        return Source(str(view), identity, self._fold_layers(job, view), job.of.joins.get(own))

    def _fold_layers(self, job: Job, view: View) -> tuple[int, ...]:
        """The layer of each fold: where the chooser did best on the inner folds; of equal ones the lowest."""
        records = {layer: self.chosen.get(other.fingerprint) for layer, other in layer_jobs(job, view).items()}
        if not records or None in records.values():
            return ()
        tuned = {layer: {one["fold"]: one["tuned"] for one in own or ()} for layer, own in records.items()}
        return tuple(best_layer({layer: own[fold.name] for layer, own in tuned.items()}) for fold in job.of.task.folds)

    def board(self) -> Board:
        """The board of what was opened, whatever other runs have written meanwhile."""
        return make_board(self.ledger, self.predictions, self.key)

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
            more = [None if own is None else own[rows] for own in (outcome.low, outcome.high, outcome.probabilities)]
            self.predictions.put(job, Predictions(clip_ids, speakers, folds, truth, outcome.guess[rows], *more))
            self.chosen[job.fingerprint] = outcome.chosen
        self.ledger.append("result", job.fingerprint, result_record(job, outcome))
