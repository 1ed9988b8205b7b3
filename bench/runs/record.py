"""Records: tasks, results and studies as the ledger keeps them, so that a board needs neither audio nor features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from bench.base.finding import Finding
from bench.base.identity import digest
from bench.base.registry import OURS
from bench.base.source import source_hash
from bench.base.spelling import parse
from bench.decoders.facts import ClipFacts
from bench.features.feature_set import FeatureSet
from bench.features.store import FeatureStore
from bench.models.recipe import MODELS, ModelRecipe
from bench.protocols.task import Task
from bench.runs.fit import Outcome
from bench.runs.job import Job, TaskRun
from bench.runs.study import Study
from bench.runs.subgroup import groups_of
from bench.runs.yardstick import yardsticks_of

LIBRARIES = (
    "fatigue-bench",
    "numpy",
    "scipy",
    "scikit-learn",
    "xgboost",
    "torch",
    "transformers",
    "opensmile",
    "soundfile",
    "soxr",
)
BADGES = {"measured": "", "proxy": "proxy label", "acted": "acted", "synthetic": "synthetic speech"}


def versions() -> dict[str, str]:
    """Versions of this package and of the libraries that make the numbers; imports none of them."""
    found = {}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = "not installed"
    return found


def task_record(run: TaskRun, findings: Sequence[Finding], facts: Mapping[str, ClipFacts]) -> dict[str, Any]:
    """A task on a track, as the board shows it."""
    task = run.task
    return {
        "name": task.name,
        "form": task.form,
        "track": run.track,
        "target": task.target.as_json(),
        "card": _card(task, facts),
        "badge": BADGES[task.target.kind],
        "metric": task.primary,
        "chance": task.chance,
        "splitter": task.splitter,
        "fold_hash": task.fold_hash,
        "n_folds": len(task.folds),
        "n_clips": len(task.clips),
        "n_speakers": len(set(task.speakers().tolist())) if task.corpus.speakers == "known" else 0,
        "speakers_known": task.corpus.speakers == "known",
        "n_train_speakers": _fewest_trained_on(task),
        "findings": [finding.as_json() for finding in findings],
        "excluded": [[exclusion.clip_id, exclusion.reason] for exclusion in task.excluded],
        "caution": task.corpus.caution,
        "variants": _variants(task),
        "groups": groups_of(task),
        "yardsticks": yardsticks_of(task),
    }


def _fewest_trained_on(task: Task) -> int:
    """Speakers that intervals are learnt from in the fold that has the fewest; 0 where nobody knows who speaks."""
    if task.corpus.speakers == "unknown":
        return 0
    speaker_of = {clip.id: clip.speaker for clip in task.clips}
    return min(len({speaker_of[clip_id] for clip_id in fold.devel or fold.train}) for fold in task.folds)


def _variants(task: Task) -> dict[str, Any]:
    """Other readings of the label, for the clips that are tested: their ids, the targets, and each target's labels."""
    readings = [target for target in task.corpus.targets if target.variant_of == task.target.name]
    tested = {clip_id for fold in task.folds for clip_id in fold.test}
    clips = [clip for clip in task.clips if clip.id in tested and all(target.name in clip.labels for target in readings)]
    if not readings or not clips:
        return {}
    return {
        "clips": [clip.id for clip in clips],
        "targets": [target.as_json() for target in readings],
        "labels": [[clip.labels[target.name] for clip in clips] for target in readings],
    }


def _card(task: Task, facts: Mapping[str, ClipFacts]) -> dict[str, str]:
    own = [facts[clip.id] for clip in task.clips]
    names = task.target.levels
    shares = Counter(task.target.level(clip.labels[task.target.name]) for clip in task.clips) if names else {}
    rates = Counter(fact.rate for fact in own)
    card = {
        "corpus": task.corpus.name,
        "about": task.corpus.about,
        "target": f"{task.target.name} ({task.target.kind})",
        "label": task.target.about,
        "clips": f"{len(own)}, {sum(fact.duration_s for fact in own) / 60:.1f} minutes",
        "speakers": _speakers(task),
        "levels": ", ".join(f"{name} {shares[index]}" for index, name in enumerate(names)),
        "recorded at": ", ".join(f"{rate:,} Hz ({count})" for rate, count in sorted(rates.items())),
        "licence": task.corpus.licence,
        "citation": task.corpus.citation,
    }
    return {key: value for key, value in card.items() if value}


def _speakers(task: Task) -> str:
    if task.corpus.speakers == "unknown":
        return "unknown"
    tested = {clip_id for fold in task.folds for clip_id in fold.test}
    everybody = {clip.speaker for clip in task.clips}
    held_out = {clip.speaker for clip in task.clips if clip.id in tested}
    return str(len(everybody)) + (f", of whom {len(held_out)} are tested" if held_out < everybody else "")


def result_record(job: Job, outcome: Outcome) -> dict[str, Any]:
    """What became of a job."""
    return {
        "task": job.of.fingerprint,
        "label": job.label,
        "feature_set": job.feature_set,
        "layer": job.layer,
        "model": str(job.model),
        "seed": job.seed,
        "repeat": job.repeat,
        "status": "failed" if outcome.error else "done",
        "error": outcome.error,
        "fit_seconds": round(outcome.seconds, 3),
        "n_columns": outcome.n_columns,
        "chosen": outcome.chosen,
        "findings": [finding.as_json() for finding in outcome.findings],
        "model_source": source_of(job.model),
        "folds": job.of.task.named_fold_hash,
        "versions": versions(),
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    }


def source_of(model: ModelRecipe) -> str:
    """Hash of the files that a model of the user's own is written in; "" for ours, whose versions are ours to raise."""
    return "" if type(model).__module__.partition(".")[0] == OURS else source_hash(type(model))


def study_record(study: Study, jobs: Sequence[Job], store: FeatureStore) -> tuple[str, dict[str, Any]]:
    """What was asked for, and its key: rows in the order of the study, and what each feature set cost."""
    repeats: dict[str, list[list[Any]]] = {}
    for job in jobs:
        if job.repeat:
            first = replace(job, repeat=0).fingerprint
            repeats.setdefault(first, []).append([job.seed + job.repeat, job.fingerprint])
    rows = [
        {
            "job": job.fingerprint,
            "task": (job.board or job.of).fingerprint,
            "feature_set": job.feature_set,
            "layer": job.layer,
            "model": str(job.model),
            "findings": [list(finding) for view in job.views for finding in _findings(view.feature_set, job)],
            "named": job.named,
            "baseline": job.baseline,
            "repeats": repeats.get(replace(job, repeat=0).fingerprint, []),
        }
        for job in jobs
        if job.shown
    ]
    costs = {job.feature_set: _cost(job, store) for job in {job.feature_set: job for job in jobs}.values()}
    partial = f"the first {study.limit} speakers only" if study.limit is not None else ""
    record = {"command": study.command(), "seed": study.seed, "partial": partial, "rows": rows, "costs": costs}
    unsolved = _unsolved(study, jobs)
    if unsolved:
        record["unsolved"] = unsolved
    return digest(record), record


def _unsolved(study: Study, jobs: Sequence[Job]) -> dict[str, list[str]]:
    """By task, the models of the study that do not solve its form, and so have no row."""
    models = [MODELS.make(parse(name)) for name in dict.fromkeys((*study.models, *study.sweep))]
    forms = {(job.board or job.of).fingerprint: job.of.task.form for job in jobs}
    found = {task: [str(model) for model in models if form not in model.solves] for task, form in forms.items()}
    return {task: names for task, names in found.items() if names}


def _findings(feature_set: FeatureSet, job: Job) -> tuple[tuple[str, str], ...]:
    return (*feature_set.findings(), *job.of.remarks.get(str(feature_set), ()))


def _cost(job: Job, store: FeatureStore) -> list[float | None]:
    """Seconds of one core for a minute of audio (None where that is not known), and megabytes stored; parts are added up."""
    own = {view.feature_set.identity: store.cost(view.feature_set) for view in job.views}.values()
    a_minute = [cost.seconds / cost.audio_minutes if cost.audio_minutes else None for cost in own]
    known = [each for each in a_minute if each is not None]
    seconds = round(sum(known), 4) if len(known) == len(a_minute) else None
    return [seconds, round(sum(cost.megabytes for cost in own), 3)]
