"""The dry run: what a study would extract and fit, and how long that takes, before anything starts."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.corpora.corpus import Corpus
from bench.decoders.facts import FactStore
from bench.features.feature_set import FeatureSet
from bench.features.plan import plan
from bench.features.store import FeatureStore
from bench.runs.desk import Desk
from bench.runs.grid import Entry, feature_sets, make_entries, make_jobs
from bench.runs.job import Job, TaskRun
from bench.runs.plugin import add_plugins
from bench.runs.preparation import read_corpora, tasks_of_labels
from bench.runs.run import prepare_known
from bench.runs.study import Study

INNER_FOLDS = 4
REFERENCE_S = 0.060  # what `_pace` takes on the machine on which the costs were measured
STARTING_S = 6.0  # importing the libraries in every worker
TOGETHER = 0.85  # how much of a further core is gained when all cores are busy


@dataclass(frozen=True)
class Estimate:
    """What a run would do.

    Attributes
    ----------
    clips : int
    to_decode : int
        Clips whose recording was never looked at.
    to_extract : mapping of str to int
        Clips a feature set; of several views of one pass, the first carries them.
    extract_s : mapping of str to float
        Wall-clock seconds a feature set.
    disk_mb : float
        To be written.
    jobs, jobs_done : int
        Rows and choosers of layers, and how many of them stand in the ledger.
    fit_s : float
        Wall-clock seconds of fitting.
    """

    clips: int
    to_decode: int
    to_extract: Mapping[str, int]
    extract_s: Mapping[str, float]
    disk_mb: float
    jobs: int
    jobs_done: int
    fit_s: float

    @property
    def total_s(self) -> float:
        """Wall-clock seconds of everything."""
        busy = self.fit_s + sum(self.extract_s.values())
        return busy + (STARTING_S if busy else 0.0)


def estimate(study: Study) -> Estimate:
    """Estimate a study; decodes, extracts and fits nothing.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Estimate
    """
    add_plugins(study.plugin)
    entries = make_entries(study.features)
    sets = feature_sets(entries)
    store, facts = FeatureStore(study.cache / "features"), FactStore(study.cache)
    corpora = read_corpora(study)
    pace = _pace() / REFERENCE_S
    workers = 1 + (study.jobs - 1) * TOGETHER
    to_decode, to_extract, seconds, megabytes = 0, dict.fromkeys(map(str, sets), 0), dict.fromkeys(map(str, sets), 0.0), 0.0
    for corpus in corpora.values():
        planned = plan(corpus.clips, sets, store, facts)
        to_decode += planned.to_decode
        counted: set[Path] = set()
        for feature_set in sets:
            n_clips = planned.to_extract[str(feature_set)]
            if not n_clips or store.folder(feature_set) in counted:
                continue
            counted.add(store.folder(feature_set))
            to_extract[str(feature_set)] += n_clips
            seconds[str(feature_set)] += planned.audio_s[str(feature_set)] * feature_set.cost * pace / workers
            megabytes += n_clips * _bytes_a_clip(feature_set) / 1e6
    jobs, done = _jobs(study, entries, corpora, store, facts)
    fit_s = sum(_fit_s(job) for job in jobs if job.fingerprint not in done) * pace / workers
    n_clips = sum(len(corpus.clips) for corpus in corpora.values())
    return Estimate(n_clips, to_decode, to_extract, seconds, megabytes, len(jobs), len(done), fit_s)


def _jobs(
    study: Study, entries: tuple[Entry, ...], corpora: Mapping[str, Corpus], store: FeatureStore, facts: FactStore
) -> tuple[list[Job], set[str]]:
    """The jobs, and those that are done; which are done can be told only where every recording was looked at before."""
    prepared = prepare_known(study, entries, corpora, store, facts)
    if prepared is not None:
        jobs = make_jobs(study, entries, prepared.runs)
        return jobs, Desk(study, prepared).finished(jobs)
    runs = [
        TaskRun(task, track, dict.fromkeys(task.clip_ids, ""), study.permute)
        for task in tasks_of_labels(study, corpora)
        for track in study.tracks
    ]
    return make_jobs(study, entries, runs), set()


def _fit_s(job: Job) -> float:
    task, model = job.of.task, job.model
    columns = sum(view.n_columns for view in job.views)
    candidates = len(model.grid(task.form))
    levels = len(task.target.levels) if task.form == "level" else 0
    outer = sum(len(fold.train) for fold in task.folds) // len(task.folds)
    inner = outer * (INNER_FOLDS - 1) // INNER_FOLDS
    # Every inner fold fits each candidate; where there is nothing to choose from, one model for calibration.
    tuning = INNER_FOLDS * max(candidates, 1) * model.cost(task.form, inner, columns, levels)
    return len(task.folds) * (tuning + model.cost(task.form, outer, columns, levels))


def _bytes_a_clip(feature_set: FeatureSet) -> int:
    return 4 * len(feature_set.columns) * len(feature_set.statistics) * len(feature_set.layers or (0,))


def _pace() -> float:
    """Seconds that a fixed piece of arithmetic takes here, the best of five."""
    from threadpoolctl import threadpool_limits

    square = np.random.default_rng(0).standard_normal((512, 512), dtype=np.float32)
    times = []
    with threadpool_limits(limits=1):
        for _ in range(5):
            start = time.perf_counter()
            for _ in range(20):
                square @ square
            np.sort(square, axis=None)
            times.append(time.perf_counter() - start)
    return min(times)
