"""The desk: what is kept of a job, what is done already, and how a layer is chosen."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bench.base.finding import Finding
from bench.corpora.corpus import Exclusion
from bench.features.extraction import Extraction, Failure
from bench.features.store import FeatureStore
from bench.runs.desk import Desk, Prepared
from bench.runs.fit import Outcome
from bench.runs.grid import choosers, make_entries, make_jobs
from bench.runs.ledger import Ledger
from bench.runs.prediction import PredictionStore
from bench.runs.preparation import AuditedTask
from bench.runs.study import Study
from tests.runs.conftest import make_corpus, make_facts, make_run


class Setting:
    """A study of one layered set and svm, prepared by hand."""

    def __init__(self, folder, form="score", features=("layered",), failures=(), splitter="auto", corpus=None, model="svm"):
        self.study = Study(
            tasks=(f"tiny/kss/{form}",),
            features=tuple(features),
            models=(model,),
            cache=folder / "cache",
            reports=folder / "reports",
        )
        corpus = corpus or make_corpus(3)
        self.run = make_run(form, corpus=corpus, splitter=splitter)
        entries = make_entries(self.study.features)
        extraction = Extraction(make_facts(corpus), self.run.keys, 0, {}, tuple(failures))
        self.prepared = Prepared(
            store=FeatureStore(folder / "cache" / "features"),
            entries=entries,
            runs=(self.run,),
            audited={self.run.task.name: AuditedTask(self.run.task, (Finding("FB010", "A proxy."),))},
            extractions={"tiny": extraction},
            corpora={"tiny": corpus},
        )
        self.jobs = [job for job in make_jobs(self.study, entries, (self.run,)) if not job.baseline]

    def desk(self):
        return Desk(self.study, self.prepared)

    @property
    def best(self):
        return next(job for job in self.jobs if job.layer == "best")


def outcome(run, tuned, guess=None):
    folds = [fold.name for fold in run.task.folds]
    chosen = [{"fold": name, "layer": 0, "parameters": {}, "tuned": value} for name, value in zip(folds, tuned, strict=True)]
    return Outcome(guess=np.arange(len(run.task.clips), dtype=float) if guess is None else guess, chosen=chosen)


def keep_choosers(setting, desk, tuned):
    for job, values in zip(choosers(setting.best), tuned, strict=True):
        desk.keep(job, outcome(setting.run, values))


@pytest.mark.parametrize(
    ("tuned", "layers"),
    [
        ([(0.1, 0.5, 0.2), (0.3, 0.4, 0.2), (0.2, 0.6, 0.1)], (1, 2, 0)),
        ([(0.3, 0.5, -0.2), (0.3, 0.5, -0.1), (0.3, 0.4, -0.1)], (0, 0, 1)),  # of equal ones the lowest
        ([(None, None, None), (None, None, None), (None, None, None)], (0, 0, 0)),  # nothing could be tuned
    ],
)
def test_each_fold_takes_the_layer_that_did_best_inside_it(given, tmp_path, tuned, layers):
    setting = Setting(tmp_path)
    desk = setting.desk()
    keep_choosers(setting, desk, tuned)
    work = desk.work(setting.best)
    (source,) = work.sources
    assert (source.fold_layers, work.failure, source.view) == (layers, "", "layered@best")
    # A run that goes on later reads the same from the ledger.
    again = setting.desk()
    again.finished(setting.jobs)
    assert again.work(setting.best).sources[0].fold_layers == layers


def test_without_its_choosers_a_best_job_fails_with_a_sentence(given, tmp_path):
    setting = Setting(tmp_path)
    desk = setting.desk()
    first, second, third = choosers(setting.best)
    desk.keep(first, outcome(setting.run, (0.1, 0.2, 0.3)))
    desk.keep(second, Outcome("given cannot be used."))
    desk.keep(third, outcome(setting.run, (0.1, 0.2, 0.3)))
    work = desk.work(setting.best)
    assert work.failure == f"No layer can be chosen, because {second.label} failed."
    assert work.sources[0].fold_layers == ()


def test_other_jobs_have_no_layers_of_folds(given, tmp_path):
    setting = Setting(tmp_path)
    work = setting.desk().work(choosers(setting.best)[2])
    (source,) = work.sources
    assert (source.fold_layers, source.view, work.failure, work.model) == ((), "layered@2", "", "linear")


@pytest.mark.parametrize(("form", "n_levels"), [("score", 0), ("level", 3)])
def test_a_work_says_all_that_a_worker_needs(given, tmp_path, form, n_levels):
    setting = Setting(tmp_path, form, features=("given[width=2]",))
    task = setting.run.task
    (job,) = setting.jobs
    work = setting.desk().work(job)
    assert (work.job, work.sources[0].view, work.model) == (job.fingerprint, "given[width=2]", "svm")
    assert work.sources[0].identity == given.Given(width=2).identity
    assert (work.form, work.n_levels, work.track, work.seed) == (form, n_levels, "open", 0)
    assert work.clip_ids == tuple(clip.id for clip in task.clips)
    assert work.y.tolist() == task.y().tolist()
    for fold, (name, train, test, devel) in zip(task.folds, work.folds, strict=True):
        assert name == fold.name
        assert [work.clip_ids[row] for row in train] == list(fold.train)
        assert [work.clip_ids[row] for row in test] == list(fold.test)
        assert {work.speakers[row] for row in test} == {fold.name}
        assert devel == []


def test_features_that_failed_fail_their_jobs_and_no_others(given, tmp_path):
    setting = Setting(tmp_path, features=("given", "given[width=2]"), failures=[Failure("given", "s0-1", "it broke")])
    failing, fine = (setting.desk().work(job) for job in setting.jobs)
    assert failing.failure == "given failed on 1 clips, 's0-1' the first: it broke"
    assert fine.failure == ""


def test_what_is_kept_stands_in_both_places(given, tmp_path):
    setting = Setting(tmp_path, features=("given",))
    (job,) = setting.jobs
    desk = setting.desk()
    assert desk.finished(setting.jobs) == set()
    desk.keep(job, outcome(setting.run, (0.1, 0.2, 0.3)))
    assert desk.finished(setting.jobs) == {job.fingerprint}
    kept = PredictionStore(tmp_path / "reports").get([job.fingerprint])[job.fingerprint]
    task = setting.run.task
    assert kept.clip_ids == task.clip_ids
    assert kept.speakers == kept.folds == tuple(clip.speaker for clip in task.clips)
    assert kept.truth.tolist() == task.y().tolist()
    assert kept.guess.tolist() == list(range(18))


def test_a_job_whose_predictions_are_gone_is_run_again(given, tmp_path):
    setting = Setting(tmp_path, features=("given",))
    (job,) = setting.jobs
    setting.desk().keep(job, outcome(setting.run, (0.1, 0.2, 0.3)))
    setting.desk().predictions.merge()
    assert setting.desk().finished(setting.jobs) == {job.fingerprint}
    (tmp_path / "reports" / "predictions.parquet").unlink()
    assert setting.desk().finished(setting.jobs) == set()


def test_a_job_without_its_line_is_run_again(given, tmp_path):
    setting = Setting(tmp_path, features=("given",))
    setting.desk().keep(setting.jobs[0], outcome(setting.run, (0.1, 0.2, 0.3)))
    (tmp_path / "reports" / "ledger.jsonl").unlink()
    assert setting.desk().finished(setting.jobs) == set()


def test_a_failed_job_is_written_down_and_tried_again(given, tmp_path):
    setting = Setting(tmp_path, features=("given",))
    (job,) = setting.jobs
    desk = setting.desk()
    desk.keep(job, Outcome("It broke."))
    assert Ledger(tmp_path / "reports" / "ledger.jsonl").records("result")[job.fingerprint]["error"] == "It broke."
    assert desk.finished(setting.jobs) == set()
    desk.keep(job, outcome(setting.run, (0.1, 0.2, 0.3)))
    assert desk.finished(setting.jobs) == {job.fingerprint}


def test_only_tested_clips_have_predictions(given, tmp_path):
    corpus = make_corpus(4)
    clips = tuple(
        type(clip)(clip.id, clip.speaker, clip.path, clip.labels, split="test" if clip.speaker == "s3" else "train")
        for clip in corpus.clips
    )
    corpus = type(corpus)("tiny", "1", corpus.targets, clips, (Exclusion("gone", "it is empty"),))
    setting = Setting(tmp_path, features=("given",), splitter="fixed", corpus=corpus)
    guess = np.full(24, np.nan)
    guess[18:] = 5.0
    (job,) = setting.jobs
    setting.desk().keep(job, outcome(setting.run, (0.1,), guess))
    kept = setting.desk().predictions.get([job.fingerprint])[job.fingerprint]
    assert set(kept.speakers) == {"s3"}
    assert kept.guess.tolist() == [5.0] * 6


def test_opening_writes_what_is_asked_for_and_says_it_once(given, tmp_path):
    setting = Setting(tmp_path)
    setting.desk().open(setting.jobs)
    setting.desk().open(setting.jobs)
    lines = [json.loads(line) for line in (tmp_path / "reports" / "ledger.jsonl").read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["task", "study"]
    assert lines[0]["key"] == setting.run.fingerprint
    assert lines[0]["findings"] == [{"code": "FB010", "message": "A proxy.", "stops": False}]
    assert [row["job"] for row in lines[1]["rows"]] == [setting.best.fingerprint]


def test_the_study_that_was_asked_for_last_is_the_last_one(given, tmp_path):
    one, other = Setting(tmp_path), Setting(tmp_path, features=("given",))
    for setting in (one, other, one):
        setting.desk().open(setting.jobs)
    studies = one.desk().ledger.records("study")
    assert len(studies) == 2
    assert [row["feature_set"] for row in next(reversed(studies.values()))["rows"]] == ["layered"]


def test_folds_that_stand_in_another_order_keep_their_layers(given, tmp_path):
    setting = Setting(tmp_path)
    keep_choosers(setting, setting.desk(), [(0.1, 0.5, 0.2), (0.3, 0.4, 0.2), (0.2, 0.6, 0.1)])
    task = setting.run.task
    turned = replace(setting.run, task=replace(task, folds=task.folds[::-1]))
    assert turned.fingerprint == setting.run.fingerprint
    desk = setting.desk()
    jobs = [replace(job, of=turned) for job in setting.jobs]
    desk.finished(jobs)
    best = next(job for job in jobs if job.layer == "best")
    assert desk.work(best).sources[0].fold_layers == (0, 2, 1)


def test_folds_that_are_called_otherwise_are_done_again(given, tmp_path):
    setting = Setting(tmp_path, features=("given",))
    (job,) = setting.jobs
    setting.desk().keep(job, outcome(setting.run, (0.1, 0.2, 0.3)))
    task = setting.run.task
    folds = tuple(replace(fold, name=f"without {fold.name}") for fold in task.folds)
    named = replace(job, of=replace(setting.run, task=replace(task, folds=folds)))
    assert named.fingerprint == job.fingerprint
    assert setting.desk().finished([job]) == {job.fingerprint}
    assert setting.desk().finished([named]) == set()
    names = [fold.name for fold in task.folds]
    turned = tuple(replace(fold, name=name) for fold, name in zip(task.folds, [*names[1:], names[0]], strict=True))
    swapped = replace(job, of=replace(setting.run, task=replace(task, folds=turned)))
    assert swapped.fingerprint == job.fingerprint
    assert setting.desk().finished([swapped]) == set()


def test_a_run_shows_its_own_board_though_another_was_begun_after_it(given, tmp_path):
    one, other = Setting(tmp_path, features=("given",)), Setting(tmp_path, features=("given[width=2]",))
    first, second = one.desk(), other.desk()
    first.open(one.jobs)
    second.open(other.jobs)
    first.keep(one.jobs[0], outcome(one.run, (0.1, 0.2, 0.3)))
    (row,) = first.board().tasks[0].rows
    assert row.feature_set == "given"
    assert second.board().jobs_waiting == 1


def test_a_model_of_ones_own_that_was_edited_is_fitted_again(given, tmp_path, plugin_file, monkeypatch):
    setting = Setting(tmp_path, features=("given",), model="watching")
    (job,) = setting.jobs
    desk = setting.desk()
    desk.keep(job, outcome(setting.run, [0.1] * len(setting.run.task.folds)))
    assert desk.finished([job]) == {job.fingerprint}
    copy = tmp_path / "given.py"
    copy.write_text(plugin_file.read_text() + "\n# edited\n")
    monkeypatch.setattr(given, "__file__", str(copy))
    assert desk.finished([job]) == set()
