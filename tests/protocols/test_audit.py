"""Each finding: where it stands, where it does not, and what it says."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.corpora.corpus import Clip, Corpus, Exclusion, Target
from bench.protocols.audit import (
    absent_class,
    audio_on_two_sides,
    audit,
    few_speakers,
    label_kind,
    left_out,
    speaker_on_two_sides,
    stretch_on_two_sides,
)
from bench.protocols.fold import Fold, folds_as_json
from bench.protocols.task import make_tasks, parse_task

KSS = Target("kss", "measured", "", ("alert", "between", "sleepy"), (1, 9), "KSS", (4.0, 7.0))


def task(form="level", target=KSS, n_speakers=5, **changes):
    clips = tuple(
        Clip(f"{s}{n}", s, Path("x.wav"), {"kss": float(1 + 4 * n)}) for s in "abcdefgh"[:n_speakers] for n in range(3)
    )
    corpus = replace(Corpus("night", "1", (target,), clips), **changes)
    return make_tasks(corpus, parse_task(f"night/kss/{form}"))[0]


def distinct(one):
    return {clip_id: f"hash of {clip_id}" for clip_id in one.clip_ids}


def test_a_good_task_has_no_finding():
    assert audit(task(), distinct(task())) == ()
    assert audit(task("score"), distinct(task())) == ()


def test_a_speaker_on_two_sides_stops():
    good = task()
    folds = (Fold("1", ("a0", "b0", "c0"), ("a1", "b1", "d0")), Fold("2", ("a0",), ("e0",)))
    finding = speaker_on_two_sides(replace(good, folds=folds))
    assert finding.code == "FB001"
    assert finding.stops
    assert "2 speakers of night/kss/level" in finding.message
    assert "a (fold 1), b (fold 1)" in finding.message
    assert speaker_on_two_sides(good) is None


def test_a_leaking_file_of_folds_is_caught(tmp_path):
    path = tmp_path / "folds.json"
    path.write_text(json.dumps(folds_as_json([Fold("1", ("a0", "b0"), ("a1", "b1"))])))
    leaking = make_tasks(task().corpus, parse_task("night/kss/level"), str(path))[0]
    assert [finding.code for finding in audit(leaking, distinct(leaking)) if finding.stops] == ["FB001"]


@pytest.mark.parametrize(
    ("one", "other", "stops"),
    [
        ((0.0, 3.0), (0.1, 3.1), True),
        ((0.0, 3.0), (1.6, 4.6), False),
        ((None, None), (2.0, 3.0), True),
        ((2.0, None), (0.0, 2.0), False),
        ((0.0, 60.0), (10.0, 11.0), True),
        ((2.0, None), (3.0, None), True),
        ((0.0, 4.0), (3.0, None), False),
    ],
)
def test_stretches_that_share_most_samples_stop(one, other, stops):
    good = task(target=KSS)
    bounds = {"a0": one, "b0": other}
    clips = tuple(
        replace(clip, start_s=bounds[clip.id][0], end_s=bounds[clip.id][1])
        if clip.id in bounds
        else replace(clip, path=Path(f"{clip.id}.wav"))
        for clip in good.clips
    )
    cut = replace(good, clips=clips, folds=(Fold("1", ("a0", "c0"), ("b0", "b1")),))
    found = stretch_on_two_sides(cut)
    assert (found is not None) == stops
    if found:
        assert (found.code, found.stops) == ("FB002", True)
        assert "1 pair of stretches of night/kss/level stand on both sides of a split: " in found.message
        assert "(fold 1)" in found.message
    assert stretch_on_two_sides(replace(cut, folds=(Fold("1", ("a0", "b0"), ("c0",)),))) is None
    heard = tuple(replace(clip, turns=((0.0, 1.0),)) for clip in clips)
    assert stretch_on_two_sides(replace(cut, clips=heard)) is None


def test_the_same_audio_on_two_sides_stops():
    good = task()
    hashes = distinct(good) | {"a0": "same", "b0": "same", "b1": "same"}
    finding = audio_on_two_sides(good, hashes)
    assert (finding.code, finding.stops) == ("FB002", True)
    assert "1 recording of" in finding.message
    assert "a0 = b0 = b1 (fold a)" in finding.message


def test_the_same_audio_on_one_side_is_no_leak():
    good = task()
    assert audio_on_two_sides(good, distinct(good) | {"a0": "same", "a1": "same"}) is None


def test_absent_classes_are_counted_in_one_finding():
    good = task()
    lacking = task(clips=tuple(clip for clip in good.corpus.clips if clip.id not in ("a0", "b0", "b2")))
    finding = absent_class(lacking)
    assert (finding.code, finding.stops) == ("FB003", False)
    assert "2 of 5 test folds lack a class (alert in 2, sleepy in 1)" in finding.message
    assert "training" not in finding.message
    assert absent_class(replace(lacking, form="score")) is None


def test_a_class_with_one_clip_cannot_be_predicted_where_it_is_tested():
    good = task()
    clips = tuple(clip for clip in good.corpus.clips if not clip.id.endswith("2") or clip.id == "a2")
    finding = absent_class(task(clips=clips))
    assert "4 of 5 test folds lack a class (sleepy in 4)" in finding.message
    assert "absent from the training side of folds (sleepy in 1)" in finding.message


def test_a_class_without_any_clip():
    clips = tuple(clip for clip in task().corpus.clips if not clip.id.endswith("2"))
    assert absent_class(task(clips=clips)).message == "No clip of night/kss/level has the level 'sleepy'."


def test_few_held_out_speakers():
    finding = few_speakers(task(n_speakers=4))
    assert finding.code == "FB008"
    assert finding.message.startswith("4 held-out speakers in night/kss/level")
    assert few_speakers(task(n_speakers=5)) is None
    # Eight speakers, but only one of them is ever held out.
    trained = replace(task(n_speakers=8), folds=task(n_speakers=8).folds[:1])
    assert few_speakers(trained).message.startswith("1 held-out speaker in")


def test_unknown_speakers_have_no_interval_and_no_leak_by_speaker():
    good = task()
    clips = tuple(replace(clip, speaker="") for clip in good.clips)
    corpus = replace(good.corpus, speakers="unknown", clips=clips)
    unknown = replace(good, corpus=corpus, clips=clips, folds=(Fold("1", ("a0",), ("a1",)),))
    assert speaker_on_two_sides(unknown) is None
    assert "does not say who speaks" in few_speakers(unknown).message


def test_exclusions_are_counted_by_reason():
    reasons = ["it is silent"] * 3 + ["it cannot be read"] + [f"reason {n}" for n in range(5)]
    excluded = tuple(Exclusion(f"x{n}", reason) for n, reason in enumerate(reasons))
    finding = left_out(task(excluded=excluded))
    assert finding.code == "FB009"
    assert finding.message.startswith("9 clips of night/kss/level are excluded: it is silent (3); it cannot be read (1); ")
    assert finding.message.endswith("; 2 other reasons, listed with the clips (2).")
    assert left_out(task(excluded=excluded[:1])).message.startswith("1 clip of night/kss/level is excluded: it is silent (1).")
    assert left_out(task()) is None


@pytest.mark.parametrize(("kind", "word"), [("proxy", "proxy"), ("acted", "acted"), ("synthetic", "synthetic")])
def test_what_the_label_is(kind, word):
    finding = label_kind(task(target=replace(KSS, kind=kind)))
    assert finding.code == "FB010"
    assert word in finding.message


def test_all_findings_come_by_code():
    clips = task(n_speakers=4).corpus.clips[:-1]
    one = task(target=replace(KSS, kind="proxy"), clips=clips, excluded=(Exclusion("x", "it is silent"),))
    hashes = distinct(one) | {"a0": "same", "b0": "same"}
    assert [finding.code for finding in audit(one, hashes)] == ["FB002", "FB003", "FB008", "FB009", "FB010"]
