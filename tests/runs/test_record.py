"""Records: what the ledger keeps is enough for a board, and is JSON."""

import json
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version

import numpy as np
import pytest

import bench
from bench.base.finding import Finding
from bench.base.identity import canonical
from bench.base.spelling import parse
from bench.corpora.corpus import Exclusion, Target
from bench.features.part import Row
from bench.features.store import FeatureStore
from bench.models.recipe import MODELS, ModelRecipe
from bench.runs.fit import Outcome
from bench.runs.grid import make_entries, make_jobs
from bench.runs.job import Job
from bench.runs.record import BADGES, result_record, study_record, task_record, versions
from bench.runs.representation import Representation
from bench.runs.study import Study
from tests.runs.conftest import KSS, make_corpus, make_facts, make_run


class OnlyLevels(ModelRecipe):
    name = "only-levels"
    version = "1"
    solves = ("level",)


def test_versions_are_those_that_are_installed():
    found = versions()
    assert found["numpy"] == version("numpy") == np.__version__
    assert found["fatigue-bench"] == version("fatigue-bench") == bench.__version__
    assert all(found.values())


def test_a_task_is_recorded_as_the_board_shows_it():
    corpus = make_corpus(excluded=(Exclusion("gone", "it is empty"),), licence="CC BY 4.0", citation="Anna (2020)")
    run = make_run("level", "speaker", corpus, "grouped-3")
    record = task_record(run, (Finding("FB009", "One is excluded."),), make_facts(corpus))
    assert json.loads(canonical(record)) == record
    assert Target.from_json(record["target"]) == KSS
    assert {key: record[key] for key in ("name", "form", "track", "metric", "chance", "splitter", "badge")} == {
        "name": "tiny/kss/level",
        "form": "level",
        "track": "speaker",
        "metric": "uar",
        "chance": 1 / 3,
        "splitter": "grouped-3",
        "badge": "",
    }
    assert (record["n_folds"], record["n_clips"], record["n_speakers"], record["speakers_known"]) == (3, 36, 6, True)
    assert record["excluded"] == [["gone", "it is empty"]]
    assert [Finding(**finding) for finding in record["findings"]] == [Finding("FB009", "One is excluded.")]
    assert record["fold_hash"] == run.task.fold_hash


def test_the_card_counts_what_is_there_and_leaves_out_what_is_not_known():
    corpus = make_corpus(licence="CC BY 4.0")
    facts = make_facts(corpus)
    facts["s0-0"] = replace(facts["s0-0"], rate=8_000, duration_s=31.5)
    card = task_record(make_run(corpus=corpus), (), facts)["card"]
    assert card["clips"] == "36, 1.4 minutes"  # 35 clips of 1.5 s and one of 31.5 s
    assert card["levels"] == "alert 12, neither 12, sleepy 12"
    assert card["recorded at"] == "8,000 Hz (1), 16,000 Hz (35)"
    assert (card["corpus"], card["speakers"], card["target"], card["licence"]) == ("tiny", "6", "kss (measured)", "CC BY 4.0")
    assert not {"citation", "about"} & set(card)


def test_a_card_of_scores_alone_has_no_levels():
    corpus = make_corpus()
    plain = replace(corpus, targets=(Target("kss", "measured", "", scale=(1, 9), unit="KSS"),))
    assert "levels" not in task_record(make_run(corpus=plain), (), make_facts(corpus))["card"]


@pytest.mark.parametrize(("kind", "badge"), BADGES.items())
def test_every_kind_of_label_but_a_measured_one_has_a_badge(kind, badge):
    corpus = make_corpus()
    corpus = replace(corpus, targets=(replace(KSS, kind=kind),))
    assert task_record(make_run(corpus=corpus), (), make_facts(corpus))["badge"] == badge
    assert bool(badge) is (kind != "measured")


@pytest.fixture
def job(given):
    return Job(make_run("level"), Representation.of("layered@best"), MODELS.make(parse("svm")), 3)


def test_a_result_is_recorded(job):
    chosen = [{"fold": "s0", "layer": 2, "parameters": {"model__classifier__C": 0.1}, "tuned": 0.5}]
    outcome = Outcome(guess=np.zeros(36), chosen=chosen, findings=(Finding("FB012", "No."),), seconds=1.23456, n_columns=2)
    record = result_record(job, outcome)
    assert json.loads(canonical(record)) == record
    assert {key: record[key] for key in ("status", "error", "layer", "feature_set", "model", "seed")} == {
        "status": "done",
        "error": "",
        "layer": "best",
        "feature_set": "layered",
        "model": "svm",
        "seed": 3,
    }
    assert (record["task"], record["label"]) == (job.of.fingerprint, job.label)
    assert (record["chosen"], record["fit_seconds"], record["n_columns"]) == (chosen, 1.235, 2)
    assert record["findings"] == [{"code": "FB012", "message": "No.", "stops": False}]
    assert record["versions"] == versions()
    assert datetime.strptime(record["at"], "%Y-%m-%d %H:%M UTC").year >= 2026


def test_a_failure_is_recorded_with_its_sentence(job):
    record = result_record(job, Outcome("It broke.", seconds=0.5))
    assert (record["status"], record["error"], record["chosen"]) == ("failed", "It broke.", [])


def recorded(tmp_path, features=("layered", "given"), **more):
    study = Study(tasks=("tiny/kss",), features=features, models=("svm",), **more)
    jobs = [job for job in make_jobs(study, make_entries(study.features), [make_run()]) if not job.baseline]
    return jobs, study_record(study, jobs, FeatureStore(tmp_path))


def test_a_study_lists_its_rows_and_not_the_jobs_that_choose_layers(given, tmp_path):
    jobs, (_, record) = recorded(tmp_path)
    assert json.loads(canonical(record)) == record
    assert [(row["feature_set"], row["layer"], row["model"]) for row in record["rows"]] == [
        ("layered", "best", "svm"),
        ("given", "", "svm"),
    ]
    assert [row["job"] for row in record["rows"]] == [job.fingerprint for job in jobs if job.shown]
    assert [row["named"] for row in recorded(tmp_path, ("layered@all", "layered@1"))[1][1]["rows"]] == [False, True, False]
    assert record["costs"] == {"layered": [None, 0], "given": [None, 0]}
    assert (record["seed"], record["partial"]) == (0, "")
    assert record["command"] == "fatigue-bench run --tasks tiny/kss --features layered --features given --models svm --seed 0"


def test_a_study_names_the_models_that_have_no_row_because_of_its_form(given, registries, tmp_path):
    MODELS.add(OnlyLevels)
    study = Study(tasks=("tiny/kss",), features=("given",), models=("svm", "only-levels"), sweep=("only-levels",))
    runs = [make_run("score"), make_run("level")]
    _, record = study_record(study, make_jobs(study, make_entries(study.features), runs), FeatureStore(tmp_path))
    assert record["unsolved"] == {runs[0].fingerprint: ["only-levels"]}
    assert "unsolved" not in recorded(tmp_path)[1][1]


def test_a_study_says_what_its_feature_sets_cost_and_warn_of(given, tmp_path, monkeypatch):
    store = FeatureStore(tmp_path)
    store.put(given.Given(), [Row(f"k{n}", np.zeros(3, np.float32), None, 0.5, 30.0) for n in range(4)])  # 2 s for 2 minutes
    monkeypatch.setattr(given.Given, "findings", lambda self: (("FB013", "It was fine-tuned."),))
    _, (_, record) = recorded(tmp_path)
    seconds, megabytes = record["costs"]["given"]
    (part,) = [path for path in store.folder(given.Given()).glob("[!.]*.parquet") if not path.name.startswith("probe")]
    assert (seconds, megabytes) == (1.0, round(part.stat().st_size / 1e6, 3))
    assert [row["findings"] for row in record["rows"]] == [[], [["FB013", "It was fine-tuned."]]]


def test_another_study_has_another_key(given, tmp_path):
    keys = [
        recorded(tmp_path)[1][0],
        recorded(tmp_path, ("layered",))[1][0],
        recorded(tmp_path, seed=1)[1][0],
        recorded(tmp_path, limit=3)[1][0],
    ]
    assert len(set(keys)) == 4
    assert recorded(tmp_path, jobs=1)[1][0] == recorded(tmp_path, jobs=7)[1][0] == keys[0]


def test_a_limited_study_says_that_it_is_partial(given, tmp_path):
    assert recorded(tmp_path, limit=3)[1][1]["partial"] == "the first 3 speakers only"


def test_the_smallest_training_side_is_counted_in_speakers():
    corpus = make_corpus()
    record = task_record(make_run("level", corpus=corpus, splitter="grouped-3"), (), make_facts(corpus))
    assert record["n_train_speakers"] == 4
