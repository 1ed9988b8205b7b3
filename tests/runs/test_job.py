"""The fingerprint of a job: everything that changes its numbers, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.base.spelling import parse
from bench.models.recipe import MODELS
from bench.runs.job import Job, TaskRun
from bench.runs.representation import Representation
from tests.runs.conftest import KSS, make_corpus, make_run


def job_of(run, features="given", layer="", model="linear", seed=0, shown=True):
    return Job(run, Representation.of(f"{features}@{layer}" if layer else features), MODELS.make(parse(model)), seed, 0, shown)


def with_clip(**changes):
    corpus = make_corpus()
    return make_run(corpus=replace(corpus, clips=(replace(corpus.clips[0], **changes), *corpus.clips[1:])))


def with_keys(run, **changes):
    return TaskRun(run.task, run.track, {**run.keys, **{k.replace("_", "-"): v for k, v in changes.items()}}, run.permute)


def test_whatever_changes_the_numbers_changes_the_fingerprint(given):
    run = make_run()
    cuts = replace(make_corpus(), targets=(replace(KSS, cuts=(2.5, 6.5)),))
    jobs = {
        "itself": job_of(run),
        "seed": job_of(run, seed=1),
        "model": job_of(run, model="svm"),
        "parameter of the set": job_of(run, "given[width=2]"),
        "feature set": job_of(run, "layered", "0"),
        "layer": job_of(run, "layered", "1"),
        "best": job_of(run, "layered", "best"),
        "form": job_of(make_run("level")),
        "track": job_of(make_run(track="speaker")),
        "folds": job_of(make_run(splitter="grouped-2")),
        "a label": job_of(with_clip(labels={"kss": 1.5})),
        "a speaker": job_of(with_clip(speaker="someone")),
        "a recording": job_of(with_keys(run, s0_0="other")),
        "a target's cuts": job_of(make_run(corpus=cuts)),
        "a clip less": job_of(make_run(corpus=replace(make_corpus(), clips=make_corpus().clips[1:]))),
        "permuted": job_of(replace(run, permute=0)),
        "permuted otherwise": job_of(replace(run, permute=1)),
        "columns kept": job_of(run, "egemaps[only=F0*]"),
        "all columns": job_of(run, "egemaps"),
    }
    fingerprints = {name: job.fingerprint for name, job in jobs.items()}
    assert len(set(fingerprints.values())) == len(jobs), fingerprints


def test_a_view_of_the_same_stored_numbers_has_its_own_fingerprint(given):
    one, other = job_of(make_run(), "egemaps"), job_of(make_run(), "egemaps[only=F0*]")
    assert one.views[0].feature_set.identity == other.views[0].feature_set.identity
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize("changes", [{"path": Path("elsewhere.wav")}, {"session": "night"}, {"traits": {"sex": "female"}}])
def test_what_does_not_change_the_numbers_does_not_count(given, changes):
    assert job_of(with_clip(**changes)).fingerprint == job_of(make_run()).fingerprint


def test_whether_it_is_shown_does_not_count(given):
    assert job_of(make_run(), shown=False).fingerprint == job_of(make_run()).fingerprint


def test_labels_of_other_targets_do_not_count(given):
    corpus = make_corpus()
    mood = replace(KSS, name="mood")
    clips = tuple(replace(clip, labels={**clip.labels, "mood": 3.0}) for clip in corpus.clips)
    both = replace(corpus, targets=(KSS, mood), clips=clips)
    assert job_of(make_run(corpus=both)).fingerprint == job_of(make_run()).fingerprint


def test_the_label_says_what_it_is(given):
    assert job_of(make_run("level", "speaker"), "layered", "best").label == "tiny/kss/level layered@best linear (speaker)"
    assert job_of(make_run()).label == "tiny/kss/score given linear (open)"


def test_the_models_behind_a_choice_or_a_stack_are_part_of_it(given, monkeypatch):
    """A row that linear chose the layer of, or stacked, is another one when linear becomes another."""
    run = make_run()
    texts = ("layered@best", "stack[given+layered@0]", "mean[given+layered@0]", "layered@0")
    before = [Job(run, Representation.of(text), MODELS.make(parse("svm")), 0).fingerprint for text in texts]
    monkeypatch.setattr(type(MODELS.make(parse("linear"))), "version", "another")
    after = [Job(run, Representation.of(text), MODELS.make(parse("svm")), 0).fingerprint for text in texts]
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, False, True, True]
